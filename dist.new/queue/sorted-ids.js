/** Lists of ids in ascending order. Pure. */
/** One list; ids come nearly always in their order, so that they are added at the end. */
export class SortedIds {
    ids = [];
    add(id) {
        const last = this.ids.at(-1);
        if (last === undefined || last < id)
            this.ids.push(id);
        else if (this.ids[this.#place(id)] !== id)
            this.ids.splice(this.#place(id), 0, id);
    }
    remove(id) {
        const place = this.#place(id);
        if (this.ids[place] === id)
            this.ids.splice(place, 1);
    }
    /** Where the id stands or would stand. */
    #place(id) {
        let low = 0;
        let high = this.ids.length;
        while (low < high) {
            const middle = (low + high) >>> 1;
            if ((this.ids[middle] ?? 0) < id)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
/** The lowest ids of several ascending lists that have none in common, in order. */
export function firstOf(lists, count) {
    const [only, ...others] = lists;
    if (only && others.length === 0)
        return only.slice(0, count);
    const places = lists.map(() => 0);
    const found = [];
    while (found.length < count) {
        let next = -1;
        let lowest = Number.POSITIVE_INFINITY;
        for (const [index, ids] of lists.entries()) {
            const id = ids[places[index] ?? 0] ?? Number.POSITIVE_INFINITY;
            if (id < lowest)
                [next, lowest] = [index, id];
        }
        if (next < 0)
            break;
        found.push(lowest);
        places[next] = (places[next] ?? 0) + 1;
    }
    return found;
}
//# sourceMappingURL=sorted-ids.js.map