/** Bounds how much of something is done at once: the rest waits, briefly and in order, or is sent away. */
import { AppError } from '../errors.js';
export class Places {
    #limits;
    #waiting = new Set();
    #taken = 0;
    constructor(limits) {
        this.#limits = limits;
    }
    /**
     * Runs the task in a place of its own.
     * @param signal gives up waiting
     * @throws AppError `overloaded` when there was none in time; the signal's reason; and whatever the task throws
     */
    async run(signal, task) {
        if (this.#taken < this.#limits.places)
            this.#taken += 1;
        else
            await this.#turn(signal);
        try {
            return await task();
        }
        finally {
            const [next] = this.#waiting;
            // The place is handed on, so that nobody who comes in between takes it.
            if (next)
                next();
            else
                this.#taken -= 1;
        }
    }
    #turn(signal) {
        const { waiting, patience, refusal } = this.#limits;
        signal.throwIfAborted();
        if (this.#waiting.size >= waiting)
            throw new AppError('overloaded', refusal);
        return new Promise((resolve, reject) => {
            const leave = () => {
                this.#waiting.delete(enter);
                clearTimeout(timer);
                signal.removeEventListener('abort', giveUp);
            };
            const enter = () => {
                leave();
                resolve();
            };
            const giveUp = () => {
                leave();
                reject(signal.reason);
            };
            const timer = setTimeout(() => {
                leave();
                reject(new AppError('overloaded', refusal));
            }, patience);
            signal.addEventListener('abort', giveUp);
            this.#waiting.add(enter);
        });
    }
}
//# sourceMappingURL=places.js.map