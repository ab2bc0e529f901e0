/**
 * Owns what followers of the feed can be told: what each category is now, what HEAD names, and when each last changed, counted in
 * steps. So what somebody has missed is found from the last step that they were told of, however many steps they missed.
 */
import { CATEGORIES } from '../categories.js';
export class FeedState {
    #step = 0;
    #etags = new Map();
    #head = { value: null, step: 0 };
    /** The last step; 0 before there was any. */
    get step() {
        return this.#step;
    }
    /**
     * Takes what is published now.
     * @returns whether anything changed, which makes a step
     */
    update(etagOf, head) {
        const step = this.#step + 1;
        const etags = CATEGORIES.map(({ name }) => [name, stepped(this.#etags.get(name), etagOf(name), step)]);
        const isChanged = this.#head.value !== head || etags.some(([, etag]) => etag.step === step);
        if (!isChanged)
            return false;
        this.#step = step;
        this.#etags = new Map(etags);
        this.#head = stepped(this.#head, head, step);
        return true;
    }
    /**
     * What became different after a step, as it is now: categories in the order of the table, or else HEAD alone.
     * @param wanted names of categories; undefined for all, and for HEAD besides
     */
    since(step, wanted) {
        const commit = this.#head.value;
        const events = [];
        for (const [category, etag] of this.#etags) {
            if (etag.step <= step || (wanted && !wanted.has(category)))
                continue;
            events.push({ kind: 'category', category, etag: etag.value, commit });
        }
        if (events.length === 0 && !wanted && this.#head.step > step)
            events.push({ kind: 'head', commit });
        return events;
    }
}
function stepped(before, value, step) {
    return before?.value === value ? before : { value, step };
}
//# sourceMappingURL=feed-state.js.map