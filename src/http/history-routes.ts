/** The history of the published references: which commits touched a category, and what became of each model. */

import { setTimeout } from 'node:timers/promises';
import type { Request, RequestHandler } from 'express';
import { type CategoryEntry, isBackendVariant } from '../categories.ts';
import { AppError } from '../errors.ts';
import { fieldDiffsText } from '../queue/change-diff.ts';
import { fieldsText, valueFields } from '../record/record-fields.ts';
import type { CategoryHistory, HistoryItem, ModelStep } from '../store/category-history.ts';
import type { HistoryIndex } from '../store/history-index.ts';
import type { ModelRecords } from '../store/model-records.ts';
import { commitsOperation, MODELS_OPERATION, modelOperation } from './history-operations.ts';
import { QueryValues } from './query-values.ts';
import { readCategory } from './read-routes.ts';
import { type Route, segment } from './route.ts';

type Version = HistoryItem['version'];

export interface HistoryDependencies {
	readonly history: HistoryIndex;
	readonly records: ModelRecords;
}

/** Most commits that one page may show, and what it shows when nobody says. */
const LARGEST_PAGE = 500;
const PAGE = 50;

/** The same for the versions of a model, of which each may have to be read. */
const LARGEST_VERSION_PAGE = 100;
const VERSION_PAGE = 20;

/** How long a request waits for history to be read, which takes long only the first time; milliseconds. */
const PATIENCE = 5_000;

export function historyRoutes({ history, records }: HistoryDependencies): readonly Route[] {
	/** Sends JSON text that is made only where the client does not hold it. */
	const answer =
		(
			text: (
				category: CategoryEntry,
				found: CategoryHistory,
				request: Request,
			) => Promise<string> | string | Buffer,
		): RequestHandler =>
		async (request, response) => {
			const category = readCategory(segment(request.params.category));
			const found = await historyOf(category, history);
			const tag = tagOf(found);
			const body = holds(request, tag) ? undefined : await text(category, found, request);
			response.setHeader('ETag', tag).setHeader('Cache-Control', 'no-cache');
			if (body === undefined) response.status(304).end();
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
export async function historyOf(
	category: CategoryEntry,
	index: Pick<HistoryIndex, 'newest' | 'atHand' | 'of'>,
	patience = PATIENCE,
): Promise<CategoryHistory> {
	const known = index.atHand(category);
	if (known) return known;
	if (index.newest(category)) {
		const found = await Promise.race([
			index.of(category),
			setTimeout(patience, 'late' as const, { ref: false }),
		]);
		if (found === 'late') {
			const message = 'The history is being read for the first time; ask again in a moment';
			throw new AppError('history-unread', message, { retryAfter: 5 });
		}
		if (found) return found;
	}
	if (index.newest(category)) {
		throw new AppError('history-unread', `The history of ${category.name} cannot be read; the log says why`);
	}
	throw new AppError('history-missing', `No commit ever touched the category ${category.name}`);
}

/** The answers as they are made now: changes whenever the same commits would be told of in other words. */
const FORM = 1;

/** What is answered follows from the newest commit, and from where a shallow clone ends. */
function tagOf({ newest, items }: CategoryHistory): string {
	return `"history-${FORM}-${newest?.commit}-${items.length}"`;
}

/** Whether the client has the answer with this tag; compared weakly, as RFC 9110 has it for If-None-Match. */
function holds(request: Request, tag: string): boolean {
	const header = request.get('if-none-match') ?? '';
	const tags: readonly string[] = header.match(/"[^"]*"/g) ?? [];
	return header.trim() === '*' || tags.includes(tag);
}

function commitsText(category: CategoryEntry, found: CategoryHistory, request: Request): string {
	const query = new QueryValues(request);
	const limit = query.integer('limit', { least: 1, most: LARGEST_PAGE }) ?? PAGE;
	const cursor = query.commit('cursor');
	const model = query.texts('model').at(-1);
	query.finish();
	const wanted = new Set(
		model === undefined ? [] : (found.lives.get(model) ?? []).map(({ version }) => version),
	);
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

function wireItem({ version, changes }: HistoryItem): object {
	const { created: added, updated: changed, deleted: removed } = changes;
	return { ...wireCommit(version), added, changed, removed };
}

function wireCommit({ commit, author, authored, time, subject }: Version): object {
	return { commit, author, author_date: authored, date: time, subject };
}

/** The table of models of the version that was asked for last, by category. */
class ModelTables {
	readonly #made = new Map<string, { readonly newest: Version | undefined; readonly text: Buffer }>();

	text({ name: category }: CategoryEntry, found: CategoryHistory): Buffer {
		const { newest } = found;
		const made = this.#made.get(category);
		if (made && made.newest === newest) return made.text;
		const models = Array.from(found.lives, ([name, life]) => wireLife(name, life, found.has(name)));
		const value = { category, head: newest?.commit, total: models.length, models };
		const text = Buffer.from(JSON.stringify(value));
		this.#made.set(category, { newest, text });
		return text;
	}
}

function wireLife(name: string, life: readonly ModelStep[], isPresent: boolean): object {
	const added = life.find(({ operation }) => operation === 'create');
	const modified = life.findLast(({ operation }) => operation !== 'delete');
	const removed = isPresent ? undefined : life.findLast(({ operation }) => operation === 'delete');
	const place = (step: ModelStep | undefined) =>
		step ? { commit: step.version.commit, date: step.version.time } : null;
	return {
		name,
		added: place(added),
		modified: place(modified),
		removed: place(removed),
		versions: life.length,
	};
}

async function modelText(
	{ name: category }: CategoryEntry,
	found: CategoryHistory,
	request: Request,
	records: ModelRecords,
): Promise<string> {
	const query = new QueryValues(request);
	const limit = query.integer('limit', { least: 1, most: LARGEST_VERSION_PAGE }) ?? VERSION_PAGE;
	const cursor = query.commit('cursor');
	query.finish();
	const model = segment(request.params.model_name);
	const life = found.lives.get(model);
	if (!life) {
		const hint =
			category === 'text_generation' && isBackendVariant(model)
				? '; generated twins have no history of their own, ask for the base model'
				: '';
		throw new AppError('model-not-found', `Model '${model}' was never in category '${category}'${hint}`);
	}
	// Taken before anything is waited for: the history grows meanwhile.
	const head = found.newest?.commit;
	const total = life.length;
	const { page, next_cursor } = pageOf(life, ({ version }) => version.commit, cursor, limit);
	const items: string[] = [];
	for (const step of page) {
		// Whoever has hung up needs no more of them read.
		if (request.socket?.destroyed !== false) break;
		const { fields } = await records.versionOf(category, model, step);
		const facts = valueFields({ ...wireCommit(step.version), operation: step.operation });
		items.push(fieldsText(new Map([...facts, ['field_diffs', fieldDiffsText(fields)]])));
	}
	return fieldsText(
		new Map([
			...valueFields({ category, model_name: model, head, total }),
			['items', `[${items.join()}]`],
			...valueFields({ next_cursor }),
		]),
	);
}

/**
 * A page of a list that is kept oldest first, newest first.
 * @param cursor commit of the last item of the page before
 * @throws AppError `cursor-gone`
 */
function pageOf<Item>(
	items: readonly Item[],
	commitOf: (item: Item) => string,
	cursor: string | undefined,
	limit: number,
): { readonly page: readonly Item[]; readonly next_cursor: string | null } {
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
