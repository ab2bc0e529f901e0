/** Which commits can be reached, by id and by its beginning. */

import { expect, test } from 'vitest';
import { BlobReader } from '../../src/git/blobs.ts';
import { Git } from '../../src/git/command.ts';
import { CommitIds } from '../../src/git/commit-ids.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';

function history(length: number) {
	const repository = TemporaryRepository.create();
	const commits = Array.from({ length }, (_, index) => repository.commit({}, `Commit ${index}`));
	const [last = ''] = commits.slice(-1);
	return { repository, git: new Git(repository.directory), commits, last };
}

test('every_commit_is_found_by_its_id_and_by_a_beginning_that_no_other_has', async () => {
	const { git, commits, last } = history(40);
	const ids = await CommitIds.read(git, [last]);
	for (const commit of commits) {
		expect(ids.find(commit)).toBe(commit);
		const short = commit.slice(0, 2);
		const same = commits.filter((other) => other.startsWith(short));
		expect(ids.find(short)).toBe(same.length === 1 ? commit : undefined);
	}
	expect(ids.find('f'.repeat(40))).toBeUndefined();
	expect(ids.find('0'.repeat(40))).toBeUndefined();
	expect(ids.find(`${last}0`)).toBeUndefined();
});

test('no_tip_reaches_nothing_nor_does_one_that_is_lost_or_no_commit', async () => {
	const { repository, git, last } = history(2);
	expect((await CommitIds.read(git, [])).find(last)).toBeUndefined();
	const tree = repository.git('rev-parse', `${last}^{tree}`);
	const ids = await CommitIds.read(git, ['1'.repeat(40), tree, last]);
	expect(ids.find(last)).toBe(last);
	expect(ids.find(tree)).toBeUndefined();
});

test('tips_that_move_forward_bring_their_new_commits', async () => {
	const { git, commits, last } = history(6);
	const [first = '', second = ''] = commits;
	const moved = await (await CommitIds.read(git, [second])).moved(git, [last, first]);
	for (const commit of commits) expect(moved?.find(commit)).toBe(commit);
});

test('tips_that_no_longer_reach_what_they_did_are_told', async () => {
	const { git, commits, last } = history(3);
	const ids = await CommitIds.read(git, [last]);
	expect(await ids.moved(git, [commits[1] ?? ''])).toBeUndefined();
	expect(await ids.moved(git, [])).toBeUndefined();
	const lost = await CommitIds.read(git, [last, '1'.repeat(40)]);
	expect(await lost.moved(git, [last])).toBeUndefined();
});

test('the_size_of_an_object_is_told_without_its_bytes', async () => {
	const repository = TemporaryRepository.create({ 'a.txt': 'twelve bytes' });
	const sizes = new BlobReader(new Git(repository.directory), 'size');
	const id = repository.git('rev-parse', 'HEAD:a.txt');
	const [found, missing, again] = await Promise.all([id, '1'.repeat(40), id].map((name) => sizes.read(name)));
	expect(found).toEqual({ id, type: 'blob', size: 12, bytes: Buffer.alloc(0) });
	expect(missing).toBeUndefined();
	expect(again).toEqual(found);
	sizes.close();
});
