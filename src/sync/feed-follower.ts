/** Listens to the change feed of an upstream, so that what is new there is fetched at once and not only when the timer says. */

import { setTimeout } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import type { Logger } from '../logger.ts';

/** Between the end of a connection and the next; milliseconds. */
const PAUSE = 1_000;

/** An upstream without a feed is asked again after this time, should it have got one. Milliseconds. */
const LONG_PAUSE = 60_000;

/** The feed sends a sign of life more often than that. Milliseconds. */
const SILENCE = 60_000;

export interface FeedFollowerOptions {
	readonly url: string;
	/** Called at every event. */
	readonly onEvent: () => void;
	readonly logger: Logger;
}

/**
 * Where the feed of a repository's service is: beside the clone URL, as this program has them both; undefined for one that is not
 * reached over HTTP.
 */
export function feedUrl(repository: string): string | undefined {
	if (!/^https?:\/\//i.test(repository)) return undefined;
	const url = new URL(repository);
	url.search = '';
	url.hash = '';
	const folder = url.pathname.replace(/\/[^/]*\/?$/, '').replace(/\/api$/, '');
	url.pathname = `${folder}/api/events`;
	return url.href;
}

export class FeedFollower {
	readonly #options: FeedFollowerOptions;
	readonly #stop = new AbortController();
	/** Ends the connection that there is. */
	#hangUp: () => void = () => {};
	readonly #done: Promise<void>;

	constructor(options: FeedFollowerOptions) {
		this.#options = options;
		this.#done = this.#follow();
	}

	async close(): Promise<void> {
		this.#stop.abort();
		this.#hangUp();
		await this.#done;
	}

	async #follow(): Promise<void> {
		const { logger, url } = this.#options;
		const { signal } = this.#stop;
		while (!signal.aborted) {
			let pause = PAUSE;
			try {
				const hasFeed = await this.#listen();
				if (!hasFeed) pause = LONG_PAUSE;
			} catch (error) {
				if (!signal.aborted) logger.debug({ url, reason: messageOf(error) }, 'the feed ended');
			}
			await setTimeout(pause, undefined, { signal, ref: false }).catch(() => {});
		}
	}

	/** @returns false where there is no feed; else when it ended */
	async #listen(): Promise<boolean> {
		const { url, onEvent } = this.#options;
		// One signal: of several in one, Node may lose those that nobody else holds.
		const connection = new AbortController();
		this.#hangUp = () => connection.abort();
		const limit = globalThis.setTimeout(this.#hangUp, SILENCE);
		try {
			const { href, authorization } = withoutCredentials(url);
			const response = await fetch(href, {
				headers: { Accept: 'text/event-stream', ...(authorization && { Authorization: authorization }) },
				signal: connection.signal,
			});
			if (!response.ok || !response.body) {
				await response.body?.cancel();
				// One that is starting, stopping or full has it again in a moment.
				return ![404, 405, 410].includes(response.status);
			}
			let line = '';
			for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
				limit.refresh();
				const lines = (line + chunk).split('\n');
				line = (lines.pop() ?? '').slice(0, 4096);
				if (lines.some((one) => one.startsWith('data:'))) onEvent();
			}
			return true;
		} finally {
			clearTimeout(limit);
		}
	}
}

/** `fetch` takes no user in a URL; git does. */
function withoutCredentials(url: string): { href: string; authorization: string | undefined } {
	const parsed = new URL(url);
	const { username, password } = parsed;
	parsed.username = '';
	parsed.password = '';
	const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
	const authorization = username || password ? `Basic ${Buffer.from(user).toString('base64')}` : undefined;
	return { href: parsed.href, authorization };
}
