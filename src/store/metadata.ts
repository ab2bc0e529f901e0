/** Derives the metadata of categories from git: when each last changed, and what was done to its models. */

import { CATEGORIES, type CategoryEntry } from '../categories.ts';
import type { FileVersion, History } from '../git/history.ts';
import type { Logger } from '../logger.ts';
import type { Background } from './background.ts';
import { countModels, countUncounted, type ModelTotals, type Operation } from './model-history.ts';
import type { ReferenceStore } from './reference-store.ts';
import type { TotalsByCategory, TotalsCache } from './totals-cache.ts';

/** Wire shape of a category's metadata, keys in wire order. Times are unix seconds. */
export interface CategoryMetadata {
	readonly category: string;
	readonly last_updated: number;
	readonly last_operation_type: Operation | null;
	readonly last_operation_model: string | null;
	readonly total_creates: number;
	readonly total_updates: number;
	readonly total_deletes: number;
	readonly total_models: number;
	readonly initialization_time: number;
	readonly last_successful_operation: number;
	readonly error_count: number;
	readonly metadata_schema_version: string;
	readonly backend_type: string;
}

export interface MetadataOptions {
	readonly store: ReferenceStore;
	readonly background: Background;
	readonly cache: TotalsCache;
	readonly logger: Logger;
	readonly known: TotalsByCategory;
}

/** Versions that are read on the event loop at most: a few milliseconds each. */
const MOST_COUNTED_HERE = 20;

export class MetadataService {
	readonly #store: ReferenceStore;
	readonly #background: Background;
	readonly #cache: TotalsCache;
	readonly #logger: Logger;
	readonly #totals: Map<string, ModelTotals>;
	#counting: Promise<void> = Promise.resolve();
	#closed = false;

	/** @param known totals that an earlier process saved. */
	constructor({ store, background, cache, logger, known }: MetadataOptions) {
		this.#store = store;
		this.#background = background;
		this.#cache = cache;
		this.#logger = logger;
		this.#totals = new Map(known);
	}

	/** Commit time of the newest commit that touched the category's file; undefined when none ever did. */
	lastUpdated(category: CategoryEntry): number | undefined {
		return this.#newest(category)?.time;
	}

	/** The newest of all; null while no commit touched any category. */
	lastUpdatedOverall(): number | null {
		const times = CATEGORIES.flatMap((category) => this.lastUpdated(category) ?? []);
		return times.length > 0 ? Math.max(...times) : null;
	}

	/** Undefined for a category that no commit ever touched. Waits while history is being counted. */
	async describe(category: CategoryEntry): Promise<CategoryMetadata | undefined> {
		if (!this.#newest(category)) return undefined;
		await this.refresh();
		const newest = this.#newest(category);
		const totals = this.#totals.get(category.name);
		if (!newest || !totals) return undefined;
		return {
			category: category.name,
			last_updated: newest.time,
			last_operation_type: totals.last?.type ?? null,
			last_operation_model: totals.last?.model ?? null,
			total_creates: totals.creates,
			total_updates: totals.updates,
			total_deletes: totals.deletes,
			total_models: this.#store.snapshot.files.get(category.name)?.modelCount ?? 0,
			initialization_time: newest.firstTime,
			last_successful_operation: newest.time,
			error_count: 0,
			metadata_schema_version: '1.0.0',
			backend_type: 'GitWorkingTree',
		};
	}

	/** Counts what is new since the last time, and keeps it for the next process. One at a time. */
	refresh(): Promise<void> {
		this.#counting = this.#counting.then(() => this.#count());
		return this.#counting;
	}

	/** Stops counting; resolved when nothing is under way. What is left is counted by the next process. */
	async close(): Promise<void> {
		this.#closed = true;
		await this.#counting;
	}

	async #count(): Promise<void> {
		const { history } = this.#store.snapshot;
		if (!history || this.#closed) return;
		const stale = CATEGORIES.filter(
			(category) => this.#newest(category)?.commit !== this.#totals.get(category.name)?.commit,
		);
		if (stale.length === 0) return;
		try {
			for (const [name, totals] of await this.#countStale(stale, history)) this.#totals.set(name, totals);
		} catch (error) {
			if (!this.#closed) this.#logger.error({ err: error }, 'the history of the models cannot be counted');
			return;
		}
		await this.#cache.save(this.#totals);
	}

	/** What a commit or two changed is counted here; a long history would hold up the reads. */
	async #countStale(stale: readonly CategoryEntry[], { head, files }: History): Promise<TotalsByCategory> {
		const paths = new Map(stale.map((category) => [category.name, this.#store.pathInTree(category)]));
		const versions = [...paths].flatMap(([name, path]) => {
			const version = files.get(path);
			return version ? [{ name, version, known: this.#totals.get(name) }] : [];
		});
		const uncounted = versions.reduce((sum, { version, known }) => sum + countUncounted(version, known), 0);
		if (uncounted > MOST_COUNTED_HERE) {
			const directory = this.#store.repository.root;
			return this.#background.countHistory({ directory, head, paths, known: this.#totals });
		}
		const totals = new Map<string, ModelTotals>();
		for (const { name, version, known } of versions) {
			totals.set(name, await countModels(this.#store.blobs, version, known));
		}
		return totals;
	}

	#newest(category: CategoryEntry): FileVersion | undefined {
		return this.#store.snapshot.history?.files.get(this.#store.pathInTree(category));
	}
}
