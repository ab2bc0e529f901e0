/** The audit views of the queue: who did what, batch by batch, and what it came to (spec: pending queue, section 8). */
import { AppError } from '../errors.js';
import { auditChange, auditCurrent, batchPage, batchSummary } from '../queue/audit.js';
import { netChangesText } from '../queue/net-changes.js';
import { sendJson } from './json.js';
import { pathInteger, QueryValues } from './query-values.js';
import { admitToQueue, sendText } from './queue-access.js';
import { QUEUE_OPERATIONS } from './queue-operations.js';
/** The formats that a trail may be kept of; this program publishes the first alone. */
const DOMAINS = ['legacy', 'v2'];
const LARGEST_PAGE = 50;
const PAGE = 10;
/** Net changes that are kept for as long as the ledger does not move. */
const MOST_KEPT = 100;
const PATH = '/model_references/v1/pending_queue';
export function auditRoutes(dependencies) {
    const { queue, clock, limits } = dependencies;
    const now = () => Math.floor(clock() / 1000);
    const netChanges = new NetChanges(dependencies);
    const route = (path, action) => {
        const handler = async (request, response) => {
            await admitToQueue(request, 'reader', 'reads', dependencies);
            const query = new QueryValues(request);
            const domain = query.choice('domain_override', DOMAINS) ?? 'legacy';
            queue.requireReadable();
            response.setHeader('Cache-Control', 'no-store');
            await action(request, response, domain, query);
        };
        return {
            method: 'get',
            path: PATH + path,
            operation: QUEUE_OPERATIONS[`get ${path}`] ?? null,
            handler: [...limits.failures, handler],
        };
    };
    return [
        route('/audit/current', (_request, response, domain, query) => {
            query.finish();
            const changes = domain === 'legacy' ? auditCurrent(queue.index) : [];
            const facts = { pending_changes: changes, total_pending: changes.length, generated_at: now() };
            sendJson(response, { domain, ...facts });
        }),
        route('/audit/batches', (_request, response, domain, query) => {
            const limit = query.integer('limit', { least: 1, most: LARGEST_PAGE }) ?? PAGE;
            const cursor = query.integer('cursor', { least: 1 });
            query.finish();
            const nothing = { batches: [], next_cursor: null };
            sendJson(response, {
                domain,
                ...(domain === 'legacy' ? batchPage(queue.index, cursor, limit) : nothing),
            });
        }),
        route('/audit/batches/{batch_id}', (request, response, domain, query) => {
            const batch = pathInteger(request, 'batch_id');
            query.finish();
            const summary = domain === 'legacy' ? batchSummary(queue.index, batch) : undefined;
            if (!summary)
                throw unknownBatch();
            sendJson(response, { ...summary, changes: queue.index.inBatch(batch).map(auditChange) });
        }),
        route('/audit/batches/{batch_id}/net_changes', async (request, response, domain, query) => {
            const batch = pathInteger(request, 'batch_id');
            query.finish();
            if (domain !== 'legacy')
                throw unknownBatch();
            sendText(response, await netChanges.text(batch, now()));
        }),
    ];
}
/** Made once for each state of the ledger. */
class NetChanges {
    #queue;
    #texts = new Map();
    #tip;
    constructor({ queue }) {
        this.#queue = queue;
    }
    async text(batch, now) {
        const { tip, index } = this.#queue;
        if (tip !== this.#tip || this.#texts.size > MOST_KEPT)
            this.#texts.clear();
        this.#tip = tip;
        const known = this.#texts.get(batch);
        if (known !== undefined)
            return known;
        const summary = batchSummary(index, batch);
        if (!summary)
            throw unknownBatch();
        const applied = index.inBatch(batch).filter(({ status }) => status === 'applied');
        const contents = applied.map(async (change) => [change, await this.#queue.content(change.change_id)]);
        const text = netChangesText({ id: batch, title: summary.batch_title }, await Promise.all(contents), now);
        if (this.#tip === tip)
            this.#texts.set(batch, text);
        return text;
    }
}
function unknownBatch() {
    return new AppError('batch-unknown', 'Batch not found');
}
//# sourceMappingURL=audit-routes.js.map