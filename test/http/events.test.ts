/** The feed of changes: what is told, to whom, and when. */

import { describe, expect, test, vi } from 'vitest';
import { CATEGORIES } from '../../src/categories.ts';
import { firstState, follow, isAbout } from '../support/event-stream.ts';
import { rawRequest } from '../support/raw-request.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startTestService, type TestService } from '../support/test-service.ts';
import { ALICE, startWriteService, writeClient } from '../support/write-service.ts';

const V1 = '/api/model_references/v1';

const etagOf = async (service: Pick<TestService, 'url'>, category: string): Promise<string | undefined> => {
	const answer = await rawRequest(service.url, `${V1}/${category}`);
	return answer.status === 200 ? answer.headers.etag : undefined;
};

const twoFiles = () =>
	TemporaryRepository.create({ 'clip.json': clipReference('a'), 'blip.json': clipReference('b') });

describe('who connects', () => {
	test.each(['/events', '/api/events'])('at_%s_is_told_the_state_of_every_category', async (path) => {
		const repository = twoFiles();
		const service = await startTestService(repository);
		const stream = await follow(service.url, { path });
		const events = await firstState(stream);
		const head = repository.git('rev-parse', 'HEAD');
		expect(events.map(({ type }) => type)).toEqual(CATEGORIES.map(() => 'category'));
		expect(events.map(({ data }) => data.category)).toEqual(CATEGORIES.map(({ name }) => name));
		for (const { data } of events) {
			const etag = (await etagOf(service, String(data.category))) ?? null;
			expect(data).toEqual({ category: data.category, etag, commit: head });
		}
		expect(events.filter(({ data }) => data.etag !== null).map(({ data }) => data.category)).toEqual([
			'blip',
			'clip',
			'lora',
			'ti',
		]);
	});

	test('gets_a_stream_that_nobody_keeps_or_collects', async () => {
		const service = await startTestService(twoFiles(), { corsAllowedOrigins: ['https://a.example'] });
		const headers = { 'Accept-Encoding': 'gzip, br', Origin: 'https://a.example' };
		const stream = await follow(service.url, { headers });
		await firstState(stream);
		expect(stream.status).toBe(200);
		expect(stream.headers).toMatchObject({
			'content-type': 'text/event-stream',
			'cache-control': 'no-store',
			'x-accel-buffering': 'no',
			'access-control-allow-origin': 'https://a.example',
			vary: 'Origin',
		});
		expect(stream.headers).not.toHaveProperty('content-encoding');
		expect(stream.headers).not.toHaveProperty('content-length');
		expect(stream.retry()).toBeGreaterThan(500);
	});

	test('gives_its_id_with_the_last_event_alone', async () => {
		const service = await startTestService(twoFiles());
		const events = await firstState(await follow(service.url));
		expect(events.slice(0, -1).every(({ id }) => id === undefined)).toBe(true);
		expect(events.at(-1)?.id).toMatch(/^[0-9a-f]{8}-\d+$/);
	});

	test('before_the_first_commit_is_told_of_no_commit', async () => {
		const service = await startTestService(TemporaryRepository.create());
		const events = await firstState(await follow(service.url));
		expect(events.find(isAbout('clip'))?.data).toEqual({ category: 'clip', etag: null, commit: null });
	});
});

describe('a change', () => {
	test('through_the_api_is_told_once_it_can_be_read', async () => {
		const service = await startWriteService(twoFiles());
		const stream = await follow(service.url);
		await firstState(stream);
		const from = stream.events.length;
		const written = service.put('clip', { name: 'a', description: 'changed' });
		const { data } = await stream.until(isAbout('clip'), from);
		expect(await etagOf(service, 'clip')).toBe(data.etag);
		const answer = await written;
		expect(answer.status).toBe(200);
		expect(data.commit).toBe(answer.headers.get('x-reference-commit'));
		expect(stream.events.slice(from)).toHaveLength(1);
	});

	test('is_told_once_although_its_coded_forms_come_later', async () => {
		const service = await startWriteService(twoFiles());
		const stream = await follow(service.url);
		await firstState(stream);
		const from = stream.events.length;
		await service.put('clip', { name: 'a', description: 'changed'.repeat(100) });
		await vi.waitFor(async () => {
			const { headers } = await rawRequest(service.url, `${V1}/clip`, {
				headers: { 'Accept-Encoding': 'br' },
			});
			expect(headers['content-encoding']).toBe('br');
		});
		const last = await service.put('blip', { name: 'b', description: 'the last' });
		await stream.until(({ data }) => data.commit === last.headers.get('x-reference-commit'), from);
		expect(stream.events.slice(from).map(({ data }) => data.category)).toEqual(['clip', 'blip']);
	});

	test('by_hand_is_told_with_head_as_it_is_and_its_commit_later', async () => {
		const repository = twoFiles();
		const service = await startTestService(repository);
		const stream = await follow(service.url);
		await firstState(stream);
		const before = repository.git('rev-parse', 'HEAD');
		repository.write('clip.json', clipReference('a', 'c'));
		const edited = await stream.until(isAbout('clip'), CATEGORIES.length);
		expect(edited.data).toEqual({
			category: 'clip',
			etag: `"${repository.git('hash-object', 'clip.json')}"`,
			commit: before,
		});
		const commit = repository.commit({}, 'Commit the edit');
		const { data } = await stream.until(({ type }) => type === 'head');
		expect(data).toEqual({ commit });
	});

	test('of_several_files_is_one_burst_in_the_order_of_the_categories', async () => {
		const repository = twoFiles();
		const service = await startTestService(repository);
		const stream = await follow(service.url);
		await firstState(stream);
		const commit = repository.commit(
			{ 'clip.json': clipReference('c'), 'blip.json': clipReference('d'), 'esrgan.json': clipReference('e') },
			'Change three files',
		);
		await stream.until(({ type, data }) => type === 'category' && data.commit === commit);
		await vi.waitFor(async () => {
			const told = new Map(stream.events.map(({ data }) => [data.category, data.etag]));
			for (const name of ['clip', 'blip', 'esrgan']) expect(told.get(name)).toBe(await etagOf(service, name));
		});
	});

	test('that_takes_a_file_away_or_breaks_it_leaves_what_is_served', async () => {
		const repository = twoFiles();
		const service = await startTestService(repository);
		const stream = await follow(service.url);
		await firstState(stream);
		const served = await etagOf(service, 'clip');
		repository.write('clip.json', '{"broken');
		await vi.waitFor(async () => {
			const { faults }: { faults: unknown[] } = JSON.parse(
				await (await fetch(`${service.url}/readyz`)).text(),
			);
			expect(faults).toHaveLength(1);
		});
		repository.write('blip.json', clipReference('z'));
		await stream.until(isAbout('blip'), CATEGORIES.length);
		expect(stream.events.slice(CATEGORIES.length).filter(isAbout('clip'))).toEqual([]);
		expect(await etagOf(service, 'clip')).toBe(served);
	});

	test('that_leaves_nothing_to_read_is_told_by_null', async () => {
		const repository = twoFiles();
		const service = await startTestService(repository);
		const stream = await follow(service.url);
		await firstState(stream);
		repository.write('clip.json', '{}');
		const { data } = await stream.until(isAbout('clip'), CATEGORIES.length);
		expect(data.etag).toBeNull();
		expect(await etagOf(service, 'clip')).toBeUndefined();
	});

	test('of_other_files_is_told_as_a_move_of_head', async () => {
		const repository = twoFiles();
		const service = await startTestService(repository);
		const stream = await follow(service.url);
		await firstState(stream);
		const commit = repository.commit({ 'README.md': 'hello' }, 'Greet');
		const { data, id } = await stream.until(({ type }) => type === 'head');
		expect(data).toEqual({ commit });
		expect(id).toBeDefined();
		expect(stream.events).toHaveLength(CATEGORIES.length + 1);
	});

	test('is_told_to_every_follower_in_the_same_order', async () => {
		const service = await startWriteService(twoFiles());
		const streams = await Promise.all([follow(service.url), follow(service.url)]);
		await Promise.all(streams.map(firstState));
		for (let round = 0; round < 5; round++) {
			await service.put('clip', { name: 'a', description: `round ${round}` });
			await service.put('blip', { name: 'b', description: `round ${round}` });
		}
		const etag = await etagOf(service, 'blip');
		await Promise.all(streams.map((stream) => stream.until(({ data }) => data.etag === etag)));
		const [one, other] = streams.map(({ events }) => events.slice(CATEGORIES.length));
		expect(one).toEqual(other);
		expect(one?.map(({ data }) => data.category)).toEqual(Array(5).fill(['clip', 'blip']).flat());
	});
});

describe('who comes back', () => {
	test('and_missed_nothing_is_told_nothing', async () => {
		const service = await startWriteService(twoFiles());
		const first = await follow(service.url);
		await firstState(first);
		first.hangUp();
		const stream = await follow(service.url, { lastEventId: first.lastEventId() });
		await vi.waitFor(() => expect(stream.retry()).toBeDefined());
		const { headers } = await service.put('clip', { name: 'a', description: 'changed' });
		await stream.until(isAbout('clip'));
		expect(stream.events.map(({ data }) => data.commit)).toEqual([headers.get('x-reference-commit')]);
	});

	test('is_told_what_it_missed_also_when_that_was_taken_back', async () => {
		const repository = twoFiles();
		const service = await startTestService(repository);
		const first = await follow(service.url);
		await firstState(first);
		first.hangUp();
		const witness = await follow(service.url, { path: '/events?category=clip' });
		await witness.until(isAbout('clip'));
		const before = await etagOf(service, 'clip');
		repository.write('clip.json', clipReference('other'));
		await witness.until(({ data }) => data.etag !== before);
		repository.write('clip.json', clipReference('a'));
		await witness.until(({ data }) => data.etag === before, 2);
		const stream = await follow(service.url, { lastEventId: first.lastEventId() });
		await stream.until(isAbout('clip'));
		expect(stream.events.map(({ data }) => [data.category, data.etag])).toEqual([['clip', before]]);
	});

	test('is_told_that_head_has_moved', async () => {
		const repository = twoFiles();
		const service = await startTestService(repository);
		const first = await follow(service.url);
		await firstState(first);
		first.hangUp();
		const commit = repository.commit({ 'README.md': 'hello' }, 'Greet');
		await vi.waitFor(async () => {
			expect(await (await fetch(`${service.url}/readyz`)).json()).toMatchObject({ head: commit });
		});
		const stream = await follow(service.url, { lastEventId: first.lastEventId() });
		await stream.until(({ type }) => type === 'head');
		expect(stream.events.map(({ data }) => data)).toEqual([{ commit }]);
	});
});

describe('a filter', () => {
	test('lets_through_what_is_asked_for_under_any_name', async () => {
		const repository = twoFiles();
		const service = await startTestService(repository);
		const path = '/api/events?category=clip.json&category=stable_diffusion&category=clip';
		const stream = await follow(service.url, { path });
		await stream.until(({ id }) => id !== undefined);
		expect(stream.events.map(({ data }) => data.category)).toEqual(['clip', 'image_generation']);
		repository.commit({ 'README.md': 'hello', 'blip.json': clipReference('c') }, 'Change another');
		await service.until('blip', (_response, body) => body === clipReference('c'));
		repository.write('clip.json', clipReference('d'));
		await stream.until(isAbout('clip'), 2);
		expect(stream.events.map(({ data }) => data.category)).toEqual(['clip', 'image_generation', 'clip']);
	});
});

test('a_key_that_is_sent_along_changes_nothing', async () => {
	const service = await startWriteService(twoFiles());
	const stream = await follow(service.url, { headers: { apikey: 'nobody-knows-it' } });
	await firstState(stream);
	await writeClient(service.url, ALICE.key).put('clip', { name: 'a', description: 'x' });
	await stream.until(isAbout('clip'), CATEGORIES.length);
});
