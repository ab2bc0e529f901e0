/** Reads and edits tree objects: what a commit needs when one file of it is replaced. Pure, but for the reader it is given. */
import { AppError } from '../errors.js';
const FILE = '100644';
const FOLDER = '40000';
/** The entries of a tree object. */
export function parseTree(body, idLength) {
    const entries = [];
    for (let at = 0; at < body.length;) {
        const blank = body.indexOf(0x20, at);
        const end = body.indexOf(0, blank);
        entries.push({
            mode: body.toString('latin1', at, blank),
            // Names are bytes to git: latin1 keeps each, whatever they spell.
            name: body.toString('latin1', blank + 1, end),
            id: body.toString('hex', end + 1, end + 1 + idLength),
        });
        at = end + 1 + idLength;
    }
    return entries;
}
/** A tree object with these entries. */
export function renderTree(entries) {
    const sorted = [...entries].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
    return Buffer.concat(sorted.flatMap(({ mode, name, id }) => [
        Buffer.from(`${mode} ${name}\0`, 'latin1'),
        Buffer.from(id, 'hex'),
    ]));
}
/** Git sorts a folder as though its name ended in a slash. */
function sortKey({ mode, name }) {
    return mode === FOLDER ? `${name}/` : name;
}
/** The entry of a path such as `sub/file.json`; undefined where there is none. */
export async function findInTree(store, tree, path) {
    const [first = '', ...rest] = latin1Path(path);
    const entry = (await store.read(tree)).find(({ name }) => name === first);
    if (rest.length === 0 || !entry)
        return entry;
    return entry.mode === FOLDER ? findInTree(store, entry.id, path.slice(path.indexOf('/') + 1)) : undefined;
}
/** Paths of all files below a folder, relative to it, with their blobs; none where there is no such folder. */
export async function filesInTree(store, tree, folder) {
    const found = await findInTree(store, tree, folder);
    return found?.mode === FOLDER ? filesBelow(store, found.id, '') : [];
}
async function filesBelow(store, tree, prefix) {
    const files = [];
    for (const { mode, name, id } of await store.read(tree)) {
        if (mode === FOLDER)
            files.push(...(await filesBelow(store, id, `${prefix}${name}/`)));
        else
            files.push([prefix + name, id]);
    }
    return files;
}
/**
 * The tree with one file replaced or added.
 * @returns the id of the new tree
 * @throws AppError `not-a-file` when the path is taken by something that is no ordinary file
 */
export function putInTree(store, tree, path, blob) {
    return editTree(store, tree, new Map([[path, blob]]));
}
/**
 * The tree with files replaced, added and removed; each folder on the way is written once, and goes when it becomes empty.
 * @returns the id of the new tree
 * @throws AppError `not-a-file` when a path is taken by something that is no ordinary file
 */
export async function editTree(store, tree, edits) {
    return store.write(await editedEntries(store, tree, edits, ''));
}
/** @param prefix of the paths, for errors */
async function editedEntries(store, tree, edits, prefix) {
    const entries = new Map((await store.read(tree)).map((entry) => [entry.name, entry]));
    const below = new Map();
    for (const [path, blob] of edits) {
        const slash = path.indexOf('/');
        const name = latin1(slash < 0 ? path : path.slice(0, slash));
        const before = entries.get(name);
        if (before && (slash < 0 ? !isFile(before) : before.mode !== FOLDER))
            throw notAFile(prefix + path);
        if (slash >= 0) {
            const inFolder = below.get(name) ?? new Map();
            below.set(name, inFolder.set(path.slice(slash + 1), blob));
        }
        else if (blob === null)
            entries.delete(name);
        else
            entries.set(name, { mode: before?.mode ?? FILE, name, id: blob });
    }
    for (const [name, inFolder] of below) {
        const folder = `${prefix}${Buffer.from(name, 'latin1').toString()}/`;
        const inside = await editedEntries(store, entries.get(name)?.id, inFolder, folder);
        if (inside.length === 0)
            entries.delete(name);
        else
            entries.set(name, { mode: FOLDER, name, id: store.write(inside) });
    }
    return [...entries.values()];
}
/** Whether it is an ordinary file: no link, folder or other repository. */
export function isFile({ mode }) {
    return mode.startsWith('100');
}
export function notAFile(path) {
    return new AppError('not-a-file', `${path} is no ordinary file in the last commit but a link, a folder or another repository; ` +
        'make it a file and commit that');
}
function latin1Path(path) {
    return latin1(path).split('/');
}
/** Names are bytes to git. */
function latin1(text) {
    return Buffer.from(text).toString('latin1');
}
//# sourceMappingURL=tree.js.map