/** Drafts what is asked of the queue: each transition is one commit of the ledger, and what it applies is committed with it. */
import { randomBytes } from 'node:crypto';
import { findCategory } from '../categories.js';
import { AppError } from '../errors.js';
import { conflictOf, isOpen, sameState } from '../queue/change-diff.js';
import { filterTest } from '../queue/change-filter.js';
import { pendingRef } from '../queue/ledger-layout.js';
import { approve, markApplied, moveToBatch, noteJob, notOneBatch, purge, reject, undecidable, } from '../queue/transitions.js';
import { recordText } from '../record/reference-file.js';
import { checkpoint } from './draft.js';
import { applyMessage, decideMessage, proposeMessage, purgeMessage, splitMessage, } from './ledger-messages.js';
import { refusal } from './plan-change.js';
import { asRefusal } from './refusals.js';
export class QueueDrafter {
    #repository;
    #view;
    #changes;
    #reverts;
    #onNotice;
    constructor({ repository, view, changes, reverts, onNotice }) {
        this.#repository = repository;
        this.#view = view;
        this.#changes = changes;
        this.#reverts = reverts;
        this.#onNotice = onNotice;
    }
    /** Drafts a transition, or refuses it and leaves the draft as it was. */
    async draft(request, draft) {
        const undo = checkpoint(draft);
        const restoreTexts = this.#view.checkpoint();
        let outcome;
        try {
            this.#view.requireNoProposal();
            outcome = await this.#transition(request, draft);
        }
        catch (error) {
            // Whoever else is in the group is not concerned.
            if (!(error instanceof AppError) || !ONE_TRANSITION.has(error.code))
                throw error;
            outcome = asRefusal(error);
        }
        const isAtomic = request.transition === 'apply' && request.atomic;
        const isPartial = outcome.kind === 'applied-changes' && outcome.failure !== undefined;
        if (outcome.kind === 'refused' || (isAtomic && isPartial)) {
            undo();
            restoreTexts();
        }
        return outcome;
    }
    #transition(request, draft) {
        switch (request.transition) {
            case 'propose':
                return this.#propose(request, draft);
            case 'propose-revert':
                return this.#proposeRevert(request, draft);
            case 'decide':
                return this.#decide(request, draft);
            case 'apply':
                return this.#apply(request, draft);
            case 'purge':
                return this.#purge(request, draft);
        }
    }
    async #propose({ change, notes, idempotency }, draft) {
        const { ledger } = draft;
        if ((await this.#view.refAt('refs/heads/pending')) !== undefined)
            return PENDING_TAKEN;
        const id = await this.#freeId(draft);
        const trailers = [['Change-Id', String(id)]];
        const made = await this.#changes.propose({ ...change, trailers }, draft);
        if (made.kind === 'refused')
            return made;
        const at = this.#changes.seconds();
        const { author, category, operation, model } = change;
        const proposed = {
            change_id: id,
            category,
            model_name: model,
            operation,
            requested_by: author.id,
            requested_username: author.username,
            requested_at: at,
            status: 'pending',
            ...(notes !== undefined && { notes }),
            updated_at: at,
            ledger: {
                proposal: made.commit,
                enqueue_event: ledger.nextEventId(),
                ...(idempotency && { idempotency }),
            },
        };
        const content = { payload: change.record, before: made.before };
        await ledger.put(proposed);
        ledger.putContent(id, content);
        draft.refs.set(pendingRef(id), { ref: pendingRef(id), from: undefined, to: made.commit });
        await this.#commit(proposeMessage(proposed, change.trailers ?? []), author, draft);
        return { kind: 'proposed', change: proposed, content };
    }
    async #proposeRevert({ revert }, draft) {
        const changes = await this.#reverts.plan(revert, draft);
        if ('kind' in changes)
            return changes;
        const notes = `Reverts ${revert.reverts}: ${revert.subject}`;
        const proposals = [];
        for (const change of changes) {
            const outcome = await this.#propose({ transition: 'propose', change, notes }, draft);
            if (outcome.kind === 'refused')
                return outcome;
            proposals.push({ change: outcome.change, content: outcome.content });
        }
        return { kind: 'revert-proposed', proposals };
    }
    /** A number whose branch is free: somebody may have made one by hand, or brought one back. */
    async #freeId(draft) {
        for (;;) {
            const id = draft.ledger.nextChangeId();
            const isFree = !draft.taken.has(pendingRef(id)) && (await this.#refNow(draft, id)) === undefined;
            if (isFree)
                return id;
        }
    }
    async #decide(request, draft) {
        const { title, reason, actor } = request;
        const { ledger } = draft;
        const found = [];
        for (const id of [...request.approve, ...request.reject]) {
            const change = await ledger.get(id);
            const problem = undecidable(change, id);
            if (problem !== undefined || !change)
                return refusal('change-state', problem ?? '');
            found.push(change);
        }
        const count = request.approve.length;
        const batch = count > 0 ? ((await ledger.openBatch()) ?? ledger.nextBatchId()) : undefined;
        const approved = found
            .slice(0, count)
            .map((change) => approve(change, batch ?? 0, title, this.#step(actor, draft)));
        const rejected = found
            .slice(count)
            .map((change) => reject(change, batch, title, reason, this.#step(actor, draft)));
        for (const change of [...approved, ...rejected])
            await ledger.put(change);
        for (const change of rejected)
            await this.#dropBranch(change, draft);
        await this.#commit(decideMessage(title, actor.username, reason, approved, rejected), actor, draft);
        return { kind: 'decided', batch, approved, rejected };
    }
    async #apply(request, draft) {
        const { target, actor, jobId } = request;
        const { ledger } = draft;
        // What is merged by hand counts only where it is published.
        this.#view.branch();
        const ids = 'batch' in target ? await ledger.approvedIn(target.batch) : target.ids;
        const problem = 'batch' in target || target.mixed ? undefined : await this.#mixProblem(ids, jobId, draft);
        if (problem)
            return problem;
        const applied = [];
        const done = [];
        let failure;
        let split;
        for (const id of ids) {
            const change = await ledger.get(id);
            if (change && isDoneBy(change, jobId)) {
                applied.push(change);
                split ??= change.ledger.job_split;
                const earlier = change.ledger.job_failure;
                if (earlier && ids.includes(earlier.change_id))
                    failure ??= earlier;
                continue;
            }
            if (failure)
                break;
            const result = await this.#applyOne(change, id, request, draft);
            if (result.kind === 'failed') {
                failure = result.failure;
                break;
            }
            applied.push(result.change);
            done.push(result.change);
        }
        if (done.length === 0 || (failure && request.atomic)) {
            const unchanged = applied.filter((change) => !done.includes(change));
            return { kind: 'applied-changes', applied: unchanged, failure, split };
        }
        const changes = await this.#record(done, failure, actor, draft);
        const current = new Map(changes.map((change) => [change.change_id, change]));
        return {
            kind: 'applied-changes',
            applied: applied.map((change) => current.get(change.change_id) ?? change),
            failure,
            split: changes.at(-1)?.ledger.job_split ?? split,
        };
    }
    async #mixProblem(ids, jobId, { ledger }) {
        const changes = [];
        for (const id of ids) {
            const change = await ledger.get(id);
            if (!change)
                return refusal('change-unknown', `Change ${id} not found`);
            // What the job has done before is only answered again, and its split has taken the rest to another batch.
            if (!isDoneBy(change, jobId))
                changes.push(change);
        }
        const problem = notOneBatch(changes);
        return problem === undefined ? undefined : refusal('change-state', problem);
    }
    async #applyOne(change, id, { actor, jobId }, draft) {
        if (!change)
            return failed(id, 'PendingChangeNotFoundError', 'change-unknown', `Change ${id} not found.`);
        if (change.status !== 'approved') {
            const message = `Change ${id} is not approved (status=${change.status}).`;
            return failed(id, 'PendingChangeStateError', 'change-state', message);
        }
        const content = await draft.ledger.content(id);
        const current = await this.#recordIn(draft.tree, change);
        const conflict = (await this.#branchConflict(change, content, draft)) ?? conflictOf(change, content, current);
        const merged = conflict && (await this.#mergedAs(change, content, current, draft));
        if (conflict !== undefined && !merged) {
            return failed(id, 'PendingChangeConflictError', 'change-conflict', conflict);
        }
        const job = jobId ?? `apply-${id}-${randomBytes(16).toString('hex')}`;
        const outcome = merged
            ? { kind: 'merged', commit: merged }
            : await this.#changes.publish(asChange(change, content, job, actor), draft);
        if (outcome.kind === 'refused') {
            const code = ABOUT_THE_RECORD.has(outcome.code) ? 'apply-failed' : outcome.code;
            return failed(id, 'PendingChangeBackendError', code, outcome.message);
        }
        const commit = outcome.kind === 'unchanged' ? undefined : outcome.commit;
        await this.#dropBranch(change, draft, content);
        return { kind: 'applied', change: markApplied(change, job, commit, this.#step(actor, draft)) };
    }
    /** Writes down what was applied and, where their batches have approved changes left, takes those to batches of their own. */
    async #record(done, failure, actor, draft) {
        const { ledger } = draft;
        const taken = new Set(done.map(({ change_id }) => change_id));
        const splits = [];
        for (const batch of new Set(done.map(({ batch_id = 0 }) => batch_id))) {
            const left = (await ledger.approvedIn(batch)).filter((id) => !taken.has(id));
            if (left.length === 0)
                continue;
            splits.push({
                event: ledger.nextEventId(),
                original_batch_id: batch,
                new_batch_id: ledger.nextBatchId(),
                reassigned_change_ids: left,
            });
        }
        const recorded = done.map((change) => noteJob(change, splits.at(-1), failure));
        for (const change of recorded)
            await ledger.put(change);
        await this.#commit(applyMessage(actor.username, recorded), actor, draft);
        for (const split of splits) {
            const at = this.#changes.seconds();
            for (const id of split.reassigned_change_ids) {
                const change = await ledger.get(id);
                if (change)
                    await ledger.put(moveToBatch(change, split.new_batch_id, at, split.event));
            }
            await this.#commit(splitMessage(split), actor, draft);
        }
        return recorded;
    }
    async #purge({ ids, filter, actor }, draft) {
        const { ledger } = draft;
        const matches = filterTest(filter);
        const purged = [];
        for (const id of ids) {
            const change = await ledger.get(id);
            if (!change || !matches(change))
                continue;
            const gone = purge(change, this.#step(actor, draft));
            await ledger.put(gone);
            if (isOpen(change))
                await this.#dropBranch(change, draft);
            purged.push(gone);
        }
        if (purged.length > 0)
            await this.#commit(purgeMessage(actor.username, purged), actor, draft);
        return { kind: 'purged', ids: purged.map(({ change_id }) => change_id) };
    }
    #step({ id, username }, draft) {
        return { by: id, username, at: this.#changes.seconds(), event: draft.ledger.nextEventId() };
    }
    async #commit(message, actor, draft) {
        const time = this.#changes.seconds();
        await draft.ledger.commit((tree, parent) => this.#changes.commit(message, actor, time, time, tree, parent));
    }
    /** The model's record in a commit's tree; null where there is none. */
    async #recordIn(tree, { category, model_name }) {
        const entry = findCategory(category);
        if (!entry)
            throw new RangeError(`there is no category '${category}'`);
        const { file } = await this.#view.reference(tree, entry);
        return recordText(file, model_name) ?? null;
    }
    /**
     * Whether the branch of a proposal shows something else by now than what was proposed: who reviewed it with git would see it
     * replaced by what they did not see.
     */
    async #branchConflict(change, content, draft) {
        const { change_id: id, ledger } = change;
        const now = await this.#refNow(draft, id);
        if (now === undefined || now === ledger.proposal)
            return undefined;
        if (await this.#shows(now, change, content))
            return undefined;
        return (`The branch pending/${id} was changed by hand: it is at ${now.slice(0, 12)} and does not hold what change ${id} proposes. ` +
            `Put it back (git branch -f pending/${id} ${ledger.proposal}) or purge the change and propose it anew`);
    }
    /** Whether a commit holds what a change proposes. */
    async #shows(commit, change, { payload }) {
        const entry = findCategory(change.category);
        const tree = await this.#view.treeOf(commit);
        if (!entry || tree === undefined)
            return false;
        try {
            const file = await this.#view.lookAt(tree, entry);
            return sameState(recordText(file, change.model_name) ?? null, payload);
        }
        catch (error) {
            if (error instanceof AppError && error.code !== 'git-failed')
                return false;
            throw error;
        }
    }
    /**
     * The commit by which a maintainer has brought a proposal to the published branch by hand, merged as it was, rebased or picked,
     * if the model is as proposed; undefined or empty where there is none.
     */
    async #mergedAs({ change_id: id, ledger }, { payload }, current, { base }) {
        if (base.commit === undefined || !sameState(payload, current))
            return undefined;
        const since = [base.commit, '--not', `${ledger.proposal}^@`];
        const log = ['log', '-1', '--format=%H', '--no-show-signature', `--grep=^Change-Id: ${id}$`, ...since];
        return this.#repository.git.ask(log);
    }
    /**
     * Removes the branch of a proposal that is closed; one that holds somebody's own work stays.
     * @param content where it may also go when it was merely rebased
     */
    async #dropBranch(change, draft, content) {
        const ref = pendingRef(change.change_id);
        const now = await this.#refNow(draft, change.change_id);
        if (now === undefined)
            return;
        const isOurs = now === change.ledger.proposal || (content !== undefined && (await this.#shows(now, change, content)));
        if (!isOurs) {
            this.#onNotice(`${ref} is at ${now}, where somebody else has put it, and is left there; change ${change.change_id} is closed`);
            return;
        }
        const drafted = draft.refs.get(ref);
        // Made by the same group: then it need not come at all.
        if (drafted?.from === undefined && drafted?.to !== undefined)
            draft.refs.delete(ref);
        else
            draft.refs.set(ref, { ref, from: now, to: undefined });
    }
    /** The commit that the branch of a proposal is at, as the draft leaves it; undefined where there is none. */
    async #refNow({ refs }, id) {
        const drafted = refs.get(pendingRef(id));
        return drafted ? drafted.to : this.#view.refAt(pendingRef(id));
    }
}
/** Errors that concern a transition alone; what else is in the group goes on. */
const ONE_TRANSITION = new Set(['ledger-broken', 'detached-head']);
/** What would be the client's mistake in a write of their own; here it was right when it was proposed. */
const ABOUT_THE_RECORD = new Set([
    'record-invalid',
    'model-exists',
    'model-absent',
    'model-not-found',
    'change-unplanned',
]);
/** Git keeps no branch beside a folder of the same name. */
const PENDING_TAKEN = refusal('storage-failed', 'A branch of the repository is called pending, so no branch can be made for the proposal; rename it with: git branch -m pending <name>');
/** Whether a change was applied by the job that is at hand. */
function isDoneBy({ status, applied_job_id }, jobId) {
    return jobId !== undefined && status === 'applied' && applied_job_id === jobId;
}
function failed(id, type, code, error) {
    return { kind: 'failed', failure: { change_id: id, error, error_type: type, code } };
}
/** The change that publishes a proposal: its author is who proposed it, and when; trailers tell the rest. */
function asChange(change, { payload }, job, actor) {
    const { change_id, batch_id, batch_title = '', approved_username = '', requested_at } = change;
    return {
        category: change.category,
        operation: change.operation,
        model: change.model_name,
        record: payload,
        author: { id: change.requested_by, username: change.requested_username },
        authored: requested_at,
        trailers: [
            ['Change-Id', String(change_id)],
            ['Batch-Id', String(batch_id)],
            ['Batch-Title', batch_title],
            ['Approved-By', approved_username],
            ['Applied-By', actor.username],
            ['Job-Id', job],
        ],
    };
}
//# sourceMappingURL=queue-drafter.js.map