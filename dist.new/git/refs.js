/** Reads the refs that anybody may read files by: all branches but those of proposals, all tags, and HEAD. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
/** Branches of proposals stand here; what waits for review is not published. */
export const PROPOSALS = 'refs/heads/pending/';
/** @throws AppError `git-failed` */
export async function readVisibleRefs({ git, commonDirectory }, blobs) {
    const [head, listed, boundary] = await Promise.all([
        blobs.read('HEAD'),
        git.run(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads/', 'refs/tags/']),
        readFile(path.join(commonDirectory, 'shallow'), 'utf8').catch(() => ''),
    ]);
    const ids = new Map(head ? [['HEAD', head.id]] : []);
    for (const line of listed.split('\n')) {
        const blank = line.indexOf(' ');
        const name = line.slice(blank + 1);
        if (blank > 0 && !name.startsWith(PROPOSALS))
            ids.set(name, line.slice(0, blank));
    }
    return { ids, boundary };
}
export function sameRefs(a, b) {
    if (a.boundary !== b.boundary || a.ids.size !== b.ids.size)
        return false;
    return [...a.ids].every(([name, id]) => b.ids.get(name) === id);
}
/** Distinct ids from which everything that is visible can be reached. */
export function tipsOf({ ids }) {
    return [...new Set(ids.values())];
}
//# sourceMappingURL=refs.js.map