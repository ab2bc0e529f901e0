/** Two servers on one repository: one writes, the other serves reads and waits for its turn. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { currentProcess, stateOf } from '../../src/writer/process-identity.ts';
import { expectSound, subjects } from '../support/committer.ts';
import { FakeHorde } from '../support/fake-horde.ts';
import { clipReference } from '../support/records.ts';
import { startServeProcess } from '../support/serve-process.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startWriteService, USERS } from '../support/write-service.ts';

const KEY = { 'Idempotency-Key': 'one change' };

function start(): TemporaryRepository {
	return TemporaryRepository.create({ 'clip.json': clipReference('a') });
}

describe.each(['SIGTERM', 'SIGKILL'] as const)('a_second_server_on_one_repository (%s)', (signal) => {
	test('serves_reads_and_writes_once_the_first_is_gone', async () => {
		const repository = start();
		const first = await startServeProcess(repository.directory, await FakeHorde.start(USERS));
		const second = await startWriteService(repository);
		const done = await first.post('clip', { name: 'b' }, KEY);
		expect(done.status).toBe(201);
		await second.until('clip.json', (_response, body) => body.includes('"b"'));
		const refused = await second.post('clip', { name: 'c' });
		expect(refused.status).toBe(503);
		expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
		expect(refused.body).toEqual({
			detail: expect.stringMatching(new RegExp(`process ${first.pid} on .*serve`)),
		});

		await first.end(signal);
		expect(await second.post('clip', { name: 'c' })).toMatchObject({ status: 201 });
		// It was running already when the first server did this.
		const again = await second.post('clip', { name: 'b' }, KEY);
		expect(again).toMatchObject({ status: 201, text: done.text });
		expect(again.headers.get('x-reference-commit')).toBe(done.headers.get('x-reference-commit'));
		expect(subjects(repository)).toEqual(['Add clip model c', 'Add clip model b', 'Add references']);
		expectSound(repository);
	});
});

describe('the_lock_of_the_writer', () => {
	const LOCK = '.git/horde-references/writer.lock';

	test('is_taken_again_when_somebody_removed_it', async () => {
		const repository = start();
		const service = await startWriteService(repository);
		rmSync(repository.path(LOCK));
		expect(await service.post('clip', { name: 'b' })).toMatchObject({ status: 201 });
		expect(JSON.parse(readFileSync(repository.path(LOCK), 'utf8'))).toMatchObject({
			purpose: 'serve',
			service: { pid: process.pid },
		});
	});

	test('is_given_up_when_it_is_another_process_s', async () => {
		const repository = start();
		const service = await startWriteService(repository);
		const other = { ...currentProcess(), pid: process.ppid, started: startOf(process.ppid) };
		writeFileSync(repository.path(LOCK), JSON.stringify({ ...other, purpose: 'serve', since: 'today' }));
		const refused = await service.post('clip', { name: 'b' });
		expect(refused).toMatchObject({ status: 503 });
		expect(refused.text).toContain(`process ${process.ppid}`);
		expect(subjects(repository)).toEqual(['Add references']);
	});

	test.each(['', 'no JSON', '{"pid":1}'])(
		'that_says_nothing_(%j)_is_waited_for_a_minute',
		async (content) => {
			const repository = start();
			repository.write(LOCK, content);
			const service = await startWriteService(repository);
			expect(await service.post('clip', { name: 'b' })).toMatchObject({ status: 503 });
			expect(await service.get('clip.json')).toMatchObject({ status: 200 });
		},
	);

	test('is_gone_after_a_clean_end_and_no_git_command_is_left', async () => {
		const repository = start();
		const service = await startWriteService(repository);
		await service.post('clip', { name: 'b' });
		expect(processesIn(repository).length).toBeGreaterThan(0);
		await service.stop();
		expect(readdirSync(repository.path('.git/horde-references'))).not.toContain('writer.lock');
		// They end by themselves, when they find that nobody will ask them any more.
		await vi.waitFor(() => expect(processesIn(repository)).toEqual([]), { timeout: 10_000, interval: 10 });
	});
});

test('a_process_that_ended_and_was_not_buried_is_dead', async () => {
	const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], {
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	onTestFinished(() => void parent.kill('SIGKILL'));
	const [printed] = await once(parent.stdout, 'data');
	const pid = Number(printed);
	// By the time it ends, the shell has become a program that never asks how its child ended.
	while (!/^\d+ \(\w+\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))) await setTimeout(5);
	expect(stateOf({ ...currentProcess(), pid, started: startOf(pid) })).toBe('dead');
	expect(stateOf(currentProcess())).toBe('alive');
	expect(stateOf({ ...currentProcess(), started: '1' })).toBe('dead');
	expect(stateOf({ ...currentProcess(), namespace: 'pid:[1]' })).toBe('unknown');
});

function startOf(pid: number): string {
	const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
	return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** Commands that run in the repository's directory. */
function processesIn(repository: TemporaryRepository): readonly string[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.filter((pid) => {
			try {
				return readlinkSync(`/proc/${pid}/cwd`) === repository.directory;
			} catch {
				return false;
			}
		});
}
