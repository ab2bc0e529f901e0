/**
 * Owns the files of past and other revisions that are kept in memory: read once, however many ask at once, in the forms in
 * which they go out, and within a bound.
 */
import { isUtf8 } from 'node:buffer';
import { AppError } from '../errors.js';
import { BlobReader } from '../git/blobs.js';
import { ByteLru } from './byte-lru.js';
import { identity, identityOf, represent } from './representation.js';
/** Published files are of a megabyte; the rest of the process takes about a hundred. */
const MOST_BYTES = 32 * 1024 * 1024;
/** A larger file goes out as it is, and is read again for the next who asks. Bytes. */
const LARGEST_KEPT = 8 * 1024 * 1024;
/** As of category files: below what would hold up the process. Bytes. */
const LARGEST = 64 * 1024 * 1024;
/** What a file takes besides its bytes. */
const OVERHEAD = 1024;
/** Where git looks for a zero byte, to tell a text from other files. */
const TEXT_PROBE = 8000;
export class StoredBlobs {
    #objects;
    #sizes;
    #kept;
    #listeners = [];
    #reading = new Map();
    /** Files that are too large to keep, while they still go out to somebody slow: one copy serves all. */
    #large = new Map();
    #published = new Map();
    #making = Promise.resolve();
    /** @param objects reads the bytes */
    constructor({ git }, objects, mostBytes = MOST_BYTES) {
        this.#objects = objects;
        this.#sizes = new BlobReader(git, 'size');
        this.#kept = new ByteLru(mostBytes, (blob) => {
            for (const listener of this.#listeners)
                listener(blob);
        });
    }
    /** Calls the listener with each blob that is kept no longer. */
    onLeave(listener) {
        this.#listeners.push(listener);
    }
    /** Bytes that are held. */
    get bytes() {
        return this.#kept.bytes;
    }
    /** Forms of published files are made already, and serve for the same bytes in any revision. */
    published({ files }) {
        const made = [...files.values()].filter(({ missing }) => missing.length === 0);
        this.#published = new Map(made.map(({ version, representation }) => [version, representation]));
    }
    /**
     * A blob by its id, which must have been found in a tree.
     * @throws AppError `file-too-large`; `git-failed` when the object is not there
     */
    read(id) {
        return this.#load(id, async () => {
            const representation = this.#published.get(id);
            return representation ? identityOf(representation).body : this.#bytesOf(id);
        });
    }
    /** Something that is made of a blob, such as its grouped form: kept, tagged and bounded as blobs are. */
    derived(id, make) {
        return this.#load(id, make);
    }
    /** To be told of each answer from a blob that is known: it stays, and whoever is asked for again gets all forms. */
    use(blob) {
        const kept = this.#kept.get(blob.id);
        if (kept?.forms === 'none')
            this.#makeForms(kept);
    }
    /** A blob takes so many bytes more, for what others keep of it. */
    charge(blob, bytes) {
        this.#kept.grow(blob.id, bytes);
    }
    /** Whether it is (still) kept. */
    has(blob) {
        return this.#kept.get(blob.id) === blob;
    }
    async close() {
        await this.#making;
        this.#sizes.close();
    }
    async #load(id, make) {
        const known = this.#kept.get(id);
        if (known) {
            this.use(known);
            return known;
        }
        const under = this.#reading.get(id) ?? this.#keep(id, make).finally(() => this.#reading.delete(id));
        this.#reading.set(id, under);
        return under;
    }
    async #keep(id, make) {
        const bytes = await make();
        const published = this.#published.get(id);
        const isText = !bytes.subarray(0, TEXT_PROBE).includes(0);
        const isSmall = bytes.length <= LARGEST_KEPT;
        const blob = {
            id,
            representation: published ?? identity(id, bytes),
            isText,
            isUtf8: isText && isUtf8(bytes),
            forms: published || !isText || !isSmall ? 'made' : 'none',
        };
        if (isSmall)
            this.#kept.set(id, blob, sizeOf(blob.representation) + OVERHEAD);
        return blob;
    }
    async #bytesOf(id) {
        const going = this.#large.get(id)?.deref();
        if (going)
            return going;
        const found = await this.#sizes.read(id);
        if (found && found.size > LARGEST) {
            throw new AppError('file-too-large', `The file has ${found.size} bytes, and no more than ${LARGEST} are sent: get it with git clone`);
        }
        const object = found?.type === 'blob' ? await this.#objects.read(id) : undefined;
        if (!object)
            throw new AppError('git-failed', `blob ${id} is in a tree but not in the repository`);
        if (object.size > LARGEST_KEPT)
            this.#remember(id, object.bytes);
        return object.bytes;
    }
    #remember(id, bytes) {
        for (const [other, reference] of this.#large)
            if (!reference.deref())
                this.#large.delete(other);
        this.#large.set(id, new WeakRef(bytes));
    }
    /** One after the other, outside the event loop; a file that has left meanwhile is passed over. */
    #makeForms(blob) {
        blob.forms = 'waiting';
        const make = async () => {
            if (!this.has(blob))
                return;
            const made = await represent(blob.id, identityOf(blob.representation).body);
            const more = sizeOf(made) - sizeOf(blob.representation);
            blob.representation = made;
            blob.forms = 'made';
            this.charge(blob, more);
        };
        // Where they cannot be made (no memory), the file goes out as it is.
        this.#making = this.#making.then(make).catch(() => {
            blob.forms = 'made';
        });
    }
}
function sizeOf({ variants }) {
    return variants.reduce((sum, { body }) => sum + body.length, 0);
}
//# sourceMappingURL=stored-blobs.js.map