/** The routes about the service itself: greeting, mode, and whether it lives, is ready, and serves every file as it is. */
import { sendJson } from './json.js';
import { jsonAnswer } from './route.js';
export function serviceRoutes({ store, mode, lifecycle, identity, queue, syncStatus, }) {
    return [
        {
            method: 'get',
            path: '/',
            operation: operation('read_root', 'Greeting', MESSAGE),
            handler: (_request, response) => {
                const message = 'Welcome to the Horde Model Reference API. See `/api/docs` for interactive documentation.';
                sendJson(response, { message });
            },
        },
        {
            method: 'get',
            path: '/heartbeat',
            operation: operation('read_heartbeat', 'Health check for containers', HEARTBEAT),
            handler: (_request, response) => {
                const { degraded, consecutiveFailures, secondsUntilRetry } = identity.health();
                const aiHorde = {
                    degraded,
                    consecutive_failures: consecutiveFailures,
                    seconds_until_retry: secondsUntilRetry,
                };
                sendJson(response, { status: 'ok', ai_horde: aiHorde });
            },
        },
        {
            method: 'get',
            path: '/replicate_mode',
            operation: operation('read_replicate_mode', 'Mode and format of this deployment', REPLICATE_MODE),
            handler: (_request, response) => {
                sendJson(response, {
                    replicate_mode: mode.replicateMode,
                    canonical_format: mode.canonicalFormat,
                    writable: mode.replicateMode === 'PRIMARY',
                });
            },
        },
        {
            method: 'get',
            path: '/livez',
            operation: operation('read_livez', 'Whether the process answers', STATUS),
            handler: (_request, response) => sendJson(response, { status: 'ok' }),
        },
        {
            method: 'get',
            path: '/readyz',
            operation: {
                ...operation('read_readyz', 'Whether to send requests here', READY),
                description: 'A broken category file does not make the service unready, as its last good version is served on: ' +
                    '`status` is then `degraded`, and `faults` names the file, what is wrong and where, since when, and the ' +
                    'version served instead (null when there is none).',
                responses: {
                    200: jsonAnswer('Ready', READY),
                    503: jsonAnswer('Shutting down', READY),
                },
            },
            handler: (_request, response) => {
                const { faults, history, files, trouble } = store.snapshot;
                const sync = syncStatus();
                const isOutOfStep = sync?.state === 'down' || sync?.state === 'diverged';
                const isBehind = faults.length > 0 || trouble !== undefined || queue.trouble !== undefined || isOutOfStep;
                const status = lifecycle.draining ? 'draining' : isBehind ? 'degraded' : 'ok';
                response.setHeader('Cache-Control', 'no-store');
                const answer = {
                    status,
                    head: history?.head ?? null,
                    categories: files.size,
                    trouble: trouble ? { ...trouble, since: new Date(trouble.since).toISOString() } : null,
                    faults: faults.map(({ since, ...fault }) => ({ ...fault, since: new Date(since).toISOString() })),
                    queue: queue.enabled ? { changes: queue.index.size, trouble: queueTrouble(queue) } : null,
                    sync: sync ? wireSync(sync) : null,
                };
                sendJson(response, answer, lifecycle.draining ? 503 : 200);
            },
        },
    ];
}
function queueTrouble({ trouble }) {
    if (!trouble)
        return null;
    return { message: trouble.error.message, since: new Date(trouble.since).toISOString() };
}
function wireSync({ remote, state, trouble, since, lastSync, unsynced }) {
    return {
        remote,
        state,
        trouble: trouble ?? null,
        since: new Date(since).toISOString(),
        last_sync: lastSync === undefined ? null : new Date(lastSync).toISOString(),
        unsynced_commits: unsynced,
    };
}
function operation(operationId, summary, schema) {
    return { operationId, tags: ['service'], summary, responses: { 200: jsonAnswer('OK', schema) } };
}
const text = { type: 'string' };
const MESSAGE = { type: 'object', required: ['message'], properties: { message: text } };
const STATUS = { type: 'object', required: ['status'], properties: { status: text } };
const HEARTBEAT = {
    type: 'object',
    required: ['status', 'ai_horde'],
    properties: {
        status: text,
        ai_horde: {
            type: 'object',
            required: ['degraded', 'consecutive_failures', 'seconds_until_retry'],
            properties: {
                degraded: { type: 'boolean' },
                consecutive_failures: { type: 'integer' },
                seconds_until_retry: { type: ['number', 'null'] },
            },
        },
    },
};
const REPLICATE_MODE = {
    type: 'object',
    required: ['replicate_mode', 'canonical_format', 'writable'],
    properties: {
        replicate_mode: { type: 'string', enum: ['PRIMARY', 'REPLICA'] },
        canonical_format: { type: 'string', enum: ['legacy', 'v2'] },
        writable: { type: 'boolean' },
    },
};
const TROUBLE = {
    type: ['object', 'null'],
    required: ['message', 'since'],
    properties: { message: text, since: { type: 'string', format: 'date-time' } },
};
const READY = {
    type: 'object',
    required: ['status', 'head', 'categories', 'trouble', 'faults', 'queue', 'sync'],
    properties: {
        status: { type: 'string', enum: ['ok', 'degraded', 'draining'] },
        head: { type: ['string', 'null'], description: 'Commit that HEAD names' },
        categories: { type: 'integer', description: 'Category files that are published' },
        trouble: {
            ...TROUBLE,
            description: 'Why the repository could not be read again, in which case what was read before is served on',
        },
        queue: {
            type: ['object', 'null'],
            description: 'The pending queue; null where there is none',
            required: ['changes', 'trouble'],
            properties: {
                changes: { type: 'integer', description: 'Changes that are not purged' },
                trouble: { ...TROUBLE, description: 'Why its ledger cannot be read, and which object is damaged' },
            },
        },
        sync: {
            type: ['object', 'null'],
            description: 'How the repository stands to its remote or upstream; null where there is none',
            required: ['remote', 'state', 'trouble', 'since', 'last_sync', 'unsynced_commits'],
            properties: {
                remote: text,
                state: {
                    type: 'string',
                    enum: ['starting', 'ok', 'down', 'diverged'],
                    description: '`down`: it cannot be reached, and is tried again; `diverged`: something must be put right by hand first',
                },
                trouble: { type: ['string', 'null'], description: 'What is wrong, and what to do' },
                since: { type: 'string', format: 'date-time', description: 'Since when it is in this state' },
                last_sync: {
                    type: ['string', 'null'],
                    format: 'date-time',
                    description: 'When both were last known to be alike',
                },
                unsynced_commits: {
                    type: 'integer',
                    description: 'Commits that are published here and that the remote lacks',
                },
            },
        },
        faults: {
            type: 'array',
            items: {
                type: 'object',
                required: ['category', 'file', 'message', 'since', 'served'],
                properties: {
                    category: { $ref: '#/components/schemas/Category' },
                    file: text,
                    message: text,
                    line: { type: 'integer', minimum: 1 },
                    column: { type: 'integer', minimum: 1 },
                    since: { type: 'string', format: 'date-time' },
                    served: { type: ['string', 'null'], description: 'Blob id of the version that is served instead' },
                },
            },
        },
    },
};
//# sourceMappingURL=service-routes.js.map