/** A request with an idempotency key may be repeated, also to a server that was started anew, and is done once. */

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expectSound, subjects } from '../support/committer.ts';
import { reference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { BOB, startWriteService, type WriteAnswer, type WriteClient } from '../support/write-service.ts';

const KEY = { 'Idempotency-Key': 'a key' };
const FILE = '.git/horde-references/idempotency.jsonl';

/** Records `a` and `b` are as they would be stored: to send one again changes nothing. */
function start(): TemporaryRepository {
	const config = { files: [], download: [] };
	const records = ['a', 'b'].map(
		(name) => [name, { name, type: 'clip', description: `About ${name}`, config }] as const,
	);
	return TemporaryRepository.create({ 'clip.json': reference(records) });
}

function facts({ status, text, headers }: WriteAnswer) {
	return { status, text, etag: headers.get('etag'), commit: headers.get('x-reference-commit') };
}

const REQUESTS: readonly (readonly [string, (client: WriteClient) => Promise<WriteAnswer>, number])[] = [
	['create', (client) => client.post('clip', { name: 'c', description: 'é' }, KEY), 2],
	['update', (client) => client.put('clip', { name: 'a', version: '2' }, KEY), 2],
	['delete', (client) => client.delete('clip', 'b', KEY), 2],
	[
		'update_that_changes_nothing',
		(client) => client.put('clip', { name: 'a', description: 'About a' }, KEY),
		1,
	],
];

describe.each(REQUESTS)('the_same_%s_with_the_same_key', (_name, send, commits) => {
	test('is_answered_the_same_and_does_nothing_also_after_a_restart', async () => {
		const repository = start();
		const before = await startWriteService(repository);
		const first = facts(await send(before));
		expect(first.status).toBeLessThan(300);
		expect(facts(await send(before))).toEqual(first);
		// Whatever becomes of the model meanwhile.
		await before.put('clip', { name: 'a', description: 'changed since' });
		expect(facts(await send(before))).toEqual(first);
		await before.stop();

		const after = await startWriteService(repository);
		expect(facts(await send(after))).toEqual(first);
		expect(subjects(repository)).toHaveLength(commits + 1);
		expectSound(repository);
	});

	test('at_once_is_done_once', async () => {
		const repository = start();
		const service = await startWriteService(repository);
		const answers = (await Promise.all(Array.from({ length: 10 }, () => send(service)))).map(facts);
		expect(answers).toEqual(answers.map(() => answers[0]));
		expect(answers[0]?.status).toBeLessThan(300);
		expect(subjects(repository)).toHaveLength(commits);
	});
});

describe('a_key', () => {
	test('that_was_used_for_another_request_is_refused', async () => {
		const repository = start();
		const service = await startWriteService(repository);
		expect(await service.post('clip', { name: 'c' }, KEY)).toMatchObject({ status: 201 });
		for (const other of [
			service.post('clip', { name: 'd' }, KEY),
			service.put('clip', { name: 'c' }, KEY),
			service.post('clip', { name: 'c', description: 'x' }, KEY),
			service.post('blip', { name: 'c' }, KEY),
			service.delete('clip', 'c', KEY),
		]) {
			expect(await other).toMatchObject({ status: 422 });
		}
		expect(subjects(repository)).toHaveLength(2);
	});

	test('of_another_user_is_another_key', async () => {
		const repository = start();
		const service = await startWriteService(repository);
		expect(await service.post('clip', { name: 'c' }, KEY)).toMatchObject({ status: 201 });
		expect(await service.as(BOB).post('clip', { name: 'd' }, KEY)).toMatchObject({ status: 201 });
		expect(subjects(repository)).toHaveLength(3);
	});

	test('of_a_request_that_was_refused_is_still_free', async () => {
		const repository = start();
		const service = await startWriteService(repository);
		expect(await service.post('clip', { name: 'a' }, KEY)).toMatchObject({ status: 409 });
		expect(await service.post('clip', { name: 'c' }, KEY)).toMatchObject({ status: 201 });
	});

	test('is_in_the_log_only_as_a_digest', async () => {
		const repository = start();
		const service = await startWriteService(repository);
		await service.post('clip', { name: 'c' }, { 'Idempotency-Key': 'secret-of-the-client' });
		expect(repository.git('log', '--format=%B')).toMatch(/^Idempotency-Key: [0-9a-f]{40}$/m);
		expect(repository.git('log', '--format=%B')).not.toContain('secret-of-the-client');
	});
});

test('a_line_that_a_crash_cut_off_costs_neither_the_lines_before_nor_those_after', async () => {
	const repository = start();
	const same = (client: WriteClient, name: string) =>
		client.put('clip', { name, description: `About ${name}` }, { 'Idempotency-Key': `same ${name}` });
	const first = await startWriteService(repository);
	await same(first, 'a');
	await first.stop();
	appendFileSync(repository.path(FILE), '{"key":"half a li');

	const second = await startWriteService(repository);
	await same(second, 'b');
	await second.put('clip', { name: 'a', description: 'changed since' });
	await second.put('clip', { name: 'b', description: 'changed since' });
	await second.stop();
	expect(readFileSync(repository.path(FILE), 'utf8').trim().split('\n')).toHaveLength(2);

	const third = await startWriteService(repository);
	for (const name of ['a', 'b']) {
		const answer = await same(third, name);
		expect(answer).toMatchObject({ status: 200 });
		expect(answer.headers.get('x-reference-commit')).toBeNull();
	}
	expect(subjects(repository)).toHaveLength(3);
});

test('a_key_below_a_commit_of_a_maintainer_whose_clock_is_behind_is_found', async () => {
	const repository = start();
	const first = await startWriteService(repository);
	const answer = facts(await first.post('clip', { name: 'c' }, KEY));
	await first.stop();
	repository.commit(
		{ 'README.md': 'read me' },
		'Say what this is',
		Math.floor(Date.now() / 1000) - 400 * 86_400,
	);
	const second = await startWriteService(repository);
	expect(facts(await second.post('clip', { name: 'c' }, KEY))).toEqual(answer);
	expect(answer.status).toBe(201);
});

test('what_is_older_than_a_day_is_forgotten', async () => {
	const repository = start();
	const first = await startWriteService(repository);
	await first.put('clip', { name: 'a', description: 'About a' }, KEY);
	await first.stop();
	const [line = ''] = readFileSync(repository.path(FILE), 'utf8').split('\n');
	const entry = JSON.parse(line);
	writeFileSync(
		repository.path(FILE),
		`${JSON.stringify({ ...entry, time: entry.time - 25 * 3_600_000 })}\n`,
	);
	const second = await startWriteService(repository);
	expect(await second.post('clip', { name: 'c' }, KEY)).toMatchObject({ status: 201 });
});
