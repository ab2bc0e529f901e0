/**
 * Hands written files from one process to the other as what differs from the version that was handed over before: a record's
 * bytes instead of a megabyte. Both sides keep the last version of each file, in step.
 */

import { commonEnds } from '../git/delta.ts';
import type { WrittenFile } from '../store/written.ts';

export interface FilePatch extends Omit<WrittenFile, 'bytes'> {
	/** Bytes at the start and at the end that are those of the version before. */
	readonly start: number;
	readonly end: number;
	/** What stands between them. */
	readonly middle: Uint8Array;
}

const NOTHING = Buffer.alloc(0);

export class FileSender {
	readonly #sent = new Map<string, Buffer>();

	patch({ bytes, ...file }: WrittenFile): FilePatch {
		const { start, end } = commonEnds(this.#sent.get(file.category) ?? NOTHING, bytes);
		this.#sent.set(file.category, bytes);
		return { ...file, start, end, middle: bytes.subarray(start, bytes.length - end) };
	}
}

export class FileReceiver {
	readonly #received = new Map<string, Buffer>();

	whole({ start, end, middle, ...file }: FilePatch): WrittenFile {
		const before = this.#received.get(file.category) ?? NOTHING;
		const bytes = Buffer.concat([before.subarray(0, start), middle, before.subarray(before.length - end)]);
		this.#received.set(file.category, bytes);
		return { ...file, bytes };
	}
}
