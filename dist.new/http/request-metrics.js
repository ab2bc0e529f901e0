/** Counts requests: the routed ones by a handler in front of the routes, those that the table of reads answers from its own counts. */
import { METHODS } from './cors.js';
const CODINGS = ['br', 'gzip', 'identity'];
/** The label of what no route answers, whatever its URL. */
const NO_ROUTE = 'none';
/** The routes under which reads are documented, by whichever way they are answered. */
const READ_ROUTES = {
    category: '/model_references/v1/{model_category_name}',
    raw: '/raw/{revision_and_file}',
};
export class RequestMetrics {
    #metrics;
    #reads;
    #routed = new Map();
    constructor(metrics, reads) {
        this.#metrics = metrics;
        this.#reads = reads;
        metrics.add(this.#families());
    }
    /** Counts what passes it once that is answered. Whoever answers from the table of reads behind it says so by `countedAsRead`. */
    count = (request, response, next) => {
        const started = performance.now();
        response.once('close', () => {
            if (response.locals.isCounted === true)
                return;
            const route = routeOf(response);
            this.#note(request.method, route?.path ?? NO_ROUTE, response);
            if (route && !route.streams) {
                this.#metrics.noteDuration(route.path, (performance.now() - started) / 1000);
            }
        });
        next();
    };
    #note(method, route, { headersSent, statusCode }) {
        // Anybody can make methods up, but not labels of ours.
        const known = METHODS.includes(method) ? method : 'other';
        const status = headersSent ? String(statusCode) : 'aborted';
        const key = `${known} ${route} ${status}`;
        const counted = this.#routed.get(key) ?? { labels: { method: known, route, status }, requests: 0 };
        this.#routed.set(key, counted);
        counted.requests++;
    }
    #families() {
        const { category, raw } = this.#reads;
        return [
            {
                name: 'horde_references_http_requests_total',
                help: 'Requests that were answered. Status is aborted where the client hung up before there was one.',
                type: 'counter',
                labels: ['method', 'route', 'status'],
                samples: () => [
                    ...[...this.#routed.values()].map(({ labels, requests }) => [labels, requests]),
                    ...byStatus(READ_ROUTES.category, category),
                    ...byStatus(READ_ROUTES.raw, raw),
                ],
            },
            {
                name: 'horde_references_reads_total',
                help: 'Reads of categories and of committed files (raw) by what became of them: sent (200), not_modified (304) in a form, or not_acceptable (406).',
                type: 'counter',
                labels: ['read', 'result', 'coding'],
                samples: () => [...byResult('category', category), ...byResult('raw', raw)],
            },
        ];
    }
}
/** Tells the counting handler that a read was counted where it was answered. */
export function countedAsRead(response) {
    response.locals.isCounted = true;
}
function routeOf({ locals }) {
    const { route } = locals;
    return route;
}
function byStatus(route, { counts }) {
    return [...statuses('GET', route, counts.get), ...statuses('HEAD', route, counts.head)];
}
function statuses(method, route, { sent, notModified, notAcceptable }) {
    const counts = [
        ['200', sum(sent)],
        ['304', sum(notModified)],
        ['406', notAcceptable],
    ];
    return counts
        .filter(([, requests]) => requests > 0)
        .map(([status, requests]) => [{ method, route, status }, requests]);
}
function byResult(read, { counts }) {
    const all = [counts.get, counts.head, counts.routed];
    const byCoding = (result, of) => CODINGS.map((coding) => {
        const reads = all.reduce((total, one) => total + of(one)[coding], 0);
        return [{ read, result, coding }, reads];
    });
    return [
        ...byCoding('sent', ({ sent }) => sent),
        ...byCoding('not_modified', ({ notModified }) => notModified),
        [
            { read, result: 'not_acceptable', coding: 'none' },
            all.reduce((total, { notAcceptable }) => total + notAcceptable, 0),
        ],
    ];
}
function sum(counts) {
    return counts.br + counts.gzip + counts.identity;
}
//# sourceMappingURL=request-metrics.js.map