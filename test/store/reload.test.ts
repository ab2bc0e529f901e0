/** What is published while a maintainer works in the tree by hand. */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository, temporaryDirectory } from '../support/temporary-repository.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

const GOOD = clipReference('ViT-L/14');
const BETTER = clipReference('ViT-L/14', 'ViT-H/14');

/** For what the watcher has to notice first. */
const WAIT = { timeout: 15_000, interval: 20 };

interface Ready {
	status: string;
	faults: {
		category: string;
		file: string;
		message: string;
		line?: number;
		column?: number;
		served: string | null;
	}[];
}

async function ready(service: TestService): Promise<Ready> {
	const response = await fetch(`${service.url}/readyz`);
	expect(response.status).toBe(200);
	return (await response.json()) as Ready;
}

/** Waits until the file is reported as faulty. */
async function untilFault(service: TestService, message: string): Promise<Ready> {
	for (;;) {
		const answer = await ready(service);
		if (answer.faults.some((fault) => fault.message.includes(message))) return answer;
		await setTimeout(10);
	}
}

async function body(service: TestService, path = 'clip'): Promise<string> {
	return (await fetch(service.v1(path))).text();
}

describe('a_file_that_is_edited_by_hand', () => {
	test('is_served_at_once_and_dated_by_its_edit_until_it_is_committed', async () => {
		const repository = TemporaryRepository.create();
		repository.commit({ 'clip.json': GOOD }, 'Add clip', 1_700_000_000);
		const service = await startTestService(repository);
		const before = await fetch(service.v1('clip'));
		expect(Date.parse(before.headers.get('last-modified') ?? '')).toBe(1_700_000_000_000);
		repository.write('clip.json', BETTER);
		await service.until('clip', (_response, text) => text === BETTER);
		const edited = await fetch(service.v1('clip'));
		expect(Date.parse(edited.headers.get('last-modified') ?? '')).toBeGreaterThan(1_700_000_000_000);
		repository.commit({}, 'Add a model', 1_700_000_500);
		const committed = new Date(1_700_000_500_000).toUTCString();
		await service.until('clip', (response) => response.headers.get('last-modified') === committed);
		expect(await body(service)).toBe(BETTER);
	});

	test.each<[string, string | Buffer, string, object]>([
		['broken', '{\n    "a": {,\n}\n', 'not valid JSON', { line: 2, column: 11 }],
		['half_written', BETTER.slice(0, -40), 'not valid JSON', {}],
		['emptied', '', 'the file is empty', { line: 1, column: 1 }],
		['turned_into_a_list', '[{"name": "a"}]', 'the top level must be an object', { line: 1, column: 1 }],
		['saved_in_another_encoding', Buffer.from(GOOD, 'utf16le'), '', {}],
	])(
		'and_%s_never_replaces_the_good_one_and_is_named_until_it_is_repaired',
		async (_title, content, message, place) => {
			const repository = TemporaryRepository.create({
				'clip.json': GOOD,
				'blip.json': '{"B": {"name": "B"}}',
			});
			const service = await startTestService(repository);
			repository.write('clip.json', content);
			const { status, faults } = await untilFault(service, message);
			expect(status).toBe('degraded');
			const served = repository.git('rev-parse', 'HEAD:clip.json');
			expect(faults).toEqual([
				expect.objectContaining({ category: 'clip', file: 'clip.json', served, ...place }),
			]);
			expect(await body(service)).toBe(GOOD);
			expect((await fetch(service.v1('blip'))).status).toBe(200);

			repository.write('clip.json', BETTER);
			await service.until('clip', (_response, text) => text === BETTER);
			expect(await ready(service)).toMatchObject({ status: 'ok', faults: [] });
		},
	);

	test('again_within_the_moment_in_which_the_system_tells_nothing_is_served_too', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': GOOD });
		const service = await startTestService(repository);
		for (const pause of [20, 30, 38, 42, 46, 49, 52, 58]) {
			repository.write('clip.json', GOOD);
			await setTimeout(pause);
			repository.write('clip.json', BETTER);
			await vi.waitFor(async () => expect(await body(service)).toBe(BETTER), {
				timeout: 5_000,
				interval: 10,
			});
			await setTimeout(100);
			expect(await body(service)).toBe(BETTER);
		}
	});

	test('keeps_the_time_since_which_it_is_broken_while_it_is_edited_on', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': GOOD });
		const service = await startTestService(repository);
		repository.write('clip.json', '{');
		const [first] = (await untilFault(service, 'close brace')).faults;
		repository.write('clip.json', '[1]');
		const [second] = (await untilFault(service, 'top level')).faults;
		expect(second).toMatchObject({ since: Reflect.get(first ?? {}, 'since') });
	});

	test('and_replaced_by_rename_is_served', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': GOOD });
		const service = await startTestService(repository);
		for (const content of [BETTER, GOOD, BETTER]) {
			repository.write('clip.json.new', content);
			renameSync(repository.path('clip.json.new'), repository.path('clip.json'));
			await service.until('clip', (_response, text) => text === content);
		}
	});

	test('and_deleted_is_served_on_until_the_deletion_is_committed', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': GOOD });
		const service = await startTestService(repository);
		repository.remove('clip.json');
		const { faults } = await untilFault(service, 'missing from the work tree');
		expect(faults).toHaveLength(1);
		expect(await body(service)).toBe(GOOD);
		repository.commit({}, 'Remove clip');
		await service.until('clip', (response) => response.status === 404);
		expect((await ready(service)).faults).toEqual([]);
	});

	test('and_added_without_git_knowing_it_is_served_but_has_no_metadata', async () => {
		const repository = TemporaryRepository.create({ 'blip.json': '{"B": {"name": "B"}}' });
		const service = await startTestService(repository);
		repository.write('clip.json', GOOD);
		await service.until('clip', (_response, text) => text === GOOD);
		expect((await fetch(service.v1('metadata/clip'))).status).toBe(404);
	});
});

describe('git_by_hand', () => {
	test('a_checkout_of_another_commit_is_followed_there_and_back', async () => {
		const repository = TemporaryRepository.create();
		const first = repository.commit({ 'clip.json': GOOD }, 'Add clip', 1_700_000_000);
		repository.commit({ 'clip.json': BETTER }, 'Add a model', 1_700_000_100);
		const service = await startTestService(repository);
		repository.git('checkout', '--quiet', '--detach', first);
		await service.until('clip', (_response, text) => text === GOOD);
		const old = new Date(1_700_000_000_000).toUTCString();
		await service.until('clip', (response) => response.headers.get('last-modified') === old);
		repository.git('checkout', '--quiet', 'main');
		await service.until('clip', (_response, text) => text === BETTER);
	});

	test('a_client_that_knows_only_the_date_gets_the_older_version_after_a_checkout', async () => {
		const repository = TemporaryRepository.create();
		const first = repository.commit({ 'clip.json': GOOD }, 'Add clip', 1_700_000_000);
		repository.commit({ 'clip.json': BETTER }, 'Add a model', 1_700_000_100);
		const service = await startTestService(repository);
		const newer = (await fetch(service.v1('clip'))).headers.get('last-modified') ?? '';
		repository.git('checkout', '--quiet', '--detach', first);
		await service.until('clip', (_response, text) => text === GOOD);
		const again = await fetch(service.v1('clip'), { headers: { 'If-Modified-Since': newer } });
		expect(again.status).toBe(200);
	});

	test('a_pull_of_many_commits_is_served_with_the_date_of_the_newest', async () => {
		const origin = TemporaryRepository.create({ 'clip.json': GOOD });
		const repository = new TemporaryRepository();
		repository.git('clone', '--quiet', origin.directory, '.');
		const service = await startTestService(repository);
		for (const time of [1_780_000_000, 1_780_000_100]) {
			origin.commit({ 'clip.json': clipReference(`model of ${time}`) }, 'Change clip', time);
		}
		repository.git('pull', '--quiet', '--ff-only');
		const newest = new Date(1_780_000_100_000).toUTCString();
		await service.until('clip', (response) => response.headers.get('last-modified') === newest);
		const { last_updated } = (await (await fetch(service.v1('metadata/clip/last_updated'))).json()) as {
			last_updated: number;
		};
		expect(last_updated).toBe(1_780_000_100);
	});

	test('a_commit_in_a_linked_work_tree_is_seen', async () => {
		const main = TemporaryRepository.create({ 'clip.json': GOOD });
		const linked = new TemporaryRepository(path.join(temporaryDirectory(), 'linked'));
		main.git('worktree', 'add', '--quiet', '-b', 'published', linked.directory);
		const service = await startTestService(linked);
		linked.commit({ 'clip.json': BETTER }, 'Add a model', 1_780_000_000);
		const date = new Date(1_780_000_000_000).toUTCString();
		await service.until('clip', (response) => response.headers.get('last-modified') === date);
	});
});

describe('a_repository_in_trouble', () => {
	test('whose_head_names_a_lost_commit_is_served_on_says_so_and_is_read_again_once_it_is_mended', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': GOOD });
		const head = repository.git('rev-parse', 'HEAD');
		const expectedErrors = ['reload failed; the last snapshot is served on'];
		const service = await startTestService(repository, { expectedErrors });
		repository.write('.git/refs/heads/main', `${'1'.repeat(40)}\n`);
		repository.remove('clip.json');
		await vi.waitFor(async () => {
			const answer = await ready(service);
			expect(answer).toMatchObject({
				status: 'degraded',
				trouble: { message: expect.stringContaining('fsck') },
			});
		}, WAIT);
		expect(await body(service)).toBe(GOOD);
		repository.write('.git/refs/heads/main', `${head}\n`);
		repository.write('clip.json', BETTER);
		await service.until('clip', (_response, text) => text === BETTER);
		expect(await ready(service)).toMatchObject({ status: 'ok', trouble: null });
	});

	test('that_fails_once_is_read_again_without_a_further_change', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': GOOD });
		const expectedErrors = ['reload failed; the last snapshot is served on'];
		const service = await startTestService(repository, { expectedErrors });
		const other = new TemporaryRepository();
		other.git('clone', '--quiet', '--no-hardlinks', repository.directory, '.');
		const head = other.commit({ 'clip.json': BETTER }, 'Add a model');
		repository.write('.git/refs/heads/main', `${head}\n`);
		await vi.waitFor(async () => expect((await ready(service)).status).toBe('degraded'), WAIT);
		// What was lacking comes without anything that is watched changing.
		cpSync(other.path('.git/objects'), repository.path('.git/objects'), { recursive: true });
		await vi.waitFor(async () => expect((await ready(service)).status).toBe('ok'), WAIT);
	});

	test.each<[string, (file: string) => void, string]>([
		['a_link', (file) => symlinkSync('/proc/self/environ', file), 'symbolic link'],
		['a_link_to_another_reference', (file) => symlinkSync('blip.json', file), 'symbolic link'],
		['a_folder', (file) => mkdirSync(file), 'not an ordinary file'],
		['a_pipe', (file) => execFileSync('mkfifo', [file]), 'not an ordinary file'],
	])('with_%s_for_a_file_serves_the_last_good_one', async (_title, make, message) => {
		const repository = TemporaryRepository.create({ 'clip.json': GOOD, 'blip.json': '{"B": {"name": "B"}}' });
		const service = await startTestService(repository);
		repository.remove('clip.json');
		make(repository.path('clip.json'));
		await untilFault(service, message);
		expect(await body(service)).toBe(GOOD);
	});

	test('whose_folder_goes_away_and_comes_back_is_watched_as_before', async () => {
		const repository = TemporaryRepository.create({ 'README.md': 'x' });
		repository.commit({ 'data/refs/clip.json': GOOD }, 'Add clip');
		const service = await startTestService(repository, { subdir: 'data/refs' });
		repository.git('checkout', '--quiet', '--detach', 'HEAD~1');
		await service.until('clip', (response) => response.status === 404);
		repository.git('checkout', '--quiet', 'main');
		await service.until('clip', (_response, text) => text === GOOD);
		repository.write('data/refs/clip.json', BETTER);
		await service.until('clip', (_response, text) => text === BETTER);
	});

	test('that_was_shallow_is_counted_anew_once_it_is_whole', async () => {
		const origin = TemporaryRepository.create({ 'clip.json': clipReference('gone') });
		origin.commit({ 'clip.json': GOOD }, 'Change clip');
		const clone = new TemporaryRepository();
		clone.git('clone', '--quiet', '--depth=1', `file://${origin.directory}`, '.');
		const service = await startTestService(clone);
		const totals = async () => {
			const answer = (await (await fetch(service.v1('metadata/clip'))).json()) as Record<string, number>;
			return [answer.total_creates, answer.total_deletes];
		};
		expect(await totals()).toEqual([1, 0]);
		clone.git('fetch', '--quiet', '--unshallow');
		await vi.waitFor(async () => expect(await totals()).toEqual([2, 1]), WAIT);
	});

	test('with_a_record_nested_beyond_reason_keeps_the_metadata_of_the_others', async () => {
		const deep = (name: string) => `{"${name}": {"x": ${'['.repeat(20_000)}${']'.repeat(20_000)}}}`;
		const repository = TemporaryRepository.create({
			'clip.json': deep('a'),
			'blip.json': '{"B": {"name": "B"}}',
		});
		repository.commit({ 'clip.json': deep('a').replace('"x"', '"y"') }, 'Change clip');
		const service = await startTestService(repository);
		const all = (await (await fetch(service.v1('metadata/metadata'))).json()) as Record<string, object>;
		expect(all.blip).toMatchObject({ total_creates: 1 });
		expect(all.clip).toMatchObject({ total_creates: 1, total_updates: 1 });
	});
});

describe('at_start', () => {
	test('a_file_that_is_broken_in_the_work_tree_is_served_as_committed', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': GOOD });
		repository.write('clip.json', '{"half');
		const service = await startTestService(repository);
		expect(await body(service)).toBe(GOOD);
		const { faults } = await ready(service);
		expect(faults).toEqual([
			expect.objectContaining({ served: repository.git('rev-parse', 'HEAD:clip.json') }),
		]);
	});

	test('a_file_that_was_committed_broken_is_served_as_it_was_when_it_last_was_good', async () => {
		const repository = TemporaryRepository.create();
		repository.commit({ 'clip.json': GOOD }, 'Add clip', 1_700_000_000);
		const served = repository.git('rev-parse', 'HEAD:clip.json');
		for (const broken of ['{"half', '{"half of it']) repository.commit({ 'clip.json': broken }, 'Break it');
		const service = await startTestService(repository);
		const response = await fetch(service.v1('clip'));
		expect(await response.text()).toBe(GOOD);
		expect(response.headers.get('last-modified')).toBe(new Date(1_700_000_000_000).toUTCString());
		expect((await ready(service)).faults).toEqual([expect.objectContaining({ served })]);
	});

	test('a_file_that_never_was_good_is_not_served_and_says_so', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': '[1, 2]' });
		const service = await startTestService(repository);
		expect((await fetch(service.v1('clip'))).status).toBe(404);
		expect((await ready(service)).faults).toEqual([
			expect.objectContaining({ category: 'clip', served: null }),
		]);
	});

	test('a_repository_without_commits_serves_its_files', async () => {
		const repository = TemporaryRepository.create();
		repository.write('clip.json', GOOD);
		const service = await startTestService(repository);
		expect(await body(service)).toBe(GOOD);
		expect(service.log.some(({ msg }) => String(msg).includes('no commit'))).toBe(true);
		repository.commit({}, 'Add clip', 1_700_000_000);
		const date = new Date(1_700_000_000_000).toUTCString();
		await service.until('clip', (response) => response.headers.get('last-modified') === date);
	});

	test.each([
		[
			'a_detached_head',
			(repository: TemporaryRepository) => repository.git('checkout', '--quiet', '--detach'),
			'git -C',
		],
		[
			'a_shallow_clone',
			(repository: TemporaryRepository) => {
				const origin = `file://${repository.directory}`;
				const clone = new TemporaryRepository();
				clone.git('clone', '--quiet', '--depth=1', origin, '.');
				return clone;
			},
			'fetch --unshallow',
		],
	])('%s_is_served_with_a_warning_that_says_what_mends_it', async (_title, change, cure) => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('old') });
		repository.commit({ 'clip.json': GOOD }, 'Change clip');
		const changed = change(repository);
		const service = await startTestService(changed instanceof TemporaryRepository ? changed : repository);
		expect(await body(service)).toBe(GOOD);
		expect(service.log.some(({ level, msg }) => level === 40 && String(msg).includes(cure))).toBe(true);
	});

	test('files_in_a_folder_of_the_repository_are_served_and_dated_by_their_history', async () => {
		const repository = TemporaryRepository.create({ 'README.md': 'x' });
		repository.commit({ 'data/refs/clip.json': GOOD, 'clip.json': BETTER }, 'Add clip', 1_700_000_000);
		const service = await startTestService(repository, { subdir: 'data/refs/' });
		const response = await fetch(service.v1('clip'));
		expect(await response.text()).toBe(GOOD);
		expect(response.headers.get('last-modified')).toBe(new Date(1_700_000_000_000).toUTCString());
		repository.write('data/refs/clip.json', BETTER);
		await service.until('clip', (_response, text) => text === BETTER);
	});

	test('a_repository_with_sha256_objects_has_sha256_tags', async () => {
		const repository = new TemporaryRepository();
		repository.git('init', '--quiet', '--initial-branch=main', '--object-format=sha256');
		repository.commit({ 'clip.json': GOOD }, 'Add clip');
		const service = await startTestService(repository);
		const response = await fetch(service.v1('clip'), { headers: { 'Accept-Encoding': 'identity' } });
		expect(response.headers.get('etag')).toBe(`"${repository.git('rev-parse', 'HEAD:clip.json')}"`);
	});

	test('counts_kept_by_an_earlier_process_are_used_and_wrong_ones_are_not', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': GOOD });
		const describeClip = async (service: TestService) => (await fetch(service.v1('metadata/clip'))).json();
		const first = await startTestService(repository);
		const expected = await describeClip(first);
		expect(expected).toMatchObject({ total_creates: 1 });
		await first.stop();
		repository.write('.git/horde-references/history.jsonl', '{"format": 1, "half');
		expect(await describeClip(await startTestService(repository))).toEqual(expected);
	});
});
