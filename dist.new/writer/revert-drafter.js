/** Makes the one commit that undoes another, on top of a draft. */
import { shownTexts } from '../git/commit-object.js';
import { recordText } from '../record/reference-file.js';
import { planRevert, revertMessage } from './plan-revert.js';
import { editsInTheWay } from './refusals.js';
export class RevertDrafter {
    #repository;
    #view;
    #changes;
    constructor(repository, view, changes) {
        this.#repository = repository;
        this.#view = view;
        this.#changes = changes;
    }
    /** The changes that undo a commit as of a draft. */
    async plan(revert, draft) {
        const files = new Map();
        for (const { category } of revert.steps) {
            if (files.has(category))
                continue;
            const looked = await this.#changes.ofCategory({ category }, async (entry) => {
                const { file } = await this.#view.reference(draft.tree, entry);
                return { kind: 'found', file };
            });
            if (looked.kind === 'refused')
                return looked;
            files.set(category, (model) => recordText(looked.file, model) ?? null);
        }
        return planRevert(revert, ({ category, model }) => files.get(category)?.(model) ?? null);
    }
    /** Nothing of the draft is touched before it is certain that all can be done. */
    async publish(revert, draft) {
        const changes = await this.plan(revert, draft);
        if ('kind' in changes)
            return changes;
        const categories = [...new Set(changes.map(({ category }) => category))];
        const touched = categories.flatMap((category) => this.#changes.pathsOf({ category }));
        const blocked = touched.filter((file) => draft.blocked.has(file));
        if (blocked.length > 0)
            return editsInTheWay(this.#repository, blocked);
        const edits = [];
        for (const category of categories) {
            const own = changes.filter((change) => change.category === category);
            const planned = await this.#changes.ofCategory({ category }, (entry) => this.#changes.plan(entry, own, draft));
            if (planned.kind === 'refused')
                return planned;
            if (planned.kind === 'edited')
                edits.push([category, planned]);
        }
        const commit = edits.length > 0 ? await this.#commit(revert, changes, edits, draft) : undefined;
        const done = changes.map(({ category, operation, model }) => ({ category, operation, model }));
        return { kind: 'reverted', commit, changes: done };
    }
    async #commit(revert, changes, edits, draft) {
        const versions = [];
        for (const [category, edited] of edits) {
            versions.push(await this.#changes.place(category, edited, draft));
        }
        const { author } = revert;
        const message = revertMessage(revert, changes);
        const time = this.#changes.now(draft);
        draft.tip = this.#changes.commit(message, author, time, time, draft.tree ?? '', draft.tip);
        const shown = shownTexts(author.username, message.subject);
        for (const [index, [category, edited]] of edits.entries()) {
            draft.commits.push({
                id: draft.tip,
                time,
                ...shown,
                authored: time,
                category,
                changes: edited.changes,
                version: versions[index] ?? '',
            });
        }
        return draft.tip;
    }
}
//# sourceMappingURL=revert-drafter.js.map