/** The index of history beside a plain reading of the same commits; grown step by step, kept, and read back. */

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CATEGORIES } from '../../src/categories.ts';
import { BlobReader } from '../../src/git/blobs.ts';
import { type History, walkHistory } from '../../src/git/history.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import type { CategoryHistory } from '../../src/store/category-history.ts';
import { HistoryArchive } from '../../src/store/history-archive.ts';
import { HistoryIndex } from '../../src/store/history-index.ts';
import { readHistory } from '../../src/store/read-history.ts';
import { FILE, type MadeCommit, madeHistories, makeHistory, plainHistory } from '../support/made-history.ts';
import { history as madeBy, versions } from '../support/model-history.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';

const LOGGER = pino({ level: 'silent' });
const CLIP = CATEGORIES.find(({ file }) => file === FILE) ?? CATEGORIES[0];
const PATHS = CATEGORIES.map(({ file }) => file);

/** Counts what is read of git's objects. */
class CountingReader extends BlobReader {
	reads = 0;

	override read(name: string) {
		this.reads++;
		return super.read(name);
	}
}

/** An index as a service has it, whose head moves as it is told. */
class IndexAtHand {
	readonly blobs: CountingReader;
	readonly index: HistoryIndex;
	readonly archive: HistoryArchive;
	readonly kept: History | undefined;
	threads = 0;
	#history: History | undefined;
	readonly #repository: Repository;

	private constructor(
		repository: Repository,
		archive: HistoryArchive,
		known: Awaited<ReturnType<HistoryArchive['load']>>,
	) {
		this.#repository = repository;
		this.#history = known.history;
		this.kept = known.history;
		this.archive = archive;
		this.blobs = new CountingReader(repository.git);
		onTestFinished(() => this.blobs.close());
		const snapshot = () => ({ files: new Map(), faults: [], history: this.#history });
		const store = {
			repository,
			blobs: this.blobs,
			get snapshot() {
				return snapshot();
			},
			pathInTree: ({ file }: { readonly file: string }) => file,
		};
		const background = {
			readHistory: (request: Parameters<typeof readHistory>[0]) => {
				this.threads++;
				return readHistory(request);
			},
		};
		this.index = new HistoryIndex({ store, background, archive, logger: LOGGER, known });
	}

	static async open({ directory }: TemporaryRepository): Promise<IndexAtHand> {
		const repository = await openRepository(directory);
		const archive = new HistoryArchive(repository, LOGGER);
		return new IndexAtHand(repository, archive, await archive.load());
	}

	async move(head: string): Promise<CategoryHistory | undefined> {
		this.#history = await walkHistory(this.#repository.git, head, PATHS, { known: this.#history });
		return this.clip();
	}

	clip(): Promise<CategoryHistory | undefined> {
		if (!CLIP) throw new Error('there is no clip');
		return this.index.of(CLIP);
	}
}

const sorted = (names: readonly string[]) => [...names].sort();

/** All that an index knows, as plain data. */
function told(history: CategoryHistory | undefined) {
	if (!history) return { items: [], lives: [], totals: undefined, present: [] };
	return {
		items: history.items.map(({ version, changes }) => ({
			commit: version.commit,
			author: version.author,
			authored: version.authored,
			time: version.time,
			subject: version.subject,
			created: sorted(changes.created),
			updated: sorted(changes.updated),
			deleted: sorted(changes.deleted),
		})),
		lives: Array.from(history.lives, ([name, life]) => [
			name,
			...life.map(({ version, operation }) => `${operation} ${version.commit}`),
		]),
		totals: history.totals,
		present: sorted([...history.lives.keys()].filter((name) => history.has(name))),
	};
}

function byCommit<Item extends { readonly commit: string }>(items: readonly Item[]) {
	return [...items].sort((a, b) => (a.commit < b.commit ? -1 : 1));
}

describe('the index of any history', () => {
	test('says_what_git_and_a_parser_say_however_it_was_grown_and_after_a_restart', async () => {
		await fc.assert(
			fc.asyncProperty(madeHistories, async (commits) => {
				const repository = TemporaryRepository.create();
				const ids = makeHistory(repository, commits);
				const grown = await IndexAtHand.open(repository);
				for (const head of ids) {
					const found = told(await grown.move(head));
					const plain = plainHistory(repository, head);
					expect(byCommit(found.items)).toEqual(
						byCommit(plain.map(({ present: _present, ...item }) => item)),
					);
					expect(found.items.at(-1)?.commit).toBe(plain.at(-1)?.commit);
					expect(found.present).toEqual(plain.at(-1)?.present ?? []);
				}
				const last = ids.at(-1) ?? '';
				expectParentsFirst(repository, told(await grown.clip()).items);
				await grown.index.close();
				const restarted = await IndexAtHand.open(repository);
				expect(told(await restarted.move(last))).toEqual(told(await grown.clip()));
				expect(restarted.blobs.reads).toBe(0);
				const other = TemporaryRepository.create();
				makeHistory(other, commits);
				const atOnce = await IndexAtHand.open(other);
				expect(told(await atOnce.move(last))).toEqual(told(await grown.clip()));
			}),
			{ numRuns: 15 },
		);
	}, 120_000);

	test('of_500_commits_in_a_line_is_the_same_at_once_and_one_by_one', async () => {
		const commits = Array.from(
			{ length: 500 },
			(_, index): MadeCommit => ({
				parents: index === 0 ? [] : [index - 1],
				content: index % 7 === 3 ? undefined : versions({ a: index, [`m${index % 40}`]: index % 3 }),
				time: 1_600_000_000 + index,
			}),
		);
		const repository = TemporaryRepository.create();
		const ids = makeHistory(repository, commits);
		const atOnce = await IndexAtHand.open(repository);
		const whole = told(await atOnce.move(ids.at(-1) ?? ''));
		expect(atOnce.threads).toBe(1);
		expect(whole.items.map(({ commit }) => commit).reverse()).toEqual(
			repository.git('log', '--format=%H', ids.at(-1) ?? '', '--', FILE).split('\n'),
		);
		const other = TemporaryRepository.create();
		makeHistory(other, commits);
		const grown = await IndexAtHand.open(other);
		for (const [index, head] of ids.entries()) if (index % 9 === 0 || index === 499) await grown.move(head);
		expect(told(await grown.clip())).toEqual(whole);
		expect(grown.threads).toBe(0);
	});
});

/** No commit stands before one that it grew from. */
function expectParentsFirst(
	repository: TemporaryRepository,
	items: readonly { readonly commit: string }[],
): void {
	const seen = new Set<string>();
	const own = new Set(items.map(({ commit }) => commit));
	for (const { commit } of items) {
		const ancestors = repository.git('rev-list', commit).split('\n').slice(1);
		for (const ancestor of ancestors) if (own.has(ancestor)) expect(seen.has(ancestor)).toBe(true);
		seen.add(commit);
	}
}

const archiveOf = (repository: TemporaryRepository) => repository.path('.git/horde-references/history.jsonl');

/** A repository whose index is kept in three steps. */
async function kept(): Promise<{ repository: TemporaryRepository; ids: readonly string[] }> {
	const repository = madeBy(
		FILE,
		[1, 2, 3, 4, 5].map((version) => versions({ a: version, b: 1 })),
	);
	const ids = repository.git('log', '--reverse', '--format=%H').split('\n');
	const grown = await IndexAtHand.open(repository);
	for (const head of ids.slice(0, 4)) await grown.move(head);
	await grown.index.close();
	return { repository, ids };
}

describe('what is kept for the next process', () => {
	test('grows_at_its_end', async () => {
		const { repository, ids } = await kept();
		const before = readFileSync(archiveOf(repository));
		const { ino } = statSync(archiveOf(repository));
		const next = await IndexAtHand.open(repository);
		expect(next.kept?.head).toBe(ids[3]);
		await next.move(ids[4] ?? '');
		await next.index.close();
		const after = readFileSync(archiveOf(repository));
		expect(after.subarray(0, before.length)).toEqual(before);
		expect(after.length).toBeGreaterThan(before.length);
		expect(statSync(archiveOf(repository)).ino).toBe(ino);
		// Of what was known only the newest had to be read, to be compared.
		expect(next.blobs.reads).toBe(2);
	});

	test('is_taken_up_to_its_last_whole_mark_wherever_it_is_cut_off', async () => {
		const { repository, ids } = await kept();
		const bytes = readFileSync(archiveOf(repository));
		const heads = new Set<string | undefined>();
		for (let length = 0; length < bytes.length; length++) {
			writeFileSync(archiveOf(repository), bytes.subarray(0, length));
			const archive = new HistoryArchive(await cachedRepository(repository), LOGGER);
			const { history, histories } = await archive.load();
			heads.add(history?.head);
			const place = history ? ids.indexOf(history.head) : -1;
			expect(told(histories.get('clip')).items.map(({ commit }) => commit)).toEqual(ids.slice(0, place + 1));
		}
		expect([...heads].map((head) => (head === undefined ? -1 : ids.indexOf(head)))).toEqual([-1, 0, 1, 2]);
		const next = await IndexAtHand.open(repository);
		expect(next.kept?.head).toBe(ids[2]);
		expect(told(await next.move(ids[4] ?? '')).items.map(({ commit }) => commit)).toEqual(ids);
		await next.index.close();
		expect((await IndexAtHand.open(repository)).kept?.head).toBe(ids[4]);
	});

	test('is_not_taken_with_a_byte_that_is_another', async () => {
		const { repository, ids } = await kept();
		const bytes = readFileSync(archiveOf(repository));
		const truth = told(await (await IndexAtHand.open(repository)).move(ids[3] ?? ''));
		for (let at = 0; at < bytes.length; at += 1) {
			const damaged = Buffer.from(bytes);
			damaged[at] = (damaged[at] ?? 0) ^ 1;
			writeFileSync(archiveOf(repository), damaged);
			const archive = new HistoryArchive(await cachedRepository(repository), LOGGER);
			const { history, histories } = await archive.load();
			// What is damaged at its end may be whole up to an earlier mark.
			if (history) {
				const place = ids.indexOf(history.head);
				expect(told(histories.get('clip')).items).toEqual(truth.items.slice(0, place + 1));
				expect(place).toBeLessThan(3);
			}
		}
	});

	test.each([
		['of_another_format', (text: string) => text.replace('"format":1', '"format":0')],
		['of_another_folder', (text: string) => text.replaceAll('"clip.json"', '"sub/clip.json"')],
		['that_is_something_else', () => 'hello\n{"head":"x"}\n'],
		['that_is_empty', () => ''],
	])('%s_is_read_anew', async (_title, change) => {
		const { repository, ids } = await kept();
		writeFileSync(archiveOf(repository), change(readFileSync(archiveOf(repository), 'utf8')));
		const next = await IndexAtHand.open(repository);
		expect(next.kept).toBeUndefined();
		expect(told(await next.move(ids[4] ?? '')).items).toHaveLength(5);
		await next.index.close();
		expect((await IndexAtHand.open(repository)).kept?.head).toBe(ids[4]);
	});

	test('of_another_repository_is_of_no_use_and_does_no_harm', async () => {
		const [one, other] = [await kept(), madeBy(FILE, [versions({ z: 1 }), versions({ z: 2 })])];
		const foreign = await IndexAtHand.open(other);
		await foreign.move(other.git('rev-parse', 'HEAD'));
		await foreign.index.close();
		writeFileSync(archiveOf(one.repository), readFileSync(archiveOf(other)));
		const next = await IndexAtHand.open(one.repository);
		expect(told(await next.move(one.ids[4] ?? '')).items.map(({ commit }) => commit)).toEqual(one.ids);
	});

	test('is_written_anew_where_history_was_rewritten_and_only_what_is_new_is_read', async () => {
		const { repository } = await kept();
		repository.git('reset', '--quiet', '--hard', 'HEAD~3');
		const fork = repository.commit({ [FILE]: versions({ other: 1 }) }, 'Another way');
		const next = await IndexAtHand.open(repository);
		const found = told(await next.move(fork));
		expect(found.items.map(({ subject }) => subject)).toEqual(['Version 1', 'Version 2', 'Another way']);
		expect(next.blobs.reads).toBe(2);
		await next.index.close();
		expect(readFileSync(archiveOf(repository), 'utf8')).not.toContain('Version 3');
		expect((await IndexAtHand.open(repository)).kept?.head).toBe(fork);
	});

	test('by_two_processes_is_still_whole', async () => {
		const { repository, ids } = await kept();
		const [one, two] = [await IndexAtHand.open(repository), await IndexAtHand.open(repository)];
		await one.move(ids[4] ?? '');
		await one.archive.close();
		const more = repository.commit({ [FILE]: versions({ b: 2 }) }, 'Another');
		await two.move(more);
		await two.archive.close();
		await one.move(more);
		await one.archive.close();
		const last = repository.commit({ [FILE]: versions({ b: 3 }) }, 'Last');
		await two.move(last);
		await two.archive.close();
		const next = await IndexAtHand.open(repository);
		expect(next.kept?.head).toBe(last);
		expect(told(await next.clip())).toEqual(told(await two.clip()));
	});

	test('leaves_nothing_of_a_process_that_died_while_it_wrote', async () => {
		const { repository } = await kept();
		writeFileSync(`${archiveOf(repository)}.4711`, 'half of ');
		await IndexAtHand.open(repository);
		expect(existsSync(`${archiveOf(repository)}.4711`)).toBe(false);
		expect(readdirSync(repository.path('.git/horde-references'))).toEqual(['history.jsonl']);
	});
});

const repositories = new Map<string, Promise<Repository>>();

/** Opening one starts git. */
function cachedRepository({ directory }: TemporaryRepository): Promise<Repository> {
	const known = repositories.get(directory) ?? openRepository(directory);
	repositories.set(directory, known);
	return known;
}
