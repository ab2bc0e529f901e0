/** `kill -9` at any instant while proposals are made, decided, applied, split and purged. */

import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { expect, onTestFailed, test } from 'vitest';
import { KillableWriter, untilNobodyWorksIn } from '../support/killable-writer.ts';
import { expectQueueAgrees, expectQueueSound, type Ledger } from '../support/queue-invariants.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';

/** Repositories at once, as most of the time goes with waiting; and how often the writer of each is killed. */
const LANES = 2;
const KILLS = 50;
/** Longest time that it is left to write; milliseconds. */
const LONGEST_LIFE = 150;

test('no_acknowledged_transition_is_lost_and_ledger_and_branches_agree', { timeout: 300_000 }, async () => {
	const told = await Promise.all(Array.from({ length: LANES }, killAgainAndAgain));
	// How much more they get done before they are killed is for the machine to say.
	for (const lines of told) expect(lines.some((line) => line.startsWith('propose '))).toBe(true);
});

/** What was told is in the ledger, of the same model. */
function expectTold(told: readonly string[], { events, changes }: Ledger): void {
	const made = new Set(
		events.map(({ event, change }) => {
			const { category, model_name } = changes.get(change) ?? {};
			return event === 'purge' ? `purge ${change}` : `${event} ${change} ${category} ${model_name}`;
		}),
	);
	expect(told.filter((line) => !made.has(line))).toEqual([]);
}

/** @returns what was acknowledged, all of which is in the ledger */
async function killAgainAndAgain(): Promise<readonly string[]> {
	const repository = TemporaryRepository.create({
		'clip.json': clipReference('a'),
		'README.md': 'read me\n',
	});
	const first = randomInt(1_000_000_000);
	onTestFailed(() => void process.stderr.write(`seeds ${first} to ${first + KILLS}\n`));
	const acknowledged: string[] = [];
	let next = new KillableWriter();
	for (let kills = 0; kills < KILLS; kills++) {
		const writer = next;
		writer.tell(`open ${repository.directory}`);
		if (kills % 8 === 7) {
			// Also while it repairs what the one before it left.
			await setTimeout(Math.random() * 60);
			next = new KillableWriter();
			await writer.kill();
			continue;
		}
		await writer.said(1);
		const look = kills % 10 === 0 ? expectQueueSound : expectQueueAgrees;
		expectTold(acknowledged, look(repository));
		next = new KillableWriter(); // starts while this one works
		writer.tell(`write ${first + kills}`);
		// Every second time when it is at full speed.
		if (kills % 2 === 0) await writer.said(2);
		await setTimeout(Math.random() * LONGEST_LIFE);
		acknowledged.push(...(await writer.kill()));
	}
	next.tell(`open ${repository.directory}`);
	await next.said(1);
	await next.kill();
	await untilNobodyWorksIn(repository);
	expectTold(acknowledged, expectQueueSound(repository));
	return acknowledged;
}
