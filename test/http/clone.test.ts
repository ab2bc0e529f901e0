/** What real git gets from `/references.git`: clones of every kind, of every kind of repository; and no pushes. */

import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { clone, gitClient, gitDone, refsOf } from '../support/git-client.ts';
import { clipReference } from '../support/records.ts';
import { serviceForSuite } from '../support/suite-service.ts';
import { TemporaryRepository, temporaryDirectory } from '../support/temporary-repository.ts';
import { startTestService, type TestServiceOptions } from '../support/test-service.ts';

/** What stands in the place of the ledger here is none. */
const WITHOUT_QUEUE = { writes: 'direct' } as const;

const VERSIONS = ['0', '1', '2'] as const;

describe('a repository with tags, other branches and stashes', () => {
	const service = serviceForSuite((repository) => {
		repository.git('init', '--quiet', '--initial-branch=main');
		repository.commit({ 'clip.json': clipReference('a'), 'notes/old.txt': 'old' }, 'Add references');
		repository.git('tag', 'plain');
		repository.commit({ 'clip.json': clipReference('a', 'b') }, 'Add b');
		repository.git('tag', '-a', 'v1', '-m', 'First');
		repository.git('tag', '-a', 'v1-again', '-m', 'Of a tag', 'v1');
		repository.git('switch', '--quiet', '-c', 'pending/1');
		repository.commit({ 'clip.json': clipReference('hidden') }, 'Propose');
		repository.git('update-ref', 'refs/horde/queue', 'HEAD');
		repository.git('switch', '--quiet', '-c', 'draft', 'main');
		repository.git('switch', '--quiet', 'main');
		repository.commit({ 'clip.json': clipReference('a', 'b', 'c') }, 'Add c');
		repository.write('clip.json', clipReference('stashed'));
		repository.git('stash');
	}, WITHOUT_QUEUE);
	const url = () => `${service.url}/references.git`;
	const head = () => service.repository.git('rev-parse', 'main');

	test.each(VERSIONS)('shows_the_published_branch_and_tags_and_no_more_in_version_%s', async (version) => {
		const refs = await refsOf(url(), '-c', `protocol.version=${version}`);
		expect([...refs.keys()]).toEqual([
			'HEAD',
			'refs/heads/main',
			'refs/tags/plain',
			'refs/tags/v1',
			'refs/tags/v1^{}',
			'refs/tags/v1-again',
			'refs/tags/v1-again^{}',
		]);
		expect(refs.get('HEAD')).toBe(head());
		expect(refs.get('refs/heads/main')).toBe(head());
	});

	test.each(VERSIONS)('is_cloned_whole_in_version_%s', async (version) => {
		const copy = await clone(url(), '-c', `protocol.version=${version}`);
		expect(await gitDone(copy, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main');
		expect(await gitDone(copy, 'rev-parse', 'HEAD')).toBe(head());
		expect(await gitDone(copy, 'tag')).toBe('plain\nv1\nv1-again');
		expect(readFileSync(path.join(copy, 'clip.json'), 'utf8')).toBe(clipReference('a', 'b', 'c'));
		expect((await gitClient(copy, 'fsck', '--full', '--strict')).stderr).not.toMatch(/error|missing|broken/);
		expect(await gitDone(copy, 'log', '--topo-order', '--all', '--format=%s')).toBe(
			'Add c\nAdd b\nAdd references',
		);
		// Nothing hidden came along.
		const held = await gitDone(copy, 'cat-file', '--batch-all-objects', '--batch-check=%(objectname)');
		for (const ref of ['pending/1', 'pending/1:clip.json', 'stash']) {
			expect(held).not.toContain(service.repository.git('rev-parse', ref));
		}
	});

	test('is_cloned_under_the_prefix_of_the_api_too', async () => {
		const copy = await clone(`${service.url}/api/references.git`);
		expect(await gitDone(copy, 'rev-parse', 'HEAD')).toBe(head());
	});

	test.each(VERSIONS)('is_cloned_shallow_and_deepened_in_version_%s', async (version) => {
		const configuration = ['-c', `protocol.version=${version}`];
		const copy = await clone(url(), ...configuration, '--depth=1');
		expect(await gitDone(copy, 'log', '--format=%s')).toBe('Add c');
		await gitDone(copy, ...configuration, 'fetch', '--deepen=1');
		expect(await gitDone(copy, 'log', '--format=%s')).toBe('Add c\nAdd b');
		await gitDone(copy, ...configuration, 'fetch', '--unshallow');
		expect(await gitDone(copy, 'log', '--format=%s')).toBe('Add c\nAdd b\nAdd references');
	});

	test.each(VERSIONS)('is_cloned_without_blobs_which_come_when_wanted_in_version_%s', async (version) => {
		const configuration = ['-c', `protocol.version=${version}`];
		const copy = await clone(url(), ...configuration, '--filter=blob:none', '--no-checkout');
		const missing = () => gitDone(copy, 'rev-list', '--objects', '--missing=print', '--all');
		expect((await missing()).match(/^\?/gm)).toHaveLength(4);
		await gitDone(copy, ...configuration, 'checkout');
		expect(readFileSync(path.join(copy, 'clip.json'), 'utf8')).toBe(clipReference('a', 'b', 'c'));
		expect((await missing()).match(/^\?/gm)).toHaveLength(2);
		expect(await gitDone(copy, ...configuration, 'show', 'v1:clip.json')).toBe(
			clipReference('a', 'b').trimEnd(),
		);
	});

	test.each(['tree:0', 'blob:limit=100', 'combine:blob:none+tree:2'])(
		'is_cloned_with_the_filter_%s',
		async (filter) => {
			const copy = await clone(url(), `--filter=${filter}`);
			expect(readFileSync(path.join(copy, 'clip.json'), 'utf8')).toBe(clipReference('a', 'b', 'c'));
			expect(await gitDone(copy, 'log', '-p', '--format=%s', '--', 'notes')).toContain('+old');
		},
	);

	test('lets_no_client_choose_an_object_as_the_rules_of_a_sparse_clone', async () => {
		const directory = path.join(temporaryDirectory(), 'clone');
		const filter = '--filter=sparse:oid=refs/heads/pending/1:clip.json';
		const { code, stderr } = await gitClient('.', 'clone', filter, url(), directory);
		expect(code).toBe(128);
		expect(stderr).toMatch(/filter 'sparse:oid' not supported/);
	});

	test.each(VERSIONS)('gives_a_published_commit_by_its_id_in_version_%s', async (version) => {
		const copy = temporaryDirectory();
		await gitDone(copy, 'init', '--quiet');
		const old = service.repository.git('rev-parse', 'main~2');
		await gitDone(copy, '-c', `protocol.version=${version}`, 'fetch', '--depth=1', url(), old);
		expect(await gitDone(copy, 'log', '--format=%s', 'FETCH_HEAD')).toBe('Add references');
	});

	test.each(
		VERSIONS.flatMap((version) =>
			['pending/1', 'pending/1^{tree}', 'pending/1:clip.json', 'stash'].map((hidden) => [hidden, version]),
		),
	)('does_not_give_%s_by_its_id_in_version_%s', async (hidden, version) => {
		const copy = temporaryDirectory();
		await gitDone(copy, 'init', '--quiet');
		const id = service.repository.git('rev-parse', hidden ?? '');
		const { code, stderr } = await gitClient(copy, '-c', `protocol.version=${version}`, 'fetch', url(), id);
		expect(code).toBe(128);
		expect(stderr).toContain(`remote error: upload-pack: not our ref ${id}`);
		expect((await gitClient(copy, 'cat-file', '-e', id)).code).not.toBe(0);
	});

	test('takes_no_push_and_says_where_changes_go', async () => {
		const copy = await clone(url());
		const { code, stderr } = await gitClient(copy, 'push', 'origin', 'HEAD:refs/heads/mine');
		expect(code).toBe(128);
		expect(stderr).toContain('remote: This repository takes no pushes.');
		expect(stderr).toContain('remote: POST or PUT a record to /api/model_references/v1/<category>');
		expect(stderr).toContain('403');
	});
});

describe('a service', () => {
	test('gives_a_clone_what_was_committed_since', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const url = `${(await startTestService(repository)).url}/references.git`;
		const copy = await clone(url);
		for (let index = 0; index < 3; index++) {
			const commit = repository.commit({ 'clip.json': clipReference('a', `b${index}`) }, `Add b${index}`);
			repository.git('tag', `t${index}`);
			await gitDone(copy, 'pull', '--quiet', '--ff-only');
			expect(await gitDone(copy, 'rev-parse', 'HEAD')).toBe(commit);
			expect(await gitDone(copy, 'rev-parse', `t${index}`)).toBe(commit);
		}
		// Each fetch brought the new commit, its tree and its blob.
		expect(await gitDone(copy, 'count-objects')).toMatch(/^9 objects/);
	});

	test('follows_the_published_branch_to_another', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const url = `${(await startTestService(repository)).url}/references.git`;
		repository.git('switch', '--quiet', '-c', 'nächste/ausgabe');
		repository.commit({ 'clip.json': clipReference('b') }, 'Add b');
		expect([...(await refsOf(url)).keys()]).toEqual(['HEAD', 'refs/heads/nächste/ausgabe']);
		expect(await gitDone(await clone(url), 'symbolic-ref', 'HEAD')).toBe('refs/heads/nächste/ausgabe');
	});

	const cloneOf = async (
		repository: TemporaryRepository | string,
		options: TestServiceOptions = {},
	): Promise<string> => clone(`${(await startTestService(repository, options)).url}/references.git`);

	test('clones_a_folder_of_a_repository_with_all_of_it', async () => {
		const repository = TemporaryRepository.create({ 'data/clip.json': clipReference('a'), 'code.py': '' });
		const copy = await cloneOf(repository, { subdir: 'data' });
		expect(await gitDone(copy, 'ls-files')).toBe('code.py\ndata/clip.json');
	});

	test.each([
		'two words',
		`it's "quoted"`,
		'-leading-dash',
		'$(touch x);`touch y`',
		'naïve ☃ 😀',
		'a=b',
		'trailing.git',
	])('clones_a_repository_in_a_folder_named_%j', async (name) => {
		const directory = path.join(temporaryDirectory(), name);
		mkdirSync(directory);
		const repository = new TemporaryRepository(directory);
		repository.git('init', '--quiet', '--initial-branch=main');
		const commit = repository.commit({ 'clip.json': clipReference('a') }, 'Add references');
		expect(await gitDone(await cloneOf(repository), 'rev-parse', 'HEAD')).toBe(commit);
	});

	test('clones_what_a_linked_work_tree_publishes', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const linked = path.join(temporaryDirectory(), 'linked');
		repository.git('worktree', 'add', '--quiet', '-b', 'published', linked);
		const commit = new TemporaryRepository(linked).commit({ 'clip.json': clipReference('b') }, 'Add b');
		const url = `${(await startTestService(linked)).url}/references.git`;
		expect(await refsOf(url)).toEqual(
			new Map([
				['HEAD', commit],
				['refs/heads/published', commit],
			]),
		);
		expect(readFileSync(path.join(await clone(url), 'clip.json'), 'utf8')).toBe(clipReference('b'));
	});

	test('clones_a_shallow_repository_as_far_as_it_goes', async () => {
		const origin = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		origin.commit({ 'clip.json': clipReference('b') }, 'Add b');
		const shallow = path.join(temporaryDirectory(), 'shallow');
		origin.git('clone', '--quiet', '--depth=1', `file://${origin.directory}`, shallow);
		const copy = await cloneOf(shallow);
		expect(await gitDone(copy, 'log', '--format=%s')).toBe('Add b');
		expect((await gitClient(copy, 'fsck')).code).toBe(0);
	});

	test('clones_a_repository_of_sha256', async () => {
		const repository = new TemporaryRepository();
		repository.git('init', '--quiet', '--initial-branch=main', '--object-format=sha256');
		const first = repository.commit({ 'clip.json': clipReference('a') }, 'Add references');
		repository.commit({ 'clip.json': clipReference('b') }, 'Add b');
		const url = `${(await startTestService(repository)).url}/references.git`;
		const copy = await clone(url, '--depth=1');
		await gitDone(copy, 'fetch', '--quiet', '--unshallow', 'origin', first);
		expect(await gitDone(copy, 'log', '--format=%s')).toBe('Add b\nAdd references');
	});

	test('clones_an_empty_repository_as_an_empty_one', async () => {
		const copy = await cloneOf(TemporaryRepository.create());
		expect(await gitDone(copy, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main');
	});

	test('clones_a_detached_head_with_its_history_and_no_branch', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const old = repository.git('rev-parse', 'HEAD');
		repository.git('switch', '--quiet', '--detach');
		const commit = repository.commit({ 'clip.json': clipReference('b') }, 'Add b');
		const url = `${(await startTestService(repository)).url}/references.git`;
		expect(await refsOf(url)).toEqual(new Map([['HEAD', commit]]));
		const copy = await clone(url, '--depth=1');
		expect(readFileSync(path.join(copy, 'clip.json'), 'utf8')).toBe(clipReference('b'));
		await gitDone(copy, 'fetch', '--quiet', '--depth=1', 'origin', old);
		expect(await gitDone(copy, 'log', '--format=%s', 'FETCH_HEAD')).toBe('Add references');
	});

	test('clones_what_another_user_owns_once_its_operator_trusts_it', async ({ onTestFinished }) => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const before = process.env.GIT_CONFIG_GLOBAL;
		onTestFinished(() => {
			process.env.GIT_CONFIG_GLOBAL = before;
			delete process.env.GIT_TEST_ASSUME_DIFFERENT_OWNER;
		});
		const configuration = path.join(temporaryDirectory(), 'gitconfig');
		repository.git('config', '--file', configuration, 'safe.directory', repository.directory);
		process.env.GIT_CONFIG_GLOBAL = configuration;
		process.env.GIT_TEST_ASSUME_DIFFERENT_OWNER = '1';
		const { url } = await startTestService(repository);
		delete process.env.GIT_TEST_ASSUME_DIFFERENT_OWNER;
		expect([...(await refsOf(`${url}/references.git`)).keys()]).toEqual(['HEAD', 'refs/heads/main']);
	});

	test('shows_no_more_because_the_repository_is_configured_to', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const hidden = repository.commit({ 'clip.json': clipReference('b') }, 'Add b');
		repository.git('branch', 'pending/1');
		repository.git('reset', '--quiet', '--hard', 'HEAD~1');
		for (const [name, value] of [
			['uploadpack.hideRefs', '!refs/heads/pending'],
			['transfer.hideRefs', '!refs'],
			['uploadpack.allowAnySHA1InWant', 'true'],
			['uploadpack.allowRefInWant', 'true'],
			['uploadpack.packObjectsHook', 'false'],
		] as const) {
			repository.git('config', '--add', name, value);
		}
		const url = `${(await startTestService(repository)).url}/references.git`;
		expect([...(await refsOf(url)).keys()]).toEqual(['HEAD', 'refs/heads/main']);
		const copy = await clone(url);
		expect((await gitClient(copy, 'fetch', 'origin', hidden)).code).toBe(128);
		expect((await gitClient(copy, 'fetch', 'origin', 'refs/heads/pending/1')).code).toBe(128);
	});
});
