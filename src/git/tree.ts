/** Reads and edits tree objects: what a commit needs when one file of it is replaced. Pure, but for the reader it is given. */

import { AppError } from '../errors.ts';

export interface TreeEntry {
	/** As git writes it: `100644`, `40000`, … */
	readonly mode: string;
	readonly name: string;
	readonly id: string;
}

const FILE = '100644';
const FOLDER = '40000';

/** The entries of a tree object. */
export function parseTree(body: Buffer, idLength: number): TreeEntry[] {
	const entries: TreeEntry[] = [];
	for (let at = 0; at < body.length; ) {
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
export function renderTree(entries: readonly TreeEntry[]): Buffer {
	const sorted = [...entries].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
	return Buffer.concat(
		sorted.flatMap(({ mode, name, id }) => [
			Buffer.from(`${mode} ${name}\0`, 'latin1'),
			Buffer.from(id, 'hex'),
		]),
	);
}

/** Git sorts a folder as though its name ended in a slash. */
function sortKey({ mode, name }: TreeEntry): string {
	return mode === FOLDER ? `${name}/` : name;
}

/** What a look into a tree needs of the object store. */
export interface TreeReader {
	/** Entries of the tree with this id; undefined for no tree at all. */
	read(id: string | undefined): Promise<readonly TreeEntry[]>;
}

/** What editing a tree needs besides. */
export interface TreeStore extends TreeReader {
	/** @returns the id of the tree with these entries */
	write(entries: readonly TreeEntry[]): string;
}

/** The entry of a path such as `sub/file.json`; undefined where there is none. */
export async function findInTree(
	store: TreeReader,
	tree: string | undefined,
	path: string,
): Promise<TreeEntry | undefined> {
	const [first = '', ...rest] = latin1Path(path);
	const entry = (await store.read(tree)).find(({ name }) => name === first);
	if (rest.length === 0 || !entry) return entry;
	return entry.mode === FOLDER ? findInTree(store, entry.id, path.slice(path.indexOf('/') + 1)) : undefined;
}

/**
 * The tree with one file replaced or added.
 * @returns the id of the new tree
 * @throws AppError `not-a-file` when the path is taken by something that is no ordinary file
 */
export async function putInTree(
	store: TreeStore,
	tree: string | undefined,
	path: string,
	blob: string,
): Promise<string> {
	const [first = '', ...rest] = latin1Path(path);
	const entries = await store.read(tree);
	const before = entries.find(({ name }) => name === first);
	const isFolder = rest.length > 0;
	if (before && (isFolder ? before.mode !== FOLDER : !isFile(before))) throw notAFile(path);
	const id = isFolder ? await putInTree(store, before?.id, path.slice(path.indexOf('/') + 1), blob) : blob;
	const mode = before?.mode ?? (isFolder ? FOLDER : FILE);
	return store.write([...entries.filter((entry) => entry !== before), { mode, name: first, id }]);
}

/** Whether it is an ordinary file: no link, folder or other repository. */
export function isFile({ mode }: TreeEntry): boolean {
	return mode.startsWith('100');
}

export function notAFile(path: string): AppError {
	return new AppError(
		'not-a-file',
		`${path} is no ordinary file in the last commit but a link, a folder or another repository; ` +
			'make it a file and commit that',
	);
}

function latin1Path(path: string): string[] {
	return Buffer.from(path).toString('latin1').split('/');
}
