/** A disk without room, or one that cannot be written: transitions are refused whole, and go on when there is room. */

import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Transition } from '../../src/writer/change.ts';
import { create, openCommitter } from '../support/committer.ts';
import { mountReadOnly, mountSmall, NO_MOUNTS } from '../support/mounts.ts';
import { expectQueueSound, readLedger } from '../support/queue-invariants.ts';
import { clipReference } from '../support/records.ts';
import { reviewer } from '../support/reviewer.ts';
import { TemporaryRepository, temporaryDirectory } from '../support/temporary-repository.ts';
import { apply, applyBatch, approve, propose, purge, reject } from '../support/transitions.ts';
import { CAROL, startWriteService } from '../support/write-service.ts';

const SIZE = 8 * 1024 * 1024;

if (NO_MOUNTS !== undefined) process.stderr.write(`queue/full-disk.test.ts is skipped: ${NO_MOUNTS}\n`);

/** Proposals 1 to 6, of which 1 to 4 are approved, with files, git directory or both on a small disk of their own. */
async function onSmallDisk(what: 'files' | 'git directory' | 'both') {
	const directory = temporaryDirectory();
	const work = path.join(directory, 'work');
	const git = path.join(directory, 'git');
	const disk = what === 'git directory' ? git : work;
	for (const each of [work, git]) mkdirSync(each);
	mountSmall(disk, SIZE);
	const repository = new TemporaryRepository(work);
	const separate = what === 'both' ? [] : ['--separate-git-dir', path.join(git, 'repository')];
	repository.git('init', '--quiet', '--initial-branch=main', ...separate);
	repository.commit({ 'clip.json': clipReference('a') }, 'Add references');
	const committer = await openCommitter(repository);
	await committer.commit(...['b', 'c', 'd', 'e', 'f', 'g'].map((model) => propose(create(model))));
	await committer.one(approve(1, 2, 3, 4));
	return { repository, disk, ...committer };
}

/** Leaves so many bytes. */
function fill(disk: string, left: number): void {
	const { bavail, bsize } = statfsSync(disk);
	writeFileSync(path.join(disk, 'filling'), Buffer.alloc(Math.max(0, bavail * bsize - left)));
}

function empty(disk: string): void {
	rmSync(path.join(disk, 'filling'), { force: true });
}

/** One of each kind; what is left undone can be done afterwards. */
const TRANSITIONS: readonly Transition[] = [
	propose(create('h', { description: 'x'.repeat(20_000) })),
	approve(5),
	apply(1),
	applyBatch(1),
	reject(6),
	purge(1, 2),
];

describe.skipIf(NO_MOUNTS !== undefined)('a_full_disk', () => {
	test.each([
		['files', 0],
		['git directory', 0],
		['git directory', 4_096],
		['git directory', 12_288],
		['git directory', 24_576],
		['git directory', 49_152],
		['git directory', 98_304],
		['both', 0],
		['both', 1_100_000],
	] as const)('of_the_%s_with_%i_bytes_left_costs_nothing_but_what_is_refused', async (what, left) => {
		for (const transition of TRANSITIONS) {
			const { repository, disk, one, close } = await onSmallDisk(what);
			const before = readLedger(repository);
			fill(disk, left);
			const outcome = await one(transition);
			empty(disk);
			const after = readLedger(repository);
			const told = `${transition.transition}: ${JSON.stringify(outcome)}`;
			if (outcome.kind === 'refused') {
				expect(outcome, told).toMatchObject({
					code: 'storage-failed',
					data: { retryAfter: expect.any(Number) },
				});
				expect(after, told).toEqual(before);
				// Where there was no room to put the index back, the next write does.
				expect(await one(transition), told).not.toMatchObject({ kind: 'refused' });
			} else expect(after?.events.length, told).toBeGreaterThan(before?.events.length ?? 0);
			expect(await one(propose(create('when there is room')))).toMatchObject({ kind: 'proposed' });
			expectQueueSound(repository);
			await close();
		}
	});

	test('answers_503_while_the_queue_is_read_from', async () => {
		const { repository, disk, close } = await onSmallDisk('both');
		await close();
		const service = await startWriteService(repository, { writes: 'queue' });
		const carol = reviewer(service.as(CAROL));
		fill(disk, 0);
		const refused = { status: 503, body: { detail: expect.any(String) } };
		expect(await service.post('clip', { name: 'new' })).toMatchObject(refused);
		for (const answer of [carol.decide({ approve: [5] }), carol.apply(1), carol.purge()]) {
			expect(await answer).toMatchObject(refused);
		}
		expect((await carol.list()).body.total).toBe(6);
		expect((await carol.diff(1)).status).toBe(200);
		empty(disk);
		expect((await carol.applyAll([1, 2, 3, 4])).status).toBe(200);
		expect((await service.post('clip', { name: 'new' })).status).toBe(202);
		expectQueueSound(repository);
	});
});

test.skipIf(NO_MOUNTS !== undefined)(
	'a_git_directory_that_becomes_read_only_refuses_transitions_until_it_is_not',
	async () => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const { one, commit } = await openCommitter(repository);
		await commit(...['b', 'c', 'd'].map((model) => propose(create(model))));
		await one(approve(1, 2));
		const mount = mountReadOnly(repository.path('.git'));
		const before = readLedger(repository);
		for (const request of [propose(create('e')), approve(3), apply(1), applyBatch(1), reject(3), purge(1)]) {
			expect(await one(request)).toMatchObject({ kind: 'refused', code: 'storage-failed' });
		}
		expect(readLedger(repository)).toEqual(before);
		mount.end();
		expect(await one(applyBatch(1))).toMatchObject({ failure: undefined });
		expectQueueSound(repository);
	},
);
