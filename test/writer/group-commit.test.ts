/** What a group of changes becomes: commits in a line, each of one change, published together. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { create, expectSound, openCommitter, remove, subjects, to, update } from '../support/committer.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';

const NAMES = Array.from({ length: 32 }, (_, index) => `model ${index}`);

function start() {
	return TemporaryRepository.create({ 'clip.json': clipReference('a'), 'README.md': 'read me\n' });
}

describe('a_group', () => {
	test('of_32_changes_is_32_commits_in_a_line_and_one_move_of_the_branch', async () => {
		const repository = start();
		const { commit } = await openCommitter(repository);
		const { outcomes, head, base } = await commit(...NAMES.map((name) => create(name)));
		expect(outcomes.map(({ kind }) => kind)).toEqual(NAMES.map(() => 'applied'));
		expect(repository.git('rev-list', '--count', `${base}..${head}`)).toBe('32');
		expect(repository.git('rev-list', '--count', '--merges', 'HEAD')).toBe('0');
		expect(subjects(repository, '-32').toReversed()).toEqual(NAMES.map((name) => `Add clip model ${name}`));
		expect(repository.git('reflog', '--format=%H %gs', 'main').split('\n')).toEqual([
			`${head} horde-references`,
			expect.stringContaining(`${base} commit (initial)`),
		]);
		expect(repository.git('rev-parse', 'HEAD')).toBe(head);
		expectSound(repository);
	});

	test('has_in_each_commit_the_lines_of_its_own_change', async () => {
		const repository = start();
		const { commit } = await openCommitter(repository);
		await commit(create('b'), create('c'), remove('b'));
		const lines = repository.git('log', '--format=%s', '--shortstat', '-3').split('\n').filter(Boolean);
		expect(lines).toEqual([
			'Remove clip model b',
			expect.stringContaining('4 deletions'),
			'Add clip model c',
			expect.stringContaining('4 insertions(+)'),
			'Add clip model b',
			expect.stringContaining('4 insertions(+)'),
		]);
	});

	test('may_hold_changes_that_are_refused_among_those_that_are_done', async () => {
		const repository = start();
		const { commit } = await openCommitter(repository);
		const { outcomes, commits } = await commit(
			create('a'),
			create('b'),
			update('nobody'),
			remove('nobody'),
			to('blip', create('x')),
			{ ...update('a'), ifMatch: ['"0000"'] },
		);
		expect(outcomes.map((outcome) => ('code' in outcome ? outcome.code : outcome.kind))).toEqual([
			'model-exists',
			'applied',
			'model-absent',
			'model-not-found',
			'applied',
			'precondition-failed',
		]);
		expect(commits.map(({ category, changes }) => `${category} ${changes.created.join()}`)).toEqual([
			'clip b',
			'blip x',
		]);
		expect(subjects(repository)).toHaveLength(3);
		expectSound(repository);
	});

	test('of_two_that_create_the_same_model_does_the_first_and_refuses_the_other', async () => {
		const repository = start();
		const { commit } = await openCommitter(repository);
		const { outcomes } = await commit(create('b', { description: 'first' }), create('b'));
		expect(outcomes).toMatchObject([{ kind: 'applied' }, { kind: 'refused', code: 'model-exists' }]);
		expect(readFileSync(repository.path('clip.json'), 'utf8')).toContain('first');
		expect(subjects(repository)).toHaveLength(2);
	});

	test('tells_each_change_the_version_that_its_own_commit_made', async () => {
		const repository = start();
		const { commit } = await openCommitter(repository);
		const { outcomes } = await commit(create('b'), update('b', { description: 'x' }), remove('b'));
		for (const outcome of outcomes) {
			if (outcome.kind !== 'applied') throw new Error(outcome.kind);
			expect(repository.git('rev-parse', `${outcome.commit}:clip.json`)).toBe(outcome.version);
		}
	});
});

test('create_then_delete_gives_the_bytes_and_the_tree_back', async () => {
	const repository = start();
	const before = repository.git('rev-parse', 'HEAD^{tree}');
	const bytes = readFileSync(repository.path('clip.json'));
	const { one } = await openCommitter(repository);
	await one(create('b'));
	await one(remove('b'));
	expect(repository.git('rev-parse', 'HEAD^{tree}')).toBe(before);
	expect(readFileSync(repository.path('clip.json'))).toEqual(bytes);
	expect(subjects(repository)).toHaveLength(3);
	expectSound(repository);
});

test('put_with_the_same_content_makes_no_commit_and_tells_the_same_version', async () => {
	const repository = start();
	const { commit } = await openCommitter(repository);
	const head = repository.git('rev-parse', 'HEAD');
	const version = repository.git('rev-parse', 'HEAD:clip.json');
	const { outcomes, commits } = await commit(update('a', { description: 'About a' }));
	expect(outcomes).toMatchObject([{ kind: 'unchanged', version }]);
	expect(commits).toEqual([]);
	expect(repository.git('rev-parse', 'HEAD')).toBe(head);
});

test('a_commit_names_its_user_its_change_and_this_service', async () => {
	const repository = start();
	const { one } = await openCommitter(repository);
	await one({ ...create('b'), trailers: [['Batch', '7']] });
	expect(repository.git('log', '-1', '--format=%an|%ae|%cn|%ce')).toBe(
		'alice#1|1@horde-users.invalid|horde-references|horde-references@localhost',
	);
	expect(repository.git('log', '-1', '--format=%(trailers:only,unfold)').split('\n').filter(Boolean)).toEqual(
		['Category: clip', 'Model: b', 'Operation: create', 'Batch: 7'],
	);
});

test('a_clock_that_was_put_back_does_not_make_history_run_backwards', async () => {
	const repository = start();
	const ahead = Math.floor(Date.now() / 1000) + 3_600;
	repository.commit({ 'README.md': 'again\n' }, 'From the future', ahead);
	const { one } = await openCommitter(repository);
	await one(create('b'));
	expect(repository.lastCommitTime('clip.json')).toBe(ahead);
});
