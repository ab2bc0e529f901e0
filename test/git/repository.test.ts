/** Opening directories that are not quite what they should be. */

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { openRepository, repositoryState } from '../../src/git/repository.ts';
import { TemporaryRepository, temporaryDirectory } from '../support/temporary-repository.ts';

describe('openRepository', () => {
	test('finds_the_top_the_git_directory_and_the_data', async () => {
		const repository = TemporaryRepository.create({ 'data/clip.json': '{}' });
		const opened = await openRepository(repository.directory, './data/');
		expect(opened).toMatchObject({
			root: repository.directory,
			gitDirectory: repository.path('.git'),
			commonDirectory: repository.path('.git'),
			dataDirectory: repository.path('data'),
			pathPrefix: 'data/',
			objectFormat: 'sha1',
		});
	});

	test('a_directory_that_is_not_there_is_refused_with_the_command_that_makes_one', async () => {
		const directory = path.join(temporaryDirectory(), 'nothing');
		await expect(openRepository(directory)).rejects.toMatchObject({
			code: 'not-a-directory',
			message: expect.stringContaining(`horde-references init --repo ${directory}`),
		});
	});

	test('a_directory_that_is_no_repository_is_refused_with_the_command_that_makes_one', async () => {
		await expect(openRepository(temporaryDirectory())).rejects.toMatchObject({
			code: 'not-a-repository',
			message: expect.stringContaining('horde-references init --repo'),
		});
	});

	test('a_bare_repository_is_refused_with_the_command_that_makes_a_work_tree', async () => {
		const directory = temporaryDirectory();
		new TemporaryRepository(directory).git('init', '--quiet', '--bare');
		await expect(openRepository(directory)).rejects.toMatchObject({
			code: 'bare-repository',
			message: expect.stringContaining('git clone'),
		});
	});

	test('a_repository_of_another_user_is_refused_with_the_command_that_trusts_it', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': '{}' });
		vi.stubEnv('GIT_TEST_ASSUME_DIFFERENT_OWNER', '1');
		try {
			await expect(openRepository(repository.directory)).rejects.toMatchObject({
				code: 'unsafe-directory',
				message: expect.stringContaining(`git config --global --add safe.directory ${repository.directory}`),
			});
		} finally {
			vi.unstubAllEnvs();
		}
	});

	test('a_folder_of_another_repository_is_not_taken_for_one', async () => {
		const repository = TemporaryRepository.create({ 'data/clip.json': '{}' });
		await expect(openRepository(repository.path('data'))).rejects.toMatchObject({
			code: 'not-the-top',
			message: expect.stringContaining(`--repo ${repository.directory} --subdir data`),
		});
	});

	test.each(['../elsewhere', '/etc', 'a/../../b'])('the_folder_%s_is_refused', async (subdir) => {
		const repository = TemporaryRepository.create({ 'clip.json': '{}' });
		await expect(openRepository(repository.directory, subdir)).rejects.toMatchObject({
			code: 'config-invalid',
		});
	});

	test('a_folder_that_is_not_there_is_refused', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': '{}' });
		await expect(openRepository(repository.directory, 'data')).rejects.toMatchObject({
			code: 'not-a-directory',
		});
	});

	test('variables_of_a_surrounding_git_do_not_lead_to_another_repository', async () => {
		const [repository, other] = [
			TemporaryRepository.create({ a: '1' }),
			TemporaryRepository.create({ b: '1' }),
		];
		vi.stubEnv('GIT_DIR', other.path('.git'));
		vi.stubEnv('GIT_WORK_TREE', other.directory);
		vi.stubEnv('GIT_INDEX_FILE', other.path('.git/index'));
		try {
			expect(await openRepository(repository.directory)).toMatchObject({ root: repository.directory });
		} finally {
			vi.unstubAllEnvs();
		}
	});
});

describe('repositoryState', () => {
	test('an_ordinary_repository_has_a_branch_a_head_and_no_warnings', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': '{}' });
		expect(await repositoryState(await openRepository(repository.directory))).toEqual({
			branch: 'main',
			head: repository.git('rev-parse', 'HEAD'),
			warnings: [],
		});
	});

	test('a_new_repository_has_a_branch_without_a_commit', async () => {
		const repository = TemporaryRepository.create();
		mkdirSync(repository.path('data'));
		const state = await repositoryState(await openRepository(repository.directory));
		expect(state).toMatchObject({ branch: 'main', head: undefined });
		expect(state.warnings).toEqual([expect.stringContaining('git -C')]);
	});
});
