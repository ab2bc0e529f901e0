/** Listens to the change feed of an upstream, so that what is new there is fetched at once and not only when the timer says. */
import { setTimeout } from 'node:timers/promises';
import { messageOf } from '../errors.js';
/** Between the end of a connection and the next; milliseconds. */
const PAUSE = 1_000;
/** An upstream without a feed is asked again after this time, should it have got one. Milliseconds. */
const LONG_PAUSE = 60_000;
/** The feed sends a sign of life more often than that. Milliseconds. */
const SILENCE = 60_000;
/**
 * Where the feed of a repository's service is: beside the clone URL, as this program has them both; undefined for one that is not
 * reached over HTTP.
 */
export function feedUrl(repository) {
    if (!/^https?:\/\//i.test(repository))
        return undefined;
    const url = new URL(repository);
    url.search = '';
    url.hash = '';
    const folder = url.pathname.replace(/\/[^/]*\/?$/, '').replace(/\/api$/, '');
    url.pathname = `${folder}/api/events`;
    return url.href;
}
export class FeedFollower {
    #options;
    #stop = new AbortController();
    #done;
    constructor(options) {
        this.#options = options;
        this.#done = this.#follow();
    }
    async close() {
        this.#stop.abort();
        await this.#done;
    }
    async #follow() {
        const { logger, url } = this.#options;
        const { signal } = this.#stop;
        while (!signal.aborted) {
            let pause = PAUSE;
            try {
                const hasFeed = await this.#listen();
                if (!hasFeed)
                    pause = LONG_PAUSE;
            }
            catch (error) {
                if (!signal.aborted)
                    logger.debug({ url, reason: messageOf(error) }, 'the feed ended');
            }
            await setTimeout(pause, undefined, { signal, ref: false }).catch(() => { });
        }
    }
    /** @returns false where there is no feed; else when it ended */
    async #listen() {
        const { url, onEvent } = this.#options;
        const silence = new AbortController();
        let limit = globalThis.setTimeout(() => silence.abort(), SILENCE);
        try {
            const { href, authorization } = withoutCredentials(url);
            const response = await fetch(href, {
                headers: { Accept: 'text/event-stream', ...(authorization && { Authorization: authorization }) },
                signal: AbortSignal.any([this.#stop.signal, silence.signal]),
            });
            if (!response.ok || !response.body) {
                await response.body?.cancel();
                // One that is starting, stopping or full has it again in a moment.
                return ![404, 405, 410].includes(response.status);
            }
            let line = '';
            for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
                clearTimeout(limit);
                limit = globalThis.setTimeout(() => silence.abort(), SILENCE);
                const lines = (line + chunk).split('\n');
                line = (lines.pop() ?? '').slice(0, 4096);
                if (lines.some((one) => one.startsWith('data:')))
                    onEvent();
            }
            return true;
        }
        finally {
            clearTimeout(limit);
        }
    }
}
/** `fetch` takes no user in a URL; git does. */
function withoutCredentials(url) {
    const parsed = new URL(url);
    const { username, password } = parsed;
    parsed.username = '';
    parsed.password = '';
    const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    const authorization = username || password ? `Basic ${Buffer.from(user).toString('base64')}` : undefined;
    return { href: parsed.href, authorization };
}
//# sourceMappingURL=feed-follower.js.map