/** The history of one category in memory: its commits in order, and the life of each model. Grows at its newest end only. */
export const NO_CHANGES = { created: [], updated: [], deleted: [] };
export class CategoryHistory {
    #items = [];
    #lives = new Map();
    #present = new Set();
    /** One text for a name, however often it is there. */
    #names = new Map();
    #totals = { creates: 0, updates: 0, deletes: 0, last: null };
    /** Every commit that touches the file, oldest first: no commit before its parents, and else by commit date. */
    get items() {
        return this.#items;
    }
    get newest() {
        return this.#items.at(-1)?.version;
    }
    get totals() {
        return this.#totals;
    }
    /** Every model there ever was, in the order in which they came, each with the commits that changed it, oldest first. */
    get lives() {
        return this.#lives;
    }
    /** Whether the newest version holds the model. */
    has(model) {
        return this.#present.has(model);
    }
    /** Adds a commit whose one parent is the newest. */
    append(version, changes) {
        const { created, updated, deleted } = changes;
        const item = { version, changes: this.#own(changes) };
        this.#items.push(item);
        this.#step(version, 'create', item.changes.created);
        this.#step(version, 'update', item.changes.updated);
        this.#step(version, 'delete', item.changes.deleted);
        const { creates, updates, deletes, last } = this.#totals;
        this.#totals = {
            creates: creates + created.length,
            updates: updates + updated.length,
            deletes: deletes + deleted.length,
            last: lastOf('create', created) ?? lastOf('update', updated) ?? lastOf('delete', deleted) ?? last,
        };
    }
    /** Sets right which models there are: with a merge it does not follow from the order of the commits. */
    setPresent(models) {
        this.#present.clear();
        for (const name of models)
            this.#present.add(this.#name(name));
    }
    /** Models of which the last commit that changed them does not tell whether they are there. */
    get misleading() {
        return [...this.#lives].flatMap(([name, life]) => {
            const isDeleted = life.at(-1)?.operation === 'delete';
            return isDeleted === this.#present.has(name) ? [name] : [];
        });
    }
    /** To be called with `misleading` of the same history when every item of it was appended. */
    correct(misleading) {
        for (const name of misleading) {
            if (!this.#present.delete(name))
                this.#present.add(this.#name(name));
        }
    }
    #step(version, operation, models) {
        for (const name of models) {
            const life = this.#lives.get(name);
            if (life)
                life.push({ version, operation });
            else
                this.#lives.set(name, [{ version, operation }]);
            if (operation === 'delete')
                this.#present.delete(name);
            else
                this.#present.add(name);
        }
    }
    #own({ created, updated, deleted }) {
        const own = (names) => names.length === 0 ? NO_CHANGES.created : names.map((name) => this.#name(name));
        return { created: own(created), updated: own(updated), deleted: own(deleted) };
    }
    #name(name) {
        const known = this.#names.get(name);
        if (known !== undefined)
            return known;
        this.#names.set(name, name);
        return name;
    }
}
/**
 * A history as of a version, from what is known of an older one and what was read besides. Grows the known one where that can be.
 * @returns the same object where it was extended, another where the order of commits is a new one
 */
export function historyOf(newest, known, { changes, present }) {
    const line = known && lineBetween(newest, known.newest);
    if (known && line) {
        for (const version of line)
            known.append(version, changes.get(version.commit) ?? NO_CHANGES);
        return known;
    }
    const earlier = new Map(known?.items.map((item) => [item.version.commit, item.changes]));
    const history = new CategoryHistory();
    for (const version of newestFirst(newest).reverse()) {
        const { commit } = version;
        history.append(version, changes.get(commit) ?? earlier.get(commit) ?? NO_CHANGES);
    }
    history.setPresent(present);
    return history;
}
/** The versions after `until`, oldest first, where each grew from just the one before; undefined where they did not. */
export function lineBetween(from, until) {
    const line = [];
    let version = from;
    while (version && version.commit !== until?.commit && version.parents.length === 1) {
        line.push(version);
        version = version.parents[0];
    }
    return version?.commit === until?.commit ? line.reverse() : undefined;
}
/** Every version up to one: no parent before its child, and else the one of the later commit date first. */
export function newestFirst(from) {
    const children = new Map([[from, 0]]);
    const open = [from];
    for (let next = open.pop(); next; next = open.pop()) {
        for (const parent of next.parents) {
            const seen = children.get(parent);
            children.set(parent, (seen ?? 0) + 1);
            if (seen === undefined)
                open.push(parent);
        }
    }
    const ordered = [];
    /** Whose children are all in order, by date; of the same date the first that came is last. */
    const ready = [from];
    for (let next = ready.pop(); next; next = ready.pop()) {
        ordered.push(next);
        for (const parent of next.parents) {
            const left = (children.get(parent) ?? 0) - 1;
            children.set(parent, left);
            if (left > 0)
                continue;
            const place = ready.findIndex(({ time }) => time >= parent.time);
            ready.splice(place < 0 ? ready.length : place, 0, parent);
        }
    }
    return ordered;
}
function lastOf(type, models) {
    const model = models.at(-1);
    return model === undefined ? null : { type, model };
}
//# sourceMappingURL=category-history.js.map