/** `kill -9` of a whole server while clients write, 40 times; 160 more in `killed-writer.test.ts`. */

import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { expectClean, expectSound, subjects } from '../support/committer.ts';
import { FakeHorde } from '../support/fake-horde.ts';
import { clipReference } from '../support/records.ts';
import { type ServeProcess, startServeProcess } from '../support/serve-process.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { USERS, type WriteAnswer } from '../support/write-service.ts';

/** Repositories at once, as most of the time goes with waiting; and how often the server of each is killed. */
const LANES = 2;
const KILLS = 20;
const CLIENTS = 10;
/** Longest time that clients are left to write; milliseconds. */
const LONGEST_LIFE = 100;

/** Adds and removes models until the server is gone, and tells the subjects of the commits that it was told of. */
async function write(server: ServeProcess, name: string, told: (subject: string) => void): Promise<void> {
	for (let count = 0; ; count++) {
		const model = `${name}-${count}`;
		const created = await answerOf(server.post('clip', { name: model, description: 'x'.repeat(300) }));
		if (!created) return;
		expect(created.status, created.text).toBe(201);
		told(`Add clip model ${model}`);
		const deleted = await answerOf(server.delete('clip', model));
		if (!deleted) return;
		expect(deleted.status, deleted.text).toBe(204);
		told(`Remove clip model ${model}`);
	}
}

/** Undefined where the server went away before it had answered. */
function answerOf(request: Promise<WriteAnswer>): Promise<WriteAnswer | undefined> {
	return request.catch((error: unknown) => {
		if (error instanceof TypeError) return undefined;
		throw error;
	});
}

test('nothing_that_a_client_was_told_is_lost_or_done_twice', { timeout: 300_000 }, async () => {
	const told = await Promise.all(Array.from({ length: LANES }, killAgainAndAgain));
	expect(told.flat().length).toBeGreaterThan(0);
});

/** @returns what clients were told, all of which is in the log */
async function killAgainAndAgain(): Promise<readonly string[]> {
	const repository = TemporaryRepository.create({
		'clip.json': clipReference('a'),
		'README.md': 'read me\n',
	});
	const horde = await FakeHorde.start(USERS);
	const acknowledged: string[] = [];
	for (let kills = 0; kills < KILLS; kills++) {
		const server = await startServeProcess(repository.directory, horde);
		if (kills % 10 === 0) expectSound(repository);
		else expectClean(repository);
		const published = await server.get('clip.json');
		expect(published.text).toBe(`${repository.git('show', 'HEAD:clip.json')}\n`);
		let answered = () => {};
		const first = new Promise<void>((resolve) => {
			answered = resolve;
		});
		const clients = Array.from({ length: CLIENTS }, (_, client) =>
			write(server, `${kills}-${client}`, (subject) => {
				acknowledged.push(subject);
				answered();
			}),
		);
		// Every second time when it is at full speed; if a client fails, that is what is told.
		if (kills % 2 === 0) await Promise.race([first, ...clients]);
		await setTimeout(Math.random() * LONGEST_LIFE);
		await server.end('SIGKILL');
		await Promise.all(clients);
	}
	const server = await startServeProcess(repository.directory, horde);
	expect(await server.post('clip', { name: 'the last' })).toMatchObject({ status: 201 });
	await server.end('SIGTERM');
	expectSound(repository);
	const made = subjects(repository);
	expect(new Set(made).size).toBe(made.length);
	expect(acknowledged.filter((subject) => !made.includes(subject))).toEqual([]);
	return acknowledged;
}
