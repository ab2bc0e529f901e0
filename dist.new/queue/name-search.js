/**
 * Finds the changes whose model's name holds a text. Names are kept as parts of larger texts, which are searched a good deal
 * faster than as many small ones.
 */
/** Names in one text. */
const NAMES_IN_BLOCK = 256;
export class NameSearch {
    #blocks = [];
    /** Each id once; its name never changes. */
    add(id, name) {
        let block = this.#blocks.at(-1);
        if (!block || block.ids.length === NAMES_IN_BLOCK) {
            block = { text: '', ids: [], starts: [] };
            this.#blocks.push(block);
        }
        block.starts.push(block.text.length);
        block.ids.push(id);
        block.text += `\n${name.toLowerCase()}`;
    }
    /**
     * Ids of the names that hold the text, in the order in which they were added.
     * @param part in any case
     */
    find(part) {
        const wanted = part.toLowerCase();
        if (wanted.includes('\n'))
            return [];
        return this.#blocks.flatMap((block) => findIn(block, wanted));
    }
}
function findIn({ text, ids, starts }, wanted) {
    const found = [];
    let at = text.indexOf(wanted);
    for (let index = 0; at >= 0; at = text.indexOf(wanted, starts[index] ?? text.length)) {
        while (index < starts.length && (starts[index] ?? 0) <= at)
            index++;
        const id = ids[index - 1];
        if (id !== undefined)
            found.push(id);
        if (index === starts.length)
            break;
    }
    return found;
}
//# sourceMappingURL=name-search.js.map