/** Keeps values up to a number of bytes; those that were not used for longest go first. */
export class ByteLru {
    #most;
    #onLeave;
    /** In the order of use. */
    #kept = new Map();
    /** The last in that order; what is asked for again and again need not be moved there each time. */
    #newest;
    #bytes = 0;
    /**
     * @param most bytes that all together may take
     * @param onLeave told each value that is kept no longer
     */
    constructor(most, onLeave = () => { }) {
        this.#most = most;
        this.#onLeave = onLeave;
    }
    /** What all together takes. */
    get bytes() {
        return this.#bytes;
    }
    get size() {
        return this.#kept.size;
    }
    /** Counts as a use. */
    get(key) {
        const found = this.#kept.get(key);
        if (!found)
            return undefined;
        if (key !== this.#newest) {
            this.#kept.delete(key);
            this.#kept.set(key, found);
            this.#newest = key;
        }
        return found.value;
    }
    /** Keeps a value in the place of what has the key now. One that is too large by itself is not kept. */
    set(key, value, bytes) {
        this.delete(key);
        this.#kept.set(key, { value, bytes });
        this.#newest = key;
        this.#bytes += bytes;
        this.#shrink();
    }
    /** A value takes so much more than before. */
    grow(key, bytes) {
        const found = this.#kept.get(key);
        if (!found)
            return;
        found.bytes += bytes;
        this.#bytes += bytes;
        this.#shrink();
    }
    delete(key) {
        const found = this.#kept.get(key);
        if (!found)
            return;
        this.#kept.delete(key);
        this.#bytes -= found.bytes;
        this.#onLeave(found.value);
    }
    #shrink() {
        for (const key of this.#kept.keys()) {
            if (this.#bytes <= this.#most)
                return;
            this.delete(key);
        }
    }
}
//# sourceMappingURL=byte-lru.js.map