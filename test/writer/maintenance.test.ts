/** Git's own maintenance runs while changes come, ours and the maintainers'; no write waits for it or fails by it. */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Git } from '../../src/git/command.ts';
import { LooseObjects } from '../../src/git/loose-objects.ts';
import { PackedObjects } from '../../src/git/packed-objects.ts';
import { openRepository } from '../../src/git/repository.ts';
import { Maintenance } from '../../src/writer/maintenance.ts';
import { create, expectSound, openCommitter, remove, subjects } from '../support/committer.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository, temporaryDirectory } from '../support/temporary-repository.ts';

/** Many enough to be written in another way than one alone, should there be one. */
const GROUP = 24;

const HOUSEKEEPING = `
git gc --quiet
git maintenance run --quiet --task=loose-objects --task=incremental-repack --task=commit-graph
git repack -a -d --quiet
git prune-packed --quiet
git pack-refs --all --prune
`;

/** Runs a script over and over, until it is told to stop or the test ends. */
function keepDoing(script: string, { directory }: TemporaryRepository): () => Promise<void> {
	const loop = `while [ ! -e .git/stop ]; do ${script}\n done`;
	const shell = spawn('sh', ['-c', loop], { cwd: directory, stdio: 'ignore' });
	const ended = once(shell, 'exit');
	onTestFinished(() => void shell.kill('SIGKILL'));
	return async () => {
		writeFileSync(path.join(directory, '.git/stop'), '');
		await ended;
	};
}

test('gc_repack_and_maintenance_by_hand_cost_no_write', { timeout: 60_000 }, async () => {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const { one, commit } = await openCommitter(repository);
	const stop = keepDoing(HOUSEKEEPING, repository);
	const again = Array.from({ length: GROUP / 2 }, (_, index) => `again ${index}`);
	for (let count = 0; count < 60; count++) {
		const single = await one(create(`model ${count}`));
		const { outcomes } = await commit(...again.map((name) => create(name)), ...again.map(remove));
		expect([single, ...outcomes].filter(({ kind }) => kind !== 'applied')).toEqual([]);
	}
	await stop();
	expect(subjects(repository)).toHaveLength(1 + (1 + GROUP) * 60);
	expectSound(repository);
});

test('packs_that_a_process_kept_that_died_are_released_and_those_of_maintainers_stay', async () => {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const pack = (name: string) => repository.path(`.git/objects/pack/${name}.keep`);
	const first = await openCommitter(repository);
	await first.commit(create('b'), create('c'));
	const folder = repository.path('.git/objects/pack');
	expect(readdirSync(folder).filter((name) => name.endsWith('.keep'))).toEqual([]);
	await first.close();
	writeFileSync(pack('ours'), 'horde-references\n');
	writeFileSync(pack('theirs'), 'because\n');
	await openCommitter(repository);
	expect([existsSync(pack('ours')), existsSync(pack('theirs'))]).toEqual([false, true]);
});

test('a_folder_of_objects_that_git_takes_away_is_made_again', async () => {
	const repository = TemporaryRepository.create({ a: '1' });
	const objects = new LooseObjects(repository.path('.git'), 'sha1');
	const stop = keepDoing('rmdir .git/objects/?? 2>/dev/null', repository);
	const ids = Array.from({ length: 2_000 }, (_, index) =>
		objects.write('blob', Buffer.from(`blob ${index}`)),
	);
	objects.sync();
	await stop();
	for (const id of ids)
		expect(existsSync(repository.path(`.git/objects/${id.slice(0, 2)}/${id.slice(2)}`))).toBe(true);
});

describe('the_maintenance_of_the_writer', () => {
	/** A repository that looks as though it held 2,560 loose objects. */
	async function needy() {
		const repository = TemporaryRepository.create({ a: '1' });
		const objects = new LooseObjects(repository.path('.git'), 'sha1');
		let found = 0;
		for (let count = 0; found < 10; count++) {
			const body = Buffer.from(String(count));
			const id = createHash('sha1').update(`blob ${body.length}\0`).update(body).digest('hex');
			if (!id.startsWith('17')) continue;
			objects.write('blob', body);
			found++;
		}
		objects.sync();
		return { repository, opened: await openRepository(repository.directory) };
	}

	function packs(repository: TemporaryRepository): number {
		return Number(/^packs: (\d+)$/m.exec(repository.git('count-objects', '-v'))?.[1]);
	}

	test('joins_the_packs_that_groups_have_made', async () => {
		const repository = TemporaryRepository.create({ a: '1' });
		const objects = new PackedObjects(repository.path('.git'), 'sha1');
		for (let count = 0; count < 60; count++) {
			objects.write('blob', Buffer.from(String(count)));
			objects.place();
			objects.sync();
			objects.release();
		}
		expect(packs(repository)).toBe(60);
		const maintenance = new Maintenance(await openRepository(repository.directory));
		maintenance.noteCommits(1);
		await vi.waitFor(() => expect(packs(repository)).toBe(1), { timeout: 20_000, interval: 20 });
		await maintenance.close();
		expect(repository.git('cat-file', 'blob', repository.git('rev-parse', 'HEAD:a'))).toBe('1');
		repository.git('fsck', '--strict');
	});

	test('packs_what_has_gathered', async () => {
		const { repository, opened } = await needy();
		const maintenance = new Maintenance(opened);
		maintenance.noteCommits(1);
		await vi.waitFor(() => expect(packs(repository)).toBe(1), { timeout: 20_000, interval: 20 });
		await maintenance.close();
		repository.git('fsck', '--strict');
	});

	test.each([
		['that_cannot_be_started', ''],
		['that_fails', '#!/bin/sh\nexit 1\n'],
	])('never_throws_with_a_git_%s', async (_title, script) => {
		const { opened } = await needy();
		const maintenance = new Maintenance({ ...opened, git: gitOf(opened.root, script) });
		maintenance.noteCommits(1);
		maintenance.noteCommits(1_000);
		await maintenance.close();
	});

	test('is_ended_when_the_writer_is', async () => {
		const { opened } = await needy();
		const maintenance = new Maintenance({
			...opened,
			git: gitOf(opened.root, '#!/bin/sh\nexec sleep 600\n'),
		});
		maintenance.noteCommits(1);
		await maintenance.close();
	});
});

/** A git that is this script, or none at all. */
function gitOf(directory: string, script: string): Git {
	const folder = temporaryDirectory();
	if (script !== '') {
		writeFileSync(path.join(folder, 'git'), script);
		chmodSync(path.join(folder, 'git'), 0o755);
	}
	return new Git(directory, { PATH: script === '' ? folder : `${folder}:${process.env.PATH}` });
}
