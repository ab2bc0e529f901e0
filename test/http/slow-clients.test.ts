/** Clients that are slow on purpose are told so and cut off, each after its time. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listen } from '../../src/server.ts';

const TINY = {
	headersTimeout: 100,
	requestTimeout: 200,
	keepAliveTimeout: 60_000,
	connectionsCheckingInterval: 20,
};

const HEAD = 'POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10000\r\n';

/** Sends a beginning and then a unit now and then, until it is cut off. */
async function drip(url: string, beginning: string): Promise<string> {
	const { hostname, port } = new URL(url);
	const socket = connect(Number(port), hostname);
	onTestFinished(() => void socket.destroy());
	socket.on('error', () => {}); // writing to what was cut off
	let received = '';
	socket.setEncoding('latin1').on('data', (text: string) => {
		received += text;
	});
	socket.write(beginning);
	const dripping = setInterval(() => socket.write('x'), 60);
	onTestFinished(() => clearInterval(dripping));
	await once(socket, 'close');
	clearInterval(dripping);
	return received;
}

describe('a client that sends its request bit by bit', () => {
	test.each([
		['header', `${HEAD}X: `],
		['body', `${HEAD}\r\n`],
	])('is_cut_off_in_its_%s', { timeout: 5_000 }, async (_part, beginning) => {
		const server = await listen(
			(request, response) => {
				request.on('end', () => response.end()).resume();
			},
			'127.0.0.1',
			0,
			() => false,
			TINY,
		);
		onTestFinished(() => server.stop());
		expect(await drip(server.url, beginning)).toMatch(/^HTTP\/1\.1 408 [\s\S]*Connection: close/);
	});
});
