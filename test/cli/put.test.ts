/** `put` and `delete`: one record, one commit, by the writer that the server has. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCommand, startCommand } from '../support/command-line.ts';
import { clipReference, reference } from '../support/records.ts';
import { run } from '../support/run-program.ts';
import { TemporaryRepository, temporaryDirectory } from '../support/temporary-repository.ts';

const COLUMNS =
	'name,parameters_bn,display_name,url,baseline,description,style,tags,instruct_format,settings';

const FOO = { name: 'foo', description: 'About foo', version: '1.0' };

/** A repository with these files, and the commands for it in the name of alice. */
function setUp(files: Readonly<Record<string, string | Buffer>> = { 'clip.json': clipReference('a') }) {
	const repository = TemporaryRepository.create(files);
	const repo = ['--repo', repository.directory];
	const recordFile = path.join(temporaryDirectory(), 'record.json');
	const put = (category: string, record: object | string, ...args: string[]) => {
		const text = typeof record === 'string' ? record : JSON.stringify(record);
		new TemporaryRepository(path.dirname(recordFile)).write('record.json', text);
		return run('put', category, recordFile, ...repo, '--as', 'alice#42', ...args);
	};
	const remove = (category: string, ...args: string[]) =>
		run('delete', category, ...repo, '--as', 'alice#42', ...args);
	const read = (file: string) => readFileSync(repository.path(file), 'utf8');
	/** What must not move when a command is refused. */
	const state = () => [repository.git('rev-parse', 'HEAD'), repository.git('status', '--porcelain')];
	const lastCommit = (format: string) => repository.git('log', '-1', `--format=${format}`);
	return { repository, put, remove, read, state, lastCommit };
}

describe('put', () => {
	test('adds_a_model_in_one_commit_of_the_named_user', async () => {
		const { repository, put, read, lastCommit } = setUp();
		const { code, stdout, stderr } = await put('clip', FOO);
		expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
		expect(stdout).toBe(`Added clip model foo in ${lastCommit('%H').slice(0, 8)}.\n`);
		expect(lastCommit('%an <%ae>%n%s%n%(trailers:key=Operation)')).toBe(
			'alice#42 <42@horde-users.invalid>\nAdd clip model foo\nOperation: create\n',
		);
		expect(repository.git('rev-list', '--count', 'HEAD')).toBe('2');
		expect(repository.git('status', '--porcelain')).toBe('');
		expect(Object.keys(JSON.parse(read('clip.json')))).toEqual(['a', 'foo']);
	});

	test('replaces_a_model_that_is_there_and_touches_no_other_line', async () => {
		const { put, read, lastCommit } = setUp({ 'clip.json': clipReference('a', 'b', 'c') });
		const { code, stdout } = await put('clip', { name: 'b', description: 'Better' });
		expect({ code, stdout }).toMatchObject({
			code: 0,
			stdout: expect.stringMatching(/^Updated clip model b in /),
		});
		expect(lastCommit('%s')).toBe('Update clip model b');
		const lines = clipReference('a', 'b', 'c').split('\n');
		const text = read('clip.json');
		expect(text.startsWith(lines.slice(0, 7).join('\n'))).toBe(true);
		expect(text.endsWith(lines.slice(10).join('\n'))).toBe(true);
	});

	test('with_the_same_content_makes_no_commit_and_says_so', async () => {
		const { put, state } = setUp();
		await put('clip', FOO);
		const before = state();
		const { code, stdout } = await put('clip', { ...FOO, name: 'foo' });
		expect({ code, stdout }).toEqual({
			code: 0,
			stdout: 'Nothing to change: clip model foo is stored like this already.\n',
		});
		expect(state()).toEqual(before);
	});

	test('makes_the_first_file_and_the_first_commit', async () => {
		const { put, read, lastCommit } = setUp({});
		expect(await put('clip', FOO)).toMatchObject({ code: 0 });
		expect(Object.keys(JSON.parse(read('clip.json')))).toEqual(['foo']);
		expect(lastCommit('%s')).toBe('Add clip model foo');
	});

	test('prints_the_outcome_as_json_with_numbers_as_they_were_spelled', async () => {
		const { repository, put, lastCommit } = setUp();
		const { code, stdout, stderr } = await put(
			'clip',
			'{"name": "foo", "big": 12345678901234567890.0}',
			'--json',
		);
		expect({ code, stderr }).toEqual({
			code: 0,
			stderr: 'note: the record could be better: no-description\n',
		});
		expect(JSON.parse(stdout)).toMatchObject({
			outcome: 'applied',
			operation: 'create',
			category: 'clip',
			model: 'foo',
			commit: lastCommit('%H'),
			version: repository.git('rev-parse', 'HEAD:clip.json'),
			advice: ['no-description'],
			record: { name: 'foo', type: 'clip' },
		});
		expect(stdout).toContain('"big": 12345678901234567890.0');
		const again = await put('clip', '{"name": "foo", "big": 12345678901234567890}', '--json');
		expect(JSON.parse(again.stdout)).toMatchObject({ outcome: 'unchanged', commit: null });
	});

	test('only_adds_or_only_replaces_where_it_is_told', async () => {
		const { put, state } = setUp();
		const before = state();
		expect(await put('clip', { name: 'a' }, '--create')).toMatchObject({
			code: 3,
			stderr: 'error: there is a clip model "a" already; leave out --create to replace it\n',
		});
		expect(await put('clip', FOO, '--update')).toMatchObject({
			code: 3,
			stderr: 'error: there is no clip model "foo"; leave out --update to add it\n',
		});
		expect(await put('clip', FOO, '--update', '--create')).toMatchObject({ code: 2 });
		expect(state()).toEqual(before);
		expect(await put('clip', FOO, '--create')).toMatchObject({ code: 0 });
		expect(await put('clip', { ...FOO, version: '2' }, '--update')).toMatchObject({ code: 0 });
	});

	test('names_every_field_that_is_wrong_and_changes_nothing', async () => {
		const { put, state } = setUp();
		const before = state();
		const { code, stdout, stderr } = await put('image_generation', {
			name: 'Foo',
			inpainting: 'maybe',
			config: { files: [{ sha256sum: 'xyz' }, 5], download: [{ file_name: 1 }] },
		});
		expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
		const lines = stderr.trimEnd().split('\n');
		expect(lines[0]).toBe('error: the record is not right:');
		const fields = lines.slice(1).map((line) => line.trim().split(': ')[0]);
		expect(fields).toEqual(
			expect.arrayContaining([
				'baseline',
				'inpainting',
				'config.files[0].path',
				'config.files[0].sha256sum',
				'config.files[1]',
				'config.download[0].file_name',
			]),
		);
		expect(stderr).toContain('  config.files[0].path: Field required\n');
		expect(state()).toEqual(before);
	});

	test.each<[string, string, string]>([
		['a_syntax_error', '{"name": "foo",\n "version" 1}', '\n  line 2, column 12: colon expected\n'],
		['nothing', '', '\n  there is none\n'],
		['a_list', '[]', '\n  Input should be a valid dictionary'],
		['a_name_that_cannot_be', '{"name": " foo"}', 'Model name '],
		['a_generated_twin', '{"name": "koboldcpp/x", "parameters": 1}', 'Submit only the base model name'],
		[
			'a_setting_of_a_wrong_type',
			'{"name": "x/y", "parameters": 1, "settings": {"temperature": {}}}',
			'\n  settings.temperature: Input should be a number, a string, a boolean or a list of numbers or strings\n',
		],
	])('of_%s_exits_with_1_and_says_where', async (_title, record, words) => {
		const { put, state } = setUp();
		const before = state();
		const { code, stderr } = await put('text_generation', record);
		expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining(words) });
		expect(state()).toEqual(before);
	});

	test('names_the_fields_that_the_table_of_text_models_cannot_carry', async () => {
		const { put, state } = setUp({ 'db.json': '{}\n', 'models.csv': `${COLUMNS}\n` });
		const before = state();
		const { code, stderr } = await put('text_generation', { name: 'A/M', parameters: 7e9, extra: 1 });
		expect({ code, stderr }).toMatchObject({
			code: 1,
			stderr: expect.stringContaining('\n  extra: models.csv'),
		});
		expect(state()).toEqual(before);
	});

	test('writes_a_text_model_its_twins_and_its_row_in_one_commit', async () => {
		const { repository, put, remove, read } = setUp({
			'db.json': '{}\n',
			'models.csv': `${COLUMNS}\n`,
		});
		await put('text_generation', { name: 'A/M', parameters: 7_000_000_000 });
		const before = read('models.csv');
		expect(await put('text_generation', { name: 'B/N', parameters: 8_000_000_000 })).toMatchObject({
			code: 0,
		});
		expect(repository.git('rev-list', '--count', 'HEAD')).toBe('3');
		expect(repository.git('diff', '--name-only', 'HEAD~1', 'HEAD')).toBe('db.json\nmodels.csv');
		const keys = ['B/N', 'aphrodite/B/N', 'koboldcpp/N'];
		expect(Object.keys(JSON.parse(read('db.json'))).slice(3)).toEqual(keys);
		expect(read('models.csv')).toMatch(/^B\/N,8/m);
		expect(await run('text', 'check', repository.directory)).toMatchObject({ code: 0 });
		expect(await remove('text_generation', 'B/N')).toMatchObject({ code: 0 });
		expect(repository.git('diff', '--stat', 'HEAD~2', 'HEAD')).toBe('');
		expect(read('models.csv')).toBe(before);
	});

	test('keeps_the_line_breaks_of_the_file', async () => {
		const crlf = clipReference('a').replaceAll('\n', '\r\n');
		const { put, remove, read } = setUp({ '.gitattributes': '* -text\n', 'clip.json': crlf });
		expect(await put('clip', FOO)).toMatchObject({ code: 0 });
		expect(read('clip.json').replaceAll('\r\n', '')).not.toContain('\n');
		expect(await remove('clip', 'foo')).toMatchObject({ code: 0 });
		expect(read('clip.json')).toBe(crlf);
	});

	test.each([
		'__proto__',
		'constructor',
		'--all',
		'-',
		':(top)*',
		'refs/heads/main',
		'a/../b',
		'🦄 שלום',
		'\'"`$(x)',
	])('and_delete_take_the_name_%s_for_a_name', async (name) => {
		const { put, remove, read, lastCommit } = setUp();
		const before = read('clip.json');
		expect(await put('clip', { name })).toMatchObject({ code: 0 });
		expect(read('clip.json')).toContain(`    ${JSON.stringify(name)}: {\n`);
		expect(lastCommit('%(trailers:key=Model,valueonly)').trim()).not.toBe('');
		expect(await remove('clip', '--', name)).toMatchObject({ code: 0 });
		expect(read('clip.json')).toBe(before);
	});
});

describe('delete', () => {
	test('removes_a_model_with_a_slash_in_its_name', async () => {
		const { remove, read, lastCommit } = setUp({ 'clip.json': clipReference('a/b', 'c') });
		const { code, stdout } = await remove('clip', 'a/b');
		expect({ code, stdout }).toEqual({
			code: 0,
			stdout: `Removed clip model a/b in ${lastCommit('%H').slice(0, 8)}.\n`,
		});
		expect(read('clip.json')).toBe(clipReference('c'));
		expect(lastCommit('%an %s')).toBe('alice#42 Remove clip model a/b');
	});

	test('of_a_name_with_a_leading_dash_needs_the_two_dashes', async () => {
		const { remove, read, state } = setUp({ 'clip.json': clipReference('-x', 'c') });
		const before = state();
		expect(await remove('clip', '-x')).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('unknown option'),
		});
		expect(state()).toEqual(before);
		expect(await remove('clip', '--json', '--', '-x')).toMatchObject({ code: 0 });
		expect(read('clip.json')).toBe(clipReference('c'));
	});

	test('of_a_model_that_is_not_there_fails', async () => {
		const { remove, state } = setUp();
		const before = state();
		expect(await remove('clip', 'nope')).toMatchObject({
			code: 3,
			stderr: "error: Model 'nope' not found in category 'clip'\n",
		});
		expect(await remove('text_generation', 'koboldcpp/x')).toMatchObject({ code: 1 });
		expect(state()).toEqual(before);
	});
});

describe('both', () => {
	test('refuse_a_file_with_uncommitted_edits_and_move_nothing', async () => {
		const { repository, put, remove, read, state } = setUp();
		repository.write('clip.json', clipReference('a', 'mine'));
		const before = state();
		for (const refused of [await put('clip', FOO), await remove('clip', 'a')]) {
			expect(refused).toMatchObject({
				code: 3,
				stdout: '',
				stderr: expect.stringContaining('not committed'),
			});
		}
		expect(state()).toEqual(before);
		expect(read('clip.json')).toBe(clipReference('a', 'mine'));
	});

	test('refuse_while_a_server_writes_and_name_its_process', async () => {
		const { repository, put, remove, state } = setUp();
		const before = state();
		const serve = ['serve', '--repo', repository.directory, '--port', '0', '--writes', 'direct'];
		const server = startCommand([
			...serve,
			'--identity',
			'keys',
			'--keys-file',
			repository.path('.git/keys.json'),
		]);
		await new Promise<void>((resolve, reject) => {
			server.stdout.on('data', (text) => String(text).includes('Serving') && resolve());
			server.once('exit', () => reject(new Error('the server ended')));
		});
		for (const refused of [await put('clip', FOO), await remove('clip', 'a')]) {
			expect(refused).toMatchObject({
				code: 3,
				stdout: '',
				stderr: expect.stringMatching(
					new RegExp(`is being written by process ${server.pid} on .*\\(serve, since`),
				),
			});
		}
		expect(state()).toEqual(before);
		const ended = new Promise((resolve) => server.once('exit', resolve));
		server.kill('SIGKILL');
		await ended;
		expect(await put('clip', FOO)).toMatchObject({ code: 0 });
	});

	test('take_the_operator_for_the_author_as_git_knows_him', async () => {
		const { repository, lastCommit } = setUp();
		const repo = ['--repo', repository.directory];
		repository.write('.git/foo.json', JSON.stringify(FOO));
		const unknown = await run('put', 'clip', repository.path('.git/foo.json'), ...repo);
		expect(unknown).toMatchObject({
			code: 0,
			stderr: expect.stringContaining('git does not know who you are'),
		});
		expect(lastCommit('%an <%ae>')).toBe('horde-references <horde-references@localhost>');
		repository.git('config', 'user.name', 'Olga Operator');
		repository.git('config', 'user.email', 'olga@example.org');
		expect(await run('delete', 'clip', 'foo', ...repo)).toMatchObject({ code: 0, stderr: '' });
		expect(lastCommit('%an <%ae>')).toBe('Olga Operator <olga@example.org>');
	});

	test.each<[string, readonly string[], number, string]>([
		['an_unknown_category', ['delete', 'nope', 'x'], 2, 'there is no category "nope"'],
		['a_category_kept_elsewhere', ['delete', 'lora', 'x'], 2, 'the category lora cannot be written'],
		['an_author_without_id', ['delete', 'clip', 'a', '--as', 'alice'], 2, '--as must be a user as name#id'],
		['a_file_that_is_not_there', ['put', 'clip', 'nowhere.json'], 3, 'cannot be read'],
		['a_folder_that_is_not_there', ['delete', 'clip', 'a', '--subdir', 'x'], 3, 'x is not a folder'],
	])('tell_of_%s', async (_title, args, code, words) => {
		const { repository, state } = setUp();
		const before = state();
		const result = await run(...args, '--repo', repository.directory);
		expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) });
		expect(state()).toEqual(before);
	});

	test('know_categories_by_the_names_of_reads_and_repositories_by_the_settings_of_serve', async () => {
		const { repository, read, lastCommit } = setUp({ 'refs/clip.json': clipReference('a'), 'x.json': '{}' });
		const config = repository.path('.git/settings.json');
		repository.write('.git/settings.json', JSON.stringify({ subdir: 'refs' }));
		const env = { HORDE_REFERENCES_REPO: repository.directory };
		const input = JSON.stringify(FOO);
		const put = await runCommand(['put', 'clip.json', '-', '--config', config, '--as', 'b#7'], {
			env,
			input,
		});
		expect(put).toMatchObject({ code: 0, stdout: expect.stringContaining('Added clip model foo in ') });
		expect(Object.keys(JSON.parse(read('refs/clip.json')))).toEqual(['a', 'foo']);
		expect(lastCommit('%an')).toBe('b#7');
		const replica = { ...env, HORDE_MODEL_REFERENCE_REPLICATE_MODE: 'REPLICA' };
		const refused = await runCommand(['delete', 'clip', 'foo', '--config', config], { env: replica });
		expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('at their primary') });
	});

	test('at_the_same_time_lose_no_model', async () => {
		const { repository, read } = setUp({ 'clip.json': reference([]) });
		const attempts = ['p', 'q', 'r'].map(async (name) => {
			const args = ['put', 'clip', '-', '--repo', repository.directory];
			for (;;) {
				const { code, stderr } = await runCommand(args, { input: JSON.stringify({ name }) });
				if (code === 0) return;
				expect(stderr).toContain('is being written by process');
			}
		});
		await Promise.all(attempts);
		expect(Object.keys(JSON.parse(read('clip.json'))).sort()).toEqual(['p', 'q', 'r']);
		expect(repository.git('rev-list', '--count', 'HEAD')).toBe('4');
	});
});
