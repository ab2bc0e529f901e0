/** A client of the feed, as strict as the standard: what it cannot read fails the test. */

import { once } from 'node:events';
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { onTestFinished, vi } from 'vitest';
import { CATEGORIES } from '../../src/categories.ts';

export interface ReceivedEvent {
	readonly type: string;
	readonly data: Readonly<Record<string, unknown>>;
	/** As it stands in this event; undefined where it has none. */
	readonly id: string | undefined;
}

export interface EventStream {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	/** Everything so far. */
	readonly events: readonly ReceivedEvent[];
	readonly comments: readonly string[];
	/** Milliseconds after which to come back, once told. */
	readonly retry: () => number | undefined;
	/** The text as it came. */
	readonly text: () => string;
	/** What a client that comes back would send. */
	readonly lastEventId: () => string | undefined;
	/** Resolved when the stream ended or broke. */
	readonly ended: Promise<unknown>;
	readonly response: IncomingMessage;
	/** Waits for an event that fulfils the check, among those from `from` on. */
	until(check: (event: ReceivedEvent) => boolean, from?: number): Promise<ReceivedEvent>;
	hangUp(): void;
}

export interface FollowOptions {
	readonly path?: string;
	readonly lastEventId?: string | undefined;
	readonly headers?: Readonly<Record<string, string>>;
}

/** Resolved when the headers are there. */
export async function follow(
	url: string,
	{ path = '/api/events', lastEventId, headers = {} }: FollowOptions = {},
): Promise<EventStream> {
	const asked: ClientRequest = request(url + path, {
		agent: false,
		headers: { ...headers, ...(lastEventId !== undefined && { 'Last-Event-ID': lastEventId }) },
	});
	asked.on('error', () => {}); // told by the end of the answer
	asked.end();
	onTestFinished(() => void asked.destroy());
	const [response]: IncomingMessage[] = await once(asked, 'response');
	if (!response) throw new Error('there is no answer');
	const events: ReceivedEvent[] = [];
	const comments: string[] = [];
	let text = '';
	let rest = '';
	let retry: number | undefined;
	response.setEncoding('utf8').on('data', (piece: string) => {
		text += piece;
		rest += piece;
		const blocks = rest.split('\n\n');
		rest = blocks.pop() ?? '';
		for (const block of blocks) {
			const fields = new Map<string, string>();
			for (const line of block.split('\n')) {
				const [, name = '', value = ''] = /^([a-z]*): ?(.*)$/.exec(line) ?? [];
				if (line === ':') comments.push(block);
				else if (fields.has(name) || !['event', 'data', 'id', 'retry'].includes(name)) {
					throw new Error(`not a line of an event: ${JSON.stringify(line)}`);
				} else fields.set(name, value);
			}
			if (fields.has('retry')) retry = Number(fields.get('retry'));
			const data = fields.get('data');
			if (data === undefined) continue;
			events.push({ type: fields.get('event') ?? 'message', data: JSON.parse(data), id: fields.get('id') });
		}
	});
	response.on('error', () => {});
	const ended = new Promise((resolve) => response.once('close', resolve));
	return {
		status: response.statusCode ?? 0,
		headers: response.headers,
		events,
		comments,
		retry: () => retry,
		text: () => text,
		lastEventId: () => events.findLast(({ id }) => id !== undefined)?.id,
		ended,
		response,
		until: (check, from = 0) =>
			vi.waitFor(
				() => {
					const found = events.slice(from).find(check);
					if (!found) throw new Error(`no such event among ${JSON.stringify(events.slice(from))}`);
					return found;
				},
				{ timeout: 10_000, interval: 5 },
			),
		hangUp: () => asked.destroy(),
	};
}

/** Waits until the first state was told whole. */
export async function firstState(stream: EventStream): Promise<readonly ReceivedEvent[]> {
	await stream.until(({ id }) => id !== undefined);
	return stream.events.slice(0, CATEGORIES.length);
}

/** A check for the news of a category. */
export const isAbout =
	(category: string) =>
	({ type, data }: ReceivedEvent): boolean =>
		type === 'category' && data.category === category;
