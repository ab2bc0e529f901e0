/**
 * Writes the objects of a group in the way that suits their number: loose ones are quicker to be read by others, a pack is quicker to
 * write when they are many. Until that is known they are held back.
 */

import { type ObjectFormat, type ObjectType, type ObjectWriter, objectId } from './object-writer.ts';

/** Loose objects that take about as long as a pack of them. */
const MOST_LOOSE = 16;

interface Held {
	readonly type: ObjectType;
	readonly body: Buffer;
	readonly series: string | undefined;
}

export class BufferedObjects implements ObjectWriter {
	readonly #format: ObjectFormat;
	readonly #loose: ObjectWriter;
	readonly #packed: ObjectWriter;
	readonly #held = new Map<string, Held>();
	#used: ObjectWriter;

	constructor(format: ObjectFormat, loose: ObjectWriter, packed: ObjectWriter) {
		this.#format = format;
		this.#loose = loose;
		this.#packed = packed;
		this.#used = loose;
	}

	/** @param isSeveral whether the next objects are of more than one request, and so versions of few files */
	begin(isSeveral: boolean): void {
		this.#held.clear();
		this.#used = isSeveral ? this.#packed : this.#loose;
	}

	write(type: ObjectType, body: Buffer, series?: string): string {
		if (this.#used === this.#packed) return this.#packed.write(type, body, series);
		const id = objectId(this.#format, type, body);
		this.#held.set(id, { type, body, series });
		if (this.#held.size > MOST_LOOSE) {
			this.#used = this.#packed;
			this.#writeHeld();
		}
		return id;
	}

	place(): void {
		this.#writeHeld();
		this.#used.place();
	}

	sync(): void {
		this.#used.sync();
	}

	release(): void {
		this.#used.release();
	}

	abandon(): void {
		this.#held.clear();
		this.#used.abandon();
	}

	#writeHeld(): void {
		for (const { type, body, series } of this.#held.values()) this.#used.write(type, body, series);
		this.#held.clear();
	}
}
