/** What is kept of requests with an idempotency key: read again when reading failed, and bounded. */

import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { BlobReader } from '../../src/git/blobs.ts';
import { Git } from '../../src/git/command.ts';
import { gitEnvironment } from '../../src/git/environment.ts';
import { openRepository } from '../../src/git/repository.ts';
import { QueueIndex } from '../../src/queue/queue-index.ts';
import type { Change } from '../../src/writer/change.ts';
import { IdempotentWrites } from '../../src/writer/idempotency.ts';
import { create, update } from '../support/committer.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository, temporaryDirectory } from '../support/temporary-repository.ts';

const FILE = '.git/horde-references/idempotency.jsonl';

interface Options {
	/** A shell script that runs before each git. */
	readonly beforeGit?: string;
	readonly mostKept?: number;
}

/** Requests with keys, to a writer that commits what is created and finds nothing to change in what is updated. */
async function open(repository: TemporaryRepository, { beforeGit = '', mostKept }: Options = {}) {
	const opened = await openRepository(repository.directory);
	const blobs = new BlobReader(opened.git);
	onTestFinished(() => blobs.close());
	const session = {};
	const written: Change[] = [];
	const writes = IdempotentWrites.open({
		repository: { ...opened, git: gitAfter(beforeGit, repository) },
		blobs,
		clock: Date.now,
		writer: {
			ready: async () => session,
			submit: async (change) => {
				written.push(change);
				const { record } = change;
				const version = repository.git('rev-parse', 'HEAD:clip.json');
				if (change.operation === 'update') return { kind: 'unchanged', version, record: record ?? '' };
				const trailers = (change.trailers ?? []).map(([name, value]) => `${name}: ${value}`).join('\n');
				const commit = repository.commit({}, `Add clip model ${change.model}\n\n${trailers}`);
				return { kind: 'applied', commit, version, record };
			},
			propose: () => Promise.reject(new Error('nothing is proposed')),
		},
		queue: { index: new QueueIndex(), content: async () => ({ payload: null, before: null }) },
		...(mostKept !== undefined && { mostKept }),
	});
	return { writes, written };
}

/** Git, once a script has run that may end instead. */
function gitAfter(script: string, { directory }: TemporaryRepository): Git {
	const folder = temporaryDirectory();
	const rest = `PATH=\${PATH#*:} exec git "$@"\n`;
	writeFileSync(path.join(folder, 'git'), `#!/bin/sh\n${script}\n${rest}`);
	chmodSync(path.join(folder, 'git'), 0o755);
	return new Git(directory, {
		...gitEnvironment(process.env),
		PATH: `${folder}:${process.env.PATH}`,
	});
}

function start(): TemporaryRepository {
	return TemporaryRepository.create({ 'clip.json': clipReference('a') });
}

test.each(['log', 'for-each-ref'])(
	'when_git_%s_fails_no_key_passes_for_free_and_the_next_request_reads_them_again',
	async (command) => {
		const repository = start();
		const before = await open(repository);
		const done = await before.writes.submit(create('b'), 'key');

		const broken = path.join(temporaryDirectory(), 'broken');
		const beforeGit = `[ -e ${broken} ] && [ "$1" = ${command} ] && { echo 'out of memory' >&2; exit 128; }`;
		const { writes, written } = await open(repository, { beforeGit });
		writeFileSync(broken, '');
		for (let times = 0; times < 2; times++) {
			const failing = writes.submit(create('b'), 'key');
			await expect(failing).rejects.toMatchObject({ code: 'storage-failed' });
		}
		rmSync(broken);
		expect(await writes.submit(create('b'), 'key')).toMatchObject({ kind: done.kind });
		expect(written).toEqual([]);
	},
);

test('a_file_of_keys_that_cannot_be_read_is_no_empty_one', async () => {
	const repository = start();
	repository.write(`${FILE}/a folder in its place`, '');
	const { writes, written } = await open(repository);
	await expect(writes.submit(create('b'), 'key')).rejects.toMatchObject({ code: 'storage-failed' });
	expect(written).toEqual([]);
});

test('a_repository_without_a_commit_has_no_keys', async () => {
	const { writes } = await open(TemporaryRepository.create());
	// The writer of this test fails there, and is asked all the same.
	await expect(writes.submit(create('b'), 'key')).rejects.toThrow('HEAD:clip.json');
});

test.each([
	['commits', create],
	['nothing_to_change', update],
])('of_more_keys_than_are_kept_the_oldest_are_forgotten_with_%s', async (_title, change) => {
	const repository = start();
	const first = await open(repository, { mostKept: 3 });
	const ask = ({ writes }: typeof first, name: string) => writes.submit(change(name), name);
	for (const name of ['1', '2', '3', '4', '5']) await ask(first, name);
	for (const name of ['3', '4', '5']) await ask(first, name);
	expect(first.written).toHaveLength(5);
	await ask(first, '1');
	expect(first.written).toHaveLength(6);

	const second = await open(repository, { mostKept: 3 });
	for (const name of ['4', '5', '1']) await ask(second, name);
	expect(second.written).toHaveLength(0);
});

test('the_file_does_not_grow_beyond_twice_what_is_kept', async () => {
	const repository = start();
	const { writes } = await open(repository, { mostKept: 3 });
	for (let count = 0; count < 20; count++) await writes.submit(update(`${count}`), `${count}`);
	expect(existsSync(repository.path(FILE))).toBe(true);
	const lines = readFileSync(repository.path(FILE), 'utf8').trim().split('\n');
	expect(lines.length).toBeLessThanOrEqual(6);
	expect(lines.length).toBeGreaterThanOrEqual(3);
});

test('keys_of_commits_are_not_forgotten_when_the_file_beside_them_cannot_be_read', async () => {
	const repository = start();
	const before = await open(repository);
	const done = await before.writes.submit(create('b'), 'key');
	const { writes, written } = await open(repository);
	rmSync(repository.path(FILE), { force: true });
	mkdirSync(repository.path(FILE), { recursive: true });
	await expect(writes.submit(create('b'), 'key')).rejects.toMatchObject({ code: 'storage-failed' });
	rmSync(repository.path(FILE), { recursive: true });
	expect(await writes.submit(create('b'), 'key')).toMatchObject({ kind: 'applied', commit: commitOf(done) });
	expect(written).toEqual([]);
});

function commitOf(outcome: object): unknown {
	return Reflect.get(outcome, 'commit');
}
