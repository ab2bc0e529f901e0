/** The routes about the service itself, and the id of a request. */

import { describe, expect, test, vi } from 'vitest';
import { rawRequest } from '../support/raw-request.ts';
import { clipReference } from '../support/records.ts';
import { holding, serviceForSuite } from '../support/suite-service.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

describe('a service that serves', () => {
	const service = serviceForSuite(holding({ 'clip.json': clipReference('a'), 'blip.json': '{}' }));
	const read = async (path: string) => {
		const response = await fetch(service.url + path);
		return {
			status: response.status,
			type: response.headers.get('content-type'),
			text: await response.text(),
		};
	};

	test.each(['', '/api'])('%s/_greets', async (prefix) => {
		expect(await read(`${prefix}/`)).toEqual({
			status: 200,
			type: 'application/json',
			text: '{"message":"Welcome to the Horde Model Reference API. See `/api/docs` for interactive documentation."}',
		});
	});

	test.each(['', '/api'])('%s/heartbeat_is_what_containers_check', async (prefix) => {
		expect(await read(`${prefix}/heartbeat`)).toEqual({
			status: 200,
			type: 'application/json',
			text: '{"status":"ok","ai_horde":{"degraded":false,"consecutive_failures":0,"seconds_until_retry":null}}',
		});
	});

	test.each(['', '/api'])('%s/replicate_mode_is_a_writable_primary', async (prefix) => {
		expect(await read(`${prefix}/replicate_mode`)).toEqual({
			status: 200,
			type: 'application/json',
			text: '{"replicate_mode":"PRIMARY","canonical_format":"legacy","writable":true}',
		});
	});

	test.each(['', '/api'])('%s/livez_is_ok', async (prefix) => {
		expect(await read(`${prefix}/livez`)).toEqual({
			status: 200,
			type: 'application/json',
			text: '{"status":"ok"}',
		});
	});

	test.each(['', '/api'])('%s/readyz_names_the_commit_and_counts_the_files', async (prefix) => {
		const response = await fetch(`${service.url}${prefix}/readyz`);
		expect(response.status).toBe(200);
		expect(response.headers.get('cache-control')).toBe('no-store');
		const head = service.repository.git('rev-parse', 'HEAD');
		const queue = { changes: 0, trouble: null };
		const answer = { status: 'ok', head, categories: 2, trouble: null, sync: null, faults: [], queue };
		expect(await response.json()).toEqual(answer);
	});

	test('an_id_that_a_proxy_gave_is_kept', async () => {
		for (const id of ['7', 'a.B-c_9', 'x'.repeat(64)]) {
			const answer = await rawRequest(service.url, '/livez', { headers: { 'X-Request-Id': id } });
			expect(answer.headers['x-request-id']).toBe(id);
		}
	});

	test.each(['', ' ', 'two words', 'x'.repeat(65), 'a"b', '<script>', 'a,b', '{"level":60}', 'caf\u00e9'])(
		'the_id_"%s"_is_replaced',
		async (id) => {
			const answer = await rawRequest(service.url, '/livez', { headers: { 'X-Request-Id': id } });
			expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
		},
	);

	test('each_request_has_an_id_of_its_own_also_when_it_fails', async () => {
		const paths = ['/livez', '/livez', '/nowhere', '/api/model_references/v1/nonsense'];
		const ids = await Promise.all(
			paths.map(async (path) => (await fetch(service.url + path)).headers.get('x-request-id')),
		);
		expect(ids.every((id) => id !== null && id.length > 0)).toBe(true);
		expect(new Set(ids).size).toBe(paths.length);
	});
});

test.each([
	['REPLICA', 'legacy', false],
	['REPLICA', 'v2', false],
	['PRIMARY', 'v2', true],
] as const)('replicate_mode_tells_%s_%s', async (replicateMode, canonicalFormat, writable) => {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const service = await startTestService(repository, { replicateMode, canonicalFormat });
	const response = await fetch(`${service.url}/api/replicate_mode`);
	expect(await response.json()).toEqual({
		replicate_mode: replicateMode,
		canonical_format: canonicalFormat,
		writable,
	});
	expect((await fetch(service.v1('clip'))).status).toBe(200);
});

test('a_request_is_logged_with_its_id_and_outcome', async () => {
	const service = await startTestService(TemporaryRepository.create({ 'clip.json': clipReference('a') }));
	await fetch(service.v1('nonsense?a=b'), { headers: { 'X-Request-Id': 'from-proxy' } });
	await vi.waitFor(() =>
		expect(service.log).toContainEqual(
			expect.objectContaining({
				requestId: 'from-proxy',
				method: 'GET',
				url: '/api/model_references/v1/nonsense?a=b',
				status: 422,
				aborted: false,
			}),
		),
	);
});

interface Readiness {
	readonly status: string;
	readonly head: string | null;
	readonly categories: number;
	readonly faults: readonly Readonly<Record<string, unknown>>[];
}

describe('readiness', () => {
	const readinessOf = async (service: TestService): Promise<Readiness> => {
		const response = await fetch(`${service.url}/api/readyz`);
		expect(response.status).toBe(200);
		return (await response.json()) as Readiness;
	};
	const until = (service: TestService, status: string) =>
		vi.waitFor(
			async () => {
				const readiness = await readinessOf(service);
				expect(readiness.status).toBe(status);
				return readiness;
			},
			{ timeout: 10_000, interval: 10 },
		);

	test('a_broken_file_is_named_with_its_place_and_what_is_served_instead', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const good = repository.git('hash-object', 'clip.json');
		const service = await startTestService(repository);
		repository.write('clip.json', '{\n    "a": {\n        "name": oops\n    }\n}\n');
		const { faults, categories } = await until(service, 'degraded');
		expect(faults).toEqual([
			{
				category: 'clip',
				file: 'clip.json',
				message: expect.stringContaining('not valid JSON'),
				line: 3,
				column: 17,
				since: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
				served: good,
			},
		]);
		expect(categories).toBe(1);
		expect(await (await fetch(service.v1('clip'))).text()).toBe(clipReference('a'));

		repository.write('clip.json', clipReference('b'));
		const repaired = await until(service, 'ok');
		expect(repaired.faults).toEqual([]);
		expect(await (await fetch(service.v1('clip'))).text()).toBe(clipReference('b'));
	});

	test('a_fault_keeps_the_time_at_which_it_was_first_seen', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const service = await startTestService(repository);
		repository.write('clip.json', '{');
		const [first] = (await until(service, 'degraded')).faults;
		repository.write('clip.json', '[1]');
		const second = await vi.waitFor(async () => {
			const [fault] = (await readinessOf(service)).faults;
			expect(fault?.message).toMatch(/a list/);
			return fault;
		});
		expect(second).toMatchObject({ since: first?.since, line: 1, column: 1 });
		expect(first?.message).not.toBe(second?.message);
	});

	test('a_broken_file_that_was_never_good_has_nothing_served_instead', async () => {
		const service = await startTestService(
			TemporaryRepository.create({ 'clip.json': '{"a": 1}', 'blip.json': clipReference('b') }),
		);
		const { status, faults, categories } = await readinessOf(service);
		expect(status).toBe('degraded');
		expect(categories).toBe(1);
		expect(faults).toMatchObject([{ category: 'clip', line: 1, column: 7, served: null }]);
		expect((await fetch(service.v1('clip'))).status).toBe(404);
	});

	test('a_file_deleted_by_hand_is_a_fault_without_a_place', async () => {
		const repository = TemporaryRepository.create({ 'stable_diffusion.json': clipReference('a') });
		const served = repository.git('hash-object', 'stable_diffusion.json');
		const service = await startTestService(repository);
		repository.remove('stable_diffusion.json');
		const [fault] = (await until(service, 'degraded')).faults;
		expect(fault).toMatchObject({ category: 'image_generation', file: 'stable_diffusion.json', served });
		expect(fault).not.toHaveProperty('line');
		expect(fault).not.toHaveProperty('column');
		expect((await fetch(service.v1('stable_diffusion'))).status).toBe(200);
	});

	test('a_repository_without_a_commit_is_ready_and_has_no_head', async () => {
		const service = await startTestService(TemporaryRepository.create());
		expect(await readinessOf(service)).toEqual({
			status: 'ok',
			sync: null,
			head: null,
			categories: 0,
			trouble: null,
			faults: [],
			queue: { changes: 0, trouble: null },
		});
	});

	test('without_a_queue_tells_of_none', async () => {
		const service = await startTestService(TemporaryRepository.create(), { writes: 'direct' });
		expect(await readinessOf(service)).toMatchObject({ status: 'ok', queue: null });
	});
});
