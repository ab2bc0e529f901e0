/** A service that lives on while what it works with is ended from outside: its writing process, its git commands. */

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { expectSound, subjects } from '../support/committer.ts';
import { FakeHorde } from '../support/fake-horde.ts';
import { clipReference } from '../support/records.ts';
import { startServeProcess } from '../support/serve-process.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startWriteService, USERS, type WriteClient } from '../support/write-service.ts';

const start = async () => {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	return { repository, service: await startWriteService(repository) };
};

/** Pid of the process that holds the writer's lock. */
function writerOf(repository: TemporaryRepository): number {
	return JSON.parse(readFileSync(repository.path('.git/horde-references/writer.lock'), 'utf8')).pid;
}

/** Processes of this parent whose command line holds these words. */
function childrenOf(parent: number, words: string): readonly number[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map(Number)
		.filter((pid) => {
			try {
				const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
				const [, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
				const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
				return Number(ppid) === parent && line.includes(words);
			} catch {
				return false;
			}
		});
}

/** Nothing happens to a process that has ended by itself. */
function end(pid: number, signal: 'SIGKILL' | 'SIGTERM'): void {
	try {
		process.kill(pid, signal);
	} catch (error) {
		if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
	}
}

/** What clients were told. */
interface Told {
	/** Subjects of the commits of writes that were done. */
	readonly added: string[];
	/** Statuses of the others. */
	readonly others: number[];
}

async function addUntil(client: WriteClient, name: string, told: Told, isOver: () => boolean): Promise<void> {
	for (let count = 0; !isOver(); count++) {
		const { status } = await client.post('clip', { name: `${name}-${count}`, description: 'x'.repeat(300) });
		if (status === 201) told.added.push(`Add clip model ${name}-${count}`);
		else told.others.push(status);
	}
}

describe('while sixteen clients write', () => {
	/** @param isEnough whether it may end, once some disturbances have been */
	async function disturb(
		disturbance: (repository: TemporaryRepository) => void,
		isEnough: (told: Told) => boolean = () => true,
	): Promise<readonly number[]> {
		const { repository, service } = await start();
		const told: Told = { added: [], others: [] };
		let isOver = false;
		const clients = Array.from({ length: 16 }, (_, index) =>
			addUntil(service, `m${index}`, told, () => isOver),
		);
		for (let time = 0; time < 4 || (time < 50 && !isEnough(told)); time++) {
			await setTimeout(30 + Math.random() * 100);
			disturbance(repository);
		}
		await setTimeout(100);
		isOver = true;
		await Promise.all(clients);
		const last = await service.post('clip', { name: 'the last' });
		expect([last.status, last.text]).toEqual([201, expect.any(String)]);
		const log = subjects(repository);
		expect(told.added.length).toBeGreaterThan(0);
		expect(log).toEqual(expect.arrayContaining(told.added));
		expect(new Set(log).size).toBe(log.length);
		expectSound(repository);
		return told.others;
	}

	test('the_writing_process_may_be_killed_and_clients_are_told_that_nobody_knows', async () => {
		const others = await disturb(
			(repository) => end(writerOf(repository), 'SIGKILL'),
			(told) => told.others.length > 0,
		);
		expect(new Set(others)).toEqual(new Set([503]));
	});

	test.each([['cat-file'], ['update-ref'], ['read-tree']])(
		'its_git_%s_may_be_ended_and_no_write_is_lost_or_answered_wrongly',
		async (command) => {
			const others = await disturb((repository) => {
				for (const pid of childrenOf(writerOf(repository), command)) end(pid, 'SIGTERM');
			});
			expect(others.filter((status) => status !== 503)).toEqual([]);
		},
	);
});

test('an_update_ref_and_cat_file_that_ended_while_nothing_was_written_cost_no_write', async () => {
	const { repository, service } = await start();
	expect((await service.post('clip', { name: 'b' })).status).toBe(201);
	for (const name of ['c', 'd', 'e']) {
		for (const pid of childrenOf(writerOf(repository), 'git')) process.kill(pid, 'SIGTERM');
		await setTimeout(50);
		expect((await service.post('clip', { name })).status).toBe(201);
	}
	expectSound(repository);
});

test('a_signal_to_the_whole_group_ends_the_service_when_what_is_under_way_is_answered', async () => {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const server = await startServeProcess(repository.directory, await FakeHorde.start(USERS), {
		detached: true,
	});
	expect((await server.post('clip', { name: 'first' })).status).toBe(201);
	const writer = writerOf(repository);
	const writes = Array.from({ length: 16 }, (_, index) => server.post('clip', { name: `m${index}` }));
	await setTimeout(5);
	process.kill(-server.pid, 'SIGINT');
	const answers = await Promise.allSettled(writes);
	const statuses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.status] : []));
	expect(statuses.filter((status) => status !== 201)).toEqual([]);
	await server.ended;
	expect(() => process.kill(writer, 0)).toThrow();
	expectSound(repository);
});

test('a_service_that_cannot_start_leaves_no_process_and_no_lock', async () => {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const { service } = await start();
	const port = Number(new URL(service.url).port);
	await expect(startWriteService(repository, { port })).rejects.toThrow(/in use/);
	await expect(startWriteService(repository, { hordeUrl: 'https://u:p@x.invalid/' })).rejects.toThrow(
		/AI-Horde/,
	);
	expect(() => writerOf(repository)).toThrow();
	const again = await startWriteService(repository);
	expect((await again.post('clip', { name: 'b' })).status).toBe(201);
});

test('an_uncommitted_edit_is_named_also_to_somebody_who_read_it_and_says_so', async () => {
	const { repository, service } = await start();
	repository.write('clip.json', clipReference('a', 'by hand'));
	await service.until('clip', (_response, text) => text.includes('by hand'));
	const tag = (await service.get('clip')).headers.get('etag') ?? '';
	const answer = await service.put('clip', { name: 'a' }, { 'If-Match': tag });
	expect(answer.status).toBe(409);
	expect(answer.body.detail).toMatch(/clip\.json has edits that are not committed/);
});
