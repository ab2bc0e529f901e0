import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TemporaryRepository } from '../../test/support/temporary-repository.ts';
import { Git } from './command.ts';
import { type FileVersion, type History, walkHistory } from './history.ts';

const PATHS = ['a.json', 'b.json', 'sub/c.json'];

function walk(repository: TemporaryRepository, known?: History) {
	return walkHistory(new Git(repository.directory), repository.git('rev-parse', 'HEAD'), PATHS, { known });
}

/** Commits of one file as `git log -- <file>` lists them. */
function log(repository: TemporaryRepository, file: string): string[] {
	return repository.git('log', '--format=%H', '--', file).split('\n').filter(Boolean);
}

function commitsOf(version: FileVersion | undefined): string[] {
	const seen = new Set<string>();
	const open = version ? [version] : [];
	for (let next = open.pop(); next; next = open.pop()) {
		seen.add(next.commit);
		open.push(...next.parents);
	}
	return [...seen];
}

function expectAgreement(repository: TemporaryRepository, history: History) {
	for (const file of PATHS) {
		const expected = log(repository, file);
		const version = history.files.get(file);
		expect(commitsOf(version).sort()).toEqual([...expected].sort());
		expect(version?.commit).toBe(expected[0]);
	}
}

describe('walkHistory', () => {
	test('finds_the_newest_version_of_each_file_with_its_time_and_blob', async () => {
		const repository = TemporaryRepository.create();
		repository.commit({ 'a.json': '1' }, 'Add a', 1000);
		repository.commit({ 'b.json': '1', 'other.txt': 'x' }, 'Add b', 2000);
		const newest = repository.commit({ 'a.json': '2' }, 'Change a', 3000);
		const { files, head } = await walk(repository);
		expect(head).toBe(newest);
		expect(files.get('a.json')).toMatchObject({
			commit: newest,
			time: 3000,
			firstTime: 1000,
			blob: repository.git('rev-parse', 'HEAD:a.json'),
		});
		expect(files.get('b.json')).toMatchObject({ time: 2000, firstTime: 2000, parents: [] });
		expect([...files.keys()].sort()).toEqual(['a.json', 'b.json']);
	});

	test('a_removal_is_a_version_without_a_blob', async () => {
		const repository = TemporaryRepository.create({ 'a.json': '1', 'b.json': '1' });
		repository.remove('a.json');
		const removal = repository.commit({}, 'Remove a');
		const { files } = await walk(repository);
		expect(files.get('a.json')).toMatchObject({ commit: removal, blob: undefined });
	});

	test('a_merge_that_equals_one_side_follows_only_that_side', async () => {
		const repository = TemporaryRepository.create({ 'a.json': '1', 'b.json': '1' });
		repository.git('switch', '--quiet', '-c', 'side');
		const change = repository.commit({ 'a.json': '2' }, 'Change a', 1_780_000_000);
		repository.git('switch', '--quiet', 'main');
		repository.commit({ 'b.json': '2' }, 'Change b');
		repository.git('merge', '--quiet', '--no-ff', '-m', 'Merge side', 'side');
		const history = await walk(repository);
		expect(history.files.get('a.json')?.commit).toBe(change);
		expectAgreement(repository, history);
	});

	test('only_what_is_new_is_read_when_a_history_is_extended', async () => {
		const repository = TemporaryRepository.create({ 'a.json': '1', 'b.json': '1' });
		const before = await walk(repository);
		repository.commit({ 'a.json': '2' }, 'Change a');
		const after = await walk(repository, before);
		// The version that did not change is the very object of before: it was not read again.
		expect(after.files.get('b.json')).toBe(before.files.get('b.json'));
		expect(after.files.get('a.json')?.parents[0]).toBe(before.files.get('a.json'));
		expectAgreement(repository, after);
	});

	test.each<[string, (repository: TemporaryRepository) => void]>([
		[
			'amended',
			(repository) => repository.git('commit', '--quiet', '--amend', '-m', 'Another', '--date=now'),
		],
		['reset', (repository) => repository.git('reset', '--quiet', '--hard', 'HEAD~1')],
		[
			'merged_with_a_branch_older_than_what_is_known',
			(repository) => {
				repository.git('switch', '--quiet', '-c', 'old', 'HEAD~1');
				repository.commit({ 'b.json': 'old' }, 'Change b on an old branch');
				repository.git('switch', '--quiet', 'main');
				repository.git('merge', '--quiet', '--no-ff', '-m', 'Merge old', 'old');
			},
		],
		[
			'replaced_by_one_without_a_common_commit',
			(repository) => {
				repository.git('checkout', '--quiet', '--orphan', 'other');
				repository.commit({ 'a.json': 'other' }, 'Start over');
			},
		],
	])('a_history_that_was_%s_is_read_anew', async (_title, change) => {
		const repository = TemporaryRepository.create({ 'a.json': '1', 'b.json': '1' });
		repository.commit({ 'a.json': '2' }, 'Change a');
		const before = await walk(repository);
		change(repository);
		expectAgreement(repository, await walk(repository, before));
	});

	test('a_history_whose_known_head_is_gone_is_read_anew', async () => {
		const repository = TemporaryRepository.create({ 'a.json': '1' });
		const known: History = {
			head: '0123456789012345678901234567890123456789',
			boundary: '',
			files: new Map(),
		};
		expectAgreement(repository, await walk(repository, known));
	});

	test('a_shallow_clone_begins_at_its_boundary', async () => {
		const origin = TemporaryRepository.create({ 'a.json': '1' });
		origin.commit({ 'a.json': '2', 'b.json': '1' }, 'Change a');
		const boundary = origin.commit({ 'sub/c.json': '1' }, 'Add c');
		const clone = new TemporaryRepository();
		execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${origin.directory}`, clone.directory]);
		const history = await walk(clone);
		expect(history.files.get('a.json')?.commit).toBe(boundary);
		expectAgreement(clone, history);
	});

	test('settings_of_the_user_do_not_change_what_is_read', async () => {
		const repository = TemporaryRepository.create({ 'a.json': '1' });
		for (const [name, value] of [
			['log.showSignature', 'true'],
			['log.decorate', 'full'],
			['diff.noprefix', 'true'],
			['diff.renames', 'copies'],
			['core.quotePath', 'true'],
			['log.showRoot', 'false'],
			['log.date', 'relative'],
		] as const) {
			repository.git('config', name, value);
		}
		repository.commit({ 'sub/c.json': '1' }, 'Add c');
		expectAgreement(repository, await walk(repository));
	});

	test('any_history_of_edits_removals_branches_and_merges_agrees_with_git_log', async () => {
		const step = fc.oneof(
			{ weight: 4, arbitrary: fc.tuple(fc.constant('edit'), fc.nat(2), fc.nat(2)) },
			{ weight: 1, arbitrary: fc.tuple(fc.constant('remove'), fc.nat(2), fc.constant(0)) },
			{ weight: 2, arbitrary: fc.tuple(fc.constant('branch'), fc.nat(2), fc.constant(0)) },
			{ weight: 2, arbitrary: fc.tuple(fc.constant('merge'), fc.nat(2), fc.constant(0)) },
		);
		await fc.assert(
			fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
				const repository = TemporaryRepository.create({ 'a.json': '0', 'b.json': '0', 'sub/c.json': '0' });
				let known: History | undefined;
				for (const [kind, which, content] of steps) {
					applyStep(repository, kind, which, content);
					known = await walk(repository, known);
					expectAgreement(repository, known);
				}
			}),
			{ numRuns: 8 },
		);
	});
});

function applyStep(repository: TemporaryRepository, kind: string, which: number, content: number) {
	const file = PATHS[which] ?? 'a.json';
	const branch = `branch-${which}`;
	if (kind === 'edit') repository.commit({ [file]: String(content) }, `Write ${file}`);
	if (kind === 'remove') {
		repository.git('rm', '--quiet', '--ignore-unmatch', '--', file);
		repository.commit({}, `Remove ${file}`);
	}
	if (kind === 'branch') {
		const exists = repository.git('branch', '--list', branch) !== '';
		repository.git('switch', '--quiet', ...(exists ? [branch] : ['-c', branch]));
	}
	if (kind === 'merge' && repository.git('branch', '--list', branch) !== '') {
		try {
			repository.git('merge', '--quiet', '--no-ff', '-X', 'ours', '--no-edit', branch);
		} catch {
			repository.git('merge', '--abort'); // edited on one side, removed on the other
		}
	}
}
