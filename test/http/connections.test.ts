/** Connections that end before their time: by the client in the middle of a body, by the service being told to stop. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { clipReference, reference, textReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startTestService } from '../support/test-service.ts';

interface Client {
	readonly socket: Socket;
	/** Everything that was received so far. */
	received(): string;
	/** Resolved when the connection has ended, however it did. */
	readonly closed: Promise<unknown>;
}

async function open(url: string): Promise<Client> {
	const { hostname, port } = new URL(url);
	const socket = connect(Number(port), hostname);
	onTestFinished(() => void socket.destroy());
	const chunks: Buffer[] = [];
	socket.on('data', (chunk) => chunks.push(chunk));
	// A reset shows in what was received; it need not end the test by itself.
	socket.on('error', () => {});
	const closed = once(socket, 'close');
	await once(socket, 'connect');
	return { socket, received: () => Buffer.concat(chunks).toString('latin1'), closed };
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`;
const V1 = '/api/model_references/v1';

const untilRefused = (url: string) =>
	vi.waitFor(
		async () => {
			await expect(fetch(`${url}/livez`)).rejects.toThrow();
		},
		{ timeout: 10_000 },
	);

/** A reference that is more than a connection buffers on the way to a reader who waits. */
function largeReference(): string {
	return reference([['large', { name: 'large', description: 'x'.repeat(16 << 20) }]]);
}

describe('a client that hangs up', () => {
	test.each([
		['a_refused_post', `POST ${V1}/clip`],
		['a_post_to_a_route', `POST ${V1}/clip/model/a`],
		['a_post_to_nowhere', 'POST /nowhere'],
		['a_get_with_a_body', `GET ${V1}/clip`],
	])('in_the_middle_of_the_body_of_%s_leaves_the_service_answering', async (_title, start) => {
		const service = await startTestService(TemporaryRepository.create({ 'clip.json': clipReference('a') }));
		for (let times = 0; times < 5; times++) {
			const { socket, closed } = await open(service.url);
			socket.write(`${start} HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\n0123456789`);
			if (times % 2 === 0) await once(socket, 'data');
			socket.destroy();
			await closed;
		}
		const response = await fetch(service.v1('clip'));
		expect(response.status).toBe(200);
		expect(await response.text()).toBe(clipReference('a'));
	});

	test('in_the_middle_of_the_answer_leaves_the_service_answering', async () => {
		const repository = TemporaryRepository.create({
			'clip.json': clipReference('a'),
			'miscellaneous.json': largeReference(),
		});
		const service = await startTestService(repository);
		for (const query of ['', '?x=1']) {
			const { socket, closed } = await open(service.url);
			socket.write(get(`${V1}/miscellaneous${query}`));
			await once(socket, 'data');
			socket.destroy();
			await closed;
		}
		expect((await fetch(service.v1('clip'))).status).toBe(200);
	});

	test('in_the_middle_of_the_answer_is_logged_so', async () => {
		const service = await startTestService(
			TemporaryRepository.create({ 'miscellaneous.json': largeReference() }),
		);
		const { socket, closed } = await open(service.url);
		socket.write(get(`${V1}/miscellaneous?x=1`));
		await once(socket, 'data');
		socket.destroy();
		await closed;
		const line = await vi.waitFor(() => {
			const found = service.log.find(({ msg }) => msg === 'request');
			expect(found).toBeDefined();
			return found;
		});
		expect(line).toMatchObject({ url: `${V1}/miscellaneous?x=1`, status: 200, aborted: true });
	});

	test.each([
		['no_http', 'hello\r\n\r\n'],
		['half_a_header', `GET ${V1}/clip HTTP/1.1\r\nHo`],
		['a_header_that_is_too_large', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
	])('or_speaks_%s_leaves_the_service_answering', async (_title, text) => {
		const service = await startTestService(TemporaryRepository.create({ 'clip.json': clipReference('a') }));
		const { socket, closed } = await open(service.url);
		socket.end(text);
		await closed;
		expect((await fetch(service.v1('clip'))).status).toBe(200);
	});
});

describe('stopping', () => {
	test('closes_idle_connections_and_refuses_new_ones', async () => {
		const service = await startTestService(TemporaryRepository.create({ 'clip.json': clipReference('a') }));
		const { socket, received, closed } = await open(service.url);
		socket.write(get('/livez'));
		await vi.waitFor(() => expect(received()).toContain('{"status":"ok"}'));
		await service.stop();
		await closed;
		await expect(fetch(`${service.url}/livez`)).rejects.toThrow();
	});

	test('lets_a_request_that_is_being_worked_on_finish_and_is_no_longer_ready', async () => {
		const names = Array.from({ length: 3000 }, (_, index) => `Author/Model-${index}-7B`);
		const service = await startTestService(
			TemporaryRepository.create({ 'db.json': textReference(...names) }),
		);
		const { socket, received, closed } = await open(service.url);
		// Sent in one go: when the first is answered, the second is known to have been received.
		socket.write(get('/livez') + get(`${V1}/text_generation?include_group=true`));
		await vi.waitFor(() => expect(received()).toContain('{"status":"ok"}'), {
			interval: 1,
			timeout: 10_000,
		});
		const stopped = service.stop();
		socket.write(get('/readyz'));
		await untilRefused(service.url);
		await Promise.all([stopped, closed]);
		const [, , grouped = '', readiness = ''] = received().split('HTTP/1.1 ');
		const [head = '', body = ''] = grouped.split('\r\n\r\n');
		expect(head).toMatch(/^200 OK/);
		expect(Object.keys(JSON.parse(body))).toHaveLength(9000);
		expect(body).toContain('"text_model_group_summary"');
		expect(readiness).toMatch(/^503 /);
		expect(readiness).toContain('"status":"draining"');
	});

	test.each(['', '?x=1'])('lets_a_slow_reader_have_the_whole_answer_of_a_read%s', async (query) => {
		const text = largeReference();
		const service = await startTestService(TemporaryRepository.create({ 'miscellaneous.json': text }));
		const { socket, received, closed } = await open(service.url);
		socket.write(get(`${V1}/miscellaneous${query}`));
		await once(socket, 'data');
		socket.pause();
		const stopped = service.stop();
		await untilRefused(service.url);
		// The drain looks for idle connections every 50 ms: it must not take this one for one.
		await new Promise((resolve) => setTimeout(resolve, 200));
		socket.resume();
		await Promise.all([stopped, closed]);
		const [head = '', body = ''] = received().split('\r\n\r\n');
		expect(head).toMatch(/^HTTP\/1\.1 200 OK/);
		expect(body.length).toBe(text.length);
	});
});
