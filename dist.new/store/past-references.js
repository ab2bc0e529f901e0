/** Owns references as they were: at a revision, or at a time. Bytes that are no reference are never taken for one. */
import { AppError } from '../errors.js';
import { parseReference } from '../record/reference-file.js';
import { ByteLru } from './byte-lru.js';
import { identityOf } from './representation.js';
/** For the text of a file, and where its records stand. Bytes, by a coarse count. */
const MOST_PARSED = 16 * 1024 * 1024;
const PARSED_PER_BYTE = 3;
export class PastReferences {
    #options;
    #parsed = new ByteLru(MOST_PARSED);
    #grouping = Promise.resolve();
    constructor(options) {
        this.#options = options;
    }
    /** The revision of a name; undefined when there is none that may be seen. */
    revision(name) {
        return this.#options.revisions.find(name);
    }
    /**
     * The commit that a category's file was last changed by, at a time; undefined for a file that no commit ever touched.
     * @param time unix seconds
     * @throws AppError `revision-unknown` when the file has no history that far back
     */
    async revisionAt(category, time) {
        const { store, revisions } = this.#options;
        const newest = store.snapshot.history?.files.get(store.pathInTree(category));
        if (!newest)
            return undefined;
        const version = versionAt(newest, time);
        if (!version) {
            const begin = new Date(newest.firstTime * 1000).toISOString();
            throw new AppError('revision-unknown', `The history of ${category.file} begins only at ${begin}`);
        }
        return revisions.ofCommit(version.commit);
    }
    /**
     * A category's file at a revision; undefined where there is none.
     * @throws AppError `reference-broken` when what is there is no reference
     */
    async read(category, revision) {
        const { store, revisions, blobs } = this.#options;
        const path = store.pathInTree(category);
        const id = await revisions.fileAt(revision, path);
        if (id === undefined)
            return undefined;
        const blob = await blobs.read(id);
        const parsed = this.#parse(blob);
        if (parsed.ok)
            return { blob, file: parsed.file };
        throw new AppError('reference-broken', `${category.file} is no reference in commit ${revision.commit}: ${parsed.problem.message}, line ` +
            `${parsed.problem.line}; its bytes are at /raw/${revision.commit}/${path}`);
    }
    /** The same with text groups added; one is made at a time, each in a thread of its own. */
    async grouped({ blob, file }) {
        const make = async () => Buffer.from(await this.#options.renderGrouped(file.text));
        return this.#options.blobs.derived(`${blob.id}-grouped`, () => {
            const made = this.#grouping.then(make);
            this.#grouping = made.catch(() => { });
            return made;
        });
    }
    #parse({ id, representation }) {
        const known = this.#parsed.get(id);
        if (known)
            return known;
        const { body } = identityOf(representation);
        const parsed = parseReference(body);
        this.#parsed.set(id, parsed, body.length * PARSED_PER_BYTE);
        return parsed;
    }
}
/**
 * Of all versions that a file ever had, the newest that is not younger than a time, as `git log --until` finds it; of
 * two of one second that of the first parent. Undefined when all are younger.
 * Commits may be dated after their children: behind one that is old enough nothing is looked for.
 */
export function versionAt(newest, time) {
    let best;
    const seen = new Set([newest]);
    for (const version of seen) {
        if (version.time > time)
            for (const parent of version.parents)
                seen.add(parent);
        else if (best === undefined || version.time > best.time)
            best = version;
    }
    return best;
}
//# sourceMappingURL=past-references.js.map