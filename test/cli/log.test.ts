/** `log`: who changed which models, told from the files of every commit. */

import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { clipReference, reference, textReference } from '../support/records.ts';
import { run } from '../support/run-program.ts';
import { TemporaryRepository, temporaryDirectory } from '../support/temporary-repository.ts';

interface Logged {
	readonly commit: string;
	readonly date: string;
	readonly author: string;
	readonly email: string;
	readonly subject: string;
	readonly categories: readonly string[];
	readonly changes: readonly {
		readonly category: string;
		readonly operation: string;
		readonly model: string;
	}[];
}

/** When these histories begin; unix seconds. */
const T = 1_600_000_000;

const version = (models: Readonly<Record<string, number>>) =>
	reference(
		Object.entries(models).map(([name, number]) => [name, { name, type: 'clip', version: `${number}` }]),
	);

/** A repository whose commits, a minute apart, give these files these contents. */
function history(...commits: readonly Readonly<Record<string, string>>[]): TemporaryRepository {
	const repository = TemporaryRepository.create();
	for (const [index, files] of commits.entries()) {
		repository.commit(files, `Version ${index + 1}`, T + index * 60);
	}
	return repository;
}

async function logged({ directory }: TemporaryRepository, ...args: string[]): Promise<readonly Logged[]> {
	const { code, stdout, stderr } = await run('log', '--repo', directory, '--json', ...args);
	expect({ code, stderr }).toMatchObject({ code: 0 });
	return JSON.parse(stdout) as readonly Logged[];
}

/** Each commit as its subject and what it did, in few letters. */
const summary = (commits: readonly Logged[]) =>
	commits.map(({ subject, changes }) =>
		[subject, ...changes.map(({ category, operation, model }) => `${operation} ${category}/${model}`)].join(
			', ',
		),
	);

describe('log', () => {
	test('tells_who_changed_which_models_newest_first', async () => {
		const repository = history(
			{ 'clip.json': version({ a: 1, b: 1 }), 'README.md': 'x' },
			{ 'README.md': 'y' },
			{ 'clip.json': version({ a: 2, c: 1 }), 'blip.json': version({ z: 1 }) },
		);
		const all = await logged(repository);
		expect(summary(all)).toEqual([
			'Version 3, create blip/z, create clip/c, update clip/a, delete clip/b',
			'Version 1, create clip/a, create clip/b',
		]);
		expect(all[0]).toMatchObject({
			commit: repository.git('rev-parse', 'HEAD'),
			date: '2020-09-13T12:28:40Z',
			author: 'Maintainer',
			email: 'maintainer@example.invalid',
			categories: ['blip', 'clip'],
		});
		expect(summary(await logged(repository, 'blip'))).toEqual(['Version 3, create blip/z']);
		expect(summary(await logged(repository, 'clip.json', 'b'))).toEqual([
			'Version 3, delete clip/b',
			'Version 1, create clip/b',
		]);
	});

	test('prints_a_row_for_each_category_of_a_commit', async () => {
		const repository = history(
			{ 'clip.json': version({ a: 1, b: 1 }) },
			{ 'clip.json': version({ a: 2, b: 1 }), 'blip.json': version({ z: 1 }) },
			{ 'clip.json': version({ a: 2, b: 1 }).replaceAll('    ', '\t') },
		);
		const { code, stdout, stderr } = await run('log', '--repo', repository.directory);
		expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
		const rows = stdout
			.trimEnd()
			.split('\n')
			.map((line) => line.split(/ {2,}/));
		const [third, second, first] = ['HEAD', 'HEAD~1', 'HEAD~2'].map((name) =>
			repository.git('rev-parse', name).slice(0, 8),
		);
		expect(rows[0]).toEqual(['date', 'commit', 'author', 'operation', 'category', 'model', 'subject']);
		expect(rows.slice(2)).toEqual([
			['2020-09-13T12:28:40Z', third, 'Maintainer', 'layout', 'clip', 'Version 3'],
			['2020-09-13T12:27:40Z', second, 'Maintainer', 'create', 'blip', 'z', 'Version 2'],
			['2020-09-13T12:27:40Z', second, 'Maintainer', 'update', 'clip', 'a', 'Version 2'],
			['2020-09-13T12:26:40Z', first, 'Maintainer', 'create', 'clip', '2 models', 'Version 1'],
		]);
		expect(await logged(repository, 'clip', '-n', '1')).toMatchObject([
			{ subject: 'Version 3', changes: [] },
		]);
	});

	test('shows_as_many_as_asked_for_and_says_that_there_is_more', async () => {
		const repository = history(...[1, 2, 3, 4].map((number) => ({ 'clip.json': version({ a: number }) })));
		const two = await run('log', '--repo', repository.directory, '-n', '2', '--json');
		expect(summary(JSON.parse(two.stdout))).toEqual(['Version 4, update clip/a', 'Version 3, update clip/a']);
		expect(two.stderr).toBe('note: these are the newest 2; -n 0 shows all\n');
		for (const limit of ['0', '4']) {
			const all = await run('log', '--repo', repository.directory, `--limit=${limit}`, '--json');
			expect({ count: JSON.parse(all.stdout).length, stderr: all.stderr }).toEqual({ count: 4, stderr: '' });
		}
		expect(await run('log', '--repo', repository.directory, '-n', 'some')).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('--limit must be a whole number'),
		});
	});

	test('tells_what_the_commands_did_in_their_order_within_a_second', async () => {
		const repository = history({ 'clip.json': version({}) });
		const record = path.join(temporaryDirectory(), 'record.json');
		const as = ['--repo', repository.directory, '--as', 'alice#42'];
		for (const category of ['clip', 'blip', 'clip', 'blip']) {
			const number = repository.git('rev-list', '--count', 'HEAD');
			new TemporaryRepository(path.dirname(record)).write(
				'record.json',
				JSON.stringify({ name: 'm', version: number }),
			);
			expect(await run('put', category, record, ...as)).toMatchObject({ code: 0 });
		}
		expect(await run('delete', 'clip', 'm', ...as)).toMatchObject({ code: 0 });
		const commits = await logged(repository, '-n', '5');
		expect(summary(commits)).toEqual([
			'Remove clip model m, delete clip/m',
			'Update blip model m, update blip/m',
			'Update clip model m, update clip/m',
			'Add blip model m, create blip/m',
			'Add clip model m, create clip/m',
		]);
		expect(new Set(commits.map(({ author }) => author))).toEqual(new Set(['alice#42']));
	});

	test('tells_a_merge_only_for_what_it_decided_itself', async () => {
		const repository = history({ 'clip.json': version({ a: 1, b: 1, c: 1 }) });
		repository.git('switch', '--quiet', '-c', 'side');
		repository.commit({ 'clip.json': version({ a: 1, b: 2, c: 1 }) }, 'Side', T + 100);
		repository.git('switch', '--quiet', 'main');
		repository.commit({ 'clip.json': version({ a: 2, b: 1, c: 1 }) }, 'Main', T + 200);
		repository.git('merge', '--quiet', '--no-commit', '-s', 'ours', 'side');
		repository.commit({ 'clip.json': version({ a: 2, b: 2, c: 3 }) }, 'Merge', T + 300);
		expect(summary(await logged(repository, 'clip'))).toEqual([
			'Merge, update clip/c',
			'Main, update clip/a',
			'Side, update clip/b',
			'Version 1, create clip/a, create clip/b, create clip/c',
		]);
		expect(summary(await logged(repository, 'clip', 'b'))).toEqual([
			'Side, update clip/b',
			'Version 1, create clip/b',
		]);
	});

	test('tells_an_imported_history_with_its_authors_and_dates', async () => {
		const source = history({ 'clip.json': version({ a: 1 }) }, { 'clip.json': version({ a: 2 }) });
		const directory = path.join(temporaryDirectory(), 'data');
		expect(await run('import', source.directory, '--repo', directory)).toMatchObject({ code: 0 });
		const commits = await logged(new TemporaryRepository(directory), 'clip', 'a');
		expect(summary(commits)).toEqual(['Version 2, update clip/a', 'Version 1, create clip/a']);
		expect(commits[1]).toMatchObject({ author: 'Maintainer', date: '2020-09-13T12:26:40Z' });
	});

	test('takes_a_version_that_does_not_parse_for_no_change', async () => {
		const repository = history(
			{ 'clip.json': version({ a: 1 }) },
			{ 'clip.json': '{"a": ' },
			{ 'clip.json': version({ a: 1, b: 1 }) },
		);
		expect(summary(await logged(repository))).toEqual([
			'Version 3, create clip/b',
			'Version 2',
			'Version 1, create clip/a',
		]);
	});

	test('counts_text_models_without_their_twins', async () => {
		const repository = history(
			{ 'db.json': textReference('A/M') },
			{ 'db.json': textReference('A/M', 'B/N') },
		);
		expect(summary(await logged(repository, 'text_generation'))).toEqual([
			'Version 2, create text_generation/B/N',
			'Version 1, create text_generation/A/M',
		]);
		const twin = await run('log', 'text_generation', 'koboldcpp/N', '--repo', repository.directory);
		expect(twin).toMatchObject({
			code: 0,
			stdout: '',
			stderr: expect.stringContaining('generated from its base'),
		});
	});

	test.each(['__proto__', 'constructor', '--all', '-n', ':(top)*', 'HEAD', 'a"b\\c', '🦄'])(
		'takes_the_name_%s_for_a_name',
		async (name) => {
			const repository = history(
				{ 'clip.json': clipReference('a') },
				{ 'clip.json': `{${JSON.stringify(name)}: {"x": 1}}` },
				{ 'clip.json': `{"b": {}, ${JSON.stringify(name)}: {"x": 2}}` },
			);
			expect(summary(await logged(repository, '--', 'clip', name))).toEqual([
				`Version 3, update clip/${name}`,
				`Version 2, create clip/${name}`,
			]);
			expect(await logged(repository, '--', 'blip', name)).toEqual([]);
		},
	);

	test('lets_no_name_and_no_subject_move_the_cursor', async () => {
		const repository = TemporaryRepository.create();
		repository.commit({ 'clip.json': '{"\\u001b[2J\\n": {}}' }, `Red \u001b[31m${'x'.repeat(99)}`);
		const { stdout } = await run('log', '--repo', repository.directory);
		expect(stdout).toContain('\\u001b[2J\\u000a');
		expect(stdout).toContain('Red \\u001b[31mxxx');
		expect(stdout).not.toContain('\u001b');
		expect(stdout.trimEnd().endsWith('x…')).toBe(true);
	});

	test('is_not_bent_by_settings_of_git', async () => {
		const repository = history(
			{ 'refs/clip.json': version({ a: 1 }) },
			{ 'refs/clip.json': version({ a: 2 }) },
		);
		for (const [name, value] of [
			['log.showSignature', 'true'],
			['log.follow', 'true'],
			['log.date', 'relative'],
			['diff.renames', 'copies'],
			['i18n.logOutputEncoding', 'latin1'],
			['color.ui', 'always'],
		] as const) {
			repository.git('config', name, value);
		}
		const commits = await logged(repository, '--subdir', 'refs', 'clip', 'a');
		expect(summary(commits)).toEqual(['Version 2, update clip/a', 'Version 1, create clip/a']);
	});

	test('of_nothing_says_so_and_is_no_failure', async () => {
		const empty = TemporaryRepository.create();
		expect(await run('log', '--repo', empty.directory)).toMatchObject({
			code: 0,
			stdout: '',
			stderr: expect.stringContaining('has no commit'),
		});
		const repository = history({ 'README.md': 'x' });
		expect(await run('log', 'clip', '--repo', repository.directory)).toEqual({
			code: 0,
			stdout: '',
			stderr: 'note: no commit touches clip\n',
		});
		expect(await run('log', 'nope', '--repo', repository.directory)).toMatchObject({ code: 2 });
	});
});
