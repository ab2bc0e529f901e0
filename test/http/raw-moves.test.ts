/** What raw reads answer when refs move, and in repositories that are not as usual. */

import { symlinkSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { rawRequest } from '../support/raw-request.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startTestService, type TestService } from '../support/test-service.ts';
import { startWriteService } from '../support/write-service.ts';

const IMAGES = '/Haidra-Org/AI-Horde-image-model-reference';
const OLD = clipReference('old');
const NEW = clipReference('new');
const WAIT = { timeout: 10_000, interval: 10 };

const ask = (service: Pick<TestService, 'url'>, path: string) => rawRequest(service.url, path);
const status = async (service: TestService, path: string) => (await ask(service, path)).status;

/** Both at the table and at the route. */
async function until(service: TestService, path: string, expected: string | number): Promise<void> {
	await vi.waitFor(async () => {
		for (const query of ['', '?x=1']) {
			const answer = await ask(service, path + query);
			const is = typeof expected === 'number' ? answer.status : answer.body.toString();
			expect(is).toBe(expected);
		}
	}, WAIT);
}

describe('a ref that moves', () => {
	test('is_followed_from_commit_to_commit', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': OLD });
		const service = await startTestService(repository);
		await until(service, '/raw/main/clip.json', OLD);
		await until(service, '/raw/HEAD/clip.json', OLD);
		repository.commit({ 'clip.json': NEW }, 'Change clip');
		await until(service, '/raw/main/clip.json', NEW);
		await until(service, '/raw/HEAD/clip.json', NEW);
	});

	test('is_followed_where_it_is_a_branch_that_is_not_checked_out_or_a_tag', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': OLD });
		const service = await startTestService(repository);
		await until(service, '/raw/zmodel/sd/clip.json', 404);
		repository.git('branch', 'zmodel/sd');
		await until(service, '/raw/zmodel/sd/clip.json', OLD);
		repository.git('tag', 'v1');
		await until(service, '/raw/v1/clip.json', OLD);
		const other = new TemporaryRepository();
		other.git('clone', '--quiet', repository.directory, '.');
		other.git('checkout', '--quiet', 'zmodel/sd');
		const commit = other.commit({ 'clip.json': NEW }, 'Change the beta');
		other.git('push', '--quiet', 'origin', 'zmodel/sd', 'HEAD:refs/tags/v2');
		await until(service, '/raw/refs/heads/zmodel/sd/clip.json', NEW);
		await until(service, '/raw/v2/clip.json', NEW);
		await until(service, `/raw/${commit}/clip.json`, NEW);
		await until(service, '/raw/main/clip.json', OLD);
		repository.git('tag', '--delete', 'v1');
		await until(service, '/raw/v1/clip.json', 404);
	});

	test('and_is_packed_stays_what_it_is', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': OLD });
		repository.git('branch', 'beta');
		const service = await startTestService(repository);
		await until(service, '/raw/beta/clip.json', OLD);
		repository.git('pack-refs', '--all', '--prune');
		await service.store.reload();
		await until(service, '/raw/beta/clip.json', OLD);
		repository.commit({ 'clip.json': NEW }, 'Change clip');
		repository.git('branch', '--force', 'beta');
		repository.git('pack-refs', '--all', '--prune');
		await until(service, '/raw/beta/clip.json', NEW);
	});

	test('backwards_takes_its_old_content_and_the_ids_of_its_old_commits_along', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': OLD });
		const service = await startTestService(repository);
		repository.git('checkout', '--quiet', '-b', 'beta');
		const secret = repository.commit({ 'clip.json': NEW, 'secret.txt': 'a key' }, 'A mistake');
		repository.git('checkout', '--quiet', 'main');
		for (const name of ['beta', secret, secret.slice(0, 8)]) {
			await until(service, `/raw/${name}/secret.txt`, 'a key');
		}
		repository.git('branch', '--force', 'beta', 'main');
		for (const name of ['beta', secret, secret.slice(0, 8)]) {
			await until(service, `/raw/${name}/secret.txt`, 404);
		}
		await until(service, '/raw/beta/clip.json', OLD);
		repository.git('branch', 'again', secret);
		await until(service, `/raw/${secret}/secret.txt`, 'a key');
		repository.git('branch', '--delete', '--force', 'again');
		await until(service, `/raw/${secret}/secret.txt`, 404);
		await until(service, '/raw/again/secret.txt', 404);
	});

	test('and_whose_old_commits_are_collected_is_served_on', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': OLD });
		const service = await startTestService(repository);
		repository.git('checkout', '--quiet', '-b', 'beta');
		const gone = repository.commit({ 'clip.json': NEW }, 'A mistake');
		repository.git('checkout', '--quiet', 'main');
		await until(service, `/raw/${gone}/clip.json`, NEW);
		repository.git('branch', '--delete', '--force', 'beta');
		repository.git('reflog', 'expire', '--expire=now', '--all');
		repository.git('gc', '--quiet', '--prune=now');
		await until(service, `/raw/${gone}/clip.json`, 404);
		const main = repository.git('rev-parse', 'main');
		await until(service, `/raw/${main}/clip.json`, OLD);
	});

	test('by_a_write_is_seen_by_the_next_read', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const service = await startWriteService(repository);
		const record = (description: string) => ({ name: 'a', type: 'clip', description });
		for (const description of ['one', 'two', 'three']) {
			const written = await service.put('clip', record(description));
			expect(written.status).toBeLessThan(300);
			for (const name of ['main', 'HEAD', repository.git('rev-parse', 'HEAD')]) {
				const answer = await ask(service, `/raw/${name}/clip.json`);
				expect(answer.body.toString()).toContain(`"${description}"`);
			}
			expect((await ask(service, '/raw/main/clip.json')).headers['x-reference-commit']).toBe(
				repository.git('rev-parse', 'HEAD'),
			);
		}
	});
});

describe('a tree', () => {
	test('that_holds_links_and_other_repositories_gives_out_only_files', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': OLD, 'run.sh': 'true\n' });
		symlinkSync('/etc/passwd', repository.path('passwd'));
		symlinkSync('clip.json', repository.path('link.json'));
		symlinkSync('/etc', repository.path('etc'));
		repository.git('update-index', '--chmod=+x', 'run.sh');
		const head = repository.git('rev-parse', 'HEAD');
		repository.git('add', '--all');
		repository.git('update-index', '--add', '--cacheinfo', `160000,${head},submodule`);
		repository.git('commit', '--quiet', '-m', 'Add what is no file');
		const service = await startTestService(repository);
		for (const path of ['passwd', 'link.json', 'etc', 'etc/passwd', 'submodule', 'submodule/clip.json']) {
			expect([path, await status(service, `/raw/main/${path}`)]).toEqual([path, 404]);
		}
		expect(await status(service, '/raw/main/run.sh')).toBe(200);
	});

	test('with_work_that_is_not_committed_is_served_as_committed', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': OLD });
		const service = await startTestService(repository);
		repository.write('clip.json', NEW);
		repository.write('new.txt', 'not committed');
		await service.until('clip', (_response, text) => text === NEW);
		await until(service, '/raw/main/clip.json', OLD);
		expect(await status(service, '/raw/main/new.txt')).toBe(404);
	});

	test('below_a_folder_is_at_its_top_under_raw_and_at_the_folder_for_github', async () => {
		const repository = TemporaryRepository.create({
			'data/clip.json': OLD,
			'clip.json': NEW,
			'README.md': 'x',
		});
		const service = await startTestService(repository, { subdir: 'data' });
		expect((await ask(service, '/raw/main/clip.json')).body.toString()).toBe(NEW);
		expect((await ask(service, '/raw/main/data/clip.json')).body.toString()).toBe(OLD);
		expect((await ask(service, `${IMAGES}/main/clip.json`)).body.toString()).toBe(OLD);
		expect(await status(service, `${IMAGES}/main/README.md`)).toBe(404);
		expect(await status(service, `${IMAGES}/main/../README.md`)).toBe(404);
	});
});

describe('main', () => {
	test('is_the_published_branch_at_the_urls_of_github_where_no_branch_has_the_name', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': OLD });
		repository.git('branch', '--move', 'main', 'master');
		const service = await startTestService(repository);
		expect(await status(service, '/raw/main/clip.json')).toBe(404);
		for (const path of [
			'main/clip.json',
			'refs/heads/main/clip.json',
			'raw/main/clip.json',
			'master/clip.json',
		]) {
			await until(service, `${IMAGES}/${path}`, OLD);
		}
		repository.commit({ 'clip.json': NEW }, 'Change clip');
		await until(service, `${IMAGES}/main/clip.json`, NEW);
		repository.git('branch', 'main', 'master~1');
		await until(service, `${IMAGES}/main/clip.json`, OLD);
	});

	test('is_what_is_checked_out_where_head_is_detached', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': OLD });
		repository.git('checkout', '--quiet', '--detach');
		const loose = repository.commit({ 'clip.json': NEW }, 'On no branch');
		repository.git('branch', '--move', 'main', 'other');
		const service = await startTestService(repository);
		await until(service, `${IMAGES}/main/clip.json`, NEW);
		await until(service, '/raw/HEAD/clip.json', NEW);
		await until(service, `/raw/${loose}/clip.json`, NEW);
		await until(service, '/raw/other/clip.json', OLD);
	});
});

describe('a repository', () => {
	test('without_a_commit_has_nothing_until_there_is_one', async () => {
		const repository = TemporaryRepository.create();
		repository.write('clip.json', OLD);
		const service = await startTestService(repository);
		for (const path of ['main', 'HEAD', '0'.repeat(40), 'abcd']) {
			expect(await status(service, `/raw/${path}/clip.json`)).toBe(404);
		}
		expect((await rawRequest(service.url, '/model_references/v1/clip?at=2025-01-01')).status).toBe(404);
		repository.commit({}, 'Add clip');
		await until(service, '/raw/main/clip.json', OLD);
	});

	test('with_sha256_objects_takes_its_longer_ids', async () => {
		const repository = new TemporaryRepository();
		repository.git('init', '--quiet', '--initial-branch=main', '--object-format=sha256');
		const id = repository.commit({ 'clip.json': OLD, 'deep/a.txt': 'a' }, 'Add clip');
		const service = await startTestService(repository);
		const whole = await ask(service, `/raw/${id}/deep/a.txt`);
		expect([whole.status, whole.headers['cache-control']]).toEqual([
			200,
			expect.stringContaining('immutable'),
		]);
		const short = await ask(service, `/raw/${id.slice(0, 40)}/clip.json`);
		expect(short.headers.etag).toBe(`"${repository.git('rev-parse', 'HEAD:clip.json')}"`);
		expect(short.headers['cache-control']).not.toContain('immutable');
	});

	test('that_is_shallow_has_what_it_holds_and_all_once_it_is_whole', async () => {
		const origin = TemporaryRepository.create({ 'clip.json': OLD });
		const first = origin.git('rev-parse', 'HEAD');
		const second = origin.commit({ 'clip.json': NEW }, 'Change clip');
		const clone = new TemporaryRepository();
		clone.git('clone', '--quiet', '--depth=1', `file://${origin.directory}`, '.');
		const service = await startTestService(clone);
		await until(service, `/raw/${second}/clip.json`, NEW);
		await until(service, `/raw/${first}/clip.json`, 404);
		clone.git('fetch', '--quiet', '--unshallow');
		await until(service, `/raw/${first}/clip.json`, OLD);
	});

	test('with_a_branch_whose_commit_is_lost_serves_the_others', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': OLD });
		const head = repository.git('rev-parse', 'HEAD');
		repository.write('.git/refs/heads/lost', `${'1'.repeat(40)}\n`);
		const service = await startTestService(repository);
		await until(service, '/raw/main/clip.json', OLD);
		await until(service, `/raw/${head}/clip.json`, OLD);
		await until(service, '/raw/lost/clip.json', 404);
		await until(service, `/raw/${'1'.repeat(40)}/clip.json`, 404);
	});

	test('in_which_a_short_id_means_two_commits_takes_a_longer_one', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': OLD });
		// By the birthday bound, two of some hundreds agree in four digits; until then there are more.
		const seen = new Map<string, string>();
		let pair: [string, string] | undefined;
		const tree = repository.git('rev-parse', 'HEAD^{tree}');
		let parent = repository.git('rev-parse', 'HEAD');
		for (let number = 0; pair === undefined && number < 3000; number++) {
			parent = repository.git('commit-tree', tree, '-p', parent, '-m', String(number));
			const twin = seen.get(parent.slice(0, 4));
			if (twin) pair = [twin, parent];
			seen.set(parent.slice(0, 4), parent);
		}
		repository.git('update-ref', 'refs/heads/main', parent);
		const [one, other] = pair ?? ['', ''];
		const service = await startTestService(repository);
		expect(await status(service, `/raw/${one.slice(0, 4)}/clip.json`)).toBe(404);
		for (const id of [one, other])
			expect(await status(service, `/raw/${id.slice(0, 20)}/clip.json`)).toBe(200);
	});
});

describe('settings', () => {
	test('name_the_repositories_of_github', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': OLD });
		const service = await startTestService(repository, { rawRepositories: ['Some-One/re.po_x'] });
		expect(await status(service, '/some-one/RE.PO_X/main/clip.json')).toBe(200);
		expect(await status(service, '/some-one/reXpo_x/main/clip.json')).toBe(404);
		expect(await status(service, `${IMAGES}/main/clip.json`)).toBe(404);
	});

	test('may_limit_raw_reads_like_all_others', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': OLD });
		const service = await startTestService(repository, { readsPerAddress: 3 });
		const statuses: number[] = [];
		for (let time = 0; time < 5; time++) statuses.push(await status(service, '/raw/main/clip.json'));
		expect(statuses).toEqual([200, 200, 200, 429, 429]);
	});

	test('open_raw_reads_to_pages_of_any_origin', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': OLD });
		const service = await startTestService(repository, { corsAllowedOrigins: ['*'] });
		for (let time = 0; time < 2; time++) {
			const answer = await rawRequest(service.url, '/raw/main/clip.json', {
				headers: { Origin: 'https://a.example' },
			});
			expect(answer.headers['access-control-allow-origin']).toBe('*');
			expect(answer.headers['x-request-id']).toBeDefined();
		}
	});
});
