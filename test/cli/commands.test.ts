/** The built command line: what it prints, and what it exits with. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { CATEGORIES } from '../../src/categories.ts';
import { runCommand } from '../support/command-line.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository, temporaryDirectory } from '../support/temporary-repository.ts';

const BAD = '{\n    "a": {\n        "name": "b"\n    }\n}\n';

describe('init', () => {
	test('makes_a_repository_of_starter_references_that_validate', async () => {
		const directory = path.join(temporaryDirectory(), 'new', 'data');
		const { code, stdout } = await runCommand(['init', '--repo', directory]);
		expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('serve --repo') });
		const repository = new TemporaryRepository(directory);
		expect(repository.git('status', '--porcelain')).toBe('');
		expect(repository.git('rev-list', '--count', 'main')).toBe('1');
		for (const { file, writable } of CATEGORIES) expect(existsSync(repository.path(file))).toBe(writable);
		expect(await runCommand(['validate', '--strict', directory])).toMatchObject({ code: 0 });
	});

	test('empty_makes_a_repository_without_them', async () => {
		const directory = path.join(temporaryDirectory(), 'data');
		expect(await runCommand(['init', '--empty', '--repo', directory])).toMatchObject({ code: 0 });
		expect(new TemporaryRepository(directory).git('ls-files')).toBe('.gitattributes');
	});

	test('a_directory_that_is_not_empty_is_left_alone', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': '{}' });
		const { code, stderr } = await runCommand(['init', '--repo', repository.directory]);
		expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('is not empty') });
		expect(repository.git('status', '--porcelain')).toBe('');
	});

	test('needs_no_configured_identity_and_takes_one_that_there_is', async () => {
		const [plain, named] = [path.join(temporaryDirectory(), 'a'), path.join(temporaryDirectory(), 'b')];
		await runCommand(['init', '--repo', plain]);
		expect(new TemporaryRepository(plain).git('log', '--format=%an')).toBe('horde-references');
		const env = {
			GIT_AUTHOR_NAME: 'Op',
			GIT_AUTHOR_EMAIL: 'o@x',
			GIT_COMMITTER_NAME: 'Op',
			GIT_COMMITTER_EMAIL: 'o@x',
		};
		await runCommand(['init', '--repo', named], { env });
		expect(new TemporaryRepository(named).git('log', '--format=%an')).toBe('Op');
	});
});

describe('validate', () => {
	test('a_good_directory_exits_with_0_and_a_bad_one_with_1_and_the_place', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		expect(await runCommand(['validate', repository.directory])).toMatchObject({ code: 0 });
		repository.write('clip.json', BAD);
		const { code, stdout } = await runCommand(['validate', repository.directory]);
		expect(code).toBe(1);
		expect(stdout).toContain('clip.json:2:5: error: "a" name is "b", but must be the key, "a"');
		expect(stdout).toMatch(/clip\.json +clip +1 +1 +1 +0/);
	});

	test('a_revision_is_checked_as_it_was_committed', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		repository.commit({ 'clip.json': BAD }, 'Break it');
		const { directory: cwd } = repository;
		expect(await runCommand(['validate', 'HEAD~1'], { cwd })).toMatchObject({ code: 0 });
		expect(await runCommand(['validate', 'main'], { cwd })).toMatchObject({ code: 1 });
		const unknown = await runCommand(['validate', 'nowhere'], { cwd });
		expect(unknown).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('neither a directory nor a revision'),
		});
	});

	test('as_a_pre_commit_hook_it_sees_what_is_staged_and_stops_the_commit', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const { directory: cwd } = repository;
		const env = { GIT_DIR: repository.path('.git'), GIT_INDEX_FILE: repository.path('.git/index') };
		repository.write('clip.json', BAD);
		expect(await runCommand(['validate', '--staged'], { cwd, env })).toMatchObject({ code: 0 });
		repository.git('add', 'clip.json');
		repository.write('clip.json', clipReference('a'));
		expect(await runCommand(['validate', '--staged'], { cwd, env })).toMatchObject({ code: 1 });
	});

	test('json_and_github_formats_name_the_same_finding', async () => {
		const repository = TemporaryRepository.create({ 'refs/clip.json': BAD.replaceAll('"a"', '"a,%\\n"') });
		const args = ['validate', repository.directory, '--subdir', 'refs', '--format'];
		const { stdout } = await runCommand([...args, 'json']);
		expect(JSON.parse(stdout)).toMatchObject({
			files: [
				{ file: 'refs/clip.json', invalidRecords: 1, findings: [{ rule: 'name', model: 'a,%\n', line: 2 }] },
			],
		});
		const github = await runCommand([...args, 'github']);
		expect(github.code).toBe(1);
		expect(github.stdout).toBe(
			'::error file=refs/clip.json,line=2,col=5,title=name::"a,%25\\n" name is "b", but must be the key, "a,%25\\n"\n',
		);
	});

	test('a_pipe_in_the_place_of_a_file_is_a_failure_and_does_not_hold_it_up', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		execFileSync('mkfifo', [repository.path('blip.json')]);
		const { code, stderr } = await runCommand(['validate', repository.directory]);
		expect({ code, stderr }).toMatchObject({
			code: 3,
			stderr: expect.stringContaining('not an ordinary file'),
		});
	});

	test('a_directory_without_category_files_is_a_failure_and_no_success', async () => {
		const { code, stderr } = await runCommand(['validate', temporaryDirectory()]);
		expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('--subdir') });
	});
});

describe('import', () => {
	test('makes_the_repository_and_prints_a_table_or_json', async () => {
		const source = TemporaryRepository.create({ 'clip.json': clipReference('a', 'b') });
		const directory = path.join(temporaryDirectory(), 'data');
		const first = await runCommand(['import', source.directory, '--repo', directory]);
		expect(first.code).toBe(0);
		expect(first.stdout).toMatch(/clip\.json +clip +2 +1 +0 +imported/);
		expect(readFileSync(path.join(directory, 'clip.json'), 'utf8')).toBe(clipReference('a', 'b'));
		const again = await runCommand(['import', source.directory, '--repo', directory, '--json']);
		expect(JSON.parse(again.stdout)).toMatchObject({
			branch: 'main',
			head: source.git('rev-parse', 'HEAD'),
			files: [{ file: 'clip.json', outcome: 'unchanged' }],
		});
	});
});

describe('the_command_line', () => {
	test('categories_lists_all_of_them', async () => {
		const { stdout } = await runCommand(['categories']);
		expect(stdout).toMatch(
			/image_generation +stable_diffusion\.json +stable_diffusion, stable_diffusion\.json +yes/,
		);
		const json = await runCommand(['categories', '--json']);
		expect(JSON.parse(json.stdout)).toHaveLength(15);
	});

	test.each<[string, string[], string]>([
		['an_unknown_command', ['frobnicate'], 'unknown command'],
		['an_unknown_option', ['init', '--repo', 'x', '--frob'], 'unknown option'],
		['a_missing_option', ['init'], '--repo'],
		['a_format_that_is_none', ['validate', '--format', 'xml'], '--format must be one of table, json, github'],
		[
			'a_side_that_is_none',
			['import', 'x', '--repo', 'y', '--prefer', 'best'],
			'--prefer must be source or ours',
		],
	])('%s_exits_with_2_and_says_what_is_wrong', async (_title, args, message) => {
		const { code, stderr } = await runCommand(args);
		expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
	});

	test('help_documents_the_exit_codes', async () => {
		const { code, stdout } = await runCommand(['--help']);
		expect({ code, stdout }).toMatchObject({
			code: 0,
			stdout: expect.stringContaining('Exit codes: 0 success'),
		});
	});

	test('nothing_is_coloured_where_there_is_no_terminal', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': BAD });
		const { stdout, stderr } = await runCommand(['validate', repository.directory]);
		expect(stdout + stderr).not.toContain('\u001b');
	});
});
