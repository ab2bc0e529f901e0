/** `log`: who changed which models, read from git. */
import { CATEGORIES, isBackendVariant } from '../categories.js';
import { AppError } from '../errors.js';
import { repositoryState } from '../git/repository.js';
import { changeLog } from '../store/change-log.js';
import { namedCategory, openDataRepository } from './data-repository.js';
import { table } from './output.js';
import { cellText, dateText } from './terminal-text.js';
/** @throws AppError `category-unknown`, `config-invalid` */
export async function log(categoryName, model, flags, output) {
    const limit = limitOf(flags.limit);
    const category = categoryName === undefined ? undefined : namedCategory(categoryName);
    const { repository } = await openDataRepository(flags);
    const { head, warnings } = await repositoryState(repository);
    for (const warning of warnings)
        output.note(`note: ${warning}`);
    const found = [];
    let hasMore = false;
    if (head !== undefined) {
        const categories = category ? [category] : CATEGORIES;
        for await (const commit of changeLog(repository, { head, categories, model })) {
            hasMore = found.length === limit;
            if (hasMore)
                break;
            found.push(commit);
            output.progress(`${found.length} changes found, back to ${dateText(commit.time)}`);
        }
    }
    if (flags.json)
        output.print(JSON.stringify(found.map(asJson), null, 2));
    else if (found.length > 0)
        output.print(asTable(found));
    if (hasMore)
        output.note(`note: these are the newest ${limit}; -n 0 shows all`);
    if (found.length === 0 && head !== undefined)
        output.note(`note: ${nothing(category?.name, model)}`);
}
function limitOf(text) {
    if (!/^\d{1,9}$/.test(text)) {
        throw new AppError('config-invalid', `--limit must be a whole number, 0 for no limit, not ${text}`);
    }
    return Number(text) || Number.POSITIVE_INFINITY;
}
function nothing(category, model) {
    if (model === undefined)
        return `no commit touches ${category ?? 'any category'}`;
    const hint = isBackendVariant(model) ? '; it would be generated from its base model, see that' : '';
    return `no commit changes the model ${JSON.stringify(model)} of ${category}${hint}`;
}
function asJson({ commit, time, ...rest }) {
    return { commit, date: dateText(time), ...rest };
}
/** A row for each category that a commit touches. Names and subjects are anybody's. */
function asTable(commits) {
    const rows = commits.flatMap(({ commit, time, author, subject, categories, changes }) => categories.map((category) => {
        const own = changes.filter((change) => change.category === category);
        const operations = [...new Set(own.map(({ operation }) => operation))];
        const [only] = own;
        const models = only && own.length === 1 ? only.model : `${own.length} models`;
        const cells = [author, operations.join(', ') || 'layout', category, only ? models : '', subject];
        const [who = '', ...what] = cells.map(cellText);
        return [dateText(time), commit.slice(0, 8), who, ...what];
    }));
    return table(['date', 'commit', 'author', 'operation', 'category', 'model', 'subject'], rows);
}
//# sourceMappingURL=log.js.map