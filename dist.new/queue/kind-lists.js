/** Lists of ids by status and category, so that what has one of several of each is found without a look at the rest. */
import { SortedIds } from './sorted-ids.js';
export class KindLists {
    #byStatus = new Map();
    add(id, status, category) {
        const byCategory = this.#byStatus.get(status) ?? new Map();
        this.#byStatus.set(status, byCategory);
        const ids = byCategory.get(category) ?? new SortedIds();
        byCategory.set(category, ids);
        ids.add(id);
    }
    remove(id, status, category) {
        this.#byStatus.get(status)?.get(category)?.remove(id);
    }
    /** The lists of these statuses and categories; of all, where none is named. They have no id in common. */
    lists(statuses, categories) {
        const rows = statuses.length > 0 ? new Set(statuses) : this.#byStatus.keys();
        return [...rows].flatMap((status) => {
            const byCategory = this.#byStatus.get(status);
            if (!byCategory)
                return [];
            const columns = categories.length > 0 ? new Set(categories) : byCategory.keys();
            return [...columns].flatMap((category) => {
                const { ids = [] } = byCategory.get(category) ?? {};
                return ids.length > 0 ? [ids] : [];
            });
        });
    }
}
//# sourceMappingURL=kind-lists.js.map