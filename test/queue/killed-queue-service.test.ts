/** `kill -9` of a whole service while people propose, decide, apply and purge. */

import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { FakeHorde } from '../support/fake-horde.ts';
import { untilNobodyWorksIn } from '../support/killable-writer.ts';
import { expectQueueAgrees, expectQueueSound, type Ledger } from '../support/queue-invariants.ts';
import { clipReference } from '../support/records.ts';
import { type Reviewer, reviewer } from '../support/reviewer.ts';
import { type ServeProcess, startServeProcess } from '../support/serve-process.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { CAROL, USERS, type WriteAnswer, writeClient } from '../support/write-service.ts';

/** Repositories at once, as most of the time goes with waiting; and how often the service of each is killed. */
const LANES = 2;
const KILLS = 14;
/** Longest time that people are left to work; milliseconds. */
const LONGEST_LIFE = 250;

const QUEUE = ['--writes', 'queue', '--approver-id', CAROL.id];

type Told = (event: string, id: number) => void;

/** Proposes models until the service is gone. */
async function proposeModels(server: ServeProcess, name: string, told: Told): Promise<void> {
	for (let count = 0; ; count++) {
		const record = { name: `${name}-${count}`, description: 'x'.repeat(300) };
		const answer = await answerOf(server.post('clip', record));
		if (!answer) return;
		expect(answer.status, answer.text).toBe(202);
		told('propose', Number(answer.body.change_id));
	}
}

/** Decides, applies one, applies several and purges, turn by turn, until the service is gone. */
async function review(carol: Reviewer, first: number, told: Told): Promise<void> {
	const idsOf = async (query: string) => {
		const page = await answerOf(carol.list(query));
		return page && itemsOf(page, 'items').map(idOf);
	};
	const done = async (request: Promise<WriteAnswer>) => {
		const answer = await answerOf(request);
		if (answer) expect(answer.status, answer.text).toBe(200);
		return answer;
	};
	const decide = async () => {
		const ids = await idsOf('?statuses=pending&limit=6');
		const [rejected, ...approve] = ids ?? [];
		if (rejected === undefined || approve.length === 0) return ids;
		const answer = await done(carol.decide({ approve, reject: [rejected] }));
		if (!answer) return undefined;
		for (const id of approve) told('approve', id);
		told('reject', rejected);
		return answer;
	};
	const apply = async (count: number) => {
		const ids = await idsOf(`?statuses=approved&limit=${count}`);
		const [id] = ids ?? [];
		if (ids === undefined || id === undefined) return ids;
		const answer = await done(count === 1 ? carol.apply(id) : carol.applyAll(ids, { mixed: true }));
		if (answer) for (const each of ids) told('apply', each);
		return answer;
	};
	const applyBatch = async () => {
		const page = await answerOf(carol.list('?statuses=approved&limit=1'));
		const [change] = page ? itemsOf(page, 'items') : [];
		if (change === undefined) return page;
		const answer = await done(carol.applyBatch(Number(Object(change).batch_id)));
		for (const each of answer ? itemsOf(answer, 'applied') : []) told('apply', idOf(each));
		return answer;
	};
	const purge = async () => {
		const answer = await done(carol.purge({ statuses: ['rejected'] }));
		for (const id of answer ? itemsOf(answer, 'removed_change_ids') : []) told('purge', Number(id));
		return answer;
	};
	const steps = [decide, () => apply(1), () => apply(3), purge, decide, applyBatch];
	for (let turn = first; ; turn++) {
		const step = steps[turn % steps.length];
		if ((await step?.()) === undefined) return;
	}
}

function itemsOf({ body }: WriteAnswer, name: string): readonly unknown[] {
	const items = body[name];
	return Array.isArray(items) ? items : [];
}

function idOf(change: unknown): number {
	return Number(Object(change).change_id);
}

/** Undefined where the service went away before it had answered. */
function answerOf(request: Promise<WriteAnswer>): Promise<WriteAnswer | undefined> {
	return request.catch((error: unknown) => {
		if (error instanceof TypeError) return undefined;
		throw error;
	});
}

test('nothing_that_anybody_was_told_is_lost', { timeout: 300_000 }, async () => {
	const told = await Promise.all(Array.from({ length: LANES }, killAgainAndAgain));
	// How much more they get done before the service is killed is for the machine to say.
	for (const lines of told) expect(lines.some((line) => line.startsWith('propose '))).toBe(true);
});

function expectTold(told: readonly string[], { events }: Ledger): void {
	const made = new Set(events.map(({ event, change }) => `${event} ${change}`));
	expect(told.filter((line) => !made.has(line))).toEqual([]);
}

/** @returns what people were told, all of which is in the ledger */
async function killAgainAndAgain(): Promise<readonly string[]> {
	const repository = TemporaryRepository.create({
		'clip.json': clipReference('a'),
		'README.md': 'read me\n',
	});
	const horde = await FakeHorde.start(USERS);
	const start = () => startServeProcess(repository.directory, horde, { args: QUEUE });
	const acknowledged: string[] = [];
	for (let kills = 0; kills < KILLS; kills++) {
		const server = await start();
		const look = kills % 5 === 0 ? expectQueueSound : expectQueueAgrees;
		const ledger = look(repository);
		expectTold(acknowledged, ledger);
		const carol = reviewer(writeClient(server.url, CAROL.key));
		const listed = await carol.list('?limit=500');
		const there = [...ledger.changes.values()].filter((change) => !change.ledger.purged);
		expect(itemsOf(listed, 'items').map(idOf)).toEqual(
			there
				.map(({ change_id }) => change_id)
				.sort((a, b) => a - b)
				.slice(0, 500),
		);
		let answered = () => {};
		const first = new Promise<void>((resolve) => {
			answered = resolve;
		});
		const told: Told = (event, id) => {
			acknowledged.push(`${event} ${id}`);
			answered();
		};
		const people = [
			...[0, 1, 2, 3].map((client) => proposeModels(server, `${kills}-${client}`, told)),
			review(carol, kills, told),
		];
		// Every second time when it is at full speed; if anybody fails, that is what is told.
		if (kills % 2 === 0) await Promise.race([first, ...people]);
		await setTimeout(Math.random() * LONGEST_LIFE);
		await server.end('SIGKILL');
		await Promise.all(people);
	}
	const server = await start();
	expect(await server.post('clip', { name: 'the last' })).toMatchObject({ status: 202 });
	await server.end('SIGTERM');
	await untilNobodyWorksIn(repository);
	expectTold(acknowledged, expectQueueSound(repository));
	return acknowledged;
}
