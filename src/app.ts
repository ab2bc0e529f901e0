/** Composes the HTTP application. Makes it and never listens. */

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express from 'express';
import type { Clock } from './clock.ts';
import { auditRoutes } from './http/audit-routes.ts';
import type { ChangeFeed } from './http/change-feed.ts';
import { type CloneDependencies, cloneRoutes } from './http/clone-routes.ts';
import { cors } from './http/cors.ts';
import { docsRoutes } from './http/docs-routes.ts';
import { errorHandler, notFound } from './http/errors.ts';
import { eventRoutes } from './http/event-routes.ts';
import { type HistoryDependencies, historyRoutes } from './http/history-routes.ts';
import { type Mode, metadataRoutes } from './http/metadata-routes.ts';
import type { Metrics } from './http/metrics.ts';
import { metricsRoutes } from './http/metrics-routes.ts';
import { buildOpenApi } from './http/openapi.ts';
import type { PastReads } from './http/past-reads.ts';
import type { PublishedReads } from './http/published-reads.ts';
import { queueRoutes } from './http/queue-routes.ts';
import type { RawReads } from './http/raw-reads.ts';
import { rawRoutes, repositoryNames } from './http/raw-routes.ts';
import { readRoutes } from './http/read-routes.ts';
import { requestLog } from './http/request-log.ts';
import { type CountedReads, countedAsRead, RequestMetrics } from './http/request-metrics.ts';
import { revertRoutes } from './http/revert-routes.ts';
import { roleRoutes } from './http/role-routes.ts';
import { buildRouter } from './http/router.ts';
import { noSniffing } from './http/security-headers.ts';
import { type Lifecycle, serviceRoutes } from './http/service-routes.ts';
import { type WebhookDependencies, webhookRoutes } from './http/webhook-routes.ts';
import { type WriteDependencies, writeRoutes } from './http/write-routes.ts';
import type { IdentityProvider } from './identity/identity-provider.ts';
import type { Logger } from './logger.ts';
import type { RecordSchemas } from './record/schemas.ts';
import type { MetadataService } from './store/metadata.ts';
import type { ReferenceStore } from './store/reference-store.ts';
import type { SyncStatus } from './sync/remote-sync.ts';
import type { DoneOf, WriteRequest } from './writer/change.ts';

export interface AppDependencies {
	readonly store: ReferenceStore;
	readonly metadata: MetadataService;
	readonly history: HistoryDependencies['history'];
	readonly records: HistoryDependencies['records'];
	readonly reads: PublishedReads;
	readonly past: PastReads;
	readonly raw: RawReads;
	/** GitHub repositories at whose URLs files are served, `owner/name`. */
	readonly rawRepositories: readonly string[];
	/** What answers reads, for metrics. */
	readonly counted: CountedReads;
	readonly feed: ChangeFeed;
	/** Undefined where there are to be none. */
	readonly metrics: Metrics | undefined;
	readonly logger: Logger;
	readonly lifecycle: Lifecycle;
	readonly mode: Mode;
	readonly schemas: RecordSchemas;
	readonly identity: IdentityProvider;
	/** What writes need besides. */
	readonly writing: Omit<WriteDependencies, 'mode' | 'schemas' | 'logger' | 'store'>;
	/** Has what is asked of the queue, and reverts, done. */
	readonly submit: <Request extends WriteRequest>(request: Request) => Promise<DoneOf<Request>>;
	readonly syncStatus: () => SyncStatus | undefined;
	readonly webhook: Omit<WebhookDependencies, 'limits'>;
	/** What clones need besides. */
	readonly cloning: Pick<CloneDependencies, 'source' | 'advertise' | 'concurrentClones'>;
	readonly clock: Clock;
	/** What bounds requests of every kind; undefined where only writes are bounded. */
	readonly limit: express.RequestHandler | undefined;
	/** Proxies in front whose X-Forwarded-For is believed. */
	readonly trustProxy: number;
	readonly cacheControl: string;
	readonly corsAllowedOrigins: readonly string[];
	/** Version of this program, for the OpenAPI document. */
	readonly version: string;
}

export function createApp(dependencies: AppDependencies): RequestListener {
	const {
		store,
		metadata,
		history,
		records,
		reads,
		feed,
		metrics,
		logger,
		lifecycle,
		mode,
		schemas,
		identity,
		writing,
		submit,
		clock,
	} = dependencies;
	const queueing = { ...writing, mode, store, logger, submit, clock };
	const { cacheControl, corsAllowedOrigins, limit, trustProxy, version, syncStatus, webhook } = dependencies;
	const { past, raw, rawRepositories, counted } = dependencies;
	const serveAtOnce: ServeAtOnce = (request, response) =>
		reads.serve(request, response) || raw.serve(request, response);
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
	if (metrics) app.use(new RequestMetrics(metrics, counted).count);
	app.use(noSniffing);
	if (limit) {
		app.use(limit, (request, response, next) => {
			if (serveAtOnce(request, response)) countedAsRead(response);
			else next();
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
		if (lifecycle.draining) response.setHeader('Connection', 'close');
		// With a limit on them, reads go the ordinary way until it has counted them.
		if (!limit && serveAtOnce(request, response)) return;
		lifecycle.inFlight.add(response);
		response.once('close', () => lifecycle.inFlight.delete(response));
		app(request, response);
	};
}

/** Answers a request whose answer is ready; false for any other. */
type ServeAtOnce = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A path whose escapes do not decode is taken as it is written, as the original service does, instead of being an error. */
const keepUndecodable: express.RequestHandler = (request, _response, next) => {
	try {
		decodeURIComponent(request.path);
	} catch {
		request.url = request.url.replaceAll('%', '%25');
	}
	next();
};
