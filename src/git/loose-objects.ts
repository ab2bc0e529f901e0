/**
 * Writes objects as git's loose object store has them. Done here and not by a git process: a commit is three objects, and
 * to write them takes less than to start one `git hash-object`. (Format: git documentation, "gitformat-loose" and "Git
 * Objects" in Pro Git.)
 */

import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'node:zlib';

export type ObjectType = 'blob' | 'tree' | 'commit';
export type ObjectFormat = 'sha1' | 'sha256';

/** Git's own default for loose objects: the next levels take twice the time for a tenth of the size. */
const DEFLATE_LEVEL = 1;

interface Unsynced {
	readonly descriptor: number;
	readonly temporary: string;
	readonly final: string;
}

/** Synchronous, for a thread that has nothing else to do. */
export class LooseObjects {
	readonly #directory: string;
	readonly #format: ObjectFormat;
	#unsynced: Unsynced[] = [];

	/** @param commonDirectory the repository's git directory that holds `objects` */
	constructor(commonDirectory: string, format: ObjectFormat) {
		this.#directory = path.join(commonDirectory, 'objects');
		this.#format = format;
	}

	/**
	 * Writes an object; others see it at once, but it is not durable before `sync`.
	 * @returns its id
	 */
	write(type: ObjectType, body: Uint8Array): string {
		const header = Buffer.from(`${type} ${body.length}\0`);
		const id = createHash(this.#format).update(header).update(body).digest('hex');
		const packed = deflateSync(Buffer.concat([header, body]), { level: DEFLATE_LEVEL });
		const folder = path.join(this.#directory, id.slice(0, 2));
		// Git takes such a name for what was left by a process that died, and prunes it in time.
		const temporary = path.join(this.#directory, `tmp_obj_${randomBytes(8).toString('hex')}`);
		const descriptor = openSync(temporary, 'wx', 0o444);
		// Written anew even where it is there already: a copy that nothing names might be pruned any moment.
		const final = path.join(folder, id.slice(2));
		this.#unsynced.push({ descriptor, temporary, final });
		writeWhole(descriptor, packed);
		mkdirSync(folder, { recursive: true });
		renameSync(temporary, final);
		return id;
	}

	/** Makes all that was written durable: the objects, then the folders that name them. */
	sync(): void {
		const written = this.#unsynced;
		this.#unsynced = [];
		try {
			for (const { descriptor } of written) fsyncSync(descriptor);
			for (const folder of new Set(written.map(({ final }) => path.dirname(final)))) syncDirectory(folder);
		} finally {
			for (const { descriptor } of written) closeSync(descriptor);
		}
	}

	/** Forgets what was written and not synced; objects that nothing names do no harm, half-written ones go. */
	abandon(): void {
		for (const { descriptor, temporary } of this.#unsynced) {
			closeSync(descriptor);
			try {
				unlinkSync(temporary);
			} catch {
				// It has its final name already.
			}
		}
		this.#unsynced = [];
	}
}

/** Makes the names in a directory durable. */
export function syncDirectory(directory: string): void {
	const descriptor = openSync(directory, 'r');
	try {
		fsyncSync(descriptor);
	} finally {
		closeSync(descriptor);
	}
}

/** A write may take less than it was given, on a disk that is nearly full above all. */
function writeWhole(descriptor: number, bytes: Uint8Array): void {
	for (let written = 0; written < bytes.length; ) {
		written += writeSync(descriptor, bytes, written);
	}
}
