/**
 * Keeps the counted model totals across restarts, in one file inside the git directory. It is only ever a head start:
 * each total names the commit it was counted up to, and without the file everything is counted again.
 */

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../errors.ts';
import type { Repository } from '../git/repository.ts';
import type { Logger } from '../logger.ts';
import type { ModelTotals } from './model-history.ts';

/** Totals by category. */
export type TotalsByCategory = ReadonlyMap<string, ModelTotals>;

/** Changes whenever what is counted, or how, changes: an older file is then not used. */
const FORMAT = 1;

interface StoredTotals {
	readonly format: typeof FORMAT;
	/** Where in the tree the category files were looked for. */
	readonly pathPrefix: string;
	readonly totals: Readonly<Record<string, ModelTotals>>;
}

export class TotalsCache {
	readonly #file: string;
	readonly #pathPrefix: string;
	readonly #logger: Logger;

	constructor(repository: Pick<Repository, 'gitDirectory' | 'pathPrefix'>, logger: Logger) {
		this.#file = path.join(repository.gitDirectory, 'horde-references', 'totals.json');
		this.#pathPrefix = repository.pathPrefix;
		this.#logger = logger;
	}

	/** What an earlier process saved; empty when there is nothing that can be used. */
	async load(): Promise<TotalsByCategory> {
		try {
			const stored = JSON.parse(await readFile(this.#file, 'utf8')) as StoredTotals;
			if (stored.format !== FORMAT || stored.pathPrefix !== this.#pathPrefix) return new Map();
			return new Map(Object.entries(stored.totals));
		} catch {
			return new Map();
		}
	}

	/** Saves whole or not at all. A git directory that cannot be written costs only the head start. */
	async save(totals: TotalsByCategory): Promise<void> {
		const stored: StoredTotals = {
			format: FORMAT,
			pathPrefix: this.#pathPrefix,
			totals: Object.fromEntries(totals),
		};
		const temporary = `${this.#file}.${process.pid}`;
		try {
			await mkdir(path.dirname(this.#file), { recursive: true });
			await writeFile(temporary, JSON.stringify(stored));
			await rename(temporary, this.#file);
		} catch (error) {
			this.#logger.debug({ reason: messageOf(error) }, 'model totals are not kept across restarts');
		}
	}
}
