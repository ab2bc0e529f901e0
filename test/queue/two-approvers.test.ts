/** Two approvers do something to the same changes at the same moment: one of them does it, the other is told so. */

import { describe, expect, test } from 'vitest';
import { create, openCommitter } from '../support/committer.ts';
import { expectQueueAgrees, expectQueueSound } from '../support/queue-invariants.ts';
import { clipReference } from '../support/records.ts';
import { reviewer } from '../support/reviewer.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { approve, propose } from '../support/transitions.ts';
import { CAROL, DAVE, startWriteService, type WriteAnswer } from '../support/write-service.ts';

/** Proposals 1 to 6, of which 1 to 4 are approved in batch 1. */
async function start() {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const committer = await openCommitter(repository);
	await committer.commit(...['b', 'c', 'd', 'e', 'f', 'g'].map((model) => propose(create(model))));
	await committer.one(approve(1, 2, 3, 4));
	await committer.close();
	const service = await startWriteService(repository, {
		writes: 'queue',
		approverIds: [CAROL.id, DAVE.id],
	});
	return { repository, carol: reviewer(service.as(CAROL)), dave: reviewer(service.as(DAVE)) };
}

type Start = Awaited<ReturnType<typeof start>>;

/** The answers of two who ask at once, the one that was done first. */
async function both(...asked: readonly Promise<WriteAnswer>[]): Promise<readonly [WriteAnswer, WriteAnswer]> {
	const [one, two] = await Promise.all(asked);
	if (!one || !two) throw new Error('two must ask');
	return one.status === 200 ? [one, two] : [two, one];
}

function idsIn({ body }: WriteAnswer, name: string): readonly unknown[] {
	const list = body[name];
	return Array.isArray(list) ? list.map((change) => Object(change).change_id) : [];
}

describe('of_two_approvers_at_once', () => {
	test.each<readonly [string, (people: Start) => readonly Promise<WriteAnswer>[], RegExp]>([
		[
			'who_approve_the_same',
			({ carol, dave }) => [carol.decide({ approve: [5, 6] }), dave.decide({ approve: [6] })],
			/^Change [56] is not pending \(status=approved\)\.$/,
		],
		[
			'who_reject_the_same',
			({ carol, dave }) => [carol.decide({ reject: [5] }), dave.decide({ reject: [5] })],
			/^Change 5 is not pending \(status=rejected\)\.$/,
		],
		[
			'of_whom_one_approves_and_one_rejects',
			({ carol, dave }) => [carol.decide({ approve: [5] }), dave.decide({ reject: [5] })],
			/^Change 5 is not pending \(status=(approved|rejected)\)\.$/,
		],
		[
			'who_apply_the_same',
			({ carol, dave }) => [carol.apply(2, 'of carol'), dave.apply(2, 'of dave')],
			/^Change 2 is not approved \(status=applied\)\.$/,
		],
		[
			'of_whom_one_applies_and_one_rejects',
			({ carol, dave }) => [carol.apply(2), dave.decide({ reject: [2] })],
			/^Change 2 is not pending \(status=(approved|applied)\)\.$/,
		],
	])('%s_one_does_it_and_the_other_is_told_why_not', async (_name, ask, problem) => {
		const people = await start();
		const [done, refused] = await both(...ask(people));
		expect(done.status, done.text).toBe(200);
		expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringMatching(problem) } });
		const { events } = expectQueueSound(people.repository);
		const made = events.map(({ event, change }) => `${event} ${change}`);
		expect(new Set(made).size).toBe(made.length);
	});

	test('who_approve_and_apply_what_is_still_pending_both_do_or_the_apply_is_refused', async () => {
		const { repository, carol, dave } = await start();
		const [approved, applied] = await Promise.all([carol.decide({ approve: [5] }), dave.apply(5)]);
		expect(approved.status).toBe(200);
		if (applied.status !== 200) {
			expect(applied).toMatchObject({
				status: 400,
				body: { detail: 'Change 5 is not approved (status=pending).' },
			});
		}
		const { changes } = expectQueueSound(repository);
		expect(changes.get(5)?.status).toBe(applied.status === 200 ? 'applied' : 'approved');
	});

	test('who_apply_and_purge_the_same_each_change_is_applied_or_gone_as_they_were_told', async () => {
		const { repository, carol, dave } = await start();
		const [applied, purged] = await Promise.all([
			carol.applyAll([1, 2, 3, 4]),
			dave.purge({ statuses: ['approved'] }),
		]);
		expect(purged.status).toBe(200);
		const { changes } = expectQueueSound(repository);
		for (const id of [1, 2, 3, 4]) {
			const { status, ledger } = changes.get(id) ?? {};
			expect(status).toBe(idsIn(applied, 'applied').includes(id) ? 'applied' : 'approved');
			const gone = purged.body.removed_change_ids;
			expect(ledger?.purged !== undefined).toBe(Array.isArray(gone) && gone.includes(id));
			expect(status === 'applied' || ledger?.purged !== undefined).toBe(true);
		}
	});

	test('who_say_the_same_job_both_get_the_same_answer_and_there_is_one_commit', async () => {
		const { repository, carol, dave } = await start();
		const before = Number(repository.git('rev-list', '--count', 'HEAD'));
		const ask = [
			() => [carol.apply(1, 'job 1'), dave.apply(1, 'job 1')],
			() => [carol.applyAll([2, 3], { job: 'job 2' }), dave.applyAll([2, 3], { job: 'job 2' })],
			// What was left over is in a batch of its own by now.
			async () => {
				const batch = Number((await carol.change(4)).batch_id);
				return Promise.all([carol.applyBatch(batch, 'job 3'), dave.applyBatch(batch, 'job 3')]);
			},
		];
		for (const each of ask) {
			const [one, two] = await Promise.all(await each());
			expect(one?.status, one?.text).toBe(200);
			expect([two?.status, two?.text]).toEqual([200, one?.text]);
		}
		expect(Number(repository.git('rev-list', '--count', 'HEAD'))).toBe(before + 4);
		expectQueueSound(repository);
	});

	test.each([false, true])(
		'whose_bulk_applies_overlap_apply_each_change_once_(atomic: %s)',
		async (atomic) => {
			const { repository, carol, dave } = await start();
			const [done, stopped] = await both(
				carol.applyAll([1, 2, 3], { atomic, mixed: true }),
				dave.applyAll([4, 3, 2], { atomic, mixed: true }),
			);
			expect(done.status, done.text).toBe(200);
			const [isCarols] = [idsIn(done, 'applied').includes(1)];
			expect(idsIn(done, 'applied')).toEqual(isCarols ? [1, 2, 3] : [4, 3, 2]);
			const failed = isCarols ? 3 : 2;
			expect(stopped).toMatchObject({
				status: 400,
				body: {
					failed_change_id: failed,
					failed_error: `Change ${failed} is not approved (status=applied).`,
					failed_error_type: 'PendingChangeStateError',
				},
			});
			// Up to the first that the other has applied, or nothing at all.
			const before = isCarols ? [4] : [1];
			expect(idsIn(stopped, 'applied')).toEqual(atomic ? [] : before);
			const { changes } = expectQueueSound(repository);
			const applied = [...changes.values()].filter(({ status }) => status === 'applied');
			expect(applied.map(({ change_id }) => change_id).sort()).toEqual(
				(isCarols ? [1, 2, 3, ...(atomic ? [] : [4])] : [...(atomic ? [] : [1]), 2, 3, 4]).sort(),
			);
		},
	);

	test('who_do_all_sorts_of_things_by_chance_what_was_answered_is_what_came_of_it', async () => {
		const { repository, carol, dave } = await start();
		const ids = [1, 2, 3, 4, 5, 6];
		const won = new Map<string, number>();
		const note = (what: string, id: number, { status, text }: WriteAnswer) => {
			expect([200, 400], text).toContain(status);
			if (status === 200) won.set(`${what} ${id}`, (won.get(`${what} ${id}`) ?? 0) + 1);
		};
		await Promise.all(
			ids.flatMap((id) =>
				[carol, dave].flatMap((who) => [
					who.decide({ approve: [id] }).then((answer) => note('approve', id, answer)),
					who.decide({ reject: [id] }).then((answer) => note('reject', id, answer)),
					who.apply(id).then((answer) => note('apply', id, answer)),
				]),
			),
		);
		expect(Math.max(...won.values())).toBe(1);
		const { changes, events } = expectQueueAgrees(repository);
		const made = events
			.filter(
				({ event, change }) =>
					event !== 'propose' && event !== 'split' && (event !== 'approve' || change > 4),
			)
			.map(({ event, change }) => `${event} ${change}`);
		expect(made.sort()).toEqual([...won.keys()].sort());
		for (const id of [5, 6]) expect(changes.get(id)?.status).not.toBe('pending');
	});
});
