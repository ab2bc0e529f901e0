/** The history endpoints: what they tell of commits and models, page by page, and how they refuse. */

import { describe, expect, test } from 'vitest';
import { type CategoryEntry, findCategory } from '../../src/categories.ts';
import type { FileVersion } from '../../src/git/history.ts';
import { historyOf } from '../../src/http/history-routes.ts';
import { T, versions } from '../support/model-history.ts';
import { clipReference, reference } from '../support/records.ts';
import { type SuiteService, serviceForSuite } from '../support/suite-service.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

interface Item {
	readonly commit: string;
	readonly author: string;
	readonly author_date: number;
	readonly date: number;
	readonly subject: string;
	readonly added: readonly string[];
	readonly changed: readonly string[];
	readonly removed: readonly string[];
	readonly operation: string;
	readonly field_diffs: readonly object[];
}

interface Page {
	readonly category: string;
	readonly head: string;
	readonly total: number;
	readonly items: readonly Item[];
	readonly next_cursor: string | null;
	readonly models: readonly Record<string, unknown>[];
	readonly detail: unknown;
}

async function ask(service: Pick<TestService | SuiteService, 'url'>, path: string, headers = {}) {
	const response = await fetch(`${service.url}/api/history/${path}`, { headers });
	const text = await response.text();
	return {
		status: response.status,
		headers: response.headers,
		text,
		body: (text ? JSON.parse(text) : {}) as Page,
	};
}

const ODD_NAMES = ['a/b', 'with "quotes"', '__proto__', 'émoji 🦄', '-dash', '%2F', '..', 'constructor'];

/** Commits of clip, oldest first: two models, one changed, one removed, a new layout, one back again. */
function prepare(repository: TemporaryRepository): void {
	repository.git('init', '--quiet', '--initial-branch=main');
	repository.commit({ 'clip.json': versions({ a: 1, b: 1 }) }, 'Add a and b', T);
	repository.commit({ 'clip.json': versions({ a: 2, b: 1 }) }, 'Replace a', T + 60);
	repository.commit({ 'README.md': 'x' }, 'Say something', T + 90);
	repository.commit({ 'clip.json': versions({ b: 1 }) }, 'Remove a', T + 120);
	repository.commit({ 'clip.json': versions({ b: 1 }).replaceAll('    ', '  ') }, 'Lay out anew', T + 180);
	repository.commit({ 'clip.json': versions({ b: 1, a: 3 }) }, 'Bring a back', T + 240);
	const odd = ODD_NAMES.map((name) => [name, { name, type: 'blip' }] as const);
	repository.commit({ 'blip.json': reference(odd) }, 'Add odd names: ünïcode', T + 300);
	repository.commit(
		{
			'db.json': reference([
				['m', { name: 'm' }],
				['koboldcpp/m', { name: 'koboldcpp/m' }],
			]),
		},
		'Add text',
		T + 360,
	);
}

const service = serviceForSuite(prepare);
const log = (file: string) => service.repository.git('log', '--format=%H', '--', file).split('\n');

describe('the commits of a category', () => {
	test('are_those_of_git_log_newest_first_with_what_they_did_to_models', async () => {
		const { status, body } = await ask(service, 'clip');
		expect(status).toBe(200);
		expect(body.items.map(({ commit }) => commit)).toEqual(log('clip.json'));
		expect(body).toMatchObject({ category: 'clip', head: log('clip.json')[0], total: 5, next_cursor: null });
		expect(
			body.items.map(({ subject, added, changed, removed }) => [subject, added, changed, removed]),
		).toEqual([
			['Bring a back', ['a'], [], []],
			['Lay out anew', [], [], []],
			['Remove a', [], [], ['a']],
			['Replace a', [], ['a'], []],
			['Add a and b', ['a', 'b'], [], []],
		]);
		expect(body.items[0]).toMatchObject({ author: 'Maintainer', author_date: T + 240, date: T + 240 });
	});

	test('tell_no_address_of_their_authors', async () => {
		for (const path of ['clip', 'clip/models', 'clip/model/a']) {
			expect((await ask(service, path)).text).not.toContain('@');
		}
	});

	test('come_in_pages_that_together_are_the_whole', async () => {
		const whole = (await ask(service, 'clip')).body.items;
		for (const limit of [1, 2, 3, 5, 500]) {
			const found: Item[] = [];
			let cursor: string | null = '';
			while (cursor !== null) {
				const { body } = await ask(service, `clip?limit=${limit}${cursor && `&cursor=${cursor}`}`);
				expect(body.items.length).toBeLessThanOrEqual(limit);
				expect(body.total).toBe(5);
				found.push(...body.items);
				cursor = body.next_cursor;
			}
			expect(found).toEqual(whole);
		}
	});

	test('of_one_model_are_those_that_touch_it', async () => {
		const { body } = await ask(service, 'clip?model=a&limit=2');
		expect(body.items.map(({ subject }) => subject)).toEqual(['Bring a back', 'Remove a']);
		expect(body.total).toBe(4);
		const rest = await ask(service, `clip?model=a&cursor=${body.next_cursor}`);
		expect(rest.body.items.map(({ subject }) => subject)).toEqual(['Replace a', 'Add a and b']);
		expect((await ask(service, 'clip?model=nobody')).body).toMatchObject({ items: [], total: 0 });
	});

	test.each(['clip.json', 'clip'])('are_found_as_%s', async (name) => {
		expect((await ask(service, name)).body.category).toBe('clip');
	});

	test('answer_without_the_prefix_too', async () => {
		const response = await fetch(`${service.url}/history/clip`);
		expect(await response.text()).toBe((await ask(service, 'clip')).text);
	});

	test('leave_generated_twins_out', async () => {
		expect((await ask(service, 'db.json')).body.items[0]?.added).toEqual(['m']);
		const twin = await ask(service, 'text_generation/model/koboldcpp/m');
		expect(twin.status).toBe(404);
		expect(twin.body.detail).toContain('base model');
	});
});

describe('the models of a category', () => {
	test('are_all_there_ever_were_with_the_commits_that_added_modified_and_removed_them', async () => {
		const [back, , removal, replacement, first] = log('clip.json');
		expect((await ask(service, 'clip/models')).body).toMatchObject({
			total: 2,
			models: [
				{
					name: 'a',
					added: { commit: first, date: T },
					modified: { commit: back, date: T + 240 },
					removed: null,
					versions: 4,
				},
				{
					name: 'b',
					added: { commit: first, date: T },
					modified: { commit: first },
					removed: null,
					versions: 1,
				},
			],
		});
		expect(removal).not.toBe(replacement);
	});

	test('have_any_name', async () => {
		const { body } = await ask(service, 'blip/models');
		expect(body.models.map(({ name }) => name)).toEqual(ODD_NAMES);
	});
});

describe('the versions of a model', () => {
	test('are_told_field_by_field_through_both_its_lives', async () => {
		const { body } = await ask(service, 'clip/model/a');
		expect(body.items.map(({ operation, subject }) => [operation, subject])).toEqual([
			['create', 'Bring a back'],
			['delete', 'Remove a'],
			['update', 'Replace a'],
			['create', 'Add a and b'],
		]);
		expect(body.items[2]?.field_diffs).toEqual([
			{ field_path: 'version', old_value: 1, new_value: 2, change_type: 'modified' },
		]);
		expect(body.items[1]?.field_diffs).toContainEqual({
			field_path: 'version',
			old_value: 2,
			new_value: null,
			change_type: 'removed',
		});
		expect(body).toMatchObject({ model_name: 'a', total: 4, next_cursor: null });
	});

	test('come_in_pages', async () => {
		const first = await ask(service, 'clip/model/a?limit=3');
		const second = await ask(service, `clip/model/a?limit=3&cursor=${first.body.next_cursor}`);
		expect([...first.body.items, ...second.body.items]).toEqual(
			(await ask(service, 'clip/model/a')).body.items,
		);
	});

	// Clients resolve `..` away, escaped or not.
	test.each(ODD_NAMES.filter((name) => name !== '..'))('are_found_by_the_name_%s', async (name) => {
		const { status, body } = await ask(service, `blip/model/${encodeURIComponent(name)}`);
		expect(status).toBe(200);
		expect(body).toMatchObject({ model_name: name, total: 1 });
	});

	test('are_found_by_a_name_with_a_plain_slash', async () => {
		expect((await ask(service, 'blip/model/a/b')).body).toMatchObject({ model_name: 'a/b' });
	});
});

describe('a client that holds the answer', () => {
	test.each(['clip', 'clip?limit=2', 'clip/models', 'clip/model/a'])('of_%s_is_told_so', async (path) => {
		const first = await ask(service, path);
		const etag = first.headers.get('etag') ?? '';
		expect(etag).toMatch(/^"history-/);
		const again = await ask(service, path, { 'If-None-Match': etag });
		expect([again.status, again.text]).toEqual([304, '']);
		expect((await ask(service, path, { 'If-None-Match': '"other"' })).status).toBe(200);
	});
});

describe('what is not right', () => {
	test.each([
		['clip?limit=0', 'greater_than_equal', ['query', 'limit']],
		['clip?limit=501', 'less_than_equal', ['query', 'limit']],
		['clip?limit=x', 'int_parsing', ['query', 'limit']],
		['clip?cursor=HEAD', 'string_pattern_mismatch', ['query', 'cursor']],
		['clip?cursor=', 'string_pattern_mismatch', ['query', 'cursor']],
		['clip/model/a?limit=101', 'less_than_equal', ['query', 'limit']],
	])('%s_is_named', async (path, type, loc) => {
		const { status, body } = await ask(service, path);
		expect(status).toBe(422);
		expect(body.detail).toMatchObject([{ type, loc }]);
	});

	test.each([
		['nothing', 422],
		['nothing/models', 422],
		['esrgan', 404],
		['esrgan/models', 404],
		['esrgan/model/a', 404],
		['clip/model/never', 404],
		[`clip?cursor=${'0'.repeat(40)}`, 410],
		['a%2Fb', 404],
		['clip/other', 404],
		['clip/model/', 404],
	])('%s_gets_%i_and_a_sentence', async (path, status) => {
		const answer = await ask(service, path);
		expect(answer.status).toBe(status);
		expect(answer.headers.get('etag')).not.toMatch(/history/);
		expect(answer.body.detail).toEqual(expect.any(String));
	});

	test('is_a_method_that_there_is_not', async () => {
		const response = await fetch(`${service.url}/api/history/clip`, { method: 'POST' });
		expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
	});
});

describe('a history that is not read yet', () => {
	const clip = findCategory('clip') as CategoryEntry;
	const newest = {} as FileVersion;

	test('is_waited_for_a_while_and_then_refused_with_a_time_to_come_again', async () => {
		const index = { newest: () => newest, atHand: () => undefined, of: () => new Promise<never>(() => {}) };
		await expect(historyOf(clip, index, 1)).rejects.toMatchObject({
			code: 'history-unread',
			data: { retryAfter: 5 },
		});
	});

	test('and_cannot_be_is_refused', async () => {
		const index = { newest: () => newest, atHand: () => undefined, of: async () => undefined };
		await expect(historyOf(clip, index)).rejects.toMatchObject({ code: 'history-unread', data: {} });
	});
});

describe('while history grows', () => {
	test('a_cursor_stays_good_and_new_commits_come_first', async () => {
		const repository = TemporaryRepository.create();
		for (let index = 0; index < 5; index++) {
			repository.commit({ 'clip.json': versions({ a: index }) }, `Version ${index}`, T + index);
		}
		const service = await startTestService(repository);
		const first = await ask(service, 'clip?limit=2');
		repository.commit({ 'clip.json': versions({ a: 9 }) }, 'By hand', T + 60);
		await expect.poll(async () => (await ask(service, 'clip')).body.items[0]?.subject).toBe('By hand');
		const rest = await ask(service, `clip?cursor=${first.body.next_cursor}`);
		expect(rest.body.items.map(({ subject }) => subject)).toEqual(['Version 2', 'Version 1', 'Version 0']);
		expect(rest.body.total).toBe(6);
	});

	test('a_cursor_of_a_commit_that_was_rewritten_is_gone', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': versions({ a: 1 }) });
		repository.commit({ 'clip.json': versions({ a: 2 }) }, 'Second');
		repository.commit({ 'clip.json': versions({ a: 3 }) }, 'Third');
		const service = await startTestService(repository);
		const { body } = await ask(service, 'clip?limit=2');
		repository.git('reset', '--quiet', '--hard', 'HEAD~2');
		await expect.poll(async () => (await ask(service, 'clip')).body.total).toBe(1);
		expect((await ask(service, `clip?cursor=${body.next_cursor}`)).status).toBe(410);
		expect((await ask(service, 'clip/model/a')).body.total).toBe(1);
	});

	test('a_file_that_was_rewritten_away_has_none', async () => {
		const repository = TemporaryRepository.create({ 'blip.json': clipReference('x') });
		repository.commit({ 'clip.json': versions({ a: 1 }) }, 'Add clip');
		const service = await startTestService(repository);
		expect((await ask(service, 'clip')).status).toBe(200);
		repository.git('reset', '--quiet', '--hard', 'HEAD~1');
		await expect.poll(async () => (await ask(service, 'clip')).status).toBe(404);
	});

	test('only_the_published_branch_counts', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': versions({ a: 1 }) });
		repository.git('branch', 'other');
		const service = await startTestService(repository);
		const before = (await ask(service, 'clip')).text;
		const tree = repository.git('write-tree');
		repository.git('update-ref', 'refs/heads/other', repository.git('commit-tree', tree, '-m', 'Elsewhere'));
		await service.store.reload();
		expect((await ask(service, 'clip')).text).toBe(before);
	});
});
