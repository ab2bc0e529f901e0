/** `diff`: the models that two commits have not in common. */

import { describe, expect, test } from 'vitest';
import { versions } from '../support/model-history.ts';
import { clipReference, textReference } from '../support/records.ts';
import { run } from '../support/run-program.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';

interface Diff {
	readonly from: string;
	readonly to: string;
	readonly models: readonly {
		readonly category: string;
		readonly model_name: string;
		readonly change: string;
		readonly field_diffs: readonly object[];
	}[];
}

async function diffOf({ directory }: TemporaryRepository, ...args: string[]): Promise<Diff> {
	const { code, stdout, stderr } = await run('diff', '--repo', directory, '--json', ...args);
	expect({ code, stderr }).toMatchObject({ code: 0 });
	return JSON.parse(stdout) as Diff;
}

const summary = ({ models }: Diff) =>
	models.map(({ category, model_name, change }) => `${change} ${category}/${model_name}`);

/** A tag, a branch and what is between them. */
function prepared(): TemporaryRepository {
	const repository = TemporaryRepository.create({
		'clip.json': versions({ a: 1, b: 1, c: 1 }),
		'blip.json': clipReference('x'),
	});
	repository.git('tag', '-a', 'v1', '-m', 'First');
	repository.commit(
		{ 'clip.json': versions({ a: 2, c: 1, d: 1 }), 'esrgan.json': clipReference('e') },
		'More',
	);
	repository.remove('blip.json');
	repository.commit({}, 'Less');
	return repository;
}

describe('diff', () => {
	test('tells_models_added_changed_and_removed_of_every_category', async () => {
		const repository = prepared();
		const found = await diffOf(repository, 'v1', 'main');
		expect(found).toMatchObject({
			from: repository.git('rev-parse', 'v1^{commit}'),
			to: repository.git('rev-parse', 'main'),
		});
		expect(summary(found)).toEqual([
			'removed blip/x',
			'added clip/d',
			'changed clip/a',
			'removed clip/b',
			'added esrgan/e',
		]);
		expect(found.models.find(({ model_name }) => model_name === 'a')?.field_diffs).toEqual([
			{ field_path: 'version', old_value: 1, new_value: 2, change_type: 'modified' },
		]);
	});

	test('turned_round_tells_the_opposite', async () => {
		const repository = prepared();
		const swapped = summary(await diffOf(repository, 'main', 'v1')).map((line) =>
			line.replace(/^(added|removed)/, (word) => (word === 'added' ? 'removed' : 'added')),
		);
		expect(swapped.sort()).toEqual([...summary(await diffOf(repository, 'v1', 'main'))].sort());
	});

	test('of_a_commit_with_itself_or_with_another_layout_is_empty', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': versions({ a: 1 }) });
		repository.commit({ 'clip.json': versions({ a: 1 }).replaceAll('\n', '\r\n') }, 'Other line ends');
		expect((await diffOf(repository, 'HEAD', 'main')).models).toEqual([]);
		expect((await diffOf(repository, 'HEAD~1', 'HEAD')).models).toEqual([]);
	});

	test('looks_at_the_categories_that_are_named', async () => {
		const repository = prepared();
		expect(summary(await diffOf(repository, 'v1', 'main', '--category', 'blip'))).toEqual(['removed blip/x']);
		const both = ['--category', 'blip', '--category', 'esrgan'];
		expect((await diffOf(repository, 'v1', 'main', ...both)).models).toHaveLength(2);
		const { code, stderr } = await run(
			'diff',
			'--repo',
			repository.directory,
			'v1',
			'main',
			'--category',
			'no',
		);
		expect([code, stderr]).toEqual([2, expect.stringContaining('there is no category "no"')]);
	});

	test('leaves_generated_twins_out', async () => {
		const repository = TemporaryRepository.create({ 'db.json': textReference('org/one') });
		repository.commit({ 'db.json': textReference('org/one', 'org/two') }, 'Two');
		expect(summary(await diffOf(repository, 'HEAD~1', 'HEAD'))).toEqual(['added text_generation/org/two']);
	});

	test('finds_files_in_a_folder', async () => {
		const repository = TemporaryRepository.create({ 'sub dir/clip.json': versions({ a: 1 }) });
		repository.commit({ 'sub dir/clip.json': versions({ a: 1, b: 1 }) }, 'Add b');
		expect(summary(await diffOf(repository, 'HEAD~1', 'HEAD', '--subdir', 'sub dir'))).toEqual([
			'added clip/b',
		]);
		expect((await diffOf(repository, 'HEAD~1', 'HEAD')).models).toEqual([]);
	});

	test('keeps_numbers_as_they_are_spelled', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': '{"a": {"n": 9007199254740993}}' });
		repository.commit({ 'clip.json': '{"a": {"n": 9007199254740992}}' }, 'One less');
		const { stdout } = await run('diff', '--repo', repository.directory, '--json', 'HEAD~1', 'HEAD');
		expect(stdout).toContain('"old_value": 9007199254740993');
		expect(stdout).toContain('"new_value": 9007199254740992');
	});

	test('prints_a_table_in_which_no_name_can_move_the_cursor', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': '{}' });
		const name = '\u001b[2J\nevil';
		repository.commit({ 'clip.json': `{${JSON.stringify(name)}: {}, "__proto__": {}}` }, 'Evil');
		const { code, stdout, stderr } = await run('diff', '--repo', repository.directory, 'HEAD~1', 'HEAD');
		expect(code).toBe(0);
		expect(stdout).toMatch(/^change +category +model +fields\n/);
		expect(stdout).toContain('added   clip      \\u001b[2J\\u000aevil');
		expect(stdout).toContain('__proto__');
		expect(stdout).not.toContain('\u001b');
		expect(stderr).toContain('2 added, 0 changed, 0 removed');
	});

	test.each([
		'nothing',
		'v1^{tree}',
		'',
		'HEAD~99',
		'a..b',
		'-x',
		'--output=evil',
		'$(touch evil)',
		'HEAD\nHEAD',
	])('refuses_%j_as_a_commit', async (name) => {
		const repository = prepared();
		const { code, stdout, stderr } = await run('diff', '--repo', repository.directory, '--', 'HEAD', name);
		expect([code, stdout]).toEqual([2, '']);
		expect(stderr).toContain('names no commit');
		expect(repository.git('status', '--porcelain')).toBe('');
	});

	test('takes_a_branch_whose_name_begins_with_a_dash', async () => {
		const repository = prepared();
		repository.git('update-ref', 'refs/heads/-odd', 'v1^{commit}');
		const { models } = await diffOf(repository, '--', '-odd', 'v1');
		expect(models).toEqual([]);
	});

	test('shows_what_it_can_and_names_a_file_that_is_broken', async () => {
		const repository = prepared();
		repository.commit({ 'clip.json': '{"a": ' }, 'Break it');
		const { code, stdout, stderr } = await run('diff', '--repo', repository.directory, 'v1', 'main');
		expect(code).toBe(3);
		expect(stdout).toContain('esrgan');
		expect(stderr).toMatch(/clip\.json of commit [0-9a-f]{10} cannot be compared: line 1/);
	});
});
