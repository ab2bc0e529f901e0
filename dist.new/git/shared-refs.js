/**
 * Names of the refs that say what is shared with a remote. Pure. What it had when it was last heard of is below `refs/horde/remote/`;
 * the state of it that ours was last made equal to, or was built on, is below `refs/horde/synced/`.
 */
export const REMOTE_PREFIX = 'refs/horde/remote/';
export const SYNCED_PREFIX = 'refs/horde/synced/';
/** Where is written down what the remote had as this ref when we last agreed. */
export function syncedRef(ref) {
    return ref.replace(/^refs\//, SYNCED_PREFIX);
}
/** Where is written down what the remote was last known to have as this ref. */
export function remoteRef(ref) {
    return ref.replace(/^refs\//, REMOTE_PREFIX);
}
/** @param listing lines of `<ref> <id>`, as `git for-each-ref` prints them */
export function sharedRefs(listing) {
    const found = new Map();
    for (const line of listing.split('\n')) {
        const [name = '', id = ''] = line.split(' ');
        const [side, ref] = sideOf(name);
        if (ref === undefined || !isShared(ref))
            continue;
        const known = found.get(ref) ?? {};
        known[side] = id;
        found.set(ref, known);
    }
    return [...found].map(([ref, { here, there, synced }]) => ({ ref, here, there, synced }));
}
/** Where `sharedRefs` are found. */
export const SHARED_REFS = ['refs/heads', 'refs/tags', 'refs/horde/queue', REMOTE_PREFIX, SYNCED_PREFIX];
function sideOf(name) {
    if (name.startsWith(REMOTE_PREFIX))
        return ['there', `refs/${name.slice(REMOTE_PREFIX.length)}`];
    if (name.startsWith(SYNCED_PREFIX))
        return ['synced', `refs/${name.slice(SYNCED_PREFIX.length)}`];
    return ['here', name];
}
function isShared(ref) {
    return ref.startsWith('refs/heads/') || ref.startsWith('refs/tags/') || ref === 'refs/horde/queue';
}
//# sourceMappingURL=shared-refs.js.map