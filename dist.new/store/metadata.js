/** Derives the metadata of categories from git: when each last changed, and what was done to its models. */
import { CATEGORIES } from '../categories.js';
import { AppError } from '../errors.js';
export class MetadataService {
    #store;
    #history;
    constructor({ store, history }) {
        this.#store = store;
        this.#history = history;
    }
    /** Commit time of the newest commit that touched the category's file; undefined when none ever did. */
    lastUpdated(category) {
        return this.#history.newest(category)?.time;
    }
    /** The newest of all; null while no commit touched any category. */
    lastUpdatedOverall() {
        const times = CATEGORIES.flatMap((category) => this.lastUpdated(category) ?? []);
        return times.length > 0 ? Math.max(...times) : null;
    }
    /**
     * Undefined for a category that no commit ever touched. Waits while history is being read.
     * @throws AppError `metadata-uncounted` when it cannot be
     */
    async describe(category) {
        if (!this.#history.newest(category))
            return undefined;
        const totals = (await this.#history.of(category))?.totals;
        const newest = this.#history.newest(category);
        if (!newest)
            return undefined;
        if (!totals) {
            throw new AppError('metadata-uncounted', `The history of ${category.name} could not be counted; the log says why. Its last_updated is known`);
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
}
//# sourceMappingURL=metadata.js.map