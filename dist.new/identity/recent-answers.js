/** Answers that hold for a while, the latest of them only. */
export class RecentAnswers {
    #ttl;
    #capacity;
    #clock;
    /** Those that were not asked for the longest come first. */
    #answers = new Map();
    /** @param ttl milliseconds that an answer holds */
    constructor(ttl, capacity, clock) {
        this.#ttl = ttl;
        this.#capacity = capacity;
        this.#clock = clock;
    }
    get size() {
        return this.#answers.size;
    }
    get(key) {
        const answer = this.#answers.get(key);
        if (!answer)
            return undefined;
        this.#answers.delete(key);
        if (answer.until <= this.#clock())
            return undefined;
        this.#answers.set(key, answer);
        return answer.value;
    }
    /** @param asked unix milliseconds at which the question was put: an answer is no younger than that */
    set(key, value, asked) {
        this.#answers.delete(key);
        this.#answers.set(key, { value, until: asked + this.#ttl });
        if (this.#answers.size <= this.#capacity)
            return;
        const [oldest] = this.#answers.keys();
        if (oldest !== undefined)
            this.#answers.delete(oldest);
    }
}
//# sourceMappingURL=recent-answers.js.map