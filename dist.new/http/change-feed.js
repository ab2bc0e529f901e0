/**
 * Owns the followers of the feed: tells each what changed, as server-sent events. Nothing is kept for a follower but the last step that
 * it was told of: one that reads slowly, or comes back, gets what is newest of everything that it missed.
 */
import { randomBytes } from 'node:crypto';
import { CATEGORIES } from '../categories.js';
import { AppError } from '../errors.js';
import { FeedState } from './feed-state.js';
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
};
export class ChangeFeed {
    #reads;
    #state = new FeedState();
    #followers = new Set();
    /** Steps are counted anew by each process. */
    #instance = randomBytes(4).toString('hex');
    #mostFollowers;
    #signs;
    #closed = false;
    constructor(reads, { mostFollowers = MOST_FOLLOWERS, silence = SILENCE } = {}) {
        this.#reads = reads;
        this.#mostFollowers = mostFollowers;
        this.#signs = setInterval(() => this.#giveSigns(), silence);
        this.#signs.unref();
    }
    /** How many follow. */
    get followers() {
        return this.#followers.size;
    }
    /** Tells what is different in this snapshot. To be called once reads are answered from it. */
    publish({ history }) {
        const etags = new Map(CATEGORIES.map((category) => [category.name, this.#reads.find(category)?.etag]));
        if (!this.#state.update((name) => etags.get(name) ?? null, history?.head ?? null))
            return;
        for (const follower of this.#followers)
            if (!follower.blocked)
                this.#tell(follower);
    }
    /**
     * Answers a request with events until one side has had enough. What the client does not know yet comes at once.
     * @param wanted names of categories; undefined for all, and for commits that change none
     * @param lastEventId as the client was told it before, if it was
     * @throws AppError `overloaded`
     */
    follow(response, wanted, lastEventId) {
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
        if (response.closed)
            return;
        response.writeHead(200, HEADERS);
        const told = this.#stepOf(lastEventId);
        const follower = { response, wanted, told, blocked: false, stuck: false };
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
    sendHead(response) {
        response.writeHead(200, HEADERS).end();
    }
    /** Ends every stream. */
    close() {
        this.#closed = true;
        clearInterval(this.#signs);
        for (const { response } of this.#followers) {
            // Who takes nothing would not take the end either, and stopping must not wait for it.
            if (response.writableLength > 0)
                response.destroy();
            else
                response.end();
        }
        this.#followers.clear();
    }
    /** The step after which a client has missed something; 0 where we cannot know. */
    #stepOf(lastEventId) {
        const [, instance, step = ''] = /^([0-9a-f]+)-(\d{1,15})$/.exec(lastEventId ?? '') ?? [];
        if (instance !== this.#instance)
            return 0;
        return Number(step) <= this.#state.step ? Number(step) : 0;
    }
    #tell(follower) {
        const events = this.#state.since(follower.told, follower.wanted);
        follower.told = this.#state.step;
        if (events.length === 0)
            return;
        const last = events.length - 1;
        // Only the last one names the step: who loses the connection in the middle is told all of it again.
        const id = `${this.#instance}-${follower.told}`;
        const text = events.map((event, index) => format(event, index === last ? id : undefined)).join('');
        this.#write(follower, text);
    }
    #write(follower, text) {
        follower.blocked = !follower.response.write(text);
    }
    #giveSigns() {
        for (const follower of this.#followers) {
            if (!follower.blocked)
                this.#write(follower, ':\n\n');
            // It may come back, and is then told what it missed; until then it would only take up room.
            else if (follower.stuck)
                follower.response.destroy();
            else
                follower.stuck = true;
        }
    }
}
/** As the standard has it: https://html.spec.whatwg.org/multipage/server-sent-events.html. JSON has no line breaks. */
function format({ kind, ...data }, id) {
    const idLine = id === undefined ? '' : `id: ${id}\n`;
    return `event: ${kind}\ndata: ${JSON.stringify(data)}\n${idLine}\n`;
}
//# sourceMappingURL=change-feed.js.map