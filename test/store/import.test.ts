/** Importing from another repository, with real git on both sides. */

import { chmodSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openRepository } from '../../src/git/repository.ts';
import { RecordSchemas } from '../../src/record/schemas.ts';
import { type ImportOptions, importReferences } from '../../src/store/import-references.ts';
import { initRepository } from '../../src/store/init-repository.ts';
import { clipReference, reference, textReference } from '../support/records.ts';
import { TemporaryRepository, temporaryDirectory } from '../support/temporary-repository.ts';

const IMAGE = reference([['Foo', { name: 'Foo', baseline: 'stable diffusion 1', type: 'ckpt' }]]);

async function bring(
	target: TemporaryRepository,
	source: string,
	options: Partial<ImportOptions> = {},
	subdir = '',
) {
	return importReferences(() => openRepository(target.directory, subdir), source, new RecordSchemas(), {
		branches: [],
		preference: undefined,
		onProgress: () => {},
		...options,
	});
}

/** An image repository like the original: unrelated files, merges, and the long-emptied file of the text repository. */
function imageSource(): TemporaryRepository {
	const source = TemporaryRepository.create();
	source.commit(
		{ 'db.json': textReference('Old/Text-7B'), 'pictures/a.png': Buffer.alloc(5000, 7) },
		'Start',
		1000,
	);
	source.commit({ 'stable_diffusion.json': IMAGE, 'README.md': 'x' }, 'Add image models', 2000);
	source.git('switch', '--quiet', '-c', 'side');
	source.commit({ 'clip.json': clipReference('ViT-L/14') }, 'Add clip "quoted"\n\nWith a body: é', 3000);
	source.git('switch', '--quiet', 'main');
	source.commit({ 'stable_diffusion.json': IMAGE.replace('ckpt', 'ckpt ') }, 'Change Foo', 3500);
	source.git('merge', '--quiet', '--no-ff', '-m', 'Merge side', 'side');
	source.commit({ 'db.json': '{\n}\n' }, 'Empty the text models', 4000);
	source.commit({ 'stable_diffusion.json': IMAGE }, 'Mend Foo', 4500);
	return source;
}

function textSource(): TemporaryRepository {
	const source = TemporaryRepository.create();
	source.commit({ 'db.json': textReference('A/One-7B'), 'models.csv': 'name\n' }, 'Add text', 1500);
	source.commit(
		{ 'db.json': textReference('A/One-7B', 'B/Two-7B'), 'defaults.json': '{}' },
		'Add another',
		5000,
	);
	return source;
}

function empty(): TemporaryRepository {
	return TemporaryRepository.create();
}

/** Who, when and what of each commit of a file, newest first. */
function log(repository: TemporaryRepository, file: string, branch = 'HEAD'): string {
	return repository.git('log', '--format=%an <%ae> %at %cn <%ce> %ct %B', branch, '--', file);
}

describe('import', () => {
	test('two_originals_make_one_repository_with_the_history_of_each_file', async () => {
		const [image, text, target] = [imageSource(), textSource(), empty()];
		await bring(target, image.directory);
		const { files, branch } = await bring(target, text.directory);
		expect(branch).toBe('main');
		for (const file of ['stable_diffusion.json', 'clip.json'])
			expect(log(target, file)).toBe(log(image, file));
		for (const file of ['db.json', 'models.csv', 'defaults.json'])
			expect(log(target, file)).toBe(log(text, file));
		expect(files).toContainEqual({
			file: 'db.json',
			category: 'text_generation',
			models: 2,
			commits: 2,
			invalidRecords: 0,
			outcome: 'imported',
		});
		expect(target.git('status', '--porcelain')).toBe('');
		expect(target.git('fsck', '--strict')).toBe('');
		expect(target.git('for-each-ref', '--format=%(refname)', 'refs/heads', 'refs/horde/importing')).toBe(
			'refs/heads/main',
		);
	});

	test('the_order_of_the_two_makes_no_difference_to_what_is_there', async () => {
		const [image, text, target] = [imageSource(), textSource(), empty()];
		await bring(target, text.directory);
		const { files } = await bring(target, image.directory);
		expect(log(target, 'db.json')).toBe(log(text, 'db.json'));
		expect(log(target, 'stable_diffusion.json')).toBe(log(image, 'stable_diffusion.json'));
		expect(files).toContainEqual(expect.objectContaining({ file: 'db.json', outcome: 'empty' }));
	});

	test('leaves_unrelated_files_and_their_objects_out', async () => {
		const [image, target] = [imageSource(), empty()];
		await bring(target, image.directory);
		expect(target.git('ls-files').split('\n').sort()).toEqual(['clip.json', 'stable_diffusion.json']);
		const picture = image.git('rev-parse', 'HEAD:pictures/a.png');
		expect(() => target.git('cat-file', '-e', picture)).toThrow();
	});

	test('run_again_brings_nothing_and_later_only_what_is_new', async () => {
		const [image, target] = [imageSource(), empty()];
		await bring(target, image.directory);
		const head = target.git('rev-parse', 'HEAD');
		const again = await bring(target, image.directory);
		expect(target.git('rev-parse', 'HEAD')).toBe(head);
		expect(again.files.every(({ outcome }) => outcome !== 'imported')).toBe(true);
		image.commit({ 'clip.json': clipReference('ViT-L/14', 'ViT-H/14') }, 'Add a clip model', 6000);
		const later = await bring(target, image.directory);
		expect(later.files).toContainEqual(
			expect.objectContaining({ file: 'clip.json', models: 2, outcome: 'imported' }),
		);
		// The new commit was put on top of what was there: history was extended, not rewritten.
		expect(target.git('rev-parse', 'HEAD~1')).toBe(head);
		expect(log(target, 'clip.json')).toBe(log(image, 'clip.json'));
	});

	test('new_commits_of_both_sides_are_joined', async () => {
		const [image, target] = [imageSource(), empty()];
		await bring(target, image.directory);
		const ours = clipReference('ViT-L/14', 'ours');
		target.commit({ 'clip.json': ours }, 'Add ours');
		const theirs = IMAGE.replace('ckpt', 'ckpt  ');
		image.commit({ 'stable_diffusion.json': theirs }, 'Change Foo again');
		await bring(target, image.directory);
		expect(target.git('show', 'HEAD:clip.json')).toBe(ours.trimEnd());
		expect(target.git('show', 'HEAD:stable_diffusion.json')).toBe(theirs.trimEnd());
		expect(target.git('status', '--porcelain')).toBe('');
	});

	test('a_file_that_changed_on_both_sides_is_refused_until_a_side_is_preferred', async () => {
		const [image, target] = [imageSource(), empty()];
		await bring(target, image.directory);
		const [ours, theirs] = [clipReference('ours'), clipReference('theirs')];
		const head = target.commit({ 'clip.json': ours }, 'Change clip');
		image.commit({ 'clip.json': theirs }, 'Change clip too');
		await expect(bring(target, image.directory)).rejects.toMatchObject({
			code: 'import-conflict',
			message: expect.stringMatching(/^clip\.json changed here and in the source.*--prefer source/),
		});
		expect(target.git('rev-parse', 'HEAD')).toBe(head);
		await bring(target, image.directory, { preference: 'source' });
		expect(target.git('show', 'HEAD:clip.json')).toBe(theirs.trimEnd());
	});

	test('what_is_emptied_at_the_source_stays_here', async () => {
		const [image, target] = [imageSource(), empty()];
		await bring(target, image.directory, { branches: ['side'] });
		image.commit({ 'clip.json': '{}' }, 'Empty clip');
		const { files } = await bring(target, image.directory, { branches: ['side'] });
		expect(files).toContainEqual(expect.objectContaining({ file: 'clip.json', models: 1, outcome: 'kept' }));
		expect(target.git('show', 'HEAD:clip.json')).toBe(clipReference('ViT-L/14').trimEnd());
	});

	test('a_file_that_is_emptied_everywhere_stays_and_what_else_is_new_still_comes', async () => {
		const source = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		source.commit({ 'blip.json': '{"B": {"name": "B"}}' }, 'Add blip');
		source.commit({ 'clip.json': clipReference('a', 'b') }, 'Add b');
		const target = empty();
		await bring(target, source.directory);
		const before = target.git('rev-parse', 'HEAD');
		const newer = '{"B": {"name": "B", "style": "x"}}';
		source.commit({ 'clip.json': '{}', 'blip.json': newer }, 'Empty clip, change blip');
		await bring(target, source.directory);
		expect(target.git('show', 'HEAD:clip.json')).toBe(clipReference('a', 'b').trimEnd());
		expect(target.git('show', 'HEAD:blip.json')).toBe(newer);
		// Extended, not brought a second time beside itself.
		expect(target.git('rev-list', '--max-parents=0', '--count', 'HEAD')).toBe('1');
		expect(target.git('merge-base', before, 'HEAD')).toBe(before);
	});

	test('what_was_taken_back_here_after_an_import_does_not_come_again', async () => {
		const [image, target] = [imageSource(), empty()];
		await bring(target, image.directory);
		target.git('reset', '--quiet', '--hard', 'HEAD~1');
		const head = target.git('rev-parse', 'HEAD');
		await bring(target, image.directory);
		expect(target.git('rev-parse', 'HEAD')).toBe(head);
	});

	test('starter_records_give_way_to_real_ones', async () => {
		const directory = path.join(temporaryDirectory(), 'data');
		await initRepository(directory, { empty: false });
		const target = new TemporaryRepository(directory);
		const image = imageSource();
		await bring(target, image.directory);
		expect(target.git('show', 'HEAD:stable_diffusion.json')).toBe(IMAGE.trimEnd());
		expect(target.git('status', '--porcelain')).toBe('');
		expect(log(target, 'stable_diffusion.json')).toBe(log(image, 'stable_diffusion.json'));
	});

	test('further_branches_come_with_what_they_hold', async () => {
		const [image, target] = [imageSource(), empty()];
		image.git('switch', '--quiet', '-c', 'beta');
		image.commit({ 'lora.json': '{"beta": {}}', 'clip.json': clipReference('beta') }, 'Try a beta', 7000);
		image.git('switch', '--quiet', 'main');
		const { branches } = await bring(target, image.directory, { branches: ['beta'] });
		expect(branches).toEqual(['beta']);
		expect(target.git('show', 'beta:lora.json')).toBe('{"beta": {}}');
		expect(target.git('diff', '--name-only', 'main...beta')).toBe('clip.json\nlora.json');
		expect(target.git('symbolic-ref', '--short', 'HEAD')).toBe('main');
	});

	test('into_a_folder_keeps_the_history_of_each_file_there', async () => {
		const [image, target] = [
			imageSource(),
			TemporaryRepository.create({ 'README.md': 'ours', 'refs/.keep': '' }),
		];
		await bring(target, image.directory, {}, 'refs');
		for (const file of ['stable_diffusion.json', 'clip.json']) {
			expect(log(target, `refs/${file}`)).toBe(log(image, file));
		}
		expect(target.git('ls-files').split('\n').sort()).toEqual([
			'README.md',
			'refs/.keep',
			'refs/clip.json',
			'refs/stable_diffusion.json',
		]);
	});

	test('a_bundle_without_a_head_gives_its_main_branch', async () => {
		const [image, target] = [imageSource(), empty()];
		const bundle = path.join(temporaryDirectory(), 'image.bundle');
		image.git('bundle', 'create', '--quiet', bundle, 'main', 'side');
		await bring(target, bundle);
		expect(log(target, 'stable_diffusion.json')).toBe(log(image, 'stable_diffusion.json'));
	});

	test('a_url_is_cloned_without_the_blobs_that_are_not_wanted', async () => {
		const [image, target] = [imageSource(), empty()];
		image.git('config', 'uploadpack.allowFilter', 'true');
		image.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
		await bring(target, `file://${image.directory}`);
		expect(log(target, 'stable_diffusion.json')).toBe(log(image, 'stable_diffusion.json'));
		expect(target.git('fsck')).toBe('');
	});

	test('an_edit_that_is_not_committed_is_in_the_way_and_stays_as_it_is', async () => {
		const [image, target] = [imageSource(), empty()];
		await bring(target, image.directory);
		const head = target.git('rev-parse', 'HEAD');
		image.commit({ 'clip.json': clipReference('new') }, 'Change clip');
		target.write('clip.json', 'mine');
		await expect(bring(target, image.directory)).rejects.toMatchObject({
			code: 'dirty-tree',
			message: expect.stringMatching(/clip\.json.*git stash/s),
		});
		expect(target.git('rev-parse', 'HEAD')).toBe(head);
		expect(readFileSync(target.path('clip.json'), 'utf8')).toBe('mine');
	});

	test('a_file_that_git_does_not_know_is_not_overwritten', async () => {
		const target = empty();
		target.write('clip.json', 'mine');
		await expect(bring(target, imageSource().directory)).rejects.toMatchObject({ code: 'dirty-tree' });
		expect(readFileSync(target.path('clip.json'), 'utf8')).toBe('mine');
		expect(() => target.git('rev-parse', '--verify', '--quiet', 'main')).toThrow();
	});

	test('a_staged_file_survives_the_first_import', async () => {
		const target = empty();
		target.write('notes.md', 'mine');
		target.git('add', 'notes.md');
		await bring(target, imageSource().directory);
		expect(readFileSync(target.path('notes.md'), 'utf8')).toBe('mine');
		expect(target.git('status', '--porcelain')).toBe('A  notes.md');
	});

	test('a_ref_that_cannot_be_moved_leaves_the_work_tree_as_it_was', async () => {
		const [image, target] = [imageSource(), empty()];
		await bring(target, image.directory);
		const head = target.git('rev-parse', 'HEAD');
		image.commit({ 'clip.json': clipReference('new') }, 'Change clip');
		const hook = '#!/bin/sh\n[ "$1" = prepared ] && grep -q refs/heads/main && exit 1\nexit 0\n';
		target.write('.git/hooks/reference-transaction', hook);
		chmodSync(target.path('.git/hooks/reference-transaction'), 0o755);
		await expect(bring(target, image.directory)).rejects.toMatchObject({ code: 'git-failed' });
		expect(target.git('rev-parse', 'HEAD')).toBe(head);
		expect(target.git('status', '--porcelain')).toBe('');
		target.remove('.git/hooks/reference-transaction');
		await bring(target, image.directory);
		expect(target.git('show', 'HEAD:clip.json')).toBe(clipReference('new').trimEnd());
	});

	test('what_an_import_left_that_was_killed_between_tree_and_ref_is_finished_by_the_next', async () => {
		const [image, target] = [imageSource(), empty()];
		await bring(target, image.directory);
		image.commit({ 'clip.json': clipReference('new') }, 'Change clip');
		// As it would be: the new file staged and in the tree, the branch where it was, refs of the import left behind.
		target.write('clip.json', clipReference('new'));
		target.git('add', 'clip.json');
		target.git('update-ref', 'refs/horde/importing/999999999-x/main', 'HEAD');
		await bring(target, image.directory);
		expect(target.git('status', '--porcelain')).toBe('');
		expect(target.git('for-each-ref', 'refs/horde/importing')).toBe('');
	});

	test('an_interrupted_import_changes_nothing_and_leaves_nothing', async () => {
		const [image, target] = [imageSource(), empty()];
		const interruption = new AbortController();
		const onProgress = (text: string) => {
			if (text.startsWith('bringing')) interruption.abort();
		};
		const { signal } = interruption;
		await expect(bring(target, image.directory, { onProgress, signal })).rejects.toMatchObject({
			code: 'interrupted',
		});
		expect(target.git('for-each-ref')).toBe('');
		expect(target.git('status', '--porcelain')).toBe('');
	});

	test('a_link_in_the_place_of_a_category_file_is_refused', async () => {
		const source = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		symlinkSync('/etc/hostname', source.path('blip.json'));
		source.commit({}, 'Link blip');
		const target = empty();
		await expect(bring(target, source.directory)).rejects.toMatchObject({
			code: 'source-unusable',
			message: expect.stringContaining('blip.json is no ordinary file'),
		});
		expect(existsSync(target.path('clip.json'))).toBe(false);
	});

	test('another_repository_in_the_place_of_a_category_file_once_upon_a_time_is_no_obstacle', async () => {
		const source = TemporaryRepository.create({ 'README.md': 'x' });
		source.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},clip.json`);
		source.git('commit', '--quiet', '-m', 'Add a submodule by mistake');
		source.git('rm', '--quiet', '--cached', 'clip.json');
		source.commit({ 'clip.json': clipReference('a') }, 'Add clip');
		const target = empty();
		await bring(target, source.directory);
		expect(readFileSync(target.path('clip.json'), 'utf8')).toBe(clipReference('a'));
	});

	test('into_a_folder_whose_name_is_not_ascii', async () => {
		const target = TemporaryRepository.create({ 'données/.keep': '' });
		await bring(target, imageSource().directory, {}, 'données');
		expect(readFileSync(target.path('données/clip.json'), 'utf8')).toBe(clipReference('ViT-L/14'));
	});

	test('the_data_repository_itself_is_no_source', async () => {
		const target = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		await expect(bring(target, target.directory)).rejects.toMatchObject({
			code: 'source-unusable',
			message: expect.stringContaining('the data repository itself'),
		});
	});

	test('two_branches_of_the_source_cannot_come_to_one', async () => {
		const image = imageSource();
		await expect(bring(empty(), image.directory, { from: 'side', branches: ['main'] })).rejects.toMatchObject(
			{
				code: 'config-invalid',
				message: expect.stringContaining('main cannot come to refs/heads/main'),
			},
		);
	});

	test('a_branch_that_another_work_tree_has_checked_out_is_not_moved_under_it', async () => {
		const [image, target] = [imageSource(), empty()];
		await bring(target, image.directory, { branches: ['side'] });
		target.git('worktree', 'add', '--quiet', path.join(temporaryDirectory(), 'side'), 'side');
		await expect(bring(target, image.directory, { branches: ['side'] })).rejects.toMatchObject({
			code: 'dirty-tree',
		});
	});

	test.each<[string, () => string, string, string]>([
		['that_is_nowhere', () => '/nowhere/at/all', 'source-unusable', 'neither a URL nor the path'],
		['that_is_no_repository', () => temporaryDirectory(), 'source-unusable', 'not a git repository'],
		[
			'that_looks_like_an_option',
			() => '--upload-pack=touch /tmp/x',
			'source-unusable',
			'neither a URL nor the path',
		],
		['with_a_program_for_a_url', () => 'ext::sh -c date', 'source-unusable', 'neither a URL nor the path'],
		[
			'without_category_files',
			() => TemporaryRepository.create({ 'README.md': 'x' }).directory,
			'source-unusable',
			'no category file',
		],
		['that_cannot_be_reached', () => 'file:///nowhere/at/all.git', 'source-unusable', 'cannot be read'],
	])('a_source_%s_is_refused', async (_title, source, code, message) => {
		await expect(bring(empty(), source())).rejects.toMatchObject({
			code,
			message: expect.stringContaining(message),
		});
	});

	test('a_branch_that_is_not_there_is_refused_with_those_that_are', async () => {
		await expect(bring(empty(), imageSource().directory, { from: 'beta' })).rejects.toMatchObject({
			code: 'ref-unknown',
			message: expect.stringMatching(/no branch beta; it has main, side/),
		});
	});

	test('a_broken_file_is_brought_as_it_is_and_counted_as_broken', async () => {
		const source = TemporaryRepository.create({ 'clip.json': clipReference('a'), 'blip.json': '{"half' });
		const { files } = await bring(empty(), source.directory);
		expect(files).toContainEqual(
			expect.objectContaining({ file: 'blip.json', invalidRecords: null, outcome: 'imported' }),
		);
	});
});
