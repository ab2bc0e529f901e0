/** A maintainer commits, switches, rebases or merges while changes come. */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Change } from '../../src/writer/change.ts';
import {
	create,
	expectClean,
	expectSound,
	openCommitter,
	remove,
	subjects,
	to,
	update,
} from '../support/committer.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';

function start(): TemporaryRepository {
	return TemporaryRepository.create({
		'clip.json': clipReference('a', 'b'),
		'blip.json': clipReference('x'),
		'README.md': 'read me\n',
	});
}

/** Commits changes, while the first time they are ready to be published something else is done. */
async function commitWhile(
	repository: TemporaryRepository,
	meanwhile: () => void,
	...changes: readonly Change[]
) {
	let attempts = 0;
	const { commit, notices } = await openCommitter(repository, {
		beforePublish: () => {
			if (++attempts === 1) meanwhile();
		},
	});
	const result = await commit(...changes);
	return { ...result, attempts, notices };
}

function kinds(outcomes: readonly { readonly kind: string; readonly code?: string }[]): readonly string[] {
	return outcomes.map(({ kind, code }) => code ?? kind);
}

describe('a_group_whose_branch_moves_meanwhile', () => {
	test('is_made_anew_on_what_the_maintainer_committed', async () => {
		const repository = start();
		const byHand = () => repository.commit({ 'clip.json': clipReference('a', 'b', 'by hand') }, 'By hand');
		const { outcomes, attempts } = await commitWhile(
			repository,
			byHand,
			create('c'),
			to('blip', create('y')),
		);
		expect(kinds(outcomes)).toEqual(['applied', 'applied']);
		expect(attempts).toBe(2);
		expect(subjects(repository)).toEqual([
			'Add blip model y',
			'Add clip model c',
			'By hand',
			'Add references',
		]);
		const names = Object.keys(JSON.parse(readFileSync(repository.path('clip.json'), 'utf8')));
		expect(names).toEqual(['a', 'b', 'by hand', 'c']);
		expectSound(repository);
	});

	test.each([
		['replaced', clipReference('a', 'b').replace('About a', 'by hand'), 'write-conflict'],
		['removed', clipReference('b'), 'write-conflict'],
		['left_alone', clipReference('a', 'b').replace('About b', 'by hand'), 'applied'],
	])('refuses_the_update_of_a_model_that_was_%s', async (_name, text, expected) => {
		const repository = start();
		const byHand = () => repository.commit({ 'clip.json': text }, 'By hand');
		const change = update('a', { description: 'ours' });
		const { outcomes } = await commitWhile(repository, byHand, change, to('blip', create('y')));
		expect(kinds(outcomes)).toEqual([expected, 'applied']);
		const isKept = expected === 'write-conflict';
		const { a } = JSON.parse(repository.git('show', 'HEAD:clip.json'));
		expect(a).toEqual(isKept ? JSON.parse(text).a : { name: 'a', type: 'clip', description: 'ours' });
		expectSound(repository);
	});

	test('refuses_to_create_or_delete_what_somebody_else_created_or_deleted', async () => {
		const repository = start();
		const byHand = () => repository.commit({ 'clip.json': clipReference('a', 'c') }, 'By hand');
		const { outcomes } = await commitWhile(repository, byHand, create('c'), remove('b'), remove('a'));
		expect(kinds(outcomes)).toEqual(['write-conflict', 'write-conflict', 'applied']);
		expectSound(repository);
	});

	test('goes_to_the_branch_that_the_maintainer_switched_to', async () => {
		const repository = start();
		repository.git('switch', '--quiet', '--create', 'other');
		repository.commit({ 'clip.json': clipReference('a', 'b', 'other') }, 'On the other branch');
		repository.git('switch', '--quiet', 'main');
		const main = repository.git('rev-parse', 'main');
		const { outcomes } = await commitWhile(
			repository,
			() => void repository.git('switch', '--quiet', 'other'),
			create('c'),
		);
		expect(kinds(outcomes)).toEqual(['applied']);
		expect(repository.git('rev-parse', 'main')).toBe(main);
		expect(subjects(repository, 'other')[0]).toBe('Add clip model c');
		expectSound(repository);
	});

	test('goes_to_a_branch_of_the_same_commit_that_was_switched_to', async () => {
		const repository = start();
		const { outcomes } = await commitWhile(
			repository,
			() => void repository.git('switch', '--quiet', '--create', 'other'),
			create('c'),
		);
		expect(kinds(outcomes)).toEqual(['applied']);
		expect(subjects(repository, 'main')).toEqual(['Add references']);
		expect(subjects(repository, 'other')[0]).toBe('Add clip model c');
		expectSound(repository);
	});

	test('is_made_anew_after_an_amend', async () => {
		const repository = start();
		const amend = () => void repository.git('commit', '--quiet', '--amend', '-m', 'Amended');
		const { outcomes } = await commitWhile(repository, amend, create('c'));
		expect(kinds(outcomes)).toEqual(['applied']);
		expect(subjects(repository)).toEqual(['Add clip model c', 'Amended']);
		expectSound(repository);
	});

	test('leaves_the_files_alone_where_only_the_ref_moved', async () => {
		const repository = start();
		const behind = repository.git('commit-tree', '-p', 'HEAD', '-m', 'Pushed', 'HEAD^{tree}');
		const push = () => void repository.git('update-ref', 'refs/heads/main', behind);
		const { outcomes } = await commitWhile(repository, push, create('c'));
		expect(kinds(outcomes)).toEqual(['applied']);
		expect(subjects(repository)).toEqual(['Add clip model c', 'Pushed', 'Add references']);
		expectSound(repository);
	});

	test('is_given_up_when_it_moves_each_time_and_nothing_is_left_of_it', async () => {
		const repository = start();
		let moves = 0;
		const { one } = await openCommitter(repository, {
			beforePublish: () => {
				repository.commit({ 'README.md': `${++moves}\n` }, 'By hand');
			},
		});
		expect(await one(create('c'))).toMatchObject({ kind: 'refused', code: 'repository-busy' });
		expect(readFileSync(repository.path('clip.json'), 'utf8')).toBe(clipReference('a', 'b'));
		expectSound(repository);
	});
});

test('a_switch_that_holds_the_index_while_a_group_waits_is_seen', async () => {
	const repository = start();
	repository.git('branch', 'other');
	const lock = repository.path('.git/index.lock');
	const { one } = await openCommitter(repository, { beforePublish: () => hold() });
	let held = false;
	const hold = () => {
		if (held) return;
		held = true;
		// As `git switch` does: the index first, the branch when that is done.
		writeFileSync(lock, '');
		void setTimeout(200).then(() => {
			writeFileSync(repository.path('.git/HEAD'), 'ref: refs/heads/other\n');
			rmSync(lock);
		});
	};
	expect(await one(create('c'))).toMatchObject({ kind: 'applied' });
	expect(subjects(repository, 'main')).toEqual(['Add references']);
	expect(subjects(repository, 'other')[0]).toBe('Add clip model c');
	expectSound(repository);
});

describe('while_a_maintainer', () => {
	test('rebases_changes_are_refused_and_the_rebase_ends_well', async () => {
		const repository = start();
		repository.commit({ 'README.md': 'one\n' }, 'One');
		const { one } = await openCommitter(repository);
		try {
			repository.git('rebase', '--quiet', '--exec', 'false', 'HEAD~1');
		} catch {
			// It stops after the first commit, as it was told to.
		}
		expect(await one(create('c'))).toMatchObject({ kind: 'refused', code: 'detached-head' });
		repository.git('rebase', '--continue');
		expect(await one(create('c'))).toMatchObject({ kind: 'applied' });
		expect(subjects(repository)).toEqual(['Add clip model c', 'One', 'Add references']);
		expectSound(repository);
	});

	test('has_no_branch_changes_are_refused_with_what_to_do', async () => {
		const repository = start();
		const { one } = await openCommitter(repository);
		repository.git('switch', '--quiet', '--detach');
		const outcome = await one(create('c'));
		expect(outcome).toMatchObject({ kind: 'refused', code: 'detached-head' });
		expect(outcome).toHaveProperty('message', expect.stringContaining('switch <branch>'));
		repository.git('switch', '--quiet', 'main');
		expect(await one(create('c'))).toMatchObject({ kind: 'applied' });
	});

	test.each(['clip', 'blip'])('resolves_conflicts_in_clip_no_%s_model_is_committed', async (category) => {
		const repository = start();
		repository.git('switch', '--quiet', '--create', 'other');
		repository.commit({ 'clip.json': clipReference('other') }, 'Other');
		repository.git('switch', '--quiet', 'main');
		repository.commit({ 'clip.json': clipReference('main') }, 'Main');
		const { one } = await openCommitter(repository);
		expect(() => repository.git('merge', 'other')).toThrow();
		const before = {
			file: readFileSync(repository.path('clip.json'), 'utf8'),
			index: repository.git('ls-files', '--stage'),
		};
		const outcome = await one(to(category, create('c')));
		expect(outcome).toMatchObject({ kind: 'refused', code: 'dirty-tree' });
		expect(outcome).toHaveProperty('message', expect.stringContaining('merge'));
		expect(readFileSync(repository.path('clip.json'), 'utf8')).toBe(before.file);
		expect(repository.git('ls-files', '--stage')).toBe(before.index);
		repository.git('merge', '--abort');
		expect(await one(to(category, create('c')))).toMatchObject({ kind: 'applied' });
		expectSound(repository);
	});

	test('commits_and_merges_in_a_loop_all_commits_of_both_are_there', { timeout: 60_000 }, async () => {
		const repository = start();
		const { one } = await openCommitter(repository);
		const maintainer = spawn('sh', ['-c', MAINTAINER], {
			cwd: repository.directory,
			env: { ...process.env, ...IDENTITY },
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		onTestFinished(() => void maintainer.kill('SIGKILL'));
		let printed = '';
		maintainer.stdout.setEncoding('utf8').on('data', (text: string) => {
			printed += text;
		});
		const ended = once(maintainer, 'exit');
		const applied: string[] = [];
		for (let count = 0; maintainer.exitCode === null; count++) {
			const outcome = await one(create(`model ${count}`));
			if (outcome.kind === 'applied') applied.push(`Add clip model model ${count}`);
			else expect(outcome).toMatchObject({ code: expect.stringMatching(/^(repository-busy|dirty-tree)$/) });
			// To everybody's own time, so that the maintainer's git finds the index free now and then.
			await setTimeout(1);
		}
		await ended;
		const made = subjects(repository);
		expect(made).toEqual(expect.arrayContaining(applied));
		expect(new Set(made).size).toBe(made.length);
		expect(made).toEqual(expect.arrayContaining(printed.split('\n').filter(Boolean)));
		expect(applied.length).toBeGreaterThan(0);
		// What the maintainer could not commit.
		repository.git('reset', '--quiet', '--hard');
		expectSound(repository);
	});
});

/** Prints the subject of each commit that it made; git refuses some, when the index or the branch is not free. */
const MAINTAINER = `
i=0
while [ $i -lt 40 ]; do
	i=$((i + 1))
	echo $i > by-hand
	git add by-hand && git commit --quiet -m "By hand $i" -- by-hand && echo "By hand $i"
done
true
`;

const IDENTITY = {
	GIT_AUTHOR_NAME: 'Maintainer',
	GIT_AUTHOR_EMAIL: 'maintainer@example.invalid',
	GIT_COMMITTER_NAME: 'Maintainer',
	GIT_COMMITTER_EMAIL: 'maintainer@example.invalid',
};

describe('a_category_file_in_the_last_commit', () => {
	test('that_is_broken_is_told_with_its_place_and_others_go_on', async () => {
		const repository = start();
		repository.commit({ 'clip.json': '{\n  "a": {},\n}\n' }, 'Broken');
		const { commit } = await openCommitter(repository);
		const { outcomes } = await commit(create('c'), to('blip', create('y')));
		expect(kinds(outcomes)).toEqual(['reference-broken', 'applied']);
		expect(outcomes[0]).toHaveProperty('message', expect.stringMatching(/clip\.json.*line 3/));
		expectSound(repository);
	});

	test.each(['a_link', 'a_folder'])('that_is_%s_is_no_file_to_write', async (name) => {
		const repository = start();
		repository.remove('clip.json');
		if (name === 'a_link') symlinkSync('blip.json', repository.path('clip.json'));
		else repository.write('clip.json/inside', 'x');
		repository.commit({}, 'No file');
		const { commit } = await openCommitter(repository);
		const { outcomes } = await commit(create('c'), to('blip', create('y')));
		expect(kinds(outcomes)).toEqual(['not-a-file', 'applied']);
		expectSound(repository);
	});

	test('keeps_its_mode', async () => {
		const repository = start();
		execFileSync('chmod', ['+x', repository.path('clip.json')]);
		repository.commit({}, 'Executable');
		const { one } = await openCommitter(repository);
		expect(await one(create('c'))).toMatchObject({ kind: 'applied' });
		expect(repository.git('ls-tree', 'HEAD', 'clip.json')).toMatch(/^100755/);
		expectSound(repository);
	});

	test('and_its_table_are_written_both_or_not_at_all', async () => {
		const repository = start();
		symlinkSync('README.md', repository.path('models.csv'));
		repository.commit({ 'db.json': '{}\n' }, 'A table that is a link');
		const { commit } = await openCommitter(repository);
		const text = { ...create('t', { parameters: 1, baseline: '' }), category: 'text_generation' };
		const { outcomes } = await commit(text, create('c'));
		expect(kinds(outcomes)).toEqual(['not-a-file', 'applied']);
		expect(repository.git('show', '--format=', '--name-only', 'HEAD')).toBe('clip.json');
		expect(existsSync(repository.path('.git/index.lock'))).toBe(false);
		expectClean(repository);
	});
});
