/** What other primaries did to the shared remote while a group was under way here: brought, and looked through for what was asked twice. */
import { isRevert, isTransition } from './change.js';
import { KEY_TRAILER } from './idempotency.js';
import { refusal } from './plan-change.js';
import { asRefusal } from './refusals.js';
export class OthersWork {
    #options;
    /** Keys of idempotent requests that others have used meanwhile. */
    #used = new Set();
    #hasCaughtUp = false;
    constructor(options) {
        this.#options = options;
    }
    /** Whether the remote was looked at. */
    get hasCaughtUp() {
        return this.#hasCaughtUp;
    }
    /**
     * Brings what the remote has now.
     * @param since what the group was first planned on
     * @returns why it cannot be had
     */
    async catchUp(requests, since) {
        this.#hasCaughtUp = true;
        try {
            await this.#options.shared.fetch();
            const { trouble } = await this.#options.follow();
            if (trouble !== undefined)
                return refusal('remote-diverged', trouble, { retryAfter: 60 });
            if (requests.some((request) => keyOf(request) !== undefined))
                await this.#noteUsedKeys(since);
            return undefined;
        }
        catch (error) {
            return asRefusal(error);
        }
    }
    /** Why a request must not be done any more; undefined for one that may. */
    refusalOf(request) {
        const key = keyOf(request);
        return key !== undefined && this.#used.has(key) ? KEY_USED : undefined;
    }
    async #noteUsedKeys(since) {
        const { head, repository } = this.#options;
        const now = await head.read();
        const ends = [now.base.commit, now.ledger].filter((id) => id !== undefined);
        const known = [since.base.commit, since.ledger].flatMap((id) => (id === undefined ? [] : [`^${id}`]));
        const format = `--format=%(trailers:key=${KEY_TRAILER},valueonly)`;
        const printed = await repository.git.run(['log', '--no-show-signature', format, ...ends, ...known, '--']);
        for (const key of printed.split('\n').filter(Boolean))
            this.#used.add(key);
    }
}
/** Whether an outcome may be owed to what others have done, and be another one on top of that. */
export function mayBeOutOfDate(outcome) {
    switch (outcome.kind) {
        case 'refused':
        case 'unchanged':
            return true;
        case 'reverted':
            return outcome.commit === undefined;
        case 'applied-changes':
            return outcome.failure !== undefined;
        default:
            return false;
    }
}
/** Digest of the key with which a request may be sent again; undefined where it has none. */
function keyOf(request) {
    if (isRevert(request))
        return undefined;
    const change = isTransition(request) ? request.transition === 'propose' && request.change : request;
    return change ? change.trailers?.find(([name]) => name === KEY_TRAILER)?.[1] : undefined;
}
const KEY_USED = refusal('repository-busy', 'the same Idempotency-Key was used elsewhere at the same moment; send the request again to be told what became of it', { retryAfter: 1 });
//# sourceMappingURL=others-work.js.map