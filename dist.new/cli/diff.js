/** `diff`: which models two commits of the data repository have not in common. */
import { CATEGORIES } from '../categories.js';
import { AppError } from '../errors.js';
import { fieldDiffsText } from '../queue/change-diff.js';
import { fieldsText, valueFields } from '../record/record-fields.js';
import { diffReferences, resolveCommit } from '../store/reference-diff.js';
import { namedCategory, openDataRepository } from './data-repository.js';
import { prettyJson, table } from './output.js';
import { cellText } from './terminal-text.js';
/**
 * Shows what it can before it throws for the rest.
 * @throws AppError `ref-unknown`, `category-unknown`, `reference-broken`
 */
export async function diff(from, to, flags, output) {
    const wanted = new Set(flags.category.map(namedCategory));
    const categories = CATEGORIES.filter((category) => wanted.size === 0 || wanted.has(category));
    const { repository } = await openDataRepository(flags);
    const [before, after] = [
        await resolveCommit(repository.git, from),
        await resolveCommit(repository.git, to),
    ];
    const { differences, failures } = await diffReferences(repository, before, after, categories);
    if (flags.json)
        output.print(prettyJson(asJson(before, after, differences)));
    else if (differences.length > 0)
        output.print(asTable(differences, output.paint));
    const count = (change) => differences.filter((difference) => difference.change === change).length;
    output.note(`${count('added')} added, ${count('changed')} changed, ${count('removed')} removed`);
    if (failures.length === 0)
        return;
    throw new AppError('reference-broken', failures.map(({ message }) => message).join('; '));
}
function asJson(from, to, differences) {
    const models = differences.map(({ category, model, change, fields }) => fieldsText(new Map([
        ...valueFields({ category, model_name: model, change }),
        ['field_diffs', fieldDiffsText(fields)],
    ])));
    return fieldsText(new Map([...valueFields({ from, to }), ['models', `[${models.join()}]`]]));
}
const STYLES = { added: 'green', changed: 'yellow', removed: 'red' };
/** A row for each model. Names are anybody's. */
function asTable(differences, paint) {
    const rows = differences.map(({ category, model, change, fields }) => {
        const paths = fields.map(({ path }) => path).join(', ');
        const what = change === 'changed' && paths === '' ? 'values that count as equal' : paths;
        return [change, category, cellText(model), cellText(what)];
    });
    const [headings, rule, ...lines] = table(['change', 'category', 'model', 'fields'], rows).split('\n');
    const painted = lines.map((line, index) => paint(STYLES[differences[index]?.change ?? 'changed'], line));
    return [headings, rule, ...painted].join('\n');
}
//# sourceMappingURL=diff.js.map