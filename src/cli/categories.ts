/** `categories`: lists the table of categories. */

import { CATEGORIES } from '../categories.ts';
import { type Output, table } from './output.ts';

export function categories(flags: { json?: boolean }, output: Output): void {
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
