/**
 * Owns the published snapshot: loads it, watches what it was made from, and swaps in a new one whole. Readers take the
 * snapshot once and never wait.
 */

import path from 'node:path';
import { CATEGORIES, type CategoryEntry } from '../categories.ts';
import type { Clock } from '../clock.ts';
import { BlobReader } from '../git/blobs.ts';
import { type FileVersion, type History, walkHistory } from '../git/history.ts';
import { type Repository, repositoryState } from '../git/repository.ts';
import type { Logger } from '../logger.ts';
import type { Background } from './background.ts';
import { findLastGood } from './last-good.ts';
import { type FileFault, type LoadedFile, loadFile } from './load-file.ts';
import type { PublishedFile } from './published-file.ts';
import { type Watcher, watchRepository } from './watcher.ts';

/** What reads are answered from. Never changed once made. */
export interface Snapshot {
	/** Published files by category; a category without a file has no entry. */
	readonly files: ReadonlyMap<string, PublishedFile>;
	/** Category files that cannot be served as they are. */
	readonly faults: readonly FileFault[];
	/** History as of HEAD; undefined while the repository has no commit. */
	readonly history: History | undefined;
}

export interface StoreOptions {
	readonly repository: Repository;
	readonly logger: Logger;
	readonly clock: Clock;
	readonly background: Background;
}

type SwapListener = (snapshot: Snapshot) => void;

export class ReferenceStore {
	readonly repository: Repository;
	readonly blobs: BlobReader;
	readonly #logger: Logger;
	readonly #clock: Clock;
	readonly #background: Background;
	readonly #listeners = new Set<SwapListener>();
	#loaded: ReadonlyMap<string, LoadedFile> = new Map();
	#snapshot: Snapshot;
	#running: Promise<void> | undefined;
	#again = false;
	#watcher: Watcher | undefined;

	private constructor({ repository, logger, clock, background }: StoreOptions) {
		this.repository = repository;
		this.blobs = new BlobReader(repository.git);
		this.#logger = logger;
		this.#clock = clock;
		this.#background = background;
		this.#snapshot = { files: new Map(), faults: [], history: undefined };
	}

	/** Loads the first snapshot; resolved when reads can be answered. */
	static async open(options: StoreOptions): Promise<ReferenceStore> {
		const store = new ReferenceStore(options);
		const { warnings } = await repositoryState(options.repository);
		for (const warning of warnings) options.logger.warn(warning);
		try {
			await store.reload();
		} catch (error) {
			await store.close();
			throw error;
		}
		return store;
	}

	get snapshot(): Snapshot {
		return this.#snapshot;
	}

	/** Calls the listener with every snapshot from now on, the present one first. */
	onSwap(listener: SwapListener): void {
		this.#listeners.add(listener);
		listener(this.#snapshot);
	}

	/** Starts to follow changes in the work tree and in the refs. */
	async watch(): Promise<void> {
		this.#watcher = await watchRepository(
			this.repository,
			() => void this.reload(),
			(trouble) => this.#logger.warn(trouble),
		);
		// What changed between the first load and the first watch was seen by neither.
		await this.reload();
	}

	/** Brings the snapshot up to date. Calls that come while one runs share one further run. */
	async reload(): Promise<void> {
		if (this.#running !== undefined) {
			this.#again = true;
			return this.#running;
		}
		this.#running = this.#reloadUntilSettled();
		try {
			await this.#running;
		} finally {
			this.#running = undefined;
		}
	}

	async close(): Promise<void> {
		await this.#watcher?.close();
		await this.#running;
		this.blobs.close();
	}

	async #reloadUntilSettled(): Promise<void> {
		do {
			this.#again = false;
			try {
				await this.#load();
			} catch (error) {
				// The last snapshot stays; the next change tries again.
				this.#logger.error({ err: error }, 'reload failed; the last snapshot is served on');
				if (this.#loaded.size === 0) throw error;
			}
		} while (this.#again);
	}

	async #load(): Promise<void> {
		const started = performance.now();
		const head = await this.blobs.read('HEAD');
		const history =
			head &&
			(await walkHistory(
				this.repository.git,
				head.id,
				CATEGORIES.map((category) => this.pathInTree(category)),
				this.#snapshot.history,
			));
		const entries = await Promise.all(
			CATEGORIES.map(
				async (category) => [category.name, await this.#loadCategory(category, history)] as const,
			),
		);
		const loaded = new Map(entries);
		const changed = !sameFiles(this.#loaded, loaded) || history?.head !== this.#snapshot.history?.head;
		this.#reportFaults(loaded);
		const isFirst = this.#loaded.size === 0;
		this.#loaded = loaded;
		if (!changed && !isFirst) return;
		this.#swap(loaded, history);
		const milliseconds = Math.round(performance.now() - started);
		this.#logger.info(
			{ head: history?.head, files: this.#snapshot.files.size, milliseconds },
			'snapshot published',
		);
	}

	#loadCategory(category: CategoryEntry, history: History | undefined): Promise<LoadedFile> {
		return loadFile({
			category,
			path: path.join(this.repository.dataDirectory, category.file),
			objectFormat: this.repository.objectFormat,
			committed: history?.files.get(this.pathInTree(category)),
			previous: this.#loaded.get(category.name) ?? {},
			now: this.#clock(),
			renderGrouped: (text) => this.#background.renderGrouped(text),
			findLastGood: (committed: FileVersion) => findLastGood(this.blobs, committed),
		});
	}

	#swap(loaded: ReadonlyMap<string, LoadedFile>, history: History | undefined): void {
		const files = new Map<string, PublishedFile>();
		const faults: FileFault[] = [];
		for (const [name, { published, fault }] of loaded) {
			if (published) files.set(name, published);
			if (fault) faults.push(fault);
		}
		this.#snapshot = { files, faults, history };
		for (const listener of this.#listeners) listener(this.#snapshot);
	}

	#reportFaults(loaded: ReadonlyMap<string, LoadedFile>): void {
		for (const [name, { fault }] of loaded) {
			const before = this.#loaded.get(name)?.fault;
			if (fault && fault.message !== before?.message)
				this.#logger.warn(fault, 'a category file cannot be served as it is');
			if (before && !fault) this.#logger.info({ category: name }, 'the category file is good again');
		}
	}

	/** The category's file as git names it. */
	pathInTree(category: CategoryEntry): string {
		return this.repository.pathPrefix + category.file;
	}
}

function sameFiles(a: ReadonlyMap<string, LoadedFile>, b: ReadonlyMap<string, LoadedFile>): boolean {
	return [...b].every(([name, { published, fault }]) => {
		const before = a.get(name);
		return before?.published === published && before?.fault?.message === fault?.message;
	});
}
