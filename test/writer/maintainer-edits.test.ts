/** A maintainer edits files by hand while changes come: nothing of theirs is committed, overwritten or unstaged. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, utimesSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { WriteOutcome } from '../../src/writer/change.ts';
import { create, expectSound, openCommitter, remove, to, update } from '../support/committer.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';

const CLIP = clipReference('a', 'b');
const EDITED = clipReference('a', 'by hand');

function start(): TemporaryRepository {
	return TemporaryRepository.create({
		'clip.json': CLIP,
		'blip.json': clipReference('x'),
		'README.md': 'read me\n',
		'.gitignore': 'ignored/\ngfpgan.json\n',
	});
}

/** Everything that a maintainer would miss: files, index and branch. */
function work(repository: TemporaryRepository) {
	const file = repository.path('clip.json');
	return {
		content: existsSync(file) ? readFileSync(file, 'utf8') : undefined,
		status: repository.git('status', '--porcelain', '--ignored'),
		index: repository.git('ls-files', '--stage'),
		head: repository.git('rev-parse', 'HEAD'),
		locked: existsSync(repository.path('.git/index.lock')),
	};
}

function messageOf(outcome: WriteOutcome): string {
	if (outcome.kind !== 'refused') throw new Error(`the change was ${outcome.kind}`);
	expect(outcome.code).toBe('dirty-tree');
	return outcome.message;
}

/** What a maintainer may have done to a category file. */
const EDITS: readonly (readonly [string, (repository: TemporaryRepository) => void])[] = [
	['edited', (repository) => repository.write('clip.json', EDITED)],
	[
		'edited_and_staged',
		(repository) => {
			repository.write('clip.json', EDITED);
			repository.git('add', 'clip.json');
		},
	],
	[
		'staged_and_edited_back',
		(repository) => {
			repository.write('clip.json', EDITED);
			repository.git('add', 'clip.json');
			repository.write('clip.json', CLIP);
		},
	],
	[
		'staged_and_edited_further',
		(repository) => {
			repository.write('clip.json', EDITED);
			repository.git('add', 'clip.json');
			repository.write('clip.json', `${EDITED}\n`);
		},
	],
	['half_written', (repository) => repository.write('clip.json', CLIP.slice(0, 20))],
	['emptied', (repository) => repository.write('clip.json', '')],
	['deleted', (repository) => repository.remove('clip.json')],
	['deleted_and_staged', (repository) => void repository.git('rm', '--quiet', 'clip.json')],
	['taken_out_of_the_index', (repository) => void repository.git('rm', '--quiet', '--cached', 'clip.json')],
	[
		'replaced_by_a_link',
		(repository) => {
			repository.remove('clip.json');
			symlinkSync('blip.json', repository.path('clip.json'));
		},
	],
	[
		'replaced_by_a_folder',
		(repository) => {
			repository.remove('clip.json');
			repository.write('clip.json/x', 'x');
		},
	],
];

describe.each(EDITS)('a_category_file_that_is_%s_by_hand', (name, edit) => {
	test('is_left_as_it_is_and_changes_of_it_are_refused_by_name', async () => {
		const repository = start();
		const { commit } = await openCommitter(repository);
		edit(repository);
		const before = name === 'replaced_by_a_folder' ? undefined : work(repository);
		const { outcomes } = await commit(create('c'), update('a', { description: 'x' }), remove('b'));
		for (const outcome of outcomes) expect(messageOf(outcome)).toMatch(/^clip\.json has edits that are not/);
		if (before) expect(work(repository)).toEqual(before);
		else expect(readFileSync(repository.path('clip.json/x'), 'utf8')).toBe('x');
	});

	test('does_not_hinder_changes_of_other_files', async () => {
		const repository = start();
		const { commit } = await openCommitter(repository);
		edit(repository);
		const status = repository.git('status', '--porcelain');
		const { outcomes } = await commit(create('c'), to('blip', create('y')), to('esrgan', create('z')));
		expect(outcomes.map(({ kind }) => kind)).toEqual(['refused', 'applied', 'applied']);
		expect(repository.git('status', '--porcelain')).toBe(status);
		expect(repository.git('log', '--format=%s', '-2')).toBe('Add esrgan model z\nAdd blip model y');
		expect(repository.git('rev-parse', 'HEAD:clip.json', 'HEAD~2:clip.json').split('\n')[0]).toBe(
			repository.git('rev-parse', 'HEAD~2:clip.json'),
		);
	});
});

describe.each(['edited', 'edited_and_staged', 'half_written', 'deleted', 'untracked'])(
	'a_category_file_that_is_%s',
	(name) => {
		test.each([
			['commits', 0],
			['puts_aside', 1],
		])('can_be_written_again_once_its_owner_%s_the_edits_as_the_refusal_says', async (_title, which) => {
			const repository = start();
			const { one } = await openCommitter(repository);
			const category = name === 'untracked' ? 'esrgan' : 'clip';
			const edit = EDITS.find(([title]) => title === name)?.[1];
			if (edit) edit(repository);
			else repository.write('esrgan.json', '{}\n');
			const refusal = messageOf(await one(to(category, create('c'))));
			const commands = [...refusal.matchAll(/\((git [^)]+)\)/g)].map(([, text = '']) => text);
			expect(commands).toHaveLength(2);
			const command = (commands[which] ?? '').replace(' commit --', ' commit -m "By hand" --');
			execFileSync('sh', ['-ec', command], { env: { ...process.env, ...IDENTITY }, stdio: 'pipe' });
			const outcome = await one(to(category, create('c')));
			// Half a file is no reference, committed or not.
			const isBroken = name === 'half_written' && which === 0;
			expect(outcome).toMatchObject(isBroken ? { code: 'reference-broken' } : { kind: 'applied' });
			if (!isBroken) expectSound(repository);
		});
	},
);

const IDENTITY = {
	GIT_AUTHOR_NAME: 'Maintainer',
	GIT_AUTHOR_EMAIL: 'maintainer@example.invalid',
	GIT_COMMITTER_NAME: 'Maintainer',
	GIT_COMMITTER_EMAIL: 'maintainer@example.invalid',
};

test.each(['esrgan', 'gfpgan'])(
	'an_untracked_%s_file_stands_in_the_way_of_the_first_model',
	async (category) => {
		const repository = start();
		const { one } = await openCommitter(repository);
		const file = `${category}.json`;
		repository.write(file, 'mine\n');
		const before = work(repository);
		expect(messageOf(await one(to(category, create('c'))))).toMatch(new RegExp(`^${file} has edits`));
		expect(readFileSync(repository.path(file), 'utf8')).toBe('mine\n');
		expect(work(repository)).toEqual(before);
	},
);

test('edits_of_other_files_stay_as_they_are_staged_or_not', async () => {
	const repository = start();
	const { one } = await openCommitter(repository);
	repository.write('README.md', 'edited\n');
	repository.write('new.txt', 'new\n');
	repository.write('staged.txt', 'staged\n');
	repository.git('add', 'staged.txt');
	const status = repository.git('status', '--porcelain');
	expect(await one(create('c'))).toMatchObject({ kind: 'applied' });
	expect(repository.git('status', '--porcelain')).toBe(status);
	expect(repository.git('show', '--format=', '--name-only', 'HEAD')).toBe('clip.json');
	expect(readFileSync(repository.path('README.md'), 'utf8')).toBe('edited\n');
});

test('a_file_that_was_touched_but_not_changed_is_no_edit', async () => {
	const repository = start();
	// Git reads what is as new as its index again by itself.
	utimesSync(repository.path('clip.json'), 1_000_000_000, 1_000_000_000);
	repository.git('update-index', '--refresh');
	let attempts = 0;
	const { one } = await openCommitter(repository, { beforePublish: () => void attempts++ });
	repository.write('clip.json', CLIP);
	expect(await one(create('c'))).toMatchObject({ kind: 'applied' });
	expect(attempts).toBe(1);
	expectSound(repository);
});

test('an_edit_made_in_the_moment_before_the_branch_moves_is_kept', async () => {
	const repository = start();
	const { one } = await openCommitter(repository, {
		beforePublish: () => repository.write('clip.json', EDITED),
	});
	expect(messageOf(await one(create('c')))).toContain('clip.json');
	expect(readFileSync(repository.path('clip.json'), 'utf8')).toBe(EDITED);
	expect(repository.git('log', '--format=%s')).toBe('Add references');
});
