/** The metrics: well-formed, and moved by exactly what happened. */

import { request } from 'node:http';
import { describe, expect, test, vi } from 'vitest';
import { firstState, follow } from '../support/event-stream.ts';
import { Exposition } from '../support/exposition.ts';
import { rawRequest } from '../support/raw-request.ts';
import { clipReference } from '../support/records.ts';
import { reviewer } from '../support/reviewer.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startTestService } from '../support/test-service.ts';
import { ALICE, CAROL, startWriteService } from '../support/write-service.ts';

const V1 = '/api/model_references/v1';
const READ = '/model_references/v1/{model_category_name}';
const REQUESTS = 'horde_references_http_requests_total';
const READS = 'horde_references_reads_total';
const DURATIONS = 'horde_references_http_request_duration_seconds_count';

const repository = () =>
	TemporaryRepository.create({
		'clip.json': clipReference(...Array.from({ length: 50 }, (_, i) => `model ${i}`)),
	});

describe('the exposition', () => {
	test.each(['/metrics', '/api/metrics'])('at_%s_is_what_prometheus_reads', async (path) => {
		const service = await startTestService(repository());
		const answer = await rawRequest(service.url, path);
		expect(answer.status).toBe(200);
		expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
		expect(answer.headers['cache-control']).toBe('no-store');
		const { families } = new Exposition(answer.body.toString());
		expect(families.size).toBeGreaterThan(20);
	});

	test('has_names_and_helps_as_the_conventions_want_them', async () => {
		const service = await startTestService(repository());
		await fetch(`${service.url}/livez`);
		for (const [name, { help, type, samples }] of (await Exposition.of(service.url)).families) {
			expect(name).toMatch(/^(horde_references|process|nodejs)_[a-z_]+[a-z]$/);
			expect(name.endsWith('_total'), name).toBe(type === 'counter');
			expect(name).not.toMatch(/milliseconds|_ms|kilobytes|_mb|_count$|_sum$|_bucket$/);
			expect(help, name).toMatch(/^[A-Z].*\.$/);
			for (const { labels } of samples) {
				for (const label of Object.keys(labels)) expect(label).toMatch(/^[a-z]+$/);
			}
		}
	});

	test('has_histograms_that_add_up', async () => {
		const service = await startTestService(repository());
		for (let times = 0; times < 3; times++) await fetch(`${service.url}/livez`);
		const exposition = await vi.waitFor(async () => {
			const present = await Exposition.of(service.url);
			expect(present.value(DURATIONS, { route: '/livez' })).toBe(3);
			return present;
		});
		const buckets = exposition.samples('horde_references_http_request_duration_seconds_bucket', {
			route: '/livez',
		});
		const values = buckets.map(({ value }) => value);
		expect(values).toEqual(values.toSorted((a, b) => a - b));
		expect(buckets.at(-1)).toMatchObject({ labels: { le: '+Inf' }, value: 3 });
	});

	test('is_not_there_when_it_is_turned_off', async () => {
		const service = await startTestService(repository(), { metrics: 'off' });
		expect((await fetch(`${service.url}/metrics`)).status).toBe(404);
		const { paths } = (await (await fetch(`${service.url}/api/openapi.json`)).json()) as { paths: object };
		expect(paths).not.toHaveProperty('/metrics');
		expect((await fetch(service.v1('clip'))).status).toBe(200);
	});

	test('of_two_services_in_one_process_have_nothing_in_common', async () => {
		const [one, other] = [await startTestService(repository()), await startTestService(repository())];
		for (let times = 0; times < 5; times++) await fetch(one.v1('clip'));
		expect((await Exposition.of(one.url)).value(READS)).toBe(5);
		expect((await Exposition.of(other.url)).value(READS)).toBe(0);
	});

	test('can_be_asked_for_by_several_at_once', async () => {
		const service = await startTestService(repository());
		await fetch(service.v1('clip'));
		const all = await Promise.all(Array.from({ length: 10 }, () => Exposition.of(service.url)));
		expect(all.map((exposition) => exposition.value(READS))).toEqual(Array(10).fill(1));
	});
});

describe('reads', () => {
	const cases = [
		['br', {}, 'sent', 'br', '200'],
		['gzip', {}, 'sent', 'gzip', '200'],
		['identity', {}, 'sent', 'identity', '200'],
		['gzip', { 'If-None-Match': 'gzip' }, 'not_modified', 'gzip', '304'],
		['identity', { 'If-None-Match': 'identity' }, 'not_modified', 'identity', '304'],
		['identity;q=0', {}, 'not_acceptable', 'none', '406'],
	] as const;
	const ways = [
		['from_the_table', 'GET', 'clip', {}],
		['from_the_table', 'HEAD', 'clip', {}],
		['by_route', 'GET', 'clip?x=1', {}],
		['by_route', 'HEAD', 'clip', { Origin: 'https://a.example' }],
	] as const;

	test.each(ways)('%s_with_%s_%s_are_counted_by_what_became_of_them', async (_way, method, path, extra) => {
		const service = await startTestService(repository());
		for (const [accept, conditions, result, coding, status] of cases) {
			const before = await Exposition.of(service.url);
			const headers: Record<string, string> = { 'Accept-Encoding': accept, ...extra };
			if ('If-None-Match' in conditions) {
				const held = await rawRequest(service.url, `${V1}/${path}`, { headers });
				headers['If-None-Match'] = held.headers.etag ?? '';
			}
			for (let times = 0; times < 3; times++)
				await rawRequest(service.url, `${V1}/${path}`, { method, headers });
			await vi.waitFor(async () => {
				const after = await Exposition.of(service.url);
				const moved = (name: string, labels: Readonly<Record<string, string>>) =>
					after.value(name, labels) - before.value(name, labels);
				expect(moved(READS, { read: 'category', result, coding })).toBe(3);
				expect(moved(REQUESTS, { method, route: READ, status })).toBe(3);
			});
		}
	});

	test('are_counted_once_where_requests_of_each_address_are_limited', async () => {
		const service = await startTestService(repository(), { readsPerAddress: 1000 });
		for (let times = 0; times < 3; times++) await fetch(service.v1('clip'));
		await fetch(`${service.url}/livez`);
		await vi.waitFor(async () => {
			const after = await Exposition.of(service.url);
			expect(after.value(REQUESTS, { route: '/livez' })).toBe(1);
			expect(after.value(REQUESTS, { route: READ, status: '200' })).toBe(3);
			expect(after.value(REQUESTS, { route: 'none' })).toBe(0);
		});
	});
});

describe('requests', () => {
	test('are_counted_by_method_route_and_status', async () => {
		const service = await startTestService(repository());
		const asked: readonly (readonly [
			method: string,
			path: string,
			route: string,
			status: string,
			times: number,
		])[] = [
			['GET', '/livez', '/livez', '200', 2],
			['HEAD', '/api/livez', '/livez', '200', 1],
			['GET', `${V1}/clip/model/model%201`, `${READ}/model/{model_name}`, '200', 2],
			['GET', `${V1}/clip/model/none`, `${READ}/model/{model_name}`, '404', 1],
			['GET', `${V1}/nonsense`, READ, '422', 1],
			['POST', '/livez', '/livez', '405', 1],
			['OPTIONS', '/livez', '/livez', '204', 1],
			['POST', `${V1}/clip`, '/model_references/v1/clip', '401', 1],
		];
		for (const [method, path, , , times] of asked) {
			for (let time = 0; time < times; time++) await rawRequest(service.url, path, { method });
		}
		await vi.waitFor(async () => {
			const after = await Exposition.of(service.url);
			for (const [method, , route, status, times] of asked) {
				expect(after.value(REQUESTS, { method, route, status }), `${method} ${route}`).toBe(times);
			}
		});
	});

	test('of_which_no_route_knows_share_a_label_whatever_they_are_called', async () => {
		const service = await startTestService(repository());
		const odd = [
			'/nowhere',
			'/nowhere?a=b',
			'/%00',
			'/..%2F..%2Fetc',
			'/__proto__',
			'/%zz',
			'/a"b',
			'/%F0%9F%A6%80',
			'//',
		];
		for (const path of odd) await rawRequest(service.url, path);
		for (const method of ['PROPFIND', 'MKCOL', 'PURGE'])
			await rawRequest(service.url, '/nowhere', { method });
		await vi.waitFor(async () => {
			const after = await Exposition.of(service.url);
			expect(
				after.samples(REQUESTS, { route: 'none' }).map(({ labels, value }) => [labels.method, value]),
			).toEqual([
				['GET', odd.length],
				['other', 3],
			]);
		});
	});

	test('that_were_not_waited_for_are_told_apart', async () => {
		const service = await startWriteService(repository());
		const headers = { apikey: ALICE.key, 'Content-Type': 'application/json', 'Content-Length': 100 };
		const asked = request(`${service.url}${V1}/clip`, { method: 'PUT', headers, agent: false });
		asked.on('error', () => {});
		asked.write('{');
		// It has a key that is looked up before the body is waited for.
		await vi.waitFor(() => expect(service.horde.calls).not.toEqual([]));
		asked.destroy();
		await vi.waitFor(async () => {
			const after = await Exposition.of(service.url);
			expect(after.samples(REQUESTS, { method: 'PUT' })).toMatchObject([
				{ labels: { status: 'aborted' }, value: 1 },
			]);
		});
	});

	test('for_the_feed_are_counted_without_the_time_that_they_take', async () => {
		const service = await startTestService(repository());
		const stream = await follow(service.url);
		await firstState(stream);
		expect((await Exposition.of(service.url)).value('horde_references_event_followers')).toBe(1);
		stream.hangUp();
		await vi.waitFor(async () => {
			const after = await Exposition.of(service.url);
			expect(after.value('horde_references_event_followers')).toBe(0);
			expect(after.value(REQUESTS, { route: '/events' })).toBe(1);
		});
		expect((await Exposition.of(service.url)).value(DURATIONS, { route: '/events' })).toBe(0);
	});
});

describe('what is published', () => {
	test('is_told_with_its_version_and_commit', async () => {
		const files = repository();
		const service = await startTestService(files);
		const exposition = await Exposition.of(service.url);
		const commit = files.git('rev-parse', 'HEAD');
		const version = files.git('rev-parse', 'HEAD:clip.json');
		expect(exposition.samples('horde_references_category_info')).toMatchObject([
			{ labels: { category: 'clip', version, commit }, value: 1 },
		]);
		expect(exposition.samples('horde_references_head_info')).toMatchObject([{ labels: { commit } }]);
		expect(exposition.value('horde_references_category_last_modified_timestamp_seconds')).toBe(
			files.lastCommitTime('clip.json'),
		);
		expect(exposition.samples('horde_references_category_faulty')).toMatchObject([
			{ labels: { category: 'clip' }, value: 0 },
		]);
	});

	test('keeps_its_last_good_version_while_the_file_is_broken', async () => {
		const files = repository();
		const service = await startTestService(files);
		const version = files.git('rev-parse', 'HEAD:clip.json');
		const before = Date.now() / 1000;
		files.commit({ 'clip.json': '{"broken' }, 'Break it');
		const exposition = await vi.waitFor(async () => {
			const present = await Exposition.of(service.url);
			expect(present.value('horde_references_category_faulty', { category: 'clip' })).toBe(1);
			expect(present.samples('horde_references_head_info')).toMatchObject([
				{ labels: { commit: files.git('rev-parse', 'HEAD') } },
			]);
			return present;
		});
		expect(exposition.samples('horde_references_category_info')).toMatchObject([
			{ labels: { category: 'clip', version, commit: '' } },
		]);
		const since = exposition.value('horde_references_category_faulty_since_timestamp_seconds');
		expect(since).toBeGreaterThanOrEqual(Math.floor(before));
		expect(since).toBeLessThanOrEqual(Date.now() / 1000);
		files.commit({ 'clip.json': clipReference('good') }, 'Mend it');
		await vi.waitFor(async () => {
			const present = await Exposition.of(service.url);
			expect(present.value('horde_references_category_faulty', { category: 'clip' })).toBe(0);
			expect(present.samples('horde_references_category_faulty_since_timestamp_seconds')).toEqual([]);
		});
	});

	test('is_told_to_be_behind_when_the_repository_cannot_be_read', async () => {
		const files = repository();
		const expectedErrors = ['reload failed; the last snapshot is served on'];
		const service = await startTestService(files, { expectedErrors });
		files.write('.git/HEAD', 'ref: refs/heads/main\n');
		files.write('.git/refs/heads/main', '0123456789012345678901234567890123456789\n');
		await vi.waitFor(async () => {
			const present = await Exposition.of(service.url);
			expect(present.value('horde_references_snapshot_behind')).toBe(1);
			expect(present.value('horde_references_snapshot_behind_since_timestamp_seconds')).toBeGreaterThan(1e9);
		});
	});
});

describe('writes', () => {
	test('are_counted_with_their_groups_commits_refusals_and_the_git_that_they_took', async () => {
		const service = await startWriteService(repository());
		const before = await Exposition.of(service.url);
		const statuses = [];
		statuses.push((await service.post('clip', { name: 'new' })).status);
		statuses.push((await service.put('clip', { name: 'new' })).status);
		statuses.push((await service.post('clip', { name: 'new' })).status);
		expect(statuses).toEqual([201, 200, 409]);
		const after = await Exposition.of(service.url);
		const moved = (name: string, labels: Readonly<Record<string, string>> = {}) =>
			after.value(name, labels) - before.value(name, labels);
		expect(moved('horde_references_writer_groups_total')).toBe(3);
		expect(moved('horde_references_writer_commits_total')).toBe(1);
		expect(moved('horde_references_writer_refusals_total')).toBe(1);
		expect(after.value('horde_references_writer_refusals_total', { code: 'model-exists' })).toBe(1);
		expect(moved('horde_references_writer_group_failures_total')).toBe(0);
		expect(moved('horde_references_writer_group_seconds_total')).toBeGreaterThan(0);
		expect(after.value('horde_references_writer_waiting')).toBe(0);
		expect(moved('horde_references_git_commands_total', { command: 'read-tree', outcome: 'ok' })).toBe(1);
		expect(moved('horde_references_git_commands_total', { command: 'update-ref' })).toBeGreaterThan(0);
		expect(moved('horde_references_git_command_seconds_total')).toBeGreaterThan(0);
		expect(after.value('horde_references_git_commands_total', { outcome: 'failed' })).toBe(0);
	});

	test('that_wait_for_review_are_counted_by_state', async () => {
		const service = await startWriteService(repository(), { writes: 'queue' });
		const states = async () =>
			Object.fromEntries(
				(await Exposition.of(service.url))
					.samples('horde_references_queue_changes')
					.map(({ labels, value }) => [labels.status, value]),
			);
		expect(await states()).toEqual({ pending: 0, approved: 0, applied: 0, rejected: 0 });
		for (const name of ['a', 'b', 'c']) expect((await service.post('clip', { name })).status).toBe(202);
		expect(await states()).toEqual({ pending: 3, approved: 0, applied: 0, rejected: 0 });
		await reviewer(service.as(CAROL)).decide({ approve: [1], reject: [2] });
		expect(await states()).toEqual({ pending: 1, approved: 1, applied: 0, rejected: 1 });
	});

	test('have_no_queue_to_tell_of_where_there_is_none', async () => {
		const service = await startWriteService(repository());
		const { families } = await Exposition.of(service.url);
		expect(families.has('horde_references_queue_changes')).toBe(false);
	});
});

describe('the process', () => {
	test('tells_what_it_costs', async () => {
		const service = await startTestService(repository());
		const exposition = await Exposition.of(service.url);
		expect(exposition.value('process_resident_memory_bytes')).toBeGreaterThan(1e7);
		expect(exposition.value('process_cpu_seconds_total')).toBeGreaterThan(0);
		expect(exposition.value('nodejs_eventloop_active_seconds_total')).toBeGreaterThan(0);
		const started = exposition.value('process_start_time_seconds');
		expect(Math.abs(Date.now() / 1000 - process.uptime() - started)).toBeLessThan(1);
	});
});
