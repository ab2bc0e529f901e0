/** Proposals about the same model: the one that is applied first is right, the others are told what has changed. */

import { describe, expect, test } from 'vitest';
import { expectQueueSound } from '../support/queue-invariants.ts';
import { clipReference } from '../support/records.ts';
import { reviewer } from '../support/reviewer.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { CAROL, startWriteService, type WriteAnswer, type WriteService } from '../support/write-service.ts';

async function start() {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a', 'b', 'c') });
	const service = await startWriteService(repository, { writes: 'queue' });
	return { repository, service, carol: reviewer(service.as(CAROL)) };
}

const ASK = {
	create: (service: WriteService, model: string) =>
		service.post('clip', { name: model, description: 'created' }),
	'create otherwise': (service: WriteService, model: string) =>
		service.post('clip', { name: model, description: 'otherwise' }),
	update: (service: WriteService, model: string) =>
		service.put('clip', { name: model, description: 'updated' }),
	'update otherwise': (service: WriteService, model: string) =>
		service.put('clip', { name: model, description: 'otherwise' }),
	delete: (service: WriteService, model: string) => service.delete('clip', model),
} as const;

type Ask = keyof typeof ASK;

function idsIn({ body }: WriteAnswer): readonly unknown[] {
	return Array.isArray(body.applied) ? body.applied.map((change) => Object(change).change_id) : [];
}

/** Two proposals to one model, and how the second is refused when the first has been applied. */
const RACES: readonly (readonly [Ask, Ask, string, RegExp])[] = [
	['create', 'create', 'new', /then it did not exist, now it is \{.*"description":"created"/],
	['create', 'create otherwise', 'new', /then it did not exist, now it is \{.*"description":"created"/],
	['update', 'update', 'a', /then it was \{.*"About a".*, now it is \{.*"updated"/],
	['update', 'update otherwise', 'a', /then it was \{.*"About a".*, now it is \{.*"updated"/],
	['update', 'delete', 'a', /then it was \{.*"About a".*, now it is \{.*"updated"/],
	['delete', 'update', 'a', /then it was \{.*"About a".*, now it does not exist/],
	['delete', 'delete', 'a', /then it was \{.*"About a".*, now it does not exist/],
];

describe.each(RACES)('of_a_%s_and_a_%s_of_one_model', (first, second, model, problem) => {
	test('the_later_is_a_conflict_that_names_both_states_and_stays_approved', async () => {
		const { repository, service, carol } = await start();
		for (const ask of [first, second]) expect((await ASK[ask](service, model)).status).toBe(202);
		await carol.decide({ approve: [1, 2] });
		expect(await carol.apply(1)).toMatchObject({ status: 200 });
		const published = (await service.get('clip.json')).text;
		expect((await carol.diff(2)).body).toMatchObject({
			still_applies: false,
			conflict: expect.stringMatching(problem),
		});
		expect(await carol.apply(2)).toMatchObject({
			status: 409,
			body: { detail: expect.stringMatching(problem) },
		});
		expect(await carol.applyAll([2])).toMatchObject({
			status: 409,
			body: { applied: [], failed_change_id: 2, failed_error_type: 'PendingChangeConflictError' },
		});
		expect(await carol.statusOf(2)).toBe('approved');
		expect((await service.get('clip.json')).text).toBe(published);
		expectQueueSound(repository);
	});

	test('either_may_be_applied_as_the_first', async () => {
		const { repository, service, carol } = await start();
		for (const ask of [first, second]) expect((await ASK[ask](service, model)).status).toBe(202);
		await carol.decide({ approve: [1, 2] });
		expect(await carol.apply(2)).toMatchObject({ status: 200 });
		expect(await carol.apply(1)).toMatchObject({ status: 409 });
		expectQueueSound(repository);
	});
});

describe('a_batch_with_a_conflict_in_the_middle', () => {
	/** Proposals 1 to 4 in batch 1, of which 3 is about what 2 is about. */
	async function startBatch() {
		const started = await start();
		const { service, carol } = started;
		await ASK.update(service, 'a');
		await ASK.update(service, 'b');
		await ASK.delete(service, 'b');
		await ASK.create(service, 'new');
		await carol.decide({ approve: [1, 2, 3, 4] });
		return started;
	}

	const CONFLICT = {
		failed_change_id: 3,
		failed_error: expect.stringContaining('has changed since change 3 was proposed'),
		failed_error_type: 'PendingChangeConflictError',
	};

	test('is_applied_up_to_there_and_the_rest_waits_in_a_batch_of_its_own', async () => {
		const { repository, carol } = await startBatch();
		const answer = await carol.applyBatch(1, 'the job');
		expect(answer).toMatchObject({
			status: 409,
			body: {
				...CONFLICT,
				batch_split_occurred: true,
				batch_split_original_batch_id: 1,
				batch_split_new_batch_id: 2,
				batch_split_reassigned_count: 2,
			},
		});
		expect(idsIn(answer)).toEqual([1, 2]);
		const again = await carol.applyBatch(1, 'the job');
		expect([again.status, again.text]).toEqual([409, answer.text]);
		expectQueueSound(repository);
		expect(await carol.applyAll([4])).toMatchObject({ status: 200 });
		expect(await carol.purge({ statuses: ['approved'] })).toMatchObject({
			body: { removed_change_ids: [3] },
		});
		expectQueueSound(repository);
	});

	test('is_not_applied_at_all_where_it_must_be_all_or_nothing', async () => {
		const { repository, service, carol } = await startBatch();
		const [head, text] = [repository.git('rev-parse', 'HEAD'), (await service.get('clip.json')).text];
		expect(await carol.applyAll([1, 2, 3, 4], { atomic: true })).toMatchObject({
			status: 409,
			body: { applied: [], ...CONFLICT, batch_split_occurred: false },
		});
		expect(repository.git('rev-parse', 'HEAD')).toBe(head);
		expect((await service.get('clip.json')).text).toBe(text);
		for (const id of [1, 2, 3, 4]) expect(await carol.statusOf(id)).toBe('approved');
		expectQueueSound(repository);
		expect(await carol.applyAll([1, 2, 4], { atomic: true })).toMatchObject({ status: 200 });
		expectQueueSound(repository);
	});
});

test('a_model_that_a_maintainer_deletes_or_makes_by_hand_makes_conflicts_of_proposals', async () => {
	const { repository, service, carol } = await start();
	await ASK.update(service, 'a');
	await ASK.create(service, 'new');
	await ASK.update(service, 'c');
	await carol.decide({ approve: [1, 2, 3] });
	repository.commit({ 'clip.json': clipReference('b', 'c', 'new') }, 'By hand');
	await service.until('clip.json', (_response, body) => body.includes('"new"'));
	expect(await carol.apply(1)).toMatchObject({
		status: 409,
		body: { detail: expect.stringContaining('now it does not exist') },
	});
	expect(await carol.apply(2)).toMatchObject({
		status: 409,
		body: { detail: expect.stringMatching(/then it did not exist, now it is .*About new/s) },
	});
	expect(await carol.apply(3)).toMatchObject({ status: 200 });
	// Undone by hand, what was proposed is right again.
	repository.commit({ 'clip.json': clipReference('a', 'b', 'c') }, 'By hand again');
	expect(await carol.applyAll([1, 2], { mixed: true })).toMatchObject({ status: 200 });
	expectQueueSound(repository);
});
