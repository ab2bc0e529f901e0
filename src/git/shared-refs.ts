/**
 * Names of the refs that say what is shared with a remote. Pure. What it had when it was last heard of is below `refs/horde/remote/`;
 * the state of it that ours was last made equal to, or was built on, is below `refs/horde/synced/`.
 */

export const REMOTE_PREFIX = 'refs/horde/remote/';
export const SYNCED_PREFIX = 'refs/horde/synced/';

/** Where is written down what the remote had as this ref when we last agreed. */
export function syncedRef(ref: string): string {
	return ref.replace(/^refs\//, SYNCED_PREFIX);
}

/** Where is written down what the remote was last known to have as this ref. */
export function remoteRef(ref: string): string {
	return ref.replace(/^refs\//, REMOTE_PREFIX);
}

/** A shared ref as it is here, at the remote, and as both last agreed; undefined where it is not. */
export interface SharedRef {
	readonly ref: string;
	readonly here: string | undefined;
	readonly there: string | undefined;
	readonly synced: string | undefined;
}

/** @param ids of all refs below `SHARED_REFS`, by name */
export function sharedRefs(ids: ReadonlyMap<string, string>): readonly SharedRef[] {
	const found = new Map<string, { here?: string; there?: string; synced?: string }>();
	for (const [name, id] of ids) {
		const [side, ref] = sideOf(name);
		if (ref === undefined || !isShared(ref)) continue;
		const known = found.get(ref) ?? {};
		known[side] = id;
		found.set(ref, known);
	}
	return [...found].map(([ref, { here, there, synced }]) => ({ ref, here, there, synced }));
}

/** Where `sharedRefs` are found. */
export const SHARED_REFS = ['refs/heads', 'refs/tags', 'refs/horde/queue', REMOTE_PREFIX, SYNCED_PREFIX];

function sideOf(name: string): readonly ['here' | 'there' | 'synced', string | undefined] {
	if (name.startsWith(REMOTE_PREFIX)) return ['there', `refs/${name.slice(REMOTE_PREFIX.length)}`];
	if (name.startsWith(SYNCED_PREFIX)) return ['synced', `refs/${name.slice(SYNCED_PREFIX.length)}`];
	return ['here', name];
}

function isShared(ref: string): boolean {
	return ref.startsWith('refs/heads/') || ref.startsWith('refs/tags/') || ref === 'refs/horde/queue';
}
