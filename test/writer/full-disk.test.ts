/** A disk without room, for the files or for the git directory: writes are refused whole, and go on when there is room. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { create, expectClean, expectSound, openCommitter, subjects } from '../support/committer.ts';
import { mountSmall, NO_MOUNTS } from '../support/mounts.ts';
import { reference } from '../support/records.ts';
import { TemporaryRepository, temporaryDirectory } from '../support/temporary-repository.ts';
import { startWriteService } from '../support/write-service.ts';

const SIZE = 8 * 1024 * 1024;

/** Does not pack well, so that objects need room too. */
const NOISE = Array.from({ length: 300 }, (_, index) => [
	`model ${index}`,
	{ name: `model ${index}`, hash: Array.from({ length: 60 }, () => Math.random().toString(36)).join('') },
]) as [string, object][];
const CLIP = reference(NOISE);

if (NO_MOUNTS !== undefined) process.stderr.write(`full-disk.test.ts is skipped: ${NO_MOUNTS}\n`);

/** A repository whose files, git directory or both are on a small disk of their own. */
function onSmallDisk(what: 'files' | 'git directory' | 'both', options = '') {
	const directory = temporaryDirectory();
	const work = path.join(directory, 'work');
	const git = path.join(directory, 'git');
	const small = what === 'git directory' ? git : work;
	for (const each of [work, git]) mkdirSync(each);
	mountSmall(small, SIZE, options);
	const repository = new TemporaryRepository(work);
	const separate = what === 'both' ? [] : ['--separate-git-dir', path.join(git, 'repository')];
	repository.git('init', '--quiet', '--initial-branch=main', ...separate);
	repository.commit({ 'clip.json': CLIP, 'README.md': 'read me\n' }, 'Add references');
	return { repository, small };
}

/** What a pack that could not be written whole would leave. */
function parts(repository: TemporaryRepository): readonly string[] {
	const directory = repository.git('rev-parse', '--git-path', 'objects/pack');
	const names = readdirSync(path.resolve(repository.directory, directory));
	return names.filter((name) => !/\.(idx|pack)$/.test(name) || !names.includes(name.replace(/pack$/, 'idx')));
}

/** Leaves so many bytes. */
function fill(disk: string, left: number): void {
	const { bavail, bsize } = statfsSync(disk);
	writeFileSync(path.join(disk, 'filling'), Buffer.alloc(Math.max(0, bavail * bsize - left)));
}

function empty(disk: string): void {
	rmSync(path.join(disk, 'filling'), { force: true });
}

describe.skipIf(NO_MOUNTS !== undefined)('a_full_disk', () => {
	test.each([
		['files', 0],
		['files', 1_200_000],
		['files', 1_500_000],
		['git directory', 0],
		['git directory', 4_096],
		['git directory', 8_192],
		['git directory', 100_000],
		['git directory', 180_000],
		['git directory', 200_000],
		['git directory', 230_000],
		['both', 0],
		['both', 1_300_000],
	] as const)('of_the_%s_with_%i_bytes_left_costs_nothing_but_the_write', async (what, left) => {
		const { repository, small } = onSmallDisk(what);
		const { one, commit } = await openCommitter(repository);
		fill(small, left);
		const group = (await commit(create('new'), create('newer'))).outcomes;
		const applied = ['Add references'];
		for (const [name, outcome] of [
			['new', group[0]],
			['newer', group[1]],
			['alone', await one(create('alone'))],
		] as const) {
			if (outcome?.kind === 'applied') applied.unshift(`Add clip model ${name}`);
			else
				expect(outcome).toMatchObject({ code: 'storage-failed', data: { retryAfter: expect.any(Number) } });
		}
		expect(subjects(repository)).toEqual(applied);
		expect(parts(repository)).toEqual([]);
		empty(small);
		expectClean(repository);
		expect(await one(create('when there is room'))).toMatchObject({ kind: 'applied' });
		expectSound(repository);
	});

	test('that_fills_while_the_files_are_written_is_made_good_when_there_is_room', async () => {
		const { repository, small } = onSmallDisk('files');
		let isFirst = true;
		const { one } = await openCommitter(repository, {
			beforePublish: () => {
				if (isFirst) fill(small, 0);
				isFirst = false;
			},
		});
		// Longer than what it takes the place of, by more than a block.
		const outcome = await one(create('new', { description: 'x'.repeat(20_000) }));
		expect(outcome).toMatchObject({ kind: 'refused', code: 'storage-failed' });
		expect(subjects(repository)).toEqual(['Add references']);
		empty(small);
		expect(await one(create('when there is room'))).toMatchObject({ kind: 'applied' });
		const names = Object.keys(JSON.parse(readFileSync(repository.path('clip.json'), 'utf8')));
		expect(names).toEqual([...NOISE.map(([name]) => name), 'when there is room']);
		expectSound(repository);
	});

	test('without_room_for_another_name_is_one_too', async () => {
		const { repository, small } = onSmallDisk('git directory', ',nr_inodes=120');
		const { one } = await openCommitter(repository);
		const names: string[] = [];
		for (let count = 0; statfsSync(small).ffree > 2; count++) {
			names.push(path.join(small, `name ${count}`));
			writeFileSync(names.at(-1) ?? '', '');
		}
		expect(await one(create('new'))).toMatchObject({ kind: 'refused', code: 'storage-failed' });
		expect(readFileSync(repository.path('clip.json'), 'utf8')).toBe(CLIP);
		for (const name of names) rmSync(name);
		expect(await one(create('when there is room'))).toMatchObject({ kind: 'applied' });
		expectSound(repository);
	});

	test('answers_503_and_is_read_from_all_the_same', async () => {
		const { repository, small } = onSmallDisk('both');
		const service = await startWriteService(repository);
		fill(small, 0);
		const refused = await service.post('clip', { name: 'new' });
		expect(refused).toMatchObject({ status: 503 });
		expect(refused.headers.get('retry-after')).toBe('30');
		expect(await service.get('clip.json')).toMatchObject({ status: 200, text: CLIP });
		empty(small);
		expect(await service.post('clip', { name: 'new' })).toMatchObject({ status: 201 });
		expect(existsSync(repository.path('.git/index.lock'))).toBe(false);
		expectSound(repository);
	});
});
