/** The remote has taken a write, and here the git that moves the refs is killed, and the one that is asked what became of it. */

import { expect, test } from 'vitest';
import { create, openCommitter } from '../support/committer.ts';
import { installDyingGit } from '../support/dying-git.ts';
import { clipReference } from '../support/records.ts';
import { createRemote } from '../support/shared-remote.ts';

/** Branch, and the two notes of where it is at the remote. */
const REFS = 3;

test.each(Array.from({ length: REFS + 1 }, (_, moved) => [moved]))(
	'after_%i_refs_it_is_told_as_done_and_work_tree_and_branch_agree',
	async (moved) => {
		const git = installDyingGit();
		const remote = createRemote({ 'clip.json': clipReference('a') });
		const repository = remote.clone();
		const committer = await openCommitter(repository, { shared: remote.url });
		expect(await committer.one(create('b'))).toMatchObject({ kind: 'applied' });
		git.dieAfter(moved);
		git.blindOnce();
		expect(await committer.one(create('c'))).toMatchObject({ kind: 'applied' });
		expect(git.died).toBe(true);
		expect(await committer.one(create('d'))).toMatchObject({ kind: 'applied' });
		await committer.close();
		expect(repository.git('status', '--porcelain')).toBe('');
		expect(repository.git('rev-parse', 'HEAD')).toBe(remote.at());
		const names = Object.keys(JSON.parse(remote.bare.git('show', 'main:clip.json')));
		expect(names).toEqual(['a', 'b', 'c', 'd']);
		expect(repository.git('rev-list', '--count', 'HEAD')).toBe('4');
	},
);
