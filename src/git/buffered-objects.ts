/**
 * Gathers the objects of a group before any is written, and then writes them in the way that suits their number: loose ones are
 * quicker to be read by others, a pack is quicker to write when they are many.
 */

import type { ObjectFormat, ObjectType, ObjectWriter } from './object-writer.ts';
import { objectId } from './object-writer.ts';

/** Loose objects that take about as long as a pack of them. */
const MOST_LOOSE = 16;

interface Gathered {
	readonly type: ObjectType;
	readonly body: Buffer;
	readonly series: string | undefined;
}

export class BufferedObjects implements ObjectWriter {
	readonly #format: ObjectFormat;
	readonly #loose: ObjectWriter;
	readonly #packed: ObjectWriter;
	#gathered = new Map<string, Gathered>();
	#used: ObjectWriter;
	/** Whether they are several versions of few files, which a pack keeps as differences. */
	#isSeveral = false;

	constructor(format: ObjectFormat, loose: ObjectWriter, packed: ObjectWriter) {
		this.#format = format;
		this.#loose = loose;
		this.#packed = packed;
		this.#used = loose;
	}

	/** @param isSeveral whether the next objects are of more than one request */
	begin(isSeveral: boolean): void {
		this.#gathered = new Map();
		this.#isSeveral = isSeveral;
	}

	write(type: ObjectType, body: Buffer, series?: string): string {
		const id = objectId(this.#format, type, body);
		this.#gathered.set(id, { type, body, series });
		return id;
	}

	place(): void {
		const isPack = this.#isSeveral || this.#gathered.size > MOST_LOOSE;
		this.#used = isPack ? this.#packed : this.#loose;
		for (const { type, body, series } of this.#gathered.values()) this.#used.write(type, body, series);
		this.#used.place();
	}

	sync(): void {
		this.#used.sync();
	}

	release(): void {
		this.#used.release();
	}

	abandon(): void {
		this.#gathered = new Map();
		this.#used.abandon();
	}
}
