/** An AI-Horde of our own on a free loopback port: it knows the users that a test names, and fails as the test says. */

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What it does with a question. */
export type HordeBehaviour =
	| 'right'
	/** Says nothing until `release`, and then what is right. */
	| 'slow'
	/** Begins an answer and says no more. */
	| 'stalled'
	| 'not-json'
	| 'truncated'
	| 'endless'
	| 'reset'
	| { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
	/** 200 with this text. */
	| { readonly body: string };

export interface HordeCall {
	readonly method: string | undefined;
	readonly url: string | undefined;
	readonly headers: IncomingHttpHeaders;
}

export class FakeHorde {
	behaviour: HordeBehaviour = 'right';
	/** Username by key. */
	readonly users: Map<string, string>;
	readonly calls: HordeCall[] = [];
	/** Base URL, with its slash. */
	readonly url: string;
	#held: (() => void)[] = [];

	private constructor(url: string, users: Readonly<Record<string, string>>) {
		this.url = url;
		this.users = new Map(Object.entries(users));
	}

	/** Stopped when the test ends. */
	static async start(users: Readonly<Record<string, string>> = {}): Promise<FakeHorde> {
		const server = createServer((request, response) => horde.#answer(request, response));
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		const { port } = server.address() as AddressInfo;
		const horde = new FakeHorde(`http://127.0.0.1:${port}/api/`, users);
		onTestFinished(() => {
			server.closeAllConnections();
			server.close();
		});
		return horde;
	}

	/** How many questions wait for `release`. */
	get held(): number {
		return this.#held.length;
	}

	/** Answers what was held back, and from now on at once. */
	release(): void {
		this.behaviour = 'right';
		const held = this.#held;
		this.#held = [];
		for (const answer of held) answer();
	}

	#answer(request: IncomingMessage, response: ServerResponse): void {
		const { method, url, headers } = request;
		this.calls.push({ method, url, headers });
		const { behaviour } = this;
		if (typeof behaviour === 'object') {
			if ('body' in behaviour) response.end(behaviour.body);
			else response.writeHead(behaviour.status, behaviour.headers).end('{"message":"no"}');
			return;
		}
		const answers: Readonly<Record<typeof behaviour, () => void>> = {
			right: () => this.#answerRight(request, response),
			slow: () => void this.#held.push(() => this.#answerRight(request, response)),
			stalled: () => void response.writeHead(200).write('{"username":'),
			'not-json': () => void response.end('<html>Just a moment...</html>'),
			truncated: () => void response.end('{"username": "alice#1", "id'),
			endless: () => pour(response),
			reset: () => void request.socket.resetAndDestroy(),
		};
		answers[behaviour]();
	}

	#answerRight({ url, headers }: IncomingMessage, response: ServerResponse): void {
		const key = headers.apikey;
		const username = typeof key === 'string' ? this.users.get(key) : undefined;
		if (url !== '/api/v2/find_user' || username === undefined) {
			response.writeHead(404, { 'Content-Type': 'application/json' });
			response.end(JSON.stringify({ message: 'No user matching sent API Key found.', rc: 'UserNotFound' }));
			return;
		}
		response.writeHead(200, { 'Content-Type': 'application/json' });
		response.end(JSON.stringify({ username, id: 999, kudos: 1.5 }));
	}
}

/** As much as the connection takes. */
function pour(response: ServerResponse): void {
	const more = () => {
		while (!response.destroyed && response.write(' '.repeat(16 * 1024)));
	};
	response.on('drain', more);
	more();
}
