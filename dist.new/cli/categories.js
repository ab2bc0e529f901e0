/** `categories`: lists the table of categories. */
import { CATEGORIES } from '../categories.js';
import { table } from './output.js';
export function categories(flags, output) {
    if (flags.json) {
        output.print(JSON.stringify(CATEGORIES, null, 2));
        return;
    }
    const rows = CATEGORIES.map(({ name, file, aliases, writable, external }) => [
        name,
        file,
        aliases.join(', '),
        external ? 'managed elsewhere' : writable ? 'yes' : 'no',
    ]);
    output.print(table(['category', 'file', 'aliases', 'writable'], rows));
}
//# sourceMappingURL=categories.js.map