/** The pending queue: listing, diffs, decisions, applying, purging (spec: pending queue). */
import { AppError } from '../errors.js';
import { diffChange, diffText } from '../queue/change-diff.js';
import { STATUSES, wireText } from '../queue/pending-change.js';
import { CATEGORY_NAMES, LONGEST_JOB_ID, LONGEST_NAME, readApply, readApplyMany, readDecision, readPurge, trimmed, } from '../queue/queue-requests.js';
import { compactJson, fieldsText, valueFields } from '../record/record-fields.js';
import { itemsError, statusOf } from './errors.js';
import { sendJson } from './json.js';
import { pathInteger, QueryValues } from './query-values.js';
import { admitToQueue, sendText } from './queue-access.js';
import { QUEUE_OPERATIONS } from './queue-operations.js';
import { readJsonBody } from './request-body.js';
/** Most that one page may show, and what it shows when nobody says. */
const LARGEST_PAGE = 500;
const PAGE = 50;
/** Changes that one commit of the ledger purges at most. */
const PURGED_AT_ONCE = 1_000;
/** Most diffs in one answer. */
const MOST_DIFFS = 100;
const PATH = '/model_references/v1/pending_queue';
export function queueRoutes(dependencies) {
    const { queue, limits } = dependencies;
    const route = (method, path, [role, guard], action) => {
        const handler = async (request, response) => {
            const user = await admitToQueue(request, role, guard, dependencies);
            await action(request, response, user);
        };
        const before = method === 'get' ? limits.failures : [...limits.failures, ...limits.writes];
        return {
            method,
            path: PATH + path,
            operation: QUEUE_OPERATIONS[`${method} ${path}`] ?? null,
            handler: [...before, handler],
        };
    };
    const actions = new QueueActions(dependencies);
    return [
        route('get', '/changes', ['reader', 'writes'], async (request, response) => {
            const query = new QueryValues(request);
            const filter = {
                ...kinds(query),
                batchId: query.integer('batch_id', { least: 1 }),
                modelName: query.text('model_name', 1, LONGEST_NAME),
                requestedBy: trimmed(query.texts('requested_by')),
            };
            await actions.sendPage(response, query, filter);
        }),
        route('get', '/my_changes', ['requestor', 'writes'], async (request, response, user) => {
            const query = new QueryValues(request);
            await actions.sendPage(response, query, { ...kinds(query), requestedBy: [user.id] });
        }),
        route('get', '/changes/{change_id}', ['reader', 'reads'], async (request, response) => {
            const change = actions.find(pathInteger(request, 'change_id'));
            sendText(response, wireText(change, await queue.content(change.change_id), true));
        }),
        route('get', '/changes/{change_id}/diff', ['reader', 'reads'], async (request, response) => {
            sendText(response, diffText(await actions.diff(pathInteger(request, 'change_id'))));
        }),
        route('get', '/diffs', ['reader', 'reads'], async (request, response) => {
            const query = new QueryValues(request);
            const ids = query.integers('change_ids', MOST_DIFFS);
            query.finish();
            await actions.sendDiffs(response, ids);
        }),
        route('post', '/batches', ['approver', 'writes'], async (request, response, user) => {
            const { title, ...decision } = accepted(readDecision(await readJsonBody(request, response)));
            const done = await actions.submit({ transition: 'decide', title, ...decision, actor: user }, user);
            const [approved, rejected] = await Promise.all([
                actions.recordTexts(done.approved, true),
                actions.recordTexts(done.rejected, true),
            ]);
            const head = valueFields({ batch_id: done.batch ?? null, batch_title: title });
            const lists = [
                ['approved', approved],
                ['rejected', rejected],
            ];
            sendText(response, fieldsText(new Map([...head, ...lists])));
        }),
        route('post', '/changes/{change_id}/apply', ['approver', 'writes'], async (request, response, user) => {
            const id = pathInteger(request, 'change_id');
            const { jobId } = accepted(readApply(await readJsonBody(request, response)));
            const target = { ids: [id], mixed: true };
            const application = { transition: 'apply', target, jobId, atomic: false, actor: user };
            const report = await actions.submit(application, user);
            if (report.failure) {
                const { code, error } = report.failure;
                throw new AppError(code, error);
            }
            await actions.sendApplied(response, report);
        }),
        route('post', '/apply', ['approver', 'writes'], async (request, response, user) => {
            const body = accepted(readApplyMany(await readJsonBody(request, response)));
            const { ids, mixed, jobId, atomic } = body;
            const target = { ids, mixed };
            const application = { transition: 'apply', target, jobId, atomic, actor: user };
            await actions.sendReport(response, await actions.submit(application, user));
        }),
        route('post', '/apply_batch/{batch_id}', ['approver', 'writes'], async (request, response, user) => {
            const batch = pathInteger(request, 'batch_id');
            const query = new QueryValues(request);
            const jobId = query.text('job_id', 0, LONGEST_JOB_ID) || undefined;
            const atomic = query.flag('atomic');
            query.finish();
            await actions.applyBatch(response, user, batch, jobId, atomic);
        }),
        route('post', '/purge', ['approver', 'writes'], async (request, response, user) => {
            const { filter, dryRun } = accepted(readPurge(await readJsonBody(request, response)));
            queue.requireSound();
            const found = queue.index.matching(filter).map(({ change_id }) => change_id);
            const ids = dryRun ? found : await actions.purge(found, filter, user);
            const facts = { removed_count: ids.length, removed_change_ids: ids, dry_run: dryRun };
            response.setHeader('Cache-Control', 'no-store');
            sendJson(response, facts);
        }),
    ];
}
/** What the routes do, once it is known who asks for what. */
class QueueActions {
    #dependencies;
    constructor(dependencies) {
        this.#dependencies = dependencies;
    }
    /** @throws AppError `change-unknown`, `ledger-broken` */
    find(id) {
        const { queue } = this.#dependencies;
        queue.requireReadable();
        const change = queue.index.get(id);
        if (change)
            return change;
        throw new AppError('change-unknown', 'Change not found');
    }
    async diff(id) {
        const { queue, store } = this.#dependencies;
        const change = this.find(id);
        const record = store.snapshot.files.get(change.category)?.record(change.model_name);
        const current = record === undefined ? null : compactJson(record);
        return diffChange(change, await queue.content(id), current);
    }
    async sendDiffs(response, ids) {
        const diffs = [];
        const errors = [];
        for (const id of ids) {
            try {
                diffs.push(diffText(await this.diff(id)));
            }
            catch (error) {
                if (!(error instanceof AppError))
                    throw error;
                const isUnknown = error.code === 'change-unknown';
                const error_type = isUnknown ? 'NotFound' : error.name;
                errors.push({ change_id: id, error: error.message, error_type });
            }
        }
        const fields = new Map([['diffs', `[${diffs.join()}]`], ...valueFields({ total: ids.length, errors })]);
        sendText(response, fieldsText(fields));
    }
    /** A page of changes; takes offset and limit off the query, and is the last to do so. */
    async sendPage(response, query, filter) {
        const { queue } = this.#dependencies;
        const offset = query.integer('offset', { least: 0 }) ?? 0;
        const limit = query.integer('limit', { least: 1, most: LARGEST_PAGE }) ?? PAGE;
        query.finish();
        queue.requireReadable();
        const { items, total } = queue.index.page(filter, offset, limit);
        const records = await this.recordTexts(items, true);
        const fields = new Map([['items', records], ...valueFields({ total, offset, limit })]);
        sendText(response, fieldsText(fields));
    }
    /** A list of records as JSON text. */
    async recordTexts(changes, nulls) {
        const { queue } = this.#dependencies;
        const texts = changes.map(async (change) => wireText(change, await queue.content(change.change_id), nulls));
        return `[${(await Promise.all(texts)).join()}]`;
    }
    /** Has a transition done, and tells the log. */
    async submit(request, user) {
        const { queue, submit, logger } = this.#dependencies;
        queue.requireSound();
        const done = await submit(request);
        const { transition } = request;
        logger.info({ transition, user: user.username, ...summary(done) }, 'queue');
        return done;
    }
    async applyBatch(response, user, batch, jobId, atomic) {
        const { queue } = this.#dependencies;
        queue.requireSound();
        const members = () => queue.index.matching({ batchId: batch });
        if (members().length === 0)
            throw new AppError('batch-unknown', `No changes found for batch ${batch}`);
        const earlier = reportOfJob(members(), jobId);
        if (earlier) {
            await this.sendReport(response, earlier);
            return;
        }
        const target = { batch };
        const report = await this.submit({ transition: 'apply', target, jobId, atomic, actor: user }, user);
        if (report.applied.length > 0 || report.failure) {
            await this.sendReport(response, report);
            return;
        }
        // Nothing was left to apply; the same job may have done it at the same moment.
        const now = members();
        const same = reportOfJob(now, jobId);
        if (!same && now.some(({ status }) => status !== 'applied')) {
            throw new AppError('batch-unknown', `No approved changes found in batch ${batch}`);
        }
        await this.sendReport(response, same ?? report);
    }
    /** In parts, so that nobody waits for all of it who asks for something else. @returns ids of what went */
    async purge(ids, filter, user) {
        const gone = [];
        for (let at = 0; at < ids.length; at += PURGED_AT_ONCE) {
            const part = ids.slice(at, at + PURGED_AT_ONCE);
            const done = await this.submit({ transition: 'purge', ids: part, filter, actor: user }, user);
            gone.push(...done.ids);
        }
        return gone;
    }
    /** What a single apply answers. */
    async sendApplied(response, report) {
        const { queue } = this.#dependencies;
        const [change] = report.applied;
        if (!change)
            throw new RangeError('an apply that did not fail has applied its change');
        const record = wireText(change, await queue.content(change.change_id), false);
        sendText(response, fieldsText(new Map([['record', record], ...splitFields(report)])));
    }
    /** What an apply of several answers, whether or not it went to the end. */
    async sendReport(response, report) {
        const { failure, applied } = report;
        const text = reportText(report, await this.recordTexts(applied, false));
        sendText(response, text, failure ? statusOf(failure.code) : 200);
    }
}
function kinds(query) {
    return {
        statuses: query.choices('statuses', STATUSES),
        categories: query.choices('categories', CATEGORY_NAMES),
    };
}
function accepted(read) {
    if (read.ok)
        return read.value;
    throw itemsError('record-invalid', read.items);
}
/** What a job has answered for a batch before; undefined where it did nothing there. */
export function reportOfJob(members, jobId) {
    if (jobId === undefined)
        return undefined;
    const applied = members
        .filter(({ applied_job_id }) => applied_job_id === jobId)
        .sort((a, b) => (a.ledger.apply_event ?? 0) - (b.ledger.apply_event ?? 0));
    const [first] = applied;
    if (!first)
        return undefined;
    const { job_failure: failure, job_split: split } = first.ledger;
    return { kind: 'applied-changes', applied, failure, split };
}
/**
 * A report as JSON text.
 * @param applied the list of the changes that were applied, JSON text
 */
export function reportText(report, applied) {
    const { failure } = report;
    const failed = failure && {
        failed_change_id: failure.change_id,
        failed_error: failure.error,
        failed_error_type: failure.error_type,
    };
    return fieldsText(new Map([['applied', applied], ...valueFields(failed ?? {}), ...splitFields(report)]));
}
function splitFields({ split }) {
    return valueFields({
        batch_split_occurred: split !== undefined,
        batch_split_original_batch_id: split?.original_batch_id,
        batch_split_new_batch_id: split?.new_batch_id,
        batch_split_reassigned_count: split?.reassigned_change_ids.length,
    });
}
function summary(done) {
    const ids = (changes) => changes.map(({ change_id }) => change_id);
    switch (done.kind) {
        case 'proposed':
            return { change: done.change.change_id };
        case 'revert-proposed':
            return { changes: ids(done.proposals.map(({ change }) => change)) };
        case 'decided':
            return { batch: done.batch, approved: ids(done.approved), rejected: ids(done.rejected) };
        case 'applied-changes':
            return { applied: ids(done.applied), failed: done.failure?.change_id };
        case 'purged':
            return { purged: done.ids };
    }
}
//# sourceMappingURL=queue-routes.js.map