/** The history of the published references: which commits touched a category, and what became of each model. */
import { setTimeout } from 'node:timers/promises';
import { isBackendVariant } from '../categories.js';
import { AppError } from '../errors.js';
import { fieldDiffsText } from '../queue/change-diff.js';
import { fieldsText, valueFields } from '../record/record-fields.js';
import { commitsOperation, MODELS_OPERATION, modelOperation } from './history-operations.js';
import { QueryValues } from './query-values.js';
import { readCategory } from './read-routes.js';
import { segment } from './route.js';
/** Most commits that one page may show, and what it shows when nobody says. */
const LARGEST_PAGE = 500;
const PAGE = 50;
/** The same for the versions of a model, of which each may have to be read. */
const LARGEST_VERSION_PAGE = 100;
const VERSION_PAGE = 20;
/** How long a request waits for history to be read, which takes long only the first time; milliseconds. */
const PATIENCE = 5_000;
export function historyRoutes({ history, records }) {
    /** Sends JSON text that is made only where the client does not hold it. */
    const answer = (text) => async (request, response) => {
        const category = readCategory(segment(request.params.category));
        const found = await historyOf(category, history);
        const tag = tagOf(found);
        const body = holds(request, tag) ? undefined : await text(category, found, request);
        response.setHeader('ETag', tag).setHeader('Cache-Control', 'no-cache');
        if (body === undefined)
            response.status(304).end();
        else
            response
                .setHeader('Content-Type', 'application/json')
                .send(typeof body === 'string' ? Buffer.from(body) : body);
    };
    const tables = new ModelTables();
    return [
        {
            method: 'get',
            path: '/history/{category}',
            operation: commitsOperation(LARGEST_PAGE, PAGE),
            handler: answer(commitsText),
        },
        {
            method: 'get',
            path: '/history/{category}/models',
            operation: MODELS_OPERATION,
            handler: answer((category, found) => tables.text(category, found)),
        },
        {
            method: 'get',
            path: '/history/{category}/model/{model_name}',
            spans: true,
            operation: modelOperation(LARGEST_VERSION_PAGE, VERSION_PAGE),
            handler: answer((category, found, request) => modelText(category, found, request, records)),
        },
    ];
}
/**
 * @param patience how long history that is being read is waited for; milliseconds
 * @throws AppError `history-missing`, `history-unread`
 */
export async function historyOf(category, index, patience = PATIENCE) {
    const known = index.atHand(category);
    if (known)
        return known;
    if (index.newest(category)) {
        const found = await Promise.race([
            index.of(category),
            setTimeout(patience, 'late', { ref: false }),
        ]);
        if (found === 'late') {
            const message = 'The history is being read for the first time; ask again in a moment';
            throw new AppError('history-unread', message, { retryAfter: 5 });
        }
        if (found)
            return found;
    }
    if (index.newest(category)) {
        throw new AppError('history-unread', `The history of ${category.name} cannot be read; the log says why`);
    }
    throw new AppError('history-missing', `No commit ever touched the category ${category.name}`);
}
/** The answers as they are made now: changes whenever the same commits would be told of in other words. */
const FORM = 1;
/** What is answered follows from the newest commit, and from where a shallow clone ends. */
function tagOf({ newest, items }) {
    return `"history-${FORM}-${newest?.commit}-${items.length}"`;
}
/** Whether the client has the answer with this tag; compared weakly, as RFC 9110 has it for If-None-Match. */
function holds(request, tag) {
    const header = request.get('if-none-match') ?? '';
    const tags = header.match(/"[^"]*"/g) ?? [];
    return header.trim() === '*' || tags.includes(tag);
}
function commitsText(category, found, request) {
    const query = new QueryValues(request);
    const limit = query.integer('limit', { least: 1, most: LARGEST_PAGE }) ?? PAGE;
    const cursor = query.commit('cursor');
    const model = query.texts('model').at(-1);
    query.finish();
    const wanted = new Set(model === undefined ? [] : (found.lives.get(model) ?? []).map(({ version }) => version));
    const items = model === undefined ? found.items : found.items.filter(({ version }) => wanted.has(version));
    const { page, next_cursor } = pageOf(items, ({ version }) => version.commit, cursor, limit);
    return JSON.stringify({
        category: category.name,
        head: found.newest?.commit,
        total: items.length,
        items: page.map(wireItem),
        next_cursor,
    });
}
function wireItem({ version, changes }) {
    const { created: added, updated: changed, deleted: removed } = changes;
    return { ...wireCommit(version), added, changed, removed };
}
function wireCommit({ commit, author, authored, time, subject }) {
    return { commit, author, author_date: authored, date: time, subject };
}
/** The table of models of the version that was asked for last, by category. */
class ModelTables {
    #made = new Map();
    text({ name: category }, found) {
        const { newest } = found;
        const made = this.#made.get(category);
        if (made && made.newest === newest)
            return made.text;
        const models = Array.from(found.lives, ([name, life]) => wireLife(name, life, found.has(name)));
        const value = { category, head: newest?.commit, total: models.length, models };
        const text = Buffer.from(JSON.stringify(value));
        this.#made.set(category, { newest, text });
        return text;
    }
}
function wireLife(name, life, isPresent) {
    const added = life.find(({ operation }) => operation === 'create');
    const modified = life.findLast(({ operation }) => operation !== 'delete');
    const removed = isPresent ? undefined : life.findLast(({ operation }) => operation === 'delete');
    const place = (step) => step ? { commit: step.version.commit, date: step.version.time } : null;
    return {
        name,
        added: place(added),
        modified: place(modified),
        removed: place(removed),
        versions: life.length,
    };
}
async function modelText({ name: category }, found, request, records) {
    const query = new QueryValues(request);
    const limit = query.integer('limit', { least: 1, most: LARGEST_VERSION_PAGE }) ?? VERSION_PAGE;
    const cursor = query.commit('cursor');
    query.finish();
    const model = segment(request.params.model_name);
    const life = found.lives.get(model);
    if (!life) {
        const hint = category === 'text_generation' && isBackendVariant(model)
            ? '; generated twins have no history of their own, ask for the base model'
            : '';
        throw new AppError('model-not-found', `Model '${model}' was never in category '${category}'${hint}`);
    }
    // Taken before anything is waited for: the history grows meanwhile.
    const head = found.newest?.commit;
    const total = life.length;
    const { page, next_cursor } = pageOf(life, ({ version }) => version.commit, cursor, limit);
    const items = [];
    for (const step of page) {
        // Whoever has hung up needs no more of them read.
        if (request.socket?.destroyed !== false)
            break;
        const { fields } = await records.versionOf(category, model, step);
        const facts = valueFields({ ...wireCommit(step.version), operation: step.operation });
        items.push(fieldsText(new Map([...facts, ['field_diffs', fieldDiffsText(fields)]])));
    }
    return fieldsText(new Map([
        ...valueFields({ category, model_name: model, head, total }),
        ['items', `[${items.join()}]`],
        ...valueFields({ next_cursor }),
    ]));
}
/**
 * A page of a list that is kept oldest first, newest first.
 * @param cursor commit of the last item of the page before
 * @throws AppError `cursor-gone`
 */
function pageOf(items, commitOf, cursor, limit) {
    const end = cursor === undefined ? items.length : items.findLastIndex((item) => commitOf(item) === cursor);
    if (end < 0) {
        const message = `The commit ${cursor} is not in this history, which was rewritten; begin anew, without a cursor`;
        throw new AppError('cursor-gone', message);
    }
    const start = Math.max(0, end - limit);
    const page = items.slice(start, end).reverse();
    const last = page.at(-1);
    return { page, next_cursor: start > 0 && last ? commitOf(last) : null };
}
//# sourceMappingURL=history-routes.js.map