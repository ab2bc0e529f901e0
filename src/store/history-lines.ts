/** The lines of the file that keeps the index of history: what they hold and how they are read back. Pure. */

import { crc32 } from 'node:zlib';
import type { FileVersion } from '../git/history.ts';
import { CategoryHistory, type HistoryItem } from './category-history.ts';

/** Changes whenever what is kept, or how, changes: an older file is then not used. */
const FORMAT = 1;

/** The first line: where in the tree the category files were looked for. */
export function headerLine(paths: readonly string[]): string {
	return `${JSON.stringify({ format: FORMAT, paths })}\n`;
}

/** A commit of one category. Parents are told by how many items they stand before it. */
type ItemLine = readonly [
	category: number,
	commit: string,
	time: number,
	author: string,
	authored: number,
	subject: string,
	blob: string | null,
	parents: readonly number[],
	created: readonly string[],
	updated: readonly string[],
	deleted: readonly string[],
];

/**
 * @param at place of the item in its category
 * @param places of those before it that are not the one just before
 */
export function itemLine(
	category: number,
	{ version, changes }: HistoryItem,
	at: number,
	places: ReadonlyMap<string, number>,
): string {
	const { commit, time, author, authored, subject, blob, parents } = version;
	// One that was appended has the one before it for its parent.
	const back = parents.map((parent) => at - (places.get(parent.commit) ?? at - 1));
	const { created, updated, deleted } = changes;
	const line: ItemLine = [
		category,
		commit,
		time,
		author,
		authored,
		subject,
		blob ?? null,
		back,
		created,
		updated,
		deleted,
	];
	return `${JSON.stringify(line)}\n`;
}

/** Ends what was written at once: what stands before it is whole. */
export interface Mark {
	/** The commit as of which the lines before it tell everything. */
	readonly head: string;
	/** Where a shallow clone was cut off. */
	readonly boundary: string;
	/** By category: see `CategoryHistory.misleading`. */
	readonly misleading: readonly (readonly string[])[];
}

const MARK = '{"head":';

/** @param checksum of all bytes before it; it ends with that of these and its own */
export function markLine({ head, boundary, misleading }: Mark, checksum: number): string {
	const mark = JSON.stringify({ head, boundary, misleading });
	return `${mark}\t${crc32(mark, checksum)}\n`;
}

export interface PlacedMark extends Mark {
	/** Offsets of its line. */
	readonly start: number;
	readonly end: number;
}

/** The last mark that is whole, if what stands before it is; what a process that died left behind it does not count. */
export function lastMark(bytes: Buffer): PlacedMark | undefined {
	let start = bytes.lastIndexOf(`\n${MARK}`) + 1;
	let end = bytes.indexOf('\n', start);
	if (start > 0 && end < 0) {
		// Cut off while it was written.
		end = start - 1;
		start = bytes.lastIndexOf(`\n${MARK}`, end - 1) + 1;
		end = bytes.indexOf('\n', start);
	}
	if (start === 0 || end < 0) return undefined;
	const [mark = '', checksum] = bytes.toString('utf8', start, end).split('\t');
	if (checksum !== String(crc32(mark, crc32(bytes.subarray(0, start))))) return undefined;
	// The checksum has shown that we have written it.
	return { ...(JSON.parse(mark) as Mark), start, end: end + 1 };
}

/** Makes histories of lines again. */
export class ArchiveReader {
	readonly histories = new Map<string, CategoryHistory>();
	/** The newest version by path. */
	readonly files = new Map<string, FileVersion>();
	readonly #names: readonly string[];
	readonly #paths: readonly string[];
	/** Many commits have the same. */
	readonly #authors = new Map<string, string>();

	/** @param names of the categories, in the order of their paths */
	constructor(names: readonly string[], paths: readonly string[]) {
		this.#names = names;
		this.#paths = paths;
	}

	/** @returns false for a file of another format or of other paths */
	read(text: string, { misleading }: Mark): boolean {
		let start = text.indexOf('\n') + 1;
		if (text.slice(0, start) !== headerLine(this.#paths)) return false;
		for (let end = text.indexOf('\n', start); end >= 0; end = text.indexOf('\n', start)) {
			if (!text.startsWith(MARK, start)) this.#take(JSON.parse(text.slice(start, end)) as ItemLine);
			start = end + 1;
		}
		for (const [index, name] of this.#names.entries()) {
			const history = this.histories.get(name);
			history?.correct(misleading[index] ?? []);
			if (history?.newest) this.files.set(this.#paths[index] ?? '', history.newest);
		}
		return true;
	}

	#take([category, commit, time, author, authored, subject, blob, back, ...changes]: ItemLine): void {
		const name = this.#names[category] ?? '';
		const history = this.histories.get(name) ?? new CategoryHistory();
		this.histories.set(name, history);
		const { items } = history;
		const parents = back.flatMap((steps) => items[items.length - steps]?.version ?? []);
		const firstTime = parents.reduce((first, parent) => Math.min(first, parent.firstTime), time);
		const [created, updated, deleted] = changes;
		const version = {
			commit,
			time,
			author: this.#author(author),
			authored,
			subject,
			blob: blob ?? undefined,
			parents,
			firstTime,
		};
		history.append(version, { created, updated, deleted });
	}

	#author(name: string): string {
		const author = this.#authors.get(name) ?? name;
		this.#authors.set(author, author);
		return author;
	}
}
