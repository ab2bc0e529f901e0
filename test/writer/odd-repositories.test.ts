/** Repositories and settings that maintainers have: the writer commits in each as in any other. */

import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { create, expectSound, openCommitter, remove, subjects, update } from '../support/committer.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository, temporaryDirectory } from '../support/temporary-repository.ts';
import { startWriteService } from '../support/write-service.ts';

const CLIP = clipReference('a');

function start(): TemporaryRepository {
	return TemporaryRepository.create({ 'clip.json': CLIP, 'README.md': 'read me\n' });
}

function configured(...settings: readonly string[]): () => TemporaryRepository {
	return () => {
		const repository = start();
		for (const setting of settings) {
			const [name = '', value = ''] = setting.split('=');
			repository.git('config', name, value);
		}
		return repository;
	};
}

const HOOKS = [
	'pre-commit',
	'commit-msg',
	'post-commit',
	'post-checkout',
	'post-index-change',
	'reference-transaction',
	'pre-auto-gc',
	'fsmonitor-watchman',
];

/** A hook that fails and tells that it was asked. */
function withFailingHooks(): TemporaryRepository {
	const repository = start();
	for (const hook of HOOKS) {
		const file = repository.path(`.git/hooks/${hook}`);
		repository.write(`.git/hooks/${hook}`, '#!/bin/sh\ntouch "$(git rev-parse --git-dir)/asked"\nexit 1\n');
		chmodSync(file, 0o755);
	}
	return repository;
}

function clone(...options: readonly string[]): TemporaryRepository {
	const origin = start();
	const directory = path.join(temporaryDirectory(), 'clone');
	origin.git('clone', '--quiet', ...options, `file://${origin.directory}`, directory);
	return new TemporaryRepository(directory);
}

interface Kind {
	readonly title: string;
	readonly make: () => TemporaryRepository;
	readonly subdir?: string;
}

const KINDS: readonly Kind[] = [
	{ title: 'with_hooks_that_fail', make: withFailingHooks },
	{
		title: 'that_signs_commits',
		make: configured('commit.gpgsign=true', 'gpg.program=false', 'user.signingkey=x'),
	},
	{ title: 'that_demands_an_identity', make: configured('user.useConfigOnly=true') },
	{ title: 'with_an_empty_name', make: configured('user.name=', 'user.email=') },
	{ title: 'with_crlf_in_the_work_tree', make: configured('core.autocrlf=true') },
	{ title: 'that_takes_crlf_from_the_work_tree', make: configured('core.autocrlf=input') },
	{ title: 'without_file_modes', make: configured('core.fileMode=false', 'core.symlinks=false') },
	{ title: 'with_many_files', make: configured('feature.manyFiles=true', 'index.version=4') },
	{ title: 'with_a_split_index', make: configured('core.splitIndex=true') },
	{ title: 'without_reflogs', make: configured('core.logAllRefUpdates=false') },
	{ title: 'that_syncs_nothing', make: configured('core.fsync=none') },
	{ title: 'in_another_encoding', make: configured('i18n.commitEncoding=ISO-8859-1') },
	{
		title: 'with_packed_refs_and_objects',
		make: () => {
			const repository = start();
			repository.git('gc', '--quiet');
			return repository;
		},
	},
	{
		title: 'with_a_branch_in_a_folder',
		make: () => {
			const repository = start();
			repository.git('switch', '--quiet', '--create', 'release/2026/a');
			repository.git('pack-refs', '--all');
			return repository;
		},
	},
	{
		title: 'of_sha256',
		make: () => {
			const repository = new TemporaryRepository();
			repository.git('init', '--quiet', '--object-format=sha256');
			repository.commit({ 'clip.json': CLIP }, 'Add references');
			return repository;
		},
	},
	{ title: 'that_borrows_objects', make: () => clone('--shared') },
	{ title: 'that_is_shallow', make: () => clone('--depth=1') },
	{
		title: 'that_is_a_linked_work_tree',
		make: () => {
			const directory = path.join(temporaryDirectory(), 'linked');
			start().git('worktree', 'add', '--quiet', '-b', 'linked', directory);
			return new TemporaryRepository(directory);
		},
	},
	{
		title: 'that_is_sparse',
		make: () => {
			const repository = start();
			repository.commit({ 'elsewhere/large.json': '{}\n' }, 'Something else');
			repository.git('sparse-checkout', 'set', '--cone', 'docs');
			return repository;
		},
	},
	{
		title: 'with_its_files_in_a_folder',
		subdir: 'some folder/référence',
		make: () => TemporaryRepository.create({ 'some folder/référence/clip.json': CLIP }),
	},
	{
		title: 'that_keeps_crlf_by_attribute',
		make: () => {
			const repository = start();
			repository.commit({ '.gitattributes': '*.json text eol=crlf\n' }, 'Lines end as on Windows');
			repository.remove('clip.json');
			repository.git('checkout', '--quiet', '--', 'clip.json');
			return repository;
		},
	},
];

describe.each(KINDS)('a_repository_$title', ({ make, subdir = '' }) => {
	test('is_written_as_any_other', async () => {
		const repository = make();
		const file = path.join(subdir, 'clip.json');
		const before = repository.git('rev-parse', `HEAD:${file}`);
		const { commit, one, notices } = await openCommitter(repository, { subdir });
		const { outcomes } = await commit(create('é'), update('a', { description: 'x' }), remove('é'));
		expect(outcomes.map(({ kind }) => kind)).toEqual(['applied', 'applied', 'applied']);
		expect(await one(update('a', { description: 'About a' }))).toMatchObject({ kind: 'applied' });
		expect(repository.git('rev-parse', `HEAD:${file}`)).toBe(before);
		expect(subjects(repository, '-4').toReversed()).toEqual([
			'Add clip model é',
			'Update clip model a',
			'Remove clip model é',
			'Update clip model a',
		]);
		expect(notices).toEqual([]);
		expect(existsSync(repository.path('.git/asked'))).toBe(false);
		if (existsSync(repository.path('.git/hooks/pre-commit')))
			repository.git('config', 'core.hooksPath', 'none');
		expectSound(repository);
	});
});

test.each([
	['', 'sha1'],
	['', 'sha256'],
	['sub', 'sha1'],
])('a_repository_without_a_commit_gets_its_first (in "%s", %s)', async (subdir, format) => {
	const repository = new TemporaryRepository();
	repository.git('init', '--quiet', '--initial-branch=first/branch', `--object-format=${format}`);
	repository.write(path.join(subdir, 'unrelated.txt'), 'x\n');
	const { commit, one } = await openCommitter(repository, { subdir });
	const { outcomes, base } = await commit(create('a'), create('b'));
	expect(outcomes.map(({ kind }) => kind)).toEqual(['applied', 'applied']);
	expect(base).toBeUndefined();
	expect(await one(create('c'))).toMatchObject({ kind: 'applied' });
	expect(subjects(repository)).toEqual(['Add clip model c', 'Add clip model b', 'Add clip model a']);
	expect(repository.git('status', '--porcelain', '-uall')).toBe(`?? ${path.join(subdir, 'unrelated.txt')}`);
	expect(repository.git('fsck', '--strict')).toBe('');
});

test('a_file_of_a_repository_without_a_commit_is_its_owners', async () => {
	const repository = TemporaryRepository.create();
	repository.write('clip.json', CLIP);
	const { one } = await openCommitter(repository);
	expect(await one(create('b'))).toMatchObject({ kind: 'refused', code: 'dirty-tree' });
	expect(readFileSync(repository.path('clip.json'), 'utf8')).toBe(CLIP);
	repository.git('add', 'clip.json');
	expect(await one(create('b'))).toMatchObject({ kind: 'refused', code: 'dirty-tree' });
	repository.commit({}, 'Add references');
	expect(await one(create('b'))).toMatchObject({ kind: 'applied' });
	expectSound(repository);
});

test('the_operators_identity_is_the_committer_where_git_knows_it', async () => {
	const repository = configured('user.name=Op Erator', 'user.email=op@example.invalid')();
	const { one } = await openCommitter(repository);
	await one(create('b'));
	expect(repository.git('log', '-1', '--format=%an|%cn <%ce>')).toBe(
		'alice#1|Op Erator <op@example.invalid>',
	);
	expect(repository.git('reflog', '-1', '--format=%gn <%ge>')).toBe('Op Erator <op@example.invalid>');
});

test('a_repository_that_a_group_shares_stays_one_that_all_of_it_can_write', async () => {
	const repository = new TemporaryRepository();
	repository.git('init', '--quiet', '--shared=group');
	repository.commit({ 'clip.json': CLIP }, 'Add references');
	const objects = repository.path('.git/objects');
	const before = new Set(readdirSync(objects));
	const { one } = await openCommitter(repository);
	for (let count = 0; count < 5; count++) await one(create(`model ${count}`));
	const made = readdirSync(objects).filter((name) => !before.has(name));
	expect(made.length).toBeGreaterThan(0);
	for (const folder of made) {
		expect(statSync(path.join(objects, folder)).mode & 0o7777).toBe(statSync(objects).mode & 0o7777);
		for (const file of readdirSync(path.join(objects, folder))) {
			expect(statSync(path.join(objects, folder, file)).mode & 0o777).toBe(0o444);
		}
	}
	expect(statSync(repository.path('.git/index')).mode & 0o060).toBe(0o060);
});

test('a_table_that_is_no_text_is_not_written', async () => {
	const repository = TemporaryRepository.create({
		'db.json': '{}\n',
		'models.csv': Buffer.from('name,description\nold,caf\xe9\n', 'latin1'),
	});
	const { one } = await openCommitter(repository);
	const change = { ...create('new', { parameters: 1, baseline: '' }), category: 'text_generation' };
	const outcome = await one(change);
	expect(outcome).toMatchObject({ kind: 'refused', code: 'reference-broken' });
	expect(outcome).toHaveProperty('message', expect.stringContaining('models.csv is not valid UTF-8'));
	expectSound(repository);
});

test('a_service_with_crlf_in_the_work_tree_writes_and_serves_on', async () => {
	const repository = configured('core.autocrlf=true')();
	repository.remove('clip.json');
	repository.git('checkout', '--', 'clip.json');
	const service = await startWriteService(repository);
	expect(await service.post('clip', { name: 'b' })).toMatchObject({ status: 201 });
	const { etag } = Object.fromEntries((await service.get('clip.json')).headers);
	expect(await service.put('clip', { name: 'b', version: '2' }, { 'If-Match': etag ?? '' })).toMatchObject({
		status: 200,
	});
	writeFileSync(repository.path('touch'), '');
	expect(readFileSync(repository.path('clip.json'), 'utf8')).toContain('\r\n');
});
