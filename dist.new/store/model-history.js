/** Reads what the versions of one category file did to its models. */
import { modelChanges, modelTexts } from '../record/model-changes.js';
import { parseReference } from '../record/reference-file.js';
/** Parsed versions kept at hand: the one before, and the sides of a merge. */
const VERSIONS_AT_HAND = 3;
/** @param unread versions up to the newest of which it is not known what they did, no child before its parents */
export async function readChanges(blobs, newest, unread) {
    const reader = new VersionReader(blobs);
    const own = ownTexts();
    const changes = new Map();
    for (const version of unread) {
        const parents = await Promise.all(version.parents.map((parent) => reader.models(parent)));
        const { created, updated, deleted } = modelChanges(parents, await reader.models(version));
        changes.set(version.commit, {
            created: created.map(own),
            updated: updated.map(own),
            deleted: deleted.map(own),
        });
    }
    return { changes, present: Array.from((await reader.models(newest)).keys(), own) };
}
/** A name as it comes is a part of the file's text, and would keep the whole of it in memory. */
function ownTexts() {
    const owned = new Map();
    return (name) => {
        const known = owned.get(name);
        if (known !== undefined)
            return known;
        const own = String(JSON.parse(JSON.stringify(name)));
        owned.set(own, own);
        return own;
    };
}
/** Depth first without recursion: a history is far deeper than the stack. */
export function parentsFirst(from) {
    const ordered = [];
    const seen = new Set();
    const stack = [{ version: from, expanded: false }];
    for (let top = stack.pop(); top; top = stack.pop()) {
        if (top.expanded) {
            ordered.push(top.version);
        }
        else if (!seen.has(top.version)) {
            seen.add(top.version);
            stack.push({ version: top.version, expanded: true });
            for (const parent of top.version.parents)
                stack.push({ version: parent, expanded: false });
        }
    }
    return ordered;
}
/** Reads the models of versions; one that no longer parses counts as holding what the version before it held. */
export class VersionReader {
    #blobs;
    #atHand = new Map();
    constructor(blobs) {
        this.#blobs = blobs;
    }
    async models(version) {
        const known = this.#atHand.get(version);
        if (known)
            return known;
        const models = await this.#read(version);
        this.#atHand.set(version, models);
        const [oldest] = this.#atHand.keys();
        if (oldest && this.#atHand.size > VERSIONS_AT_HAND)
            this.#atHand.delete(oldest);
        return models;
    }
    async #read(from) {
        for (let version = from; version; version = version.parents[0]) {
            if (version.blob === undefined)
                return new Map();
            const known = this.#atHand.get(version);
            if (known)
                return known;
            const object = await this.#blobs.read(version.blob);
            const parsed = object && parseReference(object.bytes);
            if (parsed?.ok)
                return modelTexts(parsed.file);
        }
        return new Map();
    }
}
//# sourceMappingURL=model-history.js.map