/** Undoing a commit: what comes back, what is in the way, who may, and what waits for review. */

import { describe, expect, test } from 'vitest';
import { versions } from '../support/model-history.ts';
import { proposalOf, startQueue } from '../support/queue-service.ts';
import { clipReference, reference, textReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { ALICE, CAROL, DAVE, startWriteService } from '../support/write-service.ts';

interface Answer {
	readonly status: number;
	readonly headers: Headers;
	readonly body: {
		readonly reverts?: string;
		readonly commit?: string | null;
		readonly models?: readonly { category: string; model_name: string; operation: string }[];
		readonly proposals?: readonly Record<string, unknown>[];
		readonly detail?: unknown;
	};
}

async function revert(
	service: { readonly url: string },
	commit: string,
	user: { readonly key: string } | undefined = CAROL,
): Promise<Answer> {
	const response = await fetch(`${service.url}/api/history/revert/${commit}`, {
		method: 'POST',
		headers: user ? { apikey: user.key } : {},
	});
	return {
		status: response.status,
		headers: response.headers,
		body: (await response.json()) as Answer['body'],
	};
}

const head = (repository: TemporaryRepository) => repository.git('rev-parse', 'HEAD');
const shown = (repository: TemporaryRepository, file = 'clip.json') => repository.git('show', `HEAD:${file}`);

/** A record whose numbers and order parsed values would forget. */
const EXACT =
	'{\n    "a": {\n        "z": 1.0,\n        "name": "a",\n        "big": 9007199254740993,\n        "e": 1e2\n    }\n}\n';

describe('a commit that is reverted', () => {
	test.each([
		['added_a_model', { a: 1 }, { a: 1, b: 1 }, [['b', 'delete']]],
		['removed_a_model', { a: 1, b: 1 }, { a: 1 }, [['b', 'create']]],
		['changed_a_model', { a: 1, b: 1 }, { a: 1, b: 2 }, [['b', 'update']]],
		[
			'did_all_at_once',
			{ a: 1, b: 1, c: 1 },
			{ b: 2, c: 1, d: 1 },
			[
				['d', 'delete'],
				['b', 'update'],
				['a', 'create'],
			],
		],
	] as const)('that_%s_leaves_its_models_as_before', async (_title, before, after, expected) => {
		const repository = TemporaryRepository.create({ 'clip.json': versions(before) });
		const commit = repository.commit({ 'clip.json': versions(after) }, 'Do it');
		const service = await startWriteService(repository);
		const { status, body, headers } = await revert(service, commit);
		expect(status, JSON.stringify(body)).toBe(200);
		expect(body).toMatchObject({ reverts: commit, commit: head(repository) });
		expect(headers.get('x-reference-commit')).toBe(head(repository));
		expect(body.models?.map(({ model_name, operation }) => [model_name, operation])).toEqual(expected);
		expect(JSON.parse(shown(repository))).toEqual(JSON.parse(versions(before)));
		expect(await (await fetch(service.v1('clip'))).text()).toBe(`${shown(repository)}\n`);
		expect(repository.git('status', '--porcelain')).toBe('');
		expect(repository.git('log', '-1', '--format=%an|%s|%P')).toBe(
			`${CAROL.username}|Revert "Do it"|${commit}`,
		);
		expect(repository.git('log', '-1', '--format=%(trailers:key=Reverts,valueonly)').trim()).toBe(commit);
	});

	test('gives_records_back_as_they_were_spelled', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': EXACT });
		const commit = repository.commit({ 'clip.json': '{}\n' }, 'Empty it');
		const service = await startWriteService(repository);
		expect((await revert(service, commit)).status).toBe(200);
		expect(`${shown(repository)}\n`).toBe(EXACT);
	});

	test('that_touched_several_categories_is_undone_in_one_commit', async () => {
		const files = { 'clip.json': versions({ a: 1 }), 'blip.json': clipReference('x') };
		const repository = TemporaryRepository.create(files);
		const commit = repository.commit(
			{ 'clip.json': versions({ a: 2 }), 'blip.json': clipReference('x', 'y'), 'notes.txt': 'stays' },
			'Change two files',
		);
		const service = await startWriteService(repository);
		const { body } = await revert(service, commit);
		expect(body.models?.map(({ category }) => category)).toEqual(['blip', 'clip']);
		expect(repository.git('log', '--format=%s')).toBe(
			'Revert "Change two files"\nChange two files\nAdd references',
		);
		expect(JSON.parse(shown(repository, 'blip.json'))).toEqual(JSON.parse(files['blip.json']));
		expect(JSON.parse(shown(repository))).toEqual(JSON.parse(files['clip.json']));
		expect(shown(repository, 'notes.txt')).toBe('stays');
		for (const category of ['clip', 'blip']) {
			const history: unknown = await (await fetch(`${service.url}/history/${category}`)).json();
			expect(history).toMatchObject({ head: head(repository) });
			expect((await fetch(service.v1(`metadata/${category}`))).status).toBe(200);
		}
	});

	test('of_a_text_model_goes_and_comes_with_its_twins', async () => {
		const both = textReference('org/one', 'org/two');
		const repository = TemporaryRepository.create({ 'db.json': both });
		const commit = repository.commit({ 'db.json': textReference('org/one') }, 'Remove two');
		const service = await startWriteService(repository);
		expect((await revert(service, commit)).status).toBe(200);
		expect(Object.keys(JSON.parse(shown(repository, 'db.json'))).sort()).toEqual(
			Object.keys(JSON.parse(both)).sort(),
		);
	});

	test('may_itself_be_reverted', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': versions({ a: 1 }) });
		const commit = repository.commit({ 'clip.json': versions({ a: 2, b: 1 }) }, 'Do it');
		const service = await startWriteService(repository);
		const { body } = await revert(service, commit);
		expect((await revert(service, String(body.commit))).status).toBe(200);
		expect(JSON.parse(shown(repository))).toEqual(JSON.parse(versions({ a: 2, b: 1 })));
	});

	test('a_second_time_is_left_alone', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': versions({ a: 1 }) });
		const commit = repository.commit({ 'clip.json': versions({ a: 2 }) }, 'Do it');
		const service = await startWriteService(repository);
		await revert(service, commit);
		const before = head(repository);
		const { status, body } = await revert(service, commit);
		expect([status, body]).toEqual([200, { reverts: commit, commit: null, models: [] }]);
		expect(head(repository)).toBe(before);
	});

	test('twice_at_the_same_moment_is_undone_once', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': versions({ a: 1 }) });
		const commit = repository.commit({ 'clip.json': versions({ a: 2, b: 1 }) }, 'Do it');
		const service = await startWriteService(repository);
		const answers = await Promise.all([1, 2, 3].map(() => revert(service, commit)));
		expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
		expect(answers.filter(({ body }) => body.commit !== null)).toHaveLength(1);
		expect(repository.git('rev-list', '--count', 'HEAD')).toBe('3');
	});

	test('among_other_writes_is_one_commit_and_so_are_they', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': versions({ a: 1 }) });
		const commit = repository.commit({ 'clip.json': versions({ a: 2 }) }, 'Do it');
		const service = await startWriteService(repository);
		const names = ['p', 'q', 'r', 's'];
		const [undone, ...posted] = await Promise.all([
			revert(service, commit),
			...names.map((name) => service.post('clip', { name })),
		]);
		expect([undone.status, ...posted.map(({ status }) => status)]).toEqual([200, 201, 201, 201, 201]);
		expect(Object.keys(JSON.parse(shown(repository))).sort()).toEqual(['a', ...names]);
		expect(repository.git('rev-list', '--count', 'HEAD')).toBe('7');
		const { items } = (await (await fetch(`${service.url}/history/clip`)).json()) as {
			items: { commit: string }[];
		};
		expect(items.map((item) => item.commit)).toEqual(repository.git('log', '--format=%H').split('\n'));
	});

	test('may_be_named_by_its_first_digits_in_capitals', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': versions({ a: 1 }) });
		const commit = repository.commit({ 'clip.json': versions({ a: 2 }) }, 'Do it');
		const service = await startWriteService(repository);
		const { body } = await revert(service, commit.slice(0, 12).toUpperCase());
		expect(body.reverts).toBe(commit);
	});

	test('with_records_that_today_would_be_refused_brings_them_back', async () => {
		const old = reference([['a', { name: 'another name', nonsense: [1] }]]);
		const repository = TemporaryRepository.create({ 'clip.json': old });
		const commit = repository.commit({ 'clip.json': '{}\n' }, 'Empty it');
		const service = await startWriteService(repository);
		expect((await revert(service, commit)).status).toBe(200);
		expect(JSON.parse(shown(repository))).toEqual(JSON.parse(old));
	});

	test('with_odd_names_brings_them_back', async () => {
		const odd = ['__proto__', 'a/b', 'x"y', '-dash', 'line\nbreak', '🦄', 'constructor'];
		const text = `{${odd.map((name) => `${JSON.stringify(name)}: {"name": ${JSON.stringify(name)}}`).join()}}\n`;
		const repository = TemporaryRepository.create({ 'clip.json': text });
		const commit = repository.commit({ 'clip.json': '{}\n' }, '-odd "subject" $(x)');
		const service = await startWriteService(repository);
		const { body } = await revert(service, commit);
		expect(body.models?.map(({ model_name }) => model_name)).toEqual(odd);
		expect(Object.keys(JSON.parse(shown(repository)))).toEqual(odd);
	});
});

describe('what is in the way', () => {
	test('is_a_model_that_was_changed_since_and_nothing_is_done', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': versions({ a: 1, b: 1 }) });
		const commit = repository.commit({ 'clip.json': versions({ a: 2, b: 2 }) }, 'Do it');
		const last = repository.commit({ 'clip.json': versions({ a: 2, b: 3 }) }, 'Change b');
		const service = await startWriteService(repository);
		const { status, body } = await revert(service, commit);
		expect(status).toBe(409);
		expect(body.detail).toContain("'b' of category 'clip'");
		expect(body.detail).not.toContain("'a'");
		expect(head(repository)).toBe(last);
		expect(repository.git('status', '--porcelain')).toBe('');
	});

	test('is_not_a_model_that_is_as_before_already', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': versions({ a: 1, b: 1 }) });
		const commit = repository.commit({ 'clip.json': versions({ a: 2, b: 2 }) }, 'Do it');
		repository.commit({ 'clip.json': versions({ a: 1, b: 2 }) }, 'Take a back');
		const service = await startWriteService(repository);
		const { body } = await revert(service, commit);
		expect(body.models).toEqual([{ category: 'clip', model_name: 'b', operation: 'update' }]);
	});

	test('are_edits_that_are_not_committed', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': versions({ a: 1 }) });
		const commit = repository.commit({ 'clip.json': versions({ a: 2 }) }, 'Do it');
		const service = await startWriteService(repository);
		repository.write('clip.json', versions({ a: 2, mine: 1 }));
		const { status, body } = await revert(service, commit);
		expect(status).toBe(409);
		expect(body.detail).toContain('clip.json');
		expect(head(repository)).toBe(commit);
	});

	test('of_a_merge_is_that_nobody_can_tell_the_side', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': versions({ a: 1 }) });
		repository.git('switch', '--quiet', '--create', 'side');
		repository.commit({ 'blip.json': clipReference('x') }, 'On the side');
		repository.git('switch', '--quiet', 'main');
		repository.commit({ 'clip.json': versions({ a: 2 }) }, 'On main');
		repository.git('merge', '--quiet', '--no-ff', 'side', '-m', 'Merge side');
		const service = await startWriteService(repository);
		const { status, body } = await revert(service, head(repository));
		expect(status).toBe(422);
		expect(body.detail).toContain('is a merge');
	});

	test.each([
		['changes_no_model', { 'README.md': 'x' }, 'no model'],
		['changes_only_the_layout', { 'clip.json': versions({ a: 1 }).replaceAll('    ', '\t') }, 'no model'],
		['changes_a_category_that_is_not_written', { 'lora.json': reference([['l', {}]]) }, 'does not write'],
	])('of_a_commit_that_%s_is_told', async (_title, files, words) => {
		const repository = TemporaryRepository.create({ 'clip.json': versions({ a: 1 }) });
		const commit = repository.commit(files, 'Other');
		const service = await startWriteService(repository);
		const { status, body } = await revert(service, commit);
		expect(status).toBe(422);
		expect(body.detail).toContain(words);
	});

	test('is_that_the_commit_is_not_on_the_published_branch', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': versions({ a: 1 }) });
		repository.git('switch', '--quiet', '--create', 'side');
		const commit = repository.commit({ 'clip.json': versions({ a: 2 }) }, 'Elsewhere');
		repository.git('switch', '--quiet', 'main');
		// A branch whose name is that of a commit.
		repository.git('branch', 'abcdef1');
		const service = await startWriteService(repository);
		for (const id of [commit, '0'.repeat(40), 'abcdef1']) {
			const { status, body } = await revert(service, id);
			expect([status, body.detail]).toEqual([404, expect.stringContaining(id)]);
		}
	});

	test.each(['HEAD', 'main', '123456', '--help', 'x'.repeat(40), `${'a'.repeat(65)}`, '%0A123456789'])(
		'is_that_%s_is_no_id',
		async (id) => {
			const service = await startWriteService(
				TemporaryRepository.create({ 'clip.json': versions({ a: 1 }) }),
			);
			const { status, body } = await revert(service, id);
			expect(status).toBe(422);
			expect(body.detail).toMatchObject([{ loc: ['path', 'commit'], type: 'string_pattern_mismatch' }]);
		},
	);
});

describe('who may', () => {
	test('is_an_approver_and_nobody_else', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': versions({ a: 1 }) });
		const commit = repository.commit({ 'clip.json': versions({ a: 2 }) }, 'Do it');
		const service = await startWriteService(repository);
		expect((await revert(service, commit, ALICE)).status).toBe(403);
		expect((await revert(service, commit, DAVE)).status).toBe(403);
		expect((await revert(service, commit, { key: 'wrong' })).status).toBe(401);
		const { url } = service;
		expect((await fetch(`${url}/history/revert/${commit}`, { method: 'POST' })).status).toBe(401);
		expect(head(repository)).toBe(commit);
		expect((await fetch(`${url}/history/revert/${commit}`)).status).toBe(405);
	});

	test('is_nobody_at_a_replica', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': versions({ a: 1 }) });
		const service = await startWriteService(repository, { replicateMode: 'REPLICA' });
		expect((await revert(service, head(repository))).status).toBe(503);
	});
});

describe('where changes are reviewed', () => {
	const prepared = () => {
		const repository = TemporaryRepository.create({ 'clip.json': versions({ a: 1, b: 1 }) });
		const commit = repository.commit({ 'clip.json': versions({ a: 2, c: 1 }) }, 'Do it');
		return { repository, commit };
	};

	test('a_revert_is_a_proposal_for_each_model', async () => {
		const { repository, commit } = prepared();
		const { service, approver } = await startQueue(repository);
		const { status, body } = await revert(service, commit);
		expect(status, JSON.stringify(body)).toBe(202);
		expect(body.proposals).toMatchObject([
			{ model_name: 'c', operation: 'delete', status: 'pending', notes: `Reverts ${commit}: Do it` },
			{ model_name: 'a', operation: 'update', requested_username: CAROL.username },
			{ model_name: 'b', operation: 'create' },
		]);
		expect(head(repository)).toBe(commit);
		const batch = await approver.approve(...(body.proposals ?? []).map(({ change_id }) => Number(change_id)));
		expect((await approver.applyBatch(batch)).status).toBe(200);
		expect(JSON.parse(shown(repository))).toEqual(JSON.parse(versions({ a: 1, b: 1 })));
	});

	test('nothing_is_proposed_where_one_of_the_models_was_changed_since', async () => {
		const { repository, commit } = prepared();
		repository.commit({ 'clip.json': versions({ a: 3, c: 1 }) }, 'Change a');
		const { service, approver } = await startQueue(repository);
		expect((await revert(service, commit)).status).toBe(409);
		expect(await approver.idsOf()).toEqual([]);
		expect(repository.git('for-each-ref', 'refs/heads/pending')).toBe('');
		// Numbers that were not given are free.
		expect(proposalOf(await service.post('clip', { name: 'z' }))).toBe(1);
	});

	test('nothing_is_proposed_where_nothing_is_left_to_do', async () => {
		const { repository, commit } = prepared();
		repository.commit({ 'clip.json': versions({ a: 1, b: 1 }) }, 'Take it back');
		const { service } = await startQueue(repository);
		const { status, body } = await revert(service, commit);
		expect([status, body]).toEqual([200, { reverts: commit, commit: null, models: [] }]);
	});

	test('an_approver_who_writes_directly_reverts_directly', async () => {
		const { repository, commit } = prepared();
		const { service } = await startQueue(repository, { writes: 'by-role' });
		expect((await revert(service, commit)).status).toBe(200);
		expect(repository.git('log', '-1', '--format=%s')).toBe('Revert "Do it"');
	});
});
