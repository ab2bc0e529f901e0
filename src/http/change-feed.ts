/**
 * Owns the followers of the feed: tells each what changed, as server-sent events. Nothing is kept for a follower but the last step that
 * it was told of: one that reads slowly, or comes back, gets what is newest of everything that it missed.
 */

import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { CATEGORIES } from '../categories.ts';
import { AppError } from '../errors.ts';
import type { Snapshot } from '../store/reference-store.ts';
import { type FeedEvent, FeedState } from './feed-state.ts';
import type { PublishedReads } from './published-reads.ts';

/** Each costs a socket and some kilobytes. */
const MOST_FOLLOWERS = 1_000;

/** Proxies cut a connection on which nothing was said for a minute, some for half of one. Milliseconds. */
const SILENCE = 20_000;

/** After which a client comes back to a stream that ended; milliseconds. */
const RETRY = 2_000;

const HEADERS = {
	'Content-Type': 'text/event-stream',
	'Cache-Control': 'no-store',
	// nginx would collect events until they fill a buffer.
	'X-Accel-Buffering': 'no',
} as const;

interface Follower {
	readonly response: ServerResponse;
	/** Names of categories; undefined for all there is. */
	readonly wanted: ReadonlySet<string> | undefined;
	/** The last step that was written to it. */
	told: number;
	/** It has not yet taken what was written last. */
	blocked: boolean;
	/** It was blocked when the last sign of life was due. */
	stuck: boolean;
}

export interface ChangeFeedOptions {
	readonly mostFollowers?: number;
	/** Milliseconds between signs of life. */
	readonly silence?: number;
}

export class ChangeFeed {
	readonly #reads: Pick<PublishedReads, 'find'>;
	readonly #state = new FeedState();
	readonly #followers = new Set<Follower>();
	/** Steps are counted anew by each process. */
	readonly #instance = randomBytes(4).toString('hex');
	readonly #mostFollowers: number;
	readonly #signs: NodeJS.Timeout;
	#closed = false;

	constructor(
		reads: Pick<PublishedReads, 'find'>,
		{ mostFollowers = MOST_FOLLOWERS, silence = SILENCE }: ChangeFeedOptions = {},
	) {
		this.#reads = reads;
		this.#mostFollowers = mostFollowers;
		this.#signs = setInterval(() => this.#giveSigns(), silence);
		this.#signs.unref();
	}

	/** How many follow. */
	get followers(): number {
		return this.#followers.size;
	}

	/** Tells what is different in this snapshot. To be called once reads are answered from it. */
	publish({ history }: Snapshot): void {
		const etags = new Map(CATEGORIES.map((category) => [category.name, this.#reads.find(category)?.etag]));
		if (!this.#state.update((name) => etags.get(name) ?? null, history?.head ?? null)) return;
		for (const follower of this.#followers) if (!follower.blocked) this.#tell(follower);
	}

	/**
	 * Answers a request with events until one side has had enough. What the client does not know yet comes at once.
	 * @param wanted names of categories; undefined for all, and for commits that change none
	 * @param lastEventId as the client was told it before, if it was
	 * @throws AppError `overloaded`
	 */
	follow(
		response: ServerResponse,
		wanted: ReadonlySet<string> | undefined,
		lastEventId: string | undefined,
	): void {
		if (this.#closed) {
			throw new AppError('overloaded', 'the service is stopping; follow its changes again in a moment', {
				retryAfter: 5,
			});
		}
		if (this.#followers.size >= this.#mostFollowers) {
			throw new AppError('overloaded', 'too many clients follow the changes; try again in a while', {
				retryAfter: 30,
			});
		}
		// It hung up while it was looked whether it may ask; its end will not be told again.
		if (response.closed) return;
		response.writeHead(200, HEADERS);
		const told = this.#stepOf(lastEventId);
		const follower: Follower = { response, wanted, told, blocked: false, stuck: false };
		this.#followers.add(follower);
		response.once('close', () => this.#followers.delete(follower));
		response.on('drain', () => {
			follower.blocked = false;
			follower.stuck = false;
			this.#tell(follower);
		});
		this.#write(follower, `retry: ${RETRY}\n\n`);
		this.#tell(follower);
	}

	/** The headers alone, for whoever asks only for them. */
	sendHead(response: ServerResponse): void {
		response.writeHead(200, HEADERS).end();
	}

	/** Ends every stream. */
	close(): void {
		this.#closed = true;
		clearInterval(this.#signs);
		for (const { response } of this.#followers) {
			// Who takes nothing would not take the end either, and stopping must not wait for it.
			if (response.writableLength > 0) response.destroy();
			else response.end();
		}
		this.#followers.clear();
	}

	/** The step after which a client has missed something; 0 where we cannot know. */
	#stepOf(lastEventId: string | undefined): number {
		const [, instance, step = ''] = /^([0-9a-f]+)-(\d{1,15})$/.exec(lastEventId ?? '') ?? [];
		if (instance !== this.#instance) return 0;
		return Number(step) <= this.#state.step ? Number(step) : 0;
	}

	#tell(follower: Follower): void {
		const events = this.#state.since(follower.told, follower.wanted);
		follower.told = this.#state.step;
		if (events.length === 0) return;
		const last = events.length - 1;
		// Only the last one names the step: who loses the connection in the middle is told all of it again.
		const id = `${this.#instance}-${follower.told}`;
		const text = events.map((event, index) => format(event, index === last ? id : undefined)).join('');
		this.#write(follower, text);
	}

	#write(follower: Follower, text: string): void {
		follower.blocked = !follower.response.write(text);
	}

	#giveSigns(): void {
		for (const follower of this.#followers) {
			if (!follower.blocked) this.#write(follower, ':\n\n');
			// It may come back, and is then told what it missed; until then it would only take up room.
			else if (follower.stuck) follower.response.destroy();
			else follower.stuck = true;
		}
	}
}

/** As the standard has it: https://html.spec.whatwg.org/multipage/server-sent-events.html. JSON has no line breaks. */
function format({ kind, ...data }: FeedEvent, id: string | undefined): string {
	const idLine = id === undefined ? '' : `id: ${id}\n`;
	return `event: ${kind}\ndata: ${JSON.stringify(data)}\n${idLine}\n`;
}
