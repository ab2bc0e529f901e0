/** Records of changes that were asked for or written last, so that a page of them need not be read from git each time. */
/** Characters that are kept, which takes up to twice that in bytes: the records of some thousand changes. */
const MOST_KEPT = 8 * 1024 * 1024;
export class RecentContents {
    /** The one that was used last is the last. */
    #contents = new Map();
    #size = 0;
    get(id) {
        const content = this.#contents.get(id);
        if (!content)
            return undefined;
        this.#contents.delete(id);
        this.#contents.set(id, content);
        return content;
    }
    put(id, content) {
        this.#remove(id);
        this.#contents.set(id, content);
        this.#size += sizeOf(content);
        for (const oldest of this.#contents.keys()) {
            if (this.#size <= MOST_KEPT)
                break;
            this.#remove(oldest);
        }
    }
    clear() {
        this.#contents.clear();
        this.#size = 0;
    }
    #remove(id) {
        const content = this.#contents.get(id);
        if (!content)
            return;
        this.#contents.delete(id);
        this.#size -= sizeOf(content);
    }
}
function sizeOf({ payload, before }) {
    return (payload?.length ?? 0) + (before?.length ?? 0);
}
//# sourceMappingURL=recent-contents.js.map