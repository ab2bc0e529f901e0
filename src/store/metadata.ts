/** Derives the metadata of categories from git: when each last changed, and what was done to its models. */

import { CATEGORIES, type CategoryEntry } from '../categories.ts';
import { AppError, messageOf } from '../errors.ts';
import type { FileVersion, History } from '../git/history.ts';
import type { Logger } from '../logger.ts';
import type { Background } from './background.ts';
import {
	type CountResult,
	countEach,
	countUncounted,
	extendTotals,
	type ModelTotals,
	type Operation,
	type Uncounted,
} from './model-history.ts';
import type { ReferenceStore } from './reference-store.ts';
import type { TotalsByCategory, TotalsCache } from './totals-cache.ts';
import type { WrittenVersion } from './written.ts';

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

/** Totals are saved this long after a write, and so not with each of many. Milliseconds. */
const SAVE_AFTER = 2_000;

export class MetadataService {
	readonly #store: ReferenceStore;
	readonly #background: Background;
	readonly #cache: TotalsCache;
	readonly #logger: Logger;
	readonly #totals: Map<string, ModelTotals>;
	/** Commit of the newest version that could not be counted, by category. */
	readonly #failed = new Map<string, string>();
	/** Path in the tree by category. */
	readonly #paths: ReadonlyMap<string, string>;
	#boundary = '';
	#saving: NodeJS.Timeout | undefined;
	#counting: Promise<void> = Promise.resolve();
	#closed = false;

	/** @param known totals that an earlier process saved. */
	constructor({ store, background, cache, logger, known }: MetadataOptions) {
		this.#store = store;
		this.#background = background;
		this.#cache = cache;
		this.#logger = logger;
		this.#totals = new Map(known);
		this.#paths = new Map(CATEGORIES.map((category) => [category.name, store.pathInTree(category)]));
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

	/**
	 * Undefined for a category that no commit ever touched. Waits while history is being counted.
	 * @throws AppError `metadata-uncounted` when it cannot be
	 */
	async describe(category: CategoryEntry): Promise<CategoryMetadata | undefined> {
		if (!this.#newest(category)) return undefined;
		await this.refresh();
		const newest = this.#newest(category);
		const totals = this.#totals.get(category.name);
		if (!newest) return undefined;
		if (!totals) {
			throw new AppError(
				'metadata-uncounted',
				`The history of ${category.name} could not be counted; the log says why. Its last_updated is known`,
			);
		}
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

	/**
	 * Takes in versions whose changes are known, so that they need not be read and compared. What does not follow on what was
	 * counted is left to be counted.
	 */
	noteWritten(versions: readonly WrittenVersion[]): void {
		for (const { commit, version } of versions) {
			const known = this.#totals.get(commit.category);
			if (known?.commit !== version.parents[0]?.commit) continue;
			this.#totals.set(commit.category, extendTotals(known, commit));
		}
		this.#saving ??= setTimeout(() => void this.#save(), SAVE_AFTER).unref();
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
		if (this.#saving) await this.#save();
	}

	async #count(): Promise<void> {
		const { history } = this.#store.snapshot;
		if (!history || this.#closed) return;
		if (history.boundary !== this.#boundary) {
			// What was counted up to another edge of a shallow clone says nothing about this history.
			this.#totals.clear();
			this.#failed.clear();
			this.#boundary = history.boundary;
		}
		const stale = CATEGORIES.filter((category) => {
			const newest = this.#newest(category)?.commit;
			return newest !== this.#totals.get(category.name)?.commit && newest !== this.#failed.get(category.name);
		});
		if (stale.length === 0) return;
		const { totals, failures } = await this.#countStale(stale, history);
		if (this.#closed) return;
		for (const [name, counted] of totals) this.#totals.set(name, counted);
		for (const [name, reason] of failures) {
			// Not tried again until the category changes: a history that cannot be counted stays so.
			this.#failed.set(name, history.files.get(this.#paths.get(name) ?? '')?.commit ?? '');
			this.#logger.error({ category: name, reason }, 'the history of a category cannot be counted');
		}
		if (history.boundary === '') await this.#cache.save(this.#totals);
	}

	async #save(): Promise<void> {
		clearTimeout(this.#saving);
		this.#saving = undefined;
		if (this.#boundary === '') await this.#cache.save(this.#totals);
	}

	/** What a commit or two changed is counted here; a long history would hold up the reads. */
	async #countStale(stale: readonly CategoryEntry[], { head, files }: History): Promise<CountResult> {
		const versions = stale.flatMap(({ name }): Uncounted[] => {
			const version = files.get(this.#paths.get(name) ?? '');
			return version ? [{ name, version, known: this.#totals.get(name) }] : [];
		});
		const uncounted = versions.reduce((sum, { version, known }) => sum + countUncounted(version, known), 0);
		if (uncounted <= MOST_COUNTED_HERE) return countEach(this.#store.blobs, versions);
		const paths = new Map(versions.map(({ name }) => [name, this.#paths.get(name) ?? '']));
		const directory = this.#store.repository.root;
		try {
			return await this.#background.countHistory({ directory, head, paths, known: this.#totals });
		} catch (error) {
			return { totals: new Map(), failures: new Map(versions.map(({ name }) => [name, messageOf(error)])) };
		}
	}

	#newest(category: CategoryEntry): FileVersion | undefined {
		return this.#store.snapshot.history?.files.get(this.#paths.get(category.name) ?? '');
	}
}
