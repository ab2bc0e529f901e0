/**
 * Owns what names of revisions mean: the refs as they are, and which commits they reach. Nobody who asks pays for a process
 * unless refs have moved since; nothing that only hidden refs reach is ever found.
 */
import { BlobReader } from '../git/blobs.js';
import { CommitIds } from '../git/commit-ids.js';
import { readVisibleRefs, sameRefs, tipsOf } from '../git/refs.js';
import { findInTree, isFile, parseTree } from '../git/tree.js';
import { splitName } from './revision-names.js';
/** Tags may be of tags; a chain that is longer was made to be one. */
const MOST_TAGS = 10;
export class Revisions {
    #repository;
    /** Of its own: a large file that goes out must not hold up a reload. */
    objects;
    #trees;
    /** Digits of a whole id. */
    #idLength;
    #listeners = [];
    #refs;
    /** Read when the first commit id is asked for, and followed from then on. */
    #commits;
    #isStale = true;
    #reading;
    #isClosed = false;
    constructor(repository) {
        this.#repository = repository;
        this.objects = new BlobReader(repository.git);
        this.#idLength = repository.objectFormat === 'sha256' ? 64 : 40;
        this.#trees = {
            read: async (id) => {
                const object = id === undefined ? undefined : await this.objects.read(id);
                return object?.type === 'tree' ? parseTree(object.bytes, this.#idLength / 2) : [];
            },
        };
    }
    /** Calls the listener whenever names may mean something else than before. */
    onMove(listener) {
        this.#listeners.push(listener);
    }
    /**
     * Has refs looked at again; to be called at each reload, which need not wait for it: whoever asks for a name does. Until
     * somebody has asked, there is nothing to follow.
     */
    follow() {
        this.#isStale = true;
        if (this.#refs && !this.#isClosed)
            this.#current().catch(() => { }); // the next who asks is told of the failure
    }
    /** To be told of each snapshot: a write moves a ref before any reload. */
    published({ history }) {
        if (history?.head !== this.#refs?.ids.get('HEAD'))
            this.#isStale = true;
    }
    /** Whether refs are known to be as they are, so that what names were found to mean still holds. */
    get isSettled() {
        return this.#refs !== undefined && !this.#isStale && this.#reading === undefined;
    }
    /** The commit that a branch, a tag, HEAD or a commit id names; undefined when there is none that may be seen. */
    async find(name) {
        const found = await this.split(`${name}/`, ({ path }) => path === '');
        return found?.revision;
    }
    /**
     * Takes `<name>/<path>` apart. Undefined when no revision that may be seen is named.
     * @param isMeant whether a way to take it apart is to be looked at
     */
    async split(text, isMeant = () => true) {
        const { ids } = await this.#current();
        for (const meaning of splitName(ids, text, this.#idLength).filter(isMeant)) {
            const revision = await this.#revision(meaning);
            if (revision)
                return { revision, path: meaning.path };
        }
        return undefined;
    }
    /** @param commit id of one that is known to be visible */
    async ofCommit(commit) {
        return this.#named('ref', commit);
    }
    /** Blob id of an ordinary file; undefined for a path that is none: a folder, a link, another repository, or nothing. */
    async fileAt({ tree }, path) {
        const entry = await findInTree(this.#trees, tree, path);
        return entry && isFile(entry) ? entry.id : undefined;
    }
    /** To be called when nobody asks any more. */
    async close() {
        // A look that began now would start the process again.
        this.#isClosed = true;
        while (this.#reading !== undefined)
            await this.#reading.catch(() => { });
        this.objects.close();
    }
    async #revision({ kind, id }) {
        const known = kind === 'ref' ? id : (await this.#commitIds()).find(id);
        return known === undefined ? undefined : this.#named(kind, known);
    }
    async #named(kind, id) {
        const object = await this.#peel(id);
        if (!object)
            return undefined;
        const tree = /^tree ([0-9a-f]+)\n/.exec(object.bytes.toString('latin1', 0, 80))?.[1];
        return tree === undefined ? undefined : { commit: object.id, tree, isPermanent: kind === 'whole-id' };
    }
    /** The commit behind a tag; undefined for tags of files and folders. */
    async #peel(id) {
        let object = await this.objects.read(id);
        for (let depth = 0; object?.type === 'tag' && depth < MOST_TAGS; depth++) {
            const target = /^object ([0-9a-f]+)\n/.exec(object.bytes.toString('latin1', 0, 80))?.[1];
            object = target === undefined ? undefined : await this.objects.read(target);
        }
        return object?.type === 'commit' ? object : undefined;
    }
    async #commitIds() {
        const refs = await this.#current();
        const reading = this.#commits ?? CommitIds.read(this.#repository.git, tipsOf(refs));
        this.#commits = reading;
        try {
            return await reading;
        }
        catch (error) {
            if (this.#commits === reading)
                this.#commits = undefined; // the next request tries again
            throw error;
        }
    }
    /** The refs as they are now; everybody who asks meanwhile waits for the same look. */
    async #current() {
        for (;;) {
            if (this.#refs && this.isSettled)
                return this.#refs;
            this.#reading ??= this.#read().finally(() => {
                this.#reading = undefined;
            });
            await this.#reading;
        }
    }
    async #read() {
        this.#isStale = false;
        try {
            const refs = await readVisibleRefs(this.#repository, this.objects);
            const before = this.#refs;
            if (before && sameRefs(before, refs))
                return;
            const isCutElsewhere = before !== undefined && before.boundary !== refs.boundary;
            const known = await this.#commits?.catch(() => undefined);
            const moved = isCutElsewhere ? undefined : await known?.moved(this.#repository.git, tipsOf(refs));
            this.#commits = moved && Promise.resolve(moved);
            this.#refs = refs;
            this.#tell(known !== undefined && moved === undefined);
        }
        catch (error) {
            this.#isStale = true;
            throw error;
        }
    }
    #tell(gone) {
        for (const listener of this.#listeners)
            listener(gone);
    }
}
//# sourceMappingURL=revisions.js.map