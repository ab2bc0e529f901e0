import { describe, expect, test } from 'vitest';
import { textReference } from '../../test/support/records.ts';
import { TemporaryRepository } from '../../test/support/temporary-repository.ts';
import type { Output } from './output.ts';
import { textCheck } from './text-check.ts';

const COLUMNS =
	'name,parameters_bn,display_name,url,baseline,description,style,tags,instruct_format,settings';

async function check(
	files: Readonly<Record<string, string | Buffer>>,
	{ subdir = '', format = 'table' } = {},
) {
	const directory = new TemporaryRepository();
	for (const [file, content] of Object.entries(files)) directory.write(file, content);
	const printed: string[] = [];
	const output: Output = {
		print: (text) => void printed.push(text),
		note: () => {},
		progress: () => {},
		paint: (_, text) => text,
	};
	const isRight = await textCheck(directory.directory, { subdir, format }, output);
	return { isRight, printed: printed.join('\n') };
}

describe('text_check', () => {
	test('a_reference_that_keeps_the_rule_is_right', async () => {
		const { isRight, printed } = await check({ 'db.json': textReference('A/M', 'gpt2') });
		expect(isRight).toBe(true);
		expect(printed).toMatch(/^db\.json +2 +0$/m);
		expect(printed).not.toContain('models.csv');
	});

	test('what_is_wrong_is_said_with_its_place', async () => {
		const broken = textReference('A/M').replace('"name": "koboldcpp/M"', '"name": "M"');
		const { isRight, printed } = await check({ 'data/db.json': broken }, { subdir: 'data' });
		expect(isRight).toBe(false);
		expect(printed).toMatch(/^data\/db\.json:20:5: error: "koboldcpp\/M" differs in name from "A\/M"/m);
		expect(printed).toMatch(/^data\/db\.json +1 +1$/m);
	});

	test('the_table_is_checked_where_there_is_one', async () => {
		const files = { 'db.json': textReference('A/M'), 'models.csv': `${COLUMNS}\nA/M,8,,,,,,,,\n` };
		const { isRight, printed } = await check(files, { format: 'json' });
		expect(isRight).toBe(false);
		expect(JSON.parse(printed)).toEqual({
			files: [
				{ file: 'db.json', models: 1, findings: [] },
				{
					file: 'models.csv',
					findings: [
						{
							rule: 'row-differs',
							model: 'A/M',
							message: expect.stringContaining('parameters'),
							line: 2,
							column: 1,
						},
					],
				},
			],
		});
	});

	test.each([
		[
			'a_reference_that_is_none',
			{ 'db.json': '{"A/M": 1}' },
			'db.json:1:9: error: record "A/M" must be an object',
		],
		[
			'a_table_that_is_no_text',
			{ 'db.json': '{}', 'models.csv': Buffer.from([0x6e, 0xff]) },
			'models.csv:1:1: error: not valid UTF-8',
		],
	])('%s_is_found_wrong', async (_, files, words) => {
		const { isRight, printed } = await check(files);
		expect(isRight).toBe(false);
		expect(printed).toContain(words);
	});

	test('a_folder_without_the_reference_and_a_strange_format_are_refused', async () => {
		await expect(check({ 'clip.json': '{}' })).rejects.toMatchObject({ code: 'source-unusable' });
		await expect(check({ 'db.json': '{}' }, { format: 'xml' })).rejects.toMatchObject({
			code: 'config-invalid',
		});
	});
});
