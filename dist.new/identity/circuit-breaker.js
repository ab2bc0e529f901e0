/**
 * Stops asking a service that fails again and again, and lets one question through from time to time to see whether it
 * answers again.
 */
export class CircuitBreaker {
    #limits;
    #clock;
    #failures = 0;
    /** Unix milliseconds from which one may try again; undefined while it is closed. */
    #opensUntil;
    /** The one attempt that is let through after the cool-down. */
    #probe;
    constructor(limits, clock) {
        this.#limits = limits;
        this.#clock = clock;
    }
    /** Seconds after which asking may help; undefined when one may ask now. */
    get refusal() {
        if (this.#opensUntil === undefined)
            return undefined;
        const left = this.#opensUntil - this.#clock();
        if (left > 0)
            return left / 1000;
        return this.#probe ? 1 : undefined;
    }
    /** Undefined when it may not be asked now; see `refusal`. */
    attempt() {
        if (this.refusal !== undefined)
            return undefined;
        const attempt = {
            succeeded: () => {
                // It answers: a probe that is still out is a question like any other from now on.
                this.#probe = undefined;
                this.#failures = 0;
                this.#opensUntil = undefined;
            },
            failed: () => {
                const wasProbe = this.#end(attempt);
                this.#failures += 1;
                // What was asked before it opened and fails afterwards is no news.
                const opens = this.#opensUntil === undefined && this.#failures >= this.#limits.failures;
                if (wasProbe || opens)
                    this.#opensUntil = this.#clock() + this.#limits.coolDown;
            },
            abandoned: () => {
                this.#end(attempt);
            },
        };
        if (this.#opensUntil !== undefined)
            this.#probe = attempt;
        return attempt;
    }
    health() {
        const isOpen = this.#opensUntil !== undefined;
        const left = Math.max(0, (this.#opensUntil ?? 0) - this.#clock());
        return {
            degraded: isOpen,
            consecutiveFailures: this.#failures,
            secondsUntilRetry: isOpen ? Math.ceil(left / 100) / 10 : null,
        };
    }
    /** Whether it was the probe. */
    #end(attempt) {
        const wasProbe = this.#probe === attempt;
        if (wasProbe)
            this.#probe = undefined;
        return wasProbe;
    }
}
//# sourceMappingURL=circuit-breaker.js.map