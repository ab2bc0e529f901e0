/**
 * Keeps the index of history across restarts, in one file inside the git directory that grows with each commit. It is only ever a
 * head start: it names the commit it ends at and proves itself by a checksum, and without it everything is read again.
 */
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { CATEGORIES } from '../categories.js';
import { messageOf } from '../errors.js';
import { ArchiveReader, headerLine, itemLine, lastMark, markLine } from './history-lines.js';
/** Lines that are made before whoever waits for the event loop gets a turn. */
const AT_ONCE = 500;
const FILE = 'history.jsonl';
export class HistoryArchive {
    #file;
    /** Path in the tree by category. */
    #paths;
    #logger;
    #kept;
    #saving = Promise.resolve();
    constructor(repository, logger) {
        this.#file = path.join(repository.gitDirectory, 'horde-references', FILE);
        this.#paths = new Map(CATEGORIES.map(({ name, file }) => [name, repository.pathPrefix + file]));
        this.#logger = logger;
    }
    async load() {
        try {
            await this.#removeLeftBehind();
            const bytes = await readFile(this.#file);
            const mark = lastMark(bytes);
            if (!mark)
                return NOTHING;
            const reader = new ArchiveReader([...this.#paths.keys()], [...this.#paths.values()]);
            if (!reader.read(bytes.toString('utf8', 0, mark.start), mark))
                return NOTHING;
            const { histories, files } = reader;
            const { head, boundary } = mark;
            const extents = extentsOf(histories);
            this.#kept = { head, length: mark.end, checksum: crc32(bytes.subarray(0, mark.end)), extents };
            return { history: { head, boundary, files }, histories };
        }
        catch (error) {
            this.#logger.debug({ reason: messageOf(error) }, 'there is no index of history to start from');
            return NOTHING;
        }
    }
    /** Adds what is new, or writes all of it anew. A git directory that cannot be written costs only the head start. */
    save({ head, boundary }, histories) {
        // Taken at once: what comes while we write is not of this commit.
        const misleading = new Map(Array.from(histories, ([name, history]) => [name, history.misleading]));
        const wanted = { head, boundary, extents: extentsOf(histories), misleading };
        this.#saving = this.#saving.then(() => this.#save(wanted));
        return this.#saving;
    }
    /** Resolved when nothing is under way. */
    async close() {
        await this.#saving;
    }
    async #save(wanted) {
        const kept = this.#kept;
        // Unless all goes well, what the file holds is not known any more.
        this.#kept = undefined;
        try {
            await mkdir(path.dirname(this.#file), { recursive: true });
            if (kept && extendsKept(wanted, kept) && (await this.#isAsKept(kept))) {
                this.#kept = kept.head === wanted.head ? kept : await this.#append(wanted, kept);
            }
            else
                this.#kept = await this.#write(wanted);
        }
        catch (error) {
            this.#logger.debug({ reason: messageOf(error) }, 'the index of history is not kept across restarts');
        }
    }
    /** False where another process has written to the file too, or where it is gone. */
    async #isAsKept({ length }) {
        const found = await stat(this.#file).catch(() => undefined);
        return found?.size === length;
    }
    async #append(wanted, kept) {
        const file = await open(this.#file, 'a');
        try {
            return await this.#addTo(file, wanted, kept);
        }
        finally {
            await file.close();
        }
    }
    /** Whole or not at all. */
    async #write(wanted) {
        const temporary = `${this.#file}.${process.pid}`;
        const header = headerLine([...this.#paths.values()]);
        const file = await open(temporary, 'w');
        try {
            await file.writeFile(header);
            const nothing = { head: '', length: Buffer.byteLength(header), checksum: crc32(header), extents: NONE };
            const kept = await this.#addTo(file, wanted, nothing);
            await file.close();
            await rename(temporary, this.#file);
            return kept;
        }
        finally {
            await file.close();
            await rm(temporary, { force: true });
        }
    }
    async #addTo(file, wanted, { extents, ...kept }) {
        let { length, checksum } = kept;
        let lines = [];
        const flush = async () => {
            const text = lines.join('');
            lines = [];
            length += Buffer.byteLength(text);
            checksum = crc32(text, checksum);
            await file.writeFile(text);
        };
        for (const [category, name] of [...this.#paths.keys()].entries()) {
            const { history, count } = wanted.extents.get(name) ?? { history: undefined, count: 0 };
            const places = new Map();
            for (let at = extents.get(name)?.count ?? 0; history && at < count; at++) {
                const item = history.items[at];
                if (!item)
                    break;
                lines.push(itemLine(category, item, at, places));
                places.set(item.version.commit, at);
                if (lines.length >= AT_ONCE)
                    await flush();
            }
        }
        await flush();
        const misleading = [...this.#paths.keys()].map((name) => wanted.misleading.get(name) ?? []);
        lines.push(markLine({ head: wanted.head, boundary: wanted.boundary, misleading }, checksum));
        await flush();
        return { head: wanted.head, length, checksum, extents: wanted.extents };
    }
    /** By a process that died while it wrote, and by earlier versions of this program. */
    async #removeLeftBehind() {
        const directory = path.dirname(this.#file);
        for (const name of await readdir(directory)) {
            if (name.startsWith(`${FILE}.`) || name === 'totals.json')
                await rm(path.join(directory, name), { force: true });
        }
    }
}
const NONE = new Map();
const NOTHING = { history: undefined, histories: new Map() };
function extentsOf(histories) {
    return new Map(Array.from(histories, ([name, history]) => [name, { history, count: history.items.length }]));
}
/** Whether the file only has to grow: each history is the one it holds, with more at its end. */
function extendsKept(wanted, kept) {
    return [...kept.extents].every(([name, { history }]) => wanted.extents.get(name)?.history === history);
}
//# sourceMappingURL=history-archive.js.map