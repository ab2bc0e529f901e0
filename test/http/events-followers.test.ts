/** Followers of the feed that are slow, silent, gone or too many, and the end of the service. */

import { once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { ChangeFeed } from '../../src/http/change-feed.ts';
import { listen } from '../../src/server.ts';
import type { Snapshot } from '../../src/store/reference-store.ts';
import { firstState, follow, isAbout } from '../support/event-stream.ts';
import { rawRequest } from '../support/raw-request.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startTestService } from '../support/test-service.ts';
import { startWriteService } from '../support/write-service.ts';

const oneFile = () => TemporaryRepository.create({ 'clip.json': clipReference('a') });

/** A feed behind a server of its own, of which the test says what there is to tell. */
async function bareFeed(options: ConstructorParameters<typeof ChangeFeed>[1] = {}) {
	let version = 0;
	const find = () => ({ etag: `"${version}"`, variants: [], dates: undefined });
	const feed = new ChangeFeed({ find }, options);
	const responses: ServerResponse[] = [];
	const nothing: Snapshot = { files: new Map(), faults: [], history: undefined };
	const change = () => {
		version++;
		feed.publish(nothing);
	};
	change();
	const listener = (_request: unknown, response: ServerResponse) => {
		responses.push(response);
		try {
			feed.follow(response, undefined, undefined);
		} catch (error) {
			response.statusCode = error instanceof AppError && error.code === 'overloaded' ? 503 : 500;
			response.end();
		}
	};
	const short = {
		headersTimeout: 50,
		requestTimeout: 50,
		keepAliveTimeout: 50,
		connectionsCheckingInterval: 10,
	};
	const server = await listen(listener, '127.0.0.1', 0, () => false, short);
	onTestFinished(async () => {
		feed.close();
		await server.stop();
	});
	return { feed, url: server.url, change, responses, version: () => version };
}

describe('a follower that reads slowly', () => {
	test('is_told_the_newest_once_it_reads_again', async () => {
		const service = await startWriteService(oneFile());
		const stream = await follow(service.url);
		await firstState(stream);
		stream.response.pause();
		const writes = Array.from({ length: 100 }, (_, index) =>
			service.post('clip', { name: `model ${index}` }),
		);
		for (const { status } of await Promise.all(writes)) expect(status).toBe(201);
		const { headers } = await rawRequest(service.url, '/api/model_references/v1/clip');
		stream.response.resume();
		await stream.until(({ data }) => data.etag === headers.etag);
	});

	test('has_no_more_kept_for_it_than_a_buffer_and_a_burst', async () => {
		const { change, url, responses, version } = await bareFeed();
		const stream = await follow(url);
		stream.response.pause();
		await vi.waitFor(() => expect(responses).toHaveLength(1));
		const [response] = responses;
		let held = 0;
		// More than the system takes for a connection: from then on it is for us to hold.
		for (let round = 0; round < 20_000; round++) {
			change();
			held = Math.max(held, response?.writableLength ?? 0);
			if (round % 100 === 0) await new Promise(setImmediate);
		}
		expect(response?.writableNeedDrain).toBe(true);
		expect(held).toBeLessThan(32_768);
		stream.response.resume();
		await stream.until(({ data, id }) => data.etag === `"${version()}"` && id !== undefined);
		// It has missed most of what was between.
		expect(stream.events.length).toBeLessThan(10_000 * 15);
		const about = stream.events
			.filter(isAbout('clip'))
			.map(({ data }) => Number(JSON.parse(String(data.etag))));
		expect(about).toEqual(about.toSorted((a, b) => a - b));
	});

	test('does_not_hold_up_the_others', async () => {
		const { change, url, version } = await bareFeed();
		const [slow, quick] = [await follow(url), await follow(url)];
		slow.response.pause();
		for (let round = 0; round < 2_000; round++) change();
		await quick.until(({ data }) => data.etag === `"${version()}"`);
	});

	test('is_cut_off_when_it_takes_nothing_for_long', async () => {
		const { feed, change, url, responses } = await bareFeed({ silence: 20 });
		const stream = await follow(url);
		stream.response.pause();
		await vi.waitFor(() => expect(responses).toHaveLength(1));
		while (feed.followers > 0) {
			change();
			await new Promise(setImmediate);
		}
		expect(responses[0]?.destroyed).toBe(true);
	});
});

describe('a follower to whom nothing is said', () => {
	test('gets_a_sign_of_life_and_is_not_cut_off_by_the_bounds_for_slow_requests', async () => {
		const { change, url, version } = await bareFeed({ silence: 30 });
		const stream = await follow(url);
		await firstState(stream);
		const before = stream.events.length;
		await vi.waitFor(() => expect(stream.comments.length).toBeGreaterThan(10), { timeout: 10_000 });
		expect(stream.events).toHaveLength(before);
		change();
		await stream.until(({ data }) => data.etag === `"${version()}"`);
	});
});

describe('a follower that hangs up', () => {
	test('is_forgotten', async () => {
		const { feed, change, url } = await bareFeed();
		const streams = await Promise.all(Array.from({ length: 20 }, () => follow(url)));
		await Promise.all(streams.map(firstState));
		expect(feed.followers).toBe(20);
		for (const stream of streams.slice(1)) stream.hangUp();
		change();
		await vi.waitFor(() => expect(feed.followers).toBe(1));
	});

	test('before_it_is_answered_leaves_the_service_answering', async () => {
		const service = await startTestService(oneFile());
		for (let round = 0; round < 20; round++) {
			const asked = request(`${service.url}/api/events`, { agent: false });
			asked.on('error', () => {});
			asked.end();
			await once(asked, 'finish');
			asked.destroy();
		}
		await firstState(await follow(service.url));
	});
});

test('a_follower_that_was_gone_before_it_was_its_turn_takes_no_room', async () => {
	const feed = new ChangeFeed({ find: () => undefined });
	onTestFinished(() => feed.close());
	const answered = new Promise<number>((resolve) => {
		const listener = (asked: IncomingMessage, response: ServerResponse) => {
			response.once('close', () => {
				feed.follow(response, undefined, undefined);
				resolve(feed.followers);
			});
			asked.socket.destroy();
		};
		void listen(listener, '127.0.0.1', 0, () => false).then(async (server) => {
			onTestFinished(() => server.stop());
			await expect(fetch(server.url)).rejects.toThrow();
		});
	});
	expect(await answered).toBe(0);
});

test('more_followers_than_there_is_room_for_are_told_to_come_again', async () => {
	const { url, feed } = await bareFeed({ mostFollowers: 2 });
	const first = await follow(url);
	await firstState(first);
	await firstState(await follow(url));
	expect((await follow(url)).status).toBe(503);
	first.hangUp();
	await vi.waitFor(() => expect(feed.followers).toBe(1));
	await firstState(await follow(url));
});

describe('stopping', () => {
	test('ends_every_stream_at_once_also_those_that_take_nothing', async () => {
		const service = await startWriteService(oneFile());
		const [reading, paused] = [await follow(service.url), await follow(service.url)];
		await firstState(reading);
		await firstState(paused);
		paused.response.pause();
		const started = performance.now();
		await service.stop();
		// Far below the grace time of requests that are being worked on.
		expect(performance.now() - started).toBeLessThan(5_000);
		await reading.ended;
		expect(reading.response.complete).toBe(true);
	});

	test('cuts_off_who_has_not_taken_what_was_written', async () => {
		const { feed, change, url, responses } = await bareFeed();
		const stream = await follow(url);
		stream.response.pause();
		await vi.waitFor(() => expect(responses).toHaveLength(1));
		while (responses[0]?.writableNeedDrain !== true) {
			change();
			await new Promise(setImmediate);
		}
		feed.close();
		await vi.waitFor(() => expect(responses[0]?.closed).toBe(true));
		// Nobody is told any more, and nothing comes of trying.
		change();
		expect(feed.followers).toBe(0);
	});

	test('takes_no_new_follower_while_others_are_still_answered', async () => {
		const service = await startTestService(oneFile(), { shutdownDelay: 1 });
		const stream = await follow(service.url);
		await firstState(stream);
		const stopped = service.stop();
		await stream.ended;
		const answer = await rawRequest(service.url, '/api/events');
		expect(answer.status).toBe(503);
		expect(answer.headers['retry-after']).toBe('5');
		expect(answer.json()).toMatchObject({ detail: expect.stringContaining('stopping') });
		await stopped;
	});
});
