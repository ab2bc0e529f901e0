/** The lines of the file that keeps the index of history: what they hold and how they are read back. Pure. */
import { crc32 } from 'node:zlib';
import { CategoryHistory } from './category-history.js';
/** Changes whenever what is kept, or how, changes: an older file is then not used. */
const FORMAT = 1;
/** The first line: where in the tree the category files were looked for. */
export function headerLine(paths) {
    return `${JSON.stringify({ format: FORMAT, paths })}\n`;
}
/**
 * @param at place of the item in its category
 * @param places of those before it that are not the one just before
 */
export function itemLine(category, { version, changes }, at, places) {
    const { commit, time, author, authored, subject, blob, parents } = version;
    // One that was appended has the one before it for its parent.
    const back = parents.map((parent) => at - (places.get(parent.commit) ?? at - 1));
    const { created, updated, deleted } = changes;
    const line = [
        category,
        commit,
        time,
        author,
        authored,
        subject,
        blob ?? null,
        back,
        created,
        updated,
        deleted,
    ];
    return `${JSON.stringify(line)}\n`;
}
const MARK = '{"head":';
/** @param checksum of all bytes before it; it ends with that of these and its own */
export function markLine({ head, boundary, misleading }, checksum) {
    const mark = JSON.stringify({ head, boundary, misleading });
    return `${mark}\t${crc32(mark, checksum)}\n`;
}
/** The last mark that is whole, if what stands before it is; what a process that died left behind it does not count. */
export function lastMark(bytes) {
    let start = bytes.lastIndexOf(`\n${MARK}`) + 1;
    let end = bytes.indexOf('\n', start);
    if (start > 0 && end < 0) {
        // Cut off while it was written.
        end = start - 1;
        start = bytes.lastIndexOf(`\n${MARK}`, end - 1) + 1;
        end = bytes.indexOf('\n', start);
    }
    if (start === 0 || end < 0)
        return undefined;
    const [mark = '', checksum] = bytes.toString('utf8', start, end).split('\t');
    if (checksum !== String(crc32(mark, crc32(bytes.subarray(0, start)))))
        return undefined;
    // The checksum has shown that we have written it.
    return { ...JSON.parse(mark), start, end: end + 1 };
}
/** Makes histories of lines again. */
export class ArchiveReader {
    histories = new Map();
    /** The newest version by path. */
    files = new Map();
    #names;
    #paths;
    /** Many commits have the same. */
    #authors = new Map();
    /** @param names of the categories, in the order of their paths */
    constructor(names, paths) {
        this.#names = names;
        this.#paths = paths;
    }
    /** @returns false for a file of another format or of other paths */
    read(text, { misleading }) {
        let start = text.indexOf('\n') + 1;
        if (text.slice(0, start) !== headerLine(this.#paths))
            return false;
        for (let end = text.indexOf('\n', start); end >= 0; end = text.indexOf('\n', start)) {
            if (!text.startsWith(MARK, start))
                this.#take(JSON.parse(text.slice(start, end)));
            start = end + 1;
        }
        for (const [index, name] of this.#names.entries()) {
            const history = this.histories.get(name);
            history?.correct(misleading[index] ?? []);
            if (history?.newest)
                this.files.set(this.#paths[index] ?? '', history.newest);
        }
        return true;
    }
    #take([category, commit, time, author, authored, subject, blob, back, ...changes]) {
        const name = this.#names[category] ?? '';
        const history = this.histories.get(name) ?? new CategoryHistory();
        this.histories.set(name, history);
        const { items } = history;
        const parents = back.flatMap((steps) => items[items.length - steps]?.version ?? []);
        const firstTime = parents.reduce((first, parent) => Math.min(first, parent.firstTime), time);
        const [created, updated, deleted] = changes;
        const version = {
            commit,
            time,
            author: this.#author(author),
            authored,
            subject,
            blob: blob ?? undefined,
            parents,
            firstTime,
        };
        history.append(version, { created, updated, deleted });
    }
    #author(name) {
        const author = this.#authors.get(name) ?? name;
        this.#authors.set(author, author);
        return author;
    }
}
//# sourceMappingURL=history-lines.js.map