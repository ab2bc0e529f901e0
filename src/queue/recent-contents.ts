/** Records of changes that were asked for or written last, so that a page of them need not be read from git each time. */

import type { ChangeContent } from './pending-change.ts';

/** Characters that are kept, which takes up to twice that in bytes: the records of some thousand changes. */
const MOST_KEPT = 8 * 1024 * 1024;

export class RecentContents {
	/** The one that was used last is the last. */
	readonly #contents = new Map<number, ChangeContent>();
	#size = 0;

	get(id: number): ChangeContent | undefined {
		const content = this.#contents.get(id);
		if (!content) return undefined;
		this.#contents.delete(id);
		this.#contents.set(id, content);
		return content;
	}

	put(id: number, content: ChangeContent): void {
		this.#remove(id);
		this.#contents.set(id, content);
		this.#size += sizeOf(content);
		for (const oldest of this.#contents.keys()) {
			if (this.#size <= MOST_KEPT) break;
			this.#remove(oldest);
		}
	}

	clear(): void {
		this.#contents.clear();
		this.#size = 0;
	}

	#remove(id: number): void {
		const content = this.#contents.get(id);
		if (!content) return;
		this.#contents.delete(id);
		this.#size -= sizeOf(content);
	}
}

function sizeOf({ payload, before }: ChangeContent): number {
	return (payload?.length ?? 0) + (before?.length ?? 0);
}
