/** A service that lives on while what it works with is killed, and people propose, decide and apply. */

import { setTimeout } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { create, openCommitter } from '../support/committer.ts';
import { endProcess, killGits, untilNobodyWorksIn, writerOf } from '../support/killable-writer.ts';
import { expectQueueSound } from '../support/queue-invariants.ts';
import { clipReference } from '../support/records.ts';
import { type Reviewer, reviewer } from '../support/reviewer.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { propose } from '../support/transitions.ts';
import { CAROL, startWriteService, type WriteAnswer, type WriteClient } from '../support/write-service.ts';

interface Told {
	/** Events that were answered as done. */
	readonly events: string[];
	/** Answers to what was not. */
	readonly others: WriteAnswer[];
}

async function proposeUntil(client: WriteClient, name: string, told: Told, isOver: () => boolean) {
	for (let count = 0; !isOver(); count++) {
		const answer = await client.post('clip', { name: `${name}-${count}`, description: 'x'.repeat(300) });
		if (answer.status === 202) told.events.push(`propose ${answer.body.change_id}`);
		else told.others.push(answer);
	}
}

/** Each takes every third change, so that nobody is in another's way. */
async function reviewUntil(carol: Reviewer, index: number, told: Told, isOver: () => boolean) {
	const note = (event: string, ids: readonly number[], answer: WriteAnswer) => {
		if (answer.status === 200) told.events.push(...ids.map((id) => `${event} ${id}`));
		else told.others.push(answer);
	};
	while (!isOver()) {
		const page = await carol.list('?statuses=pending&statuses=approved&limit=200');
		if (page.status !== 200) {
			told.others.push(page);
			continue;
		}
		const all = Array.isArray(page.body.items) ? page.body.items.map(Object) : [];
		const mine = all.filter(({ change_id }) => change_id % 3 === index);
		const idsOf = (status: string) =>
			mine.filter((change) => change.status === status).map(({ change_id }) => Number(change_id));
		const [rejected, ...approved] = idsOf('pending').slice(0, 4);
		if (rejected !== undefined) {
			const decision = { approve: approved, reject: [rejected] };
			const answer = await carol.decide(decision);
			note('approve', approved, answer);
			note('reject', [rejected], answer);
		}
		const ready = idsOf('approved').slice(0, 3);
		if (ready.length > 0) note('apply', ready, await carol.applyAll(ready, { mixed: true }));
		if (mine.length === 0) await setTimeout(5);
	}
}

describe('while_people_work', () => {
	/** @returns what was answered to those who were not served */
	async function disturb(disturbance: (repository: TemporaryRepository) => void) {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const service = await startWriteService(repository, {
			writes: 'queue',
			expectedErrors: [
				'the ledger of the queue cannot be read',
				'reload failed; the last snapshot is served on',
			],
		});
		const carol = reviewer(service.as(CAROL));
		const told: Told = { events: [], others: [] };
		let isOver = false;
		const people = [
			...[0, 1, 2, 3].map((index) => proposeUntil(service, `m${index}`, told, () => isOver)),
			...[0, 1, 2].map((index) => reviewUntil(carol, index, told, () => isOver)),
		];
		for (let time = 0; time < 8; time++) {
			await setTimeout(30 + Math.random() * 200);
			disturbance(repository);
		}
		await setTimeout(200);
		isOver = true;
		await Promise.all(people);
		// Each of these works again, and at the last moment a git may have been killed once more.
		const done = (status: number, ask: () => Promise<WriteAnswer>) =>
			vi.waitFor(
				async () => {
					const answer = await ask();
					expect(answer.status, answer.text).toBe(status);
					return answer;
				},
				{ timeout: 10_000 },
			);
		const id = Number((await done(202, () => service.post('clip', { name: 'the last' }))).body.change_id);
		await done(200, () => carol.decide({ approve: [id] }));
		await done(200, () => carol.apply(id, 'the last job'));
		await service.stop();
		await untilNobodyWorksIn(repository);
		const { events } = expectQueueSound(repository);
		const made = events
			.filter(({ event }) => event !== 'split')
			.map(({ event, change }) => `${event} ${change}`);
		expect(new Set(made).size).toBe(made.length);
		expect(told.events.filter((event) => !made.includes(event))).toEqual([]);
		expect(told.events.length).toBeGreaterThan(0);
		return told.others;
	}

	test('the_writing_process_may_be_killed', { timeout: 60_000 }, async () => {
		const others = await disturb((repository) => {
			const writer = writerOf(repository);
			if (writer !== undefined) endProcess(writer);
		});
		// What was done all the same is not done again.
		for (const { status, text } of others) expect([400, 503], text).toContain(status);
	});

	test.each(['update-ref', 'cat-file', 'read-tree'])(
		'its_git_%s_may_be_killed',
		{ timeout: 60_000 },
		async (command) => {
			const others = await disturb((repository) => killGits(repository, writerOf(repository), command));
			for (const { status, text } of others) expect(status, text).toBe(503);
		},
	);

	test('a_git_that_the_service_reads_with_may_be_killed', { timeout: 60_000 }, async () => {
		const others = await disturb((repository) => killGits(repository, process.pid, 'cat-file'));
		for (const { status, text } of others) expect(status, text).toBe(503);
	});
});

test('a_git_that_was_killed_while_nobody_read_costs_no_answer', async () => {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const { commit, close } = await openCommitter(repository);
	await commit(...Array.from({ length: 20 }, (_, index) => propose(create(`m${index}`))));
	await close();
	const service = await startWriteService(repository, { writes: 'queue' });
	for (let id = 1; id <= 20; id++) {
		killGits(repository, process.pid, 'cat-file');
		const answer = await service.get(`pending_queue/changes/${id}`);
		expect(answer.status, answer.text).toBe(200);
	}
});
