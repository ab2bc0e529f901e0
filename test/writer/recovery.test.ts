/** What a process leaves that dies at each stage of a write, and how the next one finds the repository again. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { currentProcess } from '../../src/writer/process-identity.ts';
import type { Journal } from '../../src/writer/work-tree.ts';
import { create, expectSound, openCommitter, remove, subjects, to } from '../support/committer.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';

const BEFORE = clipReference('a');
const AFTER = clipReference('a', 'written');

/** A process that ended before anybody asks. */
const DEAD = { ...currentProcess(), pid: spawnSync('true').pid, started: '1' };

interface Stage {
	readonly repository: TemporaryRepository;
	readonly file: string;
	/** Commits, of which the second was being written. */
	readonly from: string;
	readonly to: string;
	/** Undefined where the first commit has no such file. */
	readonly before: string | undefined;
	readonly after: string;
}

/** A repository in which a process that died has made the objects of a commit, and said in the index lock what it is at. */
function begun(file: 'clip.json' | 'esrgan.json', of: Partial<Journal> = DEAD): Stage {
	const repository = TemporaryRepository.create({ 'clip.json': BEFORE, 'README.md': 'read me\n' });
	const from = repository.git('rev-parse', 'HEAD');
	const commit = repository.commit({ [file]: AFTER }, 'Written');
	repository.git('reset', '--quiet', '--hard', from);
	const journal: Journal = {
		...DEAD,
		...of,
		program: 'horde-references',
		from: repository.git('rev-parse', `${from}^{tree}`),
		to: repository.git('rev-parse', `${commit}^{tree}`),
		paths: [file],
	};
	writeFileSync(repository.path('.git/index.lock'), JSON.stringify(journal));
	const before = file === 'clip.json' ? BEFORE : undefined;
	return { repository, file, from, to: commit, before, after: AFTER };
}

/** Bare of the index lock, which the dead process holds. */
function moveBranch({ repository, to: commit }: Stage): void {
	repository.git('update-ref', 'refs/heads/main', commit);
}

/** The stages at which it may have died, in their order, and whether the branch had moved by then. */
const STAGES: readonly (readonly [string, boolean, (stage: Stage) => void])[] = [
	['before_it_wrote_anything', false, () => {}],
	[
		'when_the_old_file_was_gone',
		false,
		({ repository, file }) => rmSync(repository.path(file), { force: true }),
	],
	['when_the_new_file_was_empty', false, ({ repository, file }) => repository.write(file, '')],
	[
		'when_half_the_file_was_written',
		false,
		({ repository, file }) => repository.write(file, AFTER.slice(0, 60)),
	],
	['when_the_file_was_written', false, ({ repository, file }) => repository.write(file, AFTER)],
	[
		'when_its_own_index_was_half_written',
		false,
		({ repository, file }) => {
			repository.write(file, AFTER);
			mkdirSync(repository.path('.git/horde-references'), { recursive: true });
			repository.write(`.git/horde-references/index.${DEAD.pid}`, 'DIRC');
			repository.write(`.git/horde-references/index.${DEAD.pid}.journal`, '{');
		},
	],
	[
		'when_the_branch_had_moved',
		true,
		(stage) => {
			stage.repository.write(stage.file, AFTER);
			moveBranch(stage);
		},
	],
	[
		'while_it_put_the_old_file_back',
		false,
		({ repository, file }) => repository.write(file, BEFORE.slice(0, 30)),
	],
];

describe.each(['clip.json', 'esrgan.json'] as const)('a_process_that_died_while_it_wrote_%s', (file) => {
	test.each(STAGES)('%s_leaves_nothing_that_the_next_one_does_not_put_right', async (_name, moved, reach) => {
		// Half of the old file is nothing that can be left where there was none.
		if (file === 'esrgan.json' && _name === 'while_it_put_the_old_file_back') return;
		const stage = begun(file);
		const { repository, from, before, after } = stage;
		reach(stage);
		const { one, notices } = await openCommitter(repository);
		expectSound(repository);
		expect(repository.git('rev-parse', 'HEAD')).toBe(moved ? stage.to : from);
		const path = repository.path(file);
		expect(existsSync(path) ? readFileSync(path, 'utf8') : undefined).toBe(moved ? after : before);
		expect(notices).toHaveLength(1);
		const left = readdirSync(repository.path('.git/horde-references'));
		expect(left.filter((name) => name.includes(String(DEAD.pid)))).toEqual([]);
		expect(await one(to(file.slice(0, -5), create('c')))).toMatchObject({ kind: 'applied' });
		expectSound(repository);
	});

	test('does_not_cost_anybody_the_edits_made_since', async () => {
		const stage = begun(file);
		const { repository } = stage;
		repository.write(file, clipReference('by hand'));
		repository.write('README.md', 'edited\n');
		const { one, notices } = await openCommitter(repository);
		expect(readFileSync(repository.path(file), 'utf8')).toBe(clipReference('by hand'));
		expect(readFileSync(repository.path('README.md'), 'utf8')).toBe('edited\n');
		expect(notices[0]).toMatch(new RegExp(`^${file} was being written`));
		expect(await one(to(file.slice(0, -5), create('c')))).toMatchObject({ code: 'dirty-tree' });
		expect(existsSync(repository.path('.git/index.lock'))).toBe(false);
	});
});

test('what_was_staged_before_the_process_died_stays_staged', async () => {
	const { repository } = begun('clip.json');
	const lock = readFileSync(repository.path('.git/index.lock'));
	rmSync(repository.path('.git/index.lock'));
	repository.write('clip.json', clipReference('staged'));
	repository.git('add', 'clip.json');
	repository.write('clip.json', BEFORE);
	const staged = repository.git('ls-files', '--stage');
	writeFileSync(repository.path('.git/index.lock'), lock);
	await openCommitter(repository);
	expect(repository.git('ls-files', '--stage')).toBe(staged);
	expect(readFileSync(repository.path('clip.json'), 'utf8')).toBe(BEFORE);
});

test('objects_that_were_lost_with_the_power_do_not_hold_up_the_next_process', async () => {
	const { repository, to: commit, from } = begun('clip.json');
	const ids = [`${commit}:clip.json`, `${commit}^{tree}`].map((name) => repository.git('rev-parse', name));
	for (const id of ids) {
		rmSync(repository.path(`.git/objects/${id.slice(0, 2)}/${id.slice(2)}`), { force: true });
	}
	repository.git('reflog', 'expire', '--expire=now', '--all');
	const { one } = await openCommitter(repository);
	expect(repository.git('rev-parse', 'HEAD')).toBe(from);
	expect(await one(create('c'))).toMatchObject({ kind: 'applied' });
	expect(existsSync(repository.path('.git/index.lock'))).toBe(false);
});

test('locks_that_git_commands_of_the_dead_process_left_are_taken_away', { timeout: 20_000 }, async () => {
	const { repository } = begun('clip.json');
	const locks = [
		'.git/HEAD.lock',
		'.git/refs/heads/main.lock',
		`.git/horde-references/index.${DEAD.pid}.lock`,
	];
	for (const lock of locks) repository.write(lock, '');
	const { one } = await openCommitter(repository);
	expect(locks.filter((lock) => existsSync(repository.path(lock)))).toEqual([]);
	expect(await one(create('c'))).toMatchObject({ kind: 'applied' });
	expectSound(repository);
});

test('a_lock_of_a_process_with_our_number_that_is_not_us_is_a_dead_ones', async () => {
	const { repository } = begun('clip.json', { pid: process.pid, started: '1' });
	const { one } = await openCommitter(repository);
	expect(await one(create('c'))).toMatchObject({ kind: 'applied' });
	expectSound(repository);
});

test('a_repository_without_a_commit_is_found_again', async () => {
	const repository = TemporaryRepository.create();
	const empty = repository.git('hash-object', '-t', 'tree', '/dev/null');
	repository.write('clip.json', AFTER);
	repository.git('add', 'clip.json');
	const tree = repository.git('write-tree');
	repository.git('rm', '--quiet', '--cached', 'clip.json');
	rmSync(repository.path('.git/index'));
	repository.write('clip.json', AFTER.slice(0, 10));
	const journal: Journal = {
		...DEAD,
		program: 'horde-references',
		from: empty,
		to: tree,
		paths: ['clip.json'],
	};
	writeFileSync(repository.path('.git/index.lock'), JSON.stringify(journal));
	const { commit } = await openCommitter(repository);
	expect(existsSync(repository.path('clip.json'))).toBe(false);
	const { outcomes } = await commit(create('c'), remove('c'));
	expect(outcomes).toMatchObject([{ kind: 'applied' }, { kind: 'applied' }]);
	expect(subjects(repository)).toEqual(['Remove clip model c', 'Add clip model c']);
	expectSound(repository);
});

describe('an_index_lock', () => {
	test.each(['', 'DIRC', '{"program":"something else"}'])(
		'of_some_other_git_(%j)_is_left_alone_and_told',
		async (content) => {
			const repository = TemporaryRepository.create({ 'clip.json': BEFORE });
			const { one } = await openCommitter(repository, { patience: 100 });
			const lock = repository.path('.git/index.lock');
			writeFileSync(lock, content);
			const outcome = await one(create('c'));
			expect(outcome).toMatchObject({ kind: 'refused', code: 'repository-busy' });
			expect(outcome).toHaveProperty('message', expect.stringContaining(`${lock} (since`));
			expect(outcome).toHaveProperty('message', expect.stringContaining('remove that file'));
			expect(outcome).toHaveProperty('data.retryAfter', expect.any(Number));
			expect(readFileSync(lock, 'utf8')).toBe(content);
			rmSync(lock);
			expect(await one(create('c'))).toMatchObject({ kind: 'applied' });
			expectSound(repository);
		},
	);

	test('of_a_git_that_ends_soon_is_waited_for', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': BEFORE });
		const lock = repository.path('.git/index.lock');
		const { one } = await openCommitter(repository);
		writeFileSync(lock, '');
		setTimeout(() => rmSync(lock), 100);
		expect(await one(create('c'))).toMatchObject({ kind: 'applied' });
		expectSound(repository);
	});

	test('of_a_living_process_of_ours_is_waited_for_too', async () => {
		// The process that started this one lives.
		const stat = readFileSync(`/proc/${process.ppid}/stat`, 'latin1');
		const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
		const { repository } = begun('clip.json', { pid: process.ppid, started });
		const lock = repository.path('.git/index.lock');
		const { one } = await openCommitter(repository, { patience: 100 });
		expect(await one(create('c'))).toMatchObject({ kind: 'refused', code: 'repository-busy' });
		expect(statSync(lock).size).toBeGreaterThan(0);
	});
});

test('a_branch_lock_of_some_other_git_is_told_and_nothing_stays_half_done', async () => {
	const repository = TemporaryRepository.create({ 'clip.json': BEFORE });
	const lock = repository.path('.git/refs/heads/main.lock');
	writeFileSync(lock, '');
	const { one } = await openCommitter(repository);
	expect(await one(create('c'))).toMatchObject({ kind: 'refused', code: 'repository-busy' });
	expect(readFileSync(repository.path('clip.json'), 'utf8')).toBe(BEFORE);
	rmSync(lock);
	expectSound(repository);
	expect(await one(create('c'))).toMatchObject({ kind: 'applied' });
	expectSound(repository);
});
