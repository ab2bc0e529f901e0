/** Where in the ledger's tree things stand. Folders hold a hundred changes each, so that a commit stays small. Pure. */
import { PROPOSALS } from '../git/refs.js';
/** The ref that holds the ledger: outside `refs/heads`, so that no clone or checkout trips over it. */
export const LEDGER_REF = 'refs/horde/queue';
/** Folder of the branches of proposals. */
export const PENDING_REFS = PROPOSALS;
export const COUNTERS_PATH = 'counters.json';
/** State of a change. */
export function changePath(id) {
    return `changes/${folders(id)}/${id}.json`;
}
/** Records that a change is about. */
export function contentPath(id) {
    return `changes/${folders(id)}/${id}.content.json`;
}
/** Folder of the approved changes of a batch; each is there with the blob of its state. */
export function approvedFolder(batch) {
    return `approved/${batch}`;
}
export function approvedPath(batch, id) {
    return `${approvedFolder(batch)}/${id}.json`;
}
/** The change whose state stands at a path, which may be the end of one; undefined for other files. */
export function changeIdOf(path) {
    const [, digits] = /(?:^|\/)(\d{1,15})\.json$/.exec(path) ?? [];
    return digits === undefined ? undefined : Number(digits);
}
/** Branch of an open proposal. */
export function pendingRef(id) {
    return `${PENDING_REFS}${id}`;
}
/** Whether a ref is the branch of a proposal. */
export function isPendingRef(ref) {
    return ref.startsWith(PENDING_REFS);
}
/** Two levels: a folder for each ten thousand, in it one for each hundred. */
function folders(id) {
    const twoDigits = (value) => String(value).padStart(2, '0');
    return `${twoDigits(Math.floor(id / 10_000))}/${twoDigits(Math.floor(id / 100) % 100)}`;
}
//# sourceMappingURL=ledger-layout.js.map