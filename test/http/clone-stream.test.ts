/** How an answer of git goes out: whole, or cut off where somebody would take a part of it for the whole. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import express from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { type Outcome, sendTransfer, type TransferTimes } from '../../src/http/clone-stream.ts';

const LONG = 60_000;

/** An answer that the test makes by hand. */
function transfer() {
	const output = new PassThrough();
	let settle = (_error?: Error) => {};
	const ended = new Promise<void>((resolve, reject) => {
		settle = (error) => (error ? reject(error) : resolve());
	});
	ended.catch(() => {});
	return {
		output,
		ended,
		settle: (error?: Error) => settle(error),
		kill: () => {
			output.destroy();
			settle(new Error('killed'));
		},
	};
}

/** Sends it to a client. @returns what came of it on both sides */
async function send(sent: ReturnType<typeof transfer>, times: Partial<TransferTimes> = {}) {
	let finish = (_outcome: Outcome | Error) => {};
	const outcome = new Promise<Outcome | Error>((resolve) => {
		finish = resolve;
	});
	let arrive = () => {};
	const arrived = new Promise<void>((resolve) => {
		arrive = resolve;
	});
	const app = express();
	app.get('/', async (_request, response) => {
		arrive();
		const result = await sendTransfer(sent, response, { total: LONG, idle: LONG, ...times }).catch(
			(error: Error) => error,
		);
		finish(result);
		if (!response.headersSent && !response.destroyed) response.status(500).end('failed');
	});
	const server = createServer(app).listen(0, '127.0.0.1');
	await once(server, 'listening');
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	const { port } = server.address() as AddressInfo;
	const asked = request({ port, host: '127.0.0.1', agent: false });
	asked.on('error', () => {});
	asked.end();
	const answered = once(asked, 'response').then(([response]: IncomingMessage[]) => response);
	answered.catch(() => {});
	return { outcome, arrived, answered, asked };
}

const body = (response: IncomingMessage | undefined) =>
	response === undefined ? undefined : text(response).catch((error: Error) => error);

test('what_ends_well_is_sent_whole', async () => {
	const sent = transfer();
	const { outcome, answered } = await send(sent);
	sent.output.write('one ');
	sent.output.end('two');
	sent.output.once('close', () => sent.settle());
	expect(await body(await answered)).toBe('one two');
	expect(await outcome).toBe('sent');
});

test('what_fails_before_it_begins_can_still_be_told', async () => {
	const sent = transfer();
	const { outcome, answered } = await send(sent);
	sent.settle(new Error('broken'));
	expect(await outcome).toMatchObject({ message: 'broken' });
	expect((await answered)?.statusCode).toBe(500);
});

test('what_fails_in_the_middle_does_not_look_whole', async () => {
	const sent = transfer();
	const { outcome, answered } = await send(sent);
	sent.output.write('one ');
	const response = await answered;
	sent.settle(new Error('broken'));
	expect(await body(response)).toMatchObject({ message: 'aborted' });
	expect(await outcome).toMatchObject({ message: 'broken' });
});

test('what_nobody_waits_for_is_killed', async () => {
	const sent = transfer();
	const { outcome, answered } = await send(sent);
	sent.output.write('one ');
	(await answered)?.destroy();
	expect(await outcome).toBe('left');
	expect(sent.output.destroyed).toBe(true);
});

test('what_nobody_waits_for_before_it_begins_is_killed', async () => {
	const sent = transfer();
	const { outcome, arrived, asked } = await send(sent);
	await arrived;
	asked.destroy();
	expect(await outcome).toBe('left');
});

test('what_does_not_move_for_long_is_killed', async () => {
	const sent = transfer();
	const { outcome, answered } = await send(sent, { idle: 50 });
	sent.output.write('one ');
	const response = await answered;
	expect(await body(response)).toMatchObject({ message: 'aborted' });
	expect(await outcome).toBe('slow');
});

test('what_is_not_read_for_long_is_killed', async () => {
	const sent = transfer();
	const { outcome, answered } = await send(sent, { idle: 500 });
	const piece = Buffer.alloc(1024 * 1024);
	const pump = () => {
		while (!sent.output.destroyed && sent.output.write(piece));
	};
	sent.output.on('drain', pump);
	pump();
	(await answered)?.pause();
	expect(await outcome).toBe('slow');
});

test('what_takes_too_long_in_all_is_killed_although_it_moves', async () => {
	const sent = transfer();
	const { outcome, answered } = await send(sent, { total: 200 });
	const dripping = setInterval(() => sent.output.write('x'), 10);
	onTestFinished(() => clearInterval(dripping));
	sent.output.on('error', () => {});
	const response = await answered;
	expect(await body(response)).toMatchObject({ message: 'aborted' });
	expect(await outcome).toBe('slow');
});
