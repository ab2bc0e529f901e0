/** Knows whose a key is by asking AI-Horde: seldom, not much at once, and not while it fails. */
import { AppError } from '../errors.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { findUser } from './find-user.js';
import { Gate } from './gate.js';
import { identityUnavailable, } from './identity-provider.js';
import { KeyLookups, MEMORY_LIMITS } from './key-lookups.js';
const LIMITS = {
    timeout: 10_000,
    gate: { running: 8, waiting: 64 },
    breaker: { failures: 5, coolDown: 30_000 },
    memory: MEMORY_LIMITS,
};
export class HordeIdentity {
    #url;
    #logger;
    #timeout;
    #gate;
    #breaker;
    #lookups;
    /** Questions under way, to give them up. */
    #asking = new Set();
    #isClosed = false;
    /** @throws AppError `config-invalid` for a URL that cannot be asked */
    constructor({ baseUrl, clock, logger, limits = {} }) {
        const { timeout, gate, breaker, memory } = { ...LIMITS, ...limits };
        this.#url = findUserUrl(baseUrl);
        this.#logger = logger;
        this.#timeout = timeout;
        this.#gate = new Gate(gate);
        this.#breaker = new CircuitBreaker(breaker, clock);
        this.#lookups = new KeyLookups((key) => this.#look(key), clock, memory);
    }
    async identify(key) {
        if (this.#isClosed)
            throw identityUnavailable();
        return this.#lookups.identify(key);
    }
    health() {
        return this.#breaker.health();
    }
    async close() {
        this.#isClosed = true;
        for (const question of this.#asking)
            question.abort();
    }
    async #look(key) {
        // Nobody waits for a turn that would be refused.
        if (this.#breaker.refusal !== undefined)
            throw identityUnavailable(this.#breaker.refusal);
        return this.#gate.run(() => this.#ask(key));
    }
    async #ask(key) {
        const attempt = this.#isClosed ? undefined : this.#breaker.attempt();
        if (!attempt)
            throw identityUnavailable(this.#breaker.refusal);
        const question = new AbortController();
        const timer = setTimeout(() => question.abort(new DOMException('', 'TimeoutError')), this.#timeout);
        this.#asking.add(question);
        const answer = await findUser(this.#url, key, question.signal);
        clearTimeout(timer);
        this.#asking.delete(question);
        if (answer.kind !== 'failure') {
            if (this.#breaker.health().degraded)
                this.#logger.info('AI-Horde answers again');
            attempt.succeeded();
            return answer.kind === 'somebody' ? answer.user : undefined;
        }
        if (this.#isClosed) {
            attempt.abandoned();
            throw identityUnavailable();
        }
        attempt.failed();
        const { reason, timedOut, retryAfter } = answer;
        this.#logger.warn({ reason, timedOut, ...this.#breaker.health() }, 'AI-Horde did not tell whose a key is');
        const wait = Math.max(this.#breaker.refusal ?? 0, retryAfter ?? 0) || undefined;
        throw timedOut ? identityUnavailable(wait, 'Auth service timed out') : identityUnavailable(wait);
    }
}
function findUserUrl(baseUrl) {
    const url = URL.canParse(baseUrl) ? new URL('v2/find_user', baseUrl) : undefined;
    const isUsable = url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
    if (isUsable)
        return url;
    // The URL may hold a password: it is not repeated.
    throw new AppError('config-invalid', 'The URL of AI-Horde must be an http or https URL without a user name, such as https://aihorde.net/api/');
}
//# sourceMappingURL=horde-identity.js.map