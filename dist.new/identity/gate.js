/** Bounds how much of something runs at once, and how much waits for it. */
import { identityUnavailable } from './identity-provider.js';
/** Seconds after which whoever was not let in may find room. */
const RETRY_AFTER = 1;
export class Gate {
    #limits;
    #waiting = [];
    #running = 0;
    constructor(limits) {
        this.#limits = limits;
    }
    /**
     * Runs the task when its turn has come, in the order of arrival.
     * @throws AppError `identity-unavailable` when too many wait already, and whatever the task throws
     */
    async run(task) {
        if (this.#running < this.#limits.running)
            this.#running += 1;
        else
            await this.#turn();
        try {
            return await task();
        }
        finally {
            const next = this.#waiting.shift();
            // The place is handed on, so that nobody who comes in between takes it.
            if (next)
                next();
            else
                this.#running -= 1;
        }
    }
    #turn() {
        if (this.#waiting.length >= this.#limits.waiting)
            throw identityUnavailable(RETRY_AFTER);
        return new Promise((resolve) => this.#waiting.push(resolve));
    }
}
//# sourceMappingURL=gate.js.map