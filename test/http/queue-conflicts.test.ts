/** A change whose model has moved since it was proposed is not applied, and all stays as it was (spec: differences, Q5). */

import { describe, expect, test } from 'vitest';
import { expectClean } from '../support/committer.ts';
import { startQueue, type TestQueue } from '../support/queue-service.ts';
import { clipReference, textReference } from '../support/records.ts';
import { BOB, CAROL, type WriteAnswer } from '../support/write-service.ts';

/** Requestors propose, and carol writes at once. */
const start = () =>
	startQueue(
		{ 'clip.json': clipReference('a', 'b', 'c'), 'db.json': textReference('A/M-7B') },
		{ writes: 'by-role' },
	);

type Step = (queue: TestQueue) => Promise<WriteAnswer>;

const byCarol =
	(step: (carol: ReturnType<TestQueue['service']['as']>) => Promise<WriteAnswer>): Step =>
	({ service }) =>
		step(service.as(CAROL));

/** What is proposed, what is done meanwhile, and what must be told of then and now. */
const CONFLICTS: readonly (readonly [string, Step, Step, RegExp])[] = [
	[
		'create of a model that is there by now',
		({ service }) => service.post('clip', { name: 'd', version: '1' }),
		byCarol((carol) => carol.post('clip', { name: 'd', version: '2' })),
		/Model 'd' of category 'clip'.*change 1.*then it did not exist, now it is .*"version":"2"/,
	],
	[
		'create of the very same model that is there by now',
		({ service }) => service.post('clip', { name: 'd', version: '1' }),
		byCarol((carol) => carol.post('clip', { name: 'd', version: '1' })),
		/then it did not exist, now it is .*"version":"1"/,
	],
	[
		'update of a model that was changed',
		({ service }) => service.put('clip', { name: 'a', description: 'Mine' }),
		byCarol((carol) => carol.put('clip', { name: 'a', description: 'Theirs' })),
		/then it was .*"description":"About a".*now it is .*"description":"Theirs"/,
	],
	[
		'update of a model that was removed',
		({ service }) => service.put('clip', { name: 'a', description: 'Mine' }),
		byCarol((carol) => carol.delete('clip', 'a')),
		/then it was .*"description":"About a".*now it does not exist/,
	],
	[
		'delete of a model that was changed',
		({ service }) => service.delete('clip', 'a'),
		byCarol((carol) => carol.put('clip', { name: 'a', description: 'Better' })),
		/then it was .*"About a".*now it is .*"Better"/,
	],
	[
		'delete of a model that was removed',
		({ service }) => service.delete('clip', 'a'),
		byCarol((carol) => carol.delete('clip', 'a')),
		/then it was .*"name":"a".*now it does not exist/,
	],
	[
		'update of a text model that was changed',
		({ service }) => service.put('text_generation', { name: 'A/M-7B', parameters: 8_000_000_000 }),
		byCarol((carol) => carol.put('text_generation', { name: 'A/M-7B', parameters: 9_000_000_000 })),
		/Model 'A\/M-7B'.*then it was .*7000000000.*now it is .*9000000000/,
	],
];

describe.each(CONFLICTS)('%s', (_title, propose, meanwhile, detail) => {
	test('is_a_conflict_that_names_both_states_and_leaves_all_as_it_is', async () => {
		const queue = await start();
		const { repository, approver } = queue;
		expect((await propose(queue)).status).toBe(202);
		await approver.approve(1);
		expect((await meanwhile(queue)).status).toBeLessThan(300);
		const before = [repository.git('for-each-ref'), (await approver.change(1)).text];

		const single = await approver.apply(1, { job_id: 'a job' });
		expect([single.status, single.body]).toEqual([409, { detail: expect.stringMatching(detail) }]);
		const many = await approver.applyMany({ change_ids: [1] });
		const report = {
			...{ applied: [], failed_change_id: 1, failed_error: single.body.detail },
			...{ failed_error_type: 'PendingChangeConflictError', batch_split_occurred: false },
		};
		expect([many.status, many.body]).toEqual([409, report]);
		const batch = await approver.applyBatch(1);
		expect([batch.status, batch.body]).toEqual([409, report]);
		const atomic = await approver.applyMany({ change_ids: [1], atomic: true });
		expect([atomic.status, atomic.body]).toEqual([409, report]);

		expect([repository.git('for-each-ref'), (await approver.change(1)).text]).toEqual(before);
		const diff = (await approver.diff(1)).body;
		expect(diff).toMatchObject({ still_applies: false, conflict: single.body.detail });
		expectClean(repository);
	});
});

test('a_model_that_came_back_to_what_it_was_is_none', async () => {
	const { repository, service, approver } = await start();
	await service.put('clip', { name: 'a', version: '2' });
	await approver.approve(1);
	await service.as(CAROL).put('clip', { name: 'a', version: '3' });
	expect((await approver.apply(1)).status).toBe(409);
	repository.git('revert', '--no-edit', 'HEAD');
	expect((await approver.apply(1)).status).toBe(200);
	expect((await service.get('clip')).body.a).toMatchObject({ version: '2' });
});

test('a_state_that_differs_only_to_us_is_told_whole', async () => {
	const { repository, service, approver } = await start();
	await service.put('clip', { name: 'a', version: '2' });
	await approver.approve(1);
	const reference = JSON.parse(clipReference('a', 'b', 'c'));
	reference.a.nsfw = null;
	repository.commit({ 'clip.json': JSON.stringify(reference, null, 4) }, 'Edit by hand');
	const answer = await approver.apply(1);
	expect([answer.status, answer.body.detail]).toEqual([
		409,
		expect.stringMatching(/then it was {"name":"a",.*now it is {"name":"a",.*"nsfw":null}/),
	]);
});

test('changes_of_other_models_are_no_conflict', async () => {
	const { service, approver } = await start();
	await service.put('clip', { name: 'a', version: '2' });
	await approver.approve(1);
	const carol = service.as(CAROL);
	await carol.put('clip', { name: 'b', version: '5' });
	await carol.post('clip', { name: 'd' });
	await carol.delete('clip', 'c');
	expect((await approver.apply(1)).status).toBe(200);
	const clip = (await service.get('clip')).body;
	expect(Object.keys(clip)).toEqual(['a', 'b', 'd']);
	expect([clip.a, clip.b]).toMatchObject([{ version: '2' }, { version: '5' }]);
});

test('a_maintainers_commit_of_the_model_is_one_and_a_reformatted_record_is_not', async () => {
	const { repository, service, approver } = await start();
	await service.put('clip', { name: 'a', version: '2' });
	await service.put('clip', { name: 'b', version: '2' });
	await approver.approve(1, 2);
	const reference = JSON.parse(clipReference('a', 'b', 'c'));
	const { description, ...rest } = reference.b;
	reference.b = { description, ...rest };
	reference.a.type = 'coca';
	repository.commit({ 'clip.json': JSON.stringify(reference, null, '\t') }, 'Edit by hand');
	const first = await approver.apply(1);
	expect([first.status, first.body.detail]).toEqual([
		409,
		expect.stringMatching(/"type":"clip".*"type":"coca"/),
	]);
	expect((await approver.apply(2)).status).toBe(200);
});

test('of_two_changes_of_one_model_the_second_is_a_conflict_and_those_before_it_stay', async () => {
	const { service, approver } = await start();
	await service.put('clip', { name: 'a', version: '2' });
	await service.post('clip', { name: 'd' });
	await service.as(BOB).put('clip', { name: 'a', version: '3' });
	await service.post('clip', { name: 'e' });
	await approver.approve(1, 2, 3, 4);
	const answer = await approver.applyBatch(1);
	expect(answer.status).toBe(409);
	expect([answer.body.applied].flat()).toMatchObject([{ change_id: 1 }, { change_id: 2 }]);
	expect(answer.body).toMatchObject({
		...{ failed_change_id: 3, failed_error_type: 'PendingChangeConflictError' },
		...{ batch_split_occurred: true, batch_split_original_batch_id: 1, batch_split_new_batch_id: 2 },
		batch_split_reassigned_count: 2,
	});
	expect(answer.body.failed_error).toMatch(/then it was .*null.*now it is .*"2"/);
	expect(await approver.idsOf({ batch_id: 2, statuses: 'approved' })).toEqual([3, 4]);
	expect(Object.keys((await service.get('clip')).body)).toEqual(['a', 'b', 'c', 'd']);
	const rest = await approver.applyMany({ change_ids: [4] });
	expect(rest.status).toBe(200);
});

test('a_conflict_in_an_atomic_call_undoes_what_came_before_it', async () => {
	const { repository, service, approver } = await start();
	await service.post('clip', { name: 'd' });
	await service.post('clip', { name: 'd' });
	await approver.approve(1, 2);
	const refs = repository.git('for-each-ref');
	for (const answer of [
		await approver.applyMany({ change_ids: [1, 2], atomic: true }),
		await approver.applyBatch(1, { atomic: true }),
		await approver.applyBatch(1, { atomic: 'YES' }),
	]) {
		expect([answer.status, answer.body]).toMatchObject([409, { applied: [], failed_change_id: 2 }]);
	}
	expect(repository.git('for-each-ref')).toBe(refs);
	expect(Object.keys((await service.get('clip')).body)).toEqual(['a', 'b', 'c']);
});

test('a_change_in_conflict_can_be_purged_and_proposed_anew', async () => {
	const { service, approver } = await start();
	await service.put('clip', { name: 'a', version: '2' });
	await approver.approve(1);
	await service.as(CAROL).put('clip', { name: 'a', version: '3' });
	expect((await approver.apply(1)).status).toBe(409);
	expect((await approver.purge({ statuses: ['approved'] })).body.removed_change_ids).toEqual([1]);
	await service.put('clip', { name: 'a', version: '2' });
	await approver.approve(2);
	expect((await approver.apply(2)).status).toBe(200);
	expect((await service.get('clip')).body.a).toMatchObject({ version: '2' });
});

test('uncommitted_edits_of_a_maintainer_are_in_the_way_and_the_change_waits', async () => {
	const { repository, service, approver } = await start();
	await service.post('clip', { name: 'd' });
	await service.post('blip', { name: 'e' });
	await approver.approve(1, 2);
	const edited = clipReference('a', 'b', 'c').replace('About a', 'About to be changed');
	repository.write('clip.json', edited);
	const answer = await approver.apply(1);
	expect([answer.status, answer.body]).toEqual([409, { detail: expect.stringContaining('clip.json') }]);
	const many = await approver.applyMany({ change_ids: [2, 1] });
	expect([many.status, many.body]).toMatchObject([
		409,
		{ applied: [{ change_id: 2 }], failed_change_id: 1, failed_error_type: 'PendingChangeBackendError' },
	]);
	expect((await approver.change(1)).body.status).toBe('approved');
	expect(repository.git('diff', '--stat', '--', 'clip.json')).toContain('1 file changed');
	repository.git('checkout', '--', 'clip.json');
	expect((await approver.apply(1)).status).toBe(200);
});
