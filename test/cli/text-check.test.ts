/** The built `text check`, as a hook or a pipeline would call it. */

import { expect, test } from 'vitest';
import { runCommand } from '../support/command-line.ts';
import { textReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';

test('text_check_exits_with_0_where_the_rule_holds_and_with_1_where_not', async () => {
	const repository = TemporaryRepository.create({ 'refs/db.json': textReference('A/M') });
	const { directory: cwd } = repository;
	const subdir = ['--subdir', 'refs'];
	const right = await runCommand(['text', 'check', cwd, ...subdir]);
	expect(right).toMatchObject({ code: 0, stdout: expect.stringMatching(/^refs\/db\.json +1 +0$/m) });
	const broken = textReference('A/M').replace('"name": "koboldcpp/M"', '"name": "M"');
	repository.write('refs/db.json', broken);
	const wrong = await runCommand(['text', 'check', ...subdir, '--format', 'json'], { cwd });
	expect(wrong.code).toBe(1);
	expect(JSON.parse(wrong.stdout)).toMatchObject({
		files: [{ file: 'refs/db.json', models: 1, findings: [{ model: 'koboldcpp/M', line: 20 }] }],
	});
	expect(await runCommand(['text', 'check', 'HEAD', ...subdir], { cwd })).toMatchObject({ code: 0 });
});

test.each<[string, string[], number, string]>([
	['a_folder_without_the_reference', ['.'], 3, 'there is no db.json'],
	['a_format_that_is_none', ['.', '--format', 'xml'], 2, '--format must be one of table, json'],
	['a_revision_that_is_none', ['nowhere'], 2, 'neither a directory nor a revision'],
])('text_check_of_%s_says_what_is_wrong', async (_title, args, code, words) => {
	const { directory: cwd } = TemporaryRepository.create({ 'clip.json': '{}' });
	const result = await runCommand(['text', 'check', ...args], { cwd });
	expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) });
});
