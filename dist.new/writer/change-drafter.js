/** Makes the commit of one change: on top of a draft, to be published with it, or beside it, as a proposal. */
import { findCategory } from '../categories.js';
import { AppError } from '../errors.js';
import { renderCommit, shownTexts } from '../git/commit-object.js';
import { putInTree } from '../git/tree.js';
import { compactJson } from '../record/record-fields.js';
import { recordText, referenceBytes } from '../record/reference-file.js';
import { commitMessage } from './commit-message.js';
import { countModels, planChange, refusal } from './plan-change.js';
import { asRefusal, editsInTheWay } from './refusals.js';
import { TEXT_TABLE } from './repository-view.js';
/** Domain that belongs to nobody (RFC 2606): users of the horde have no address that we know. */
const AUTHOR_DOMAIN = 'horde-users.invalid';
/** Errors that concern the files of one category; the changes of others go on. */
const ONE_CATEGORY = new Set(['reference-broken', 'not-a-file', 'detached-head']);
export class ChangeDrafter {
    #repository;
    #view;
    #clock;
    #committer;
    #onNotice;
    #objects;
    #trees;
    constructor({ repository, view, clock, committer, onNotice, objects, trees }) {
        this.#repository = repository;
        this.#view = view;
        this.#clock = clock;
        this.#committer = committer;
        this.#onNotice = onNotice;
        this.#objects = objects;
        this.#trees = trees;
    }
    /**
     * Commits a change on top of a draft.
     * @param seen is added to; undefined where the caller has looked himself whether the model moved
     */
    async publish(change, draft, seen) {
        return this.ofCategory(change, async (category) => {
            const touched = this.pathsOf(change).filter((file) => draft.blocked.has(file));
            if (touched.length > 0)
                return editsInTheWay(this.#repository, touched);
            const moved = seen && movedSince(change, await this.#baseOf(category, draft), seen);
            if (moved)
                return moved;
            const planned = await this.plan(category, [change], draft);
            if (planned.kind !== 'edited')
                return planned;
            const version = await this.place(category.name, planned, draft);
            const time = this.now(draft);
            const message = commitMessage(change);
            draft.tip = this.commit(message, change.author, change.authored ?? time, time, draft.tree ?? '', draft.tip);
            draft.commits.push({
                id: draft.tip,
                time,
                ...shownTexts(change.author.username, message.subject),
                authored: change.authored ?? time,
                category: category.name,
                changes: planned.changes,
                version,
            });
            return { kind: 'applied', commit: draft.tip, version, record: change.record };
        });
    }
    /** Commits a change beside a draft, which does not show it. */
    async propose(change, draft) {
        return this.ofCategory(change, async (category) => {
            // A proposal is one to the published branch: there must be such a branch.
            this.#view.branch();
            const { file } = await this.#view.reference(draft.tree, category);
            const before = recordText(file, change.model);
            const planned = await this.plan(category, [change], draft);
            if (planned.kind === 'refused')
                return planned;
            let tree = draft.tree;
            for (const { file: name, bytes } of planned.kind === 'edited' ? planned.texts : []) {
                const filePath = this.#view.path(name);
                tree = await putInTree(this.#trees, tree, filePath, this.#objects.write('blob', bytes, filePath));
            }
            const time = this.now(draft);
            const commit = this.commit(commitMessage(change), change.author, time, time, tree ?? '', draft.tip);
            return { kind: 'made', commit, before: before === undefined ? null : compactJson(before) };
        });
    }
    /** Files that a change may touch, as git names them. */
    pathsOf({ category }) {
        const file = findCategory(category)?.file ?? '';
        return [file, ...(category === 'text_generation' ? [TEXT_TABLE] : [])].map((name) => this.#view.path(name));
    }
    /** Unix seconds. */
    seconds() {
        return Math.floor(this.#clock() / 1000);
    }
    /** Date of the next commit, unix seconds. A clock that was put back must not make history run backwards. */
    now({ commits, base }) {
        return Math.max(this.seconds(), commits.at(-1)?.time ?? base.time);
    }
    /** @returns the id of a commit of this tree on this parent */
    commit(message, { id, username, email = `${id}@${AUTHOR_DOMAIN}` }, authored, time, tree, parent) {
        const author = { name: username, email, time: authored };
        const committer = { ...this.#committer, time };
        return this.#objects.write('commit', renderCommit({ tree, parent, author, committer, ...message }));
    }
    /** Errors that concern the files of this category alone become refusals. */
    async ofCategory({ category: name }, action) {
        const category = findCategory(name);
        if (!category)
            throw new RangeError(`there is no category '${name}'`);
        try {
            return await action(category);
        }
        catch (error) {
            if (error instanceof AppError && ONE_CATEGORY.has(error.code))
                return asRefusal(error);
            throw error;
        }
    }
    /** What changes of one category come to, one after the other, as of a draft. */
    async plan(category, changes, draft) {
        const { version, file } = await this.#view.reference(draft.tree, category);
        const hasTable = category.name === 'text_generation';
        const table = hasTable ? await this.#view.table(draft.tree) : undefined;
        let state = { version, file, table };
        let record = '';
        const changed = [];
        for (const change of changes) {
            const plan = this.#plan(category, state, change);
            if (plan.kind === 'refused')
                return (await this.#editsBehind(plan, change)) ?? plan;
            if (plan.kind === 'unchanged') {
                record = plan.record;
                continue;
            }
            state = { version, file: plan.file, table: plan.table };
            if (plan.changesModel)
                changed.push(change);
        }
        // An edit makes a file of its own, even where only the table had to be put right.
        if (state.file === file)
            return { kind: 'unchanged', version: version ?? '', record };
        const texts = [{ file: category.file, bytes: referenceBytes(state.file), content: state.file }];
        if (state.table !== undefined && state.table !== table) {
            texts.push({ file: TEXT_TABLE, bytes: Buffer.from(state.table), content: state.table });
        }
        return { kind: 'edited', texts, file: state.file, changes: modelChangesOf(changed) };
    }
    /** Puts the edited files of a category into a draft. @returns blob id of the category file */
    async place(category, { texts, file }, draft) {
        const [version = ''] = await this.#putFiles(draft, texts);
        const [{ bytes } = { bytes: Buffer.alloc(0) }] = texts;
        const modelCount = countModels(file);
        const empty = file.records.length === 0;
        draft.files.set(category, { category, version, bytes, modelCount, empty });
        return version;
    }
    async #baseOf(category, { bases, base }) {
        const known = bases.get(category.name);
        if (known)
            return known;
        // A text that the group has made meanwhile must stay at hand: it can be read from nowhere else yet.
        const file = await this.#view.lookAt(base.tree, category);
        bases.set(category.name, file);
        return file;
    }
    /** A mistake of ours about one change is no reason to refuse the others. */
    #plan(...[category, state, change]) {
        try {
            return planChange(category, state, change);
        }
        catch (error) {
            const where = error instanceof Error ? error.stack : String(error);
            this.#onNotice(`a change of ${category.name} model ${change.model} cannot be planned: ${where}`);
            return refusal('change-unplanned', 'the change cannot be planned, by a mistake of this program');
        }
    }
    /** Whoever read a file with uncommitted edits has its entity tag, and would be told to read it again without end. */
    async #editsBehind({ code }, change) {
        if (code !== 'precondition-failed')
            return undefined;
        const edited = [];
        for (const file of this.pathsOf(change)) {
            const status = ['--no-optional-locks', 'status', '--porcelain', '--', `:(top,literal)${file}`];
            if (await this.#repository.git.ask(status))
                edited.push(file);
        }
        return edited.length > 0 ? editsInTheWay(this.#repository, edited) : undefined;
    }
    /** Puts all files into the draft's tree or, where one of them cannot be, none. */
    async #putFiles(draft, texts) {
        let { tree } = draft;
        const ids = [];
        for (const { file, bytes } of texts) {
            const filePath = this.#view.path(file);
            const blob = this.#objects.write('blob', bytes, filePath);
            tree = await putInTree(this.#trees, tree, filePath, blob);
            ids.push(blob);
        }
        draft.tree = tree;
        for (const [index, { file, content }] of texts.entries()) {
            const filePath = this.#view.path(file);
            if (!draft.paths.has(filePath)) {
                draft.paths.set(filePath, await this.#view.has(draft.base.tree, filePath));
            }
            this.#view.keep(filePath, ids[index] ?? '', content);
        }
        return ids;
    }
}
/** A refusal when the branch moved while the change was under way and its model with it. */
function movedSince(change, base, seen) {
    const record = recordText(base, change.model);
    if (!seen.has(change))
        seen.set(change, record);
    if (seen.get(change) === record)
        return undefined;
    return refusal('write-conflict', `Model '${change.model}' of category '${change.category}' was changed by somebody else at the same moment; ` +
        'read it again and send the change anew');
}
function modelChangesOf(changes) {
    const names = (wanted) => changes.flatMap(({ operation, model }) => (operation === wanted ? [model] : []));
    return { created: names('create'), updated: names('update'), deleted: names('delete') };
}
//# sourceMappingURL=change-drafter.js.map