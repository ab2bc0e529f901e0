/** Finds, in the history of one file, the newest version that can be served. */
import { parseReference } from '../record/reference-file.js';
/** Further back than this, a version is no longer what anybody would call the last good one. */
const MOST_VERSIONS = 100;
/** The newest good version at or before the given one, looking along first parents; undefined when there is none. */
export async function findLastGood(blobs, from) {
    let version = from;
    for (let seen = 0; version && seen < MOST_VERSIONS; seen++) {
        const object = version.blob ? await blobs.read(version.blob) : undefined;
        if (object && parseReference(object.bytes).ok)
            return { bytes: object.bytes, version };
        version = version.parents[0];
    }
    return undefined;
}
//# sourceMappingURL=last-good.js.map