/**
 * Writes the objects of a group in the way that suits their number: loose ones are quicker to be read by others, a pack is quicker to
 * write when they are many. Until that is known they are held back.
 */
import { objectId } from './object-writer.js';
/** Loose objects that take about as long as a pack of them. */
const MOST_LOOSE = 16;
export class BufferedObjects {
    #format;
    #loose;
    #packed;
    #held = new Map();
    #used;
    constructor(format, loose, packed) {
        this.#format = format;
        this.#loose = loose;
        this.#packed = packed;
        this.#used = loose;
    }
    /** @param isSeveral whether the next objects are of more than one request, and so versions of few files */
    begin(isSeveral) {
        this.#held.clear();
        this.#used = isSeveral ? this.#packed : this.#loose;
    }
    write(type, body, series) {
        if (this.#used === this.#packed)
            return this.#packed.write(type, body, series);
        const id = objectId(this.#format, type, body);
        this.#held.set(id, { type, body, series });
        if (this.#held.size > MOST_LOOSE) {
            this.#used = this.#packed;
            this.#writeHeld();
        }
        return id;
    }
    place() {
        this.#writeHeld();
        this.#used.place();
    }
    sync() {
        this.#used.sync();
    }
    release() {
        this.#used.release();
    }
    abandon() {
        this.#held.clear();
        this.#used.abandon();
    }
    #writeHeld() {
        for (const { type, body, series } of this.#held.values())
            this.#used.write(type, body, series);
        this.#held.clear();
    }
}
//# sourceMappingURL=buffered-objects.js.map