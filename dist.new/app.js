/** Composes the HTTP application. Makes it and never listens. */
import express from 'express';
import { auditRoutes } from './http/audit-routes.js';
import { cloneRoutes } from './http/clone-routes.js';
import { cors } from './http/cors.js';
import { docsRoutes } from './http/docs-routes.js';
import { errorHandler, notFound } from './http/errors.js';
import { eventRoutes } from './http/event-routes.js';
import { historyRoutes } from './http/history-routes.js';
import { metadataRoutes } from './http/metadata-routes.js';
import { metricsRoutes } from './http/metrics-routes.js';
import { buildOpenApi } from './http/openapi.js';
import { queueRoutes } from './http/queue-routes.js';
import { rawRoutes, repositoryNames } from './http/raw-routes.js';
import { readRoutes } from './http/read-routes.js';
import { requestLog } from './http/request-log.js';
import { countedAsRead, RequestMetrics } from './http/request-metrics.js';
import { revertRoutes } from './http/revert-routes.js';
import { roleRoutes } from './http/role-routes.js';
import { buildRouter } from './http/router.js';
import { noSniffing } from './http/security-headers.js';
import { serviceRoutes } from './http/service-routes.js';
import { webhookRoutes } from './http/webhook-routes.js';
import { writeRoutes } from './http/write-routes.js';
export function createApp(dependencies) {
    const { store, metadata, history, records, reads, feed, metrics, logger, lifecycle, mode, schemas, identity, writing, submit, clock, } = dependencies;
    const queueing = { ...writing, mode, store, logger, submit, clock };
    const { cacheControl, corsAllowedOrigins, limit, trustProxy, version, syncStatus, webhook } = dependencies;
    const { past, raw, rawRepositories, counted } = dependencies;
    const serveAtOnce = (request, response) => reads.serve(request, response) || raw.serve(request, response);
    // Order matters where one path could match two routes: the literal ones come first.
    const api = [
        ...serviceRoutes({ store, mode, lifecycle, identity, queue: writing.queue, syncStatus }),
        ...webhookRoutes({ ...webhook, limits: writing.limits }),
        ...eventRoutes(feed),
        ...(metrics ? metricsRoutes(metrics) : []),
        ...metadataRoutes(metadata, mode),
        ...historyRoutes({ history, records }),
        ...revertRoutes({ ...writing, mode, logger, store, history, submit }),
        ...queueRoutes(queueing),
        ...auditRoutes(queueing),
        ...roleRoutes(writing),
        ...cloneRoutes({ ...dependencies.cloning, ...writing, logger }),
        ...readRoutes({ store, reads, past, cacheControl }),
        ...writeRoutes({ ...writing, mode, schemas, logger, store }),
        // Last: whatever a repository is called, it hides nothing of the API.
        ...rawRoutes(raw, rawRepositories),
    ];
    const router = buildRouter([...docsRoutes(() => buildOpenApi(api, schemas, version)), ...api]);
    const app = express();
    app.disable('x-powered-by');
    app.set('query parser', 'simple');
    app.set('strict routing', true);
    app.set('case sensitive routing', true);
    app.set('trust proxy', trustProxy);
    app.use(requestLog(logger));
    if (metrics)
        app.use(new RequestMetrics(metrics, counted).count);
    app.use(noSniffing);
    if (limit) {
        app.use(limit, (request, response, next) => {
            if (serveAtOnce(request, response))
                countedAsRead(response);
            else
                next();
        });
    }
    app.use(cors(corsAllowedOrigins));
    app.use(keepUndecodable);
    app.use(repositoryNames(rawRepositories));
    app.get('/api', (request, response) => {
        const query = request.originalUrl.slice(request.path.length);
        response.status(307).setHeader('Location', `api/${query}`).end();
    });
    app.use('/api', router);
    app.use(router);
    app.use((_request, response) => notFound(response));
    app.use(errorHandler(logger));
    return (request, response) => {
        // While we stop, clients that keep their connection are told to leave it, instead of having it cut.
        if (lifecycle.draining)
            response.setHeader('Connection', 'close');
        // With a limit on them, reads go the ordinary way until it has counted them.
        if (!limit && serveAtOnce(request, response))
            return;
        lifecycle.inFlight.add(response);
        response.once('close', () => lifecycle.inFlight.delete(response));
        app(request, response);
    };
}
/** A path whose escapes do not decode is taken as it is written, as the original service does, instead of being an error. */
const keepUndecodable = (request, _response, next) => {
    try {
        decodeURIComponent(request.path);
    }
    catch {
        request.url = request.url.replaceAll('%', '%25');
    }
    next();
};
//# sourceMappingURL=app.js.map