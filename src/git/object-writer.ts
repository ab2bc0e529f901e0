/** What the two ways to write objects have in common: one file for each, or one pack for many. */

import { createHash } from 'node:crypto';

export type ObjectType = 'blob' | 'tree' | 'commit';
export type ObjectFormat = 'sha1' | 'sha256';

/** Git's own default for what is written often: the next levels take twice the time for a tenth of the size. */
export const DEFLATE_LEVEL = 1;

/** Synchronous, for a process that has nothing else to do. */
export interface ObjectWriter {
	/**
	 * Writes an object, or gets it ready to be written.
	 * @param series names what this is a further version of, such as the path of a file: it may be kept as a difference
	 * @returns its id
	 */
	write(type: ObjectType, body: Buffer, series?: string): string;
	/** Lets every git command see what was written. It is not durable before `sync`. */
	place(): void;
	sync(): void;
	/** To be called when a ref names what was written: from then on it needs no other protection. */
	release(): void;
	/** Forgets what was written and not released. */
	abandon(): void;
}

/** The name that git gives an object. */
export function objectId(format: ObjectFormat, type: ObjectType, body: Uint8Array): string {
	return createHash(format).update(`${type} ${body.length}\0`).update(body).digest('hex');
}
