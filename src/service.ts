/** Composes a running service from settings: repository, store, application, listener; and takes it down in order. */

import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { createApp } from './app.ts';
import { systemClock } from './clock.ts';
import type { Settings } from './config/settings.ts';
import { AppError } from './errors.ts';
import { Remote } from './git/remote.ts';
import { openRepository, type Repository } from './git/repository.ts';
import { PublishedReads } from './http/published-reads.ts';
import { keyedLimits, readLimit } from './http/rate-limit.ts';
import type { Lifecycle } from './http/service-routes.ts';
import { Access } from './identity/access.ts';
import { HordeIdentity } from './identity/horde-identity.ts';
import type { IdentityProvider } from './identity/identity-provider.ts';
import { keysFileOf } from './identity/keys-file.ts';
import { KeysIdentity } from './identity/keys-identity.ts';
import type { Logger } from './logger.ts';
import { PendingQueue } from './queue/pending-queue.ts';
import { RecordSchemas } from './record/schemas.ts';
import { listen } from './server.ts';
import { ThreadBackground } from './store/background.ts';
import { MetadataService } from './store/metadata.ts';
import { ReferenceStore } from './store/reference-store.ts';
import { TotalsCache } from './store/totals-cache.ts';
import { FeedFollower, feedUrl } from './sync/feed-follower.ts';
import { RemoteSync } from './sync/remote-sync.ts';
import type { GroupResult } from './writer/change.ts';
import { IdempotentWrites } from './writer/idempotency.ts';
import { Writer } from './writer/writer.ts';
import { WritingSession } from './writer/writing-session.ts';

/** How long the first answer of a remote is waited for before what is here is served; milliseconds. */
const PATIENCE_AT_START = 5_000;

export interface RunningService {
	readonly url: string;
	readonly store: ReferenceStore;
	/** Ends cleanly: requests in flight are answered first. */
	stop(): Promise<void>;
}

/** @throws AppError for a repository that cannot be served or a port that cannot be had */
export async function startService(settings: Settings, logger: Logger): Promise<RunningService> {
	const repository = await openRepository(settings.repo, settings.subdir);
	const { identity, access } = identityOf(settings, repository, logger);
	/** What must be closed should a later step fail: a process or a socket that is left open keeps ours alive. */
	const opened: { close(): Promise<unknown> }[] = [identity];
	try {
		const shared = settings.ack === 'remote' ? settings.remote : undefined;
		const open = () => WritingSession.open(repository, { purpose: 'serve', logger, shared });
		// Before the first look at the files: what a process that died left half-way must not be published.
		const session = takesWrites(settings) || settings.upstream ? await openSession(open, logger) : undefined;
		if (session) opened.push(session);
		const background = new ThreadBackground();
		opened.push(background);
		const store = await ReferenceStore.open({ repository, logger, clock: systemClock, background });
		opened.push(store);
		const cache = new TotalsCache(repository, logger);
		const metadata = new MetadataService({ store, background, cache, logger, known: await cache.load() });
		const queue = await PendingQueue.open({
			enabled: hasQueue(settings),
			repository,
			blobs: store.blobs,
			logger,
			clock: systemClock,
		});
		store.alsoReload(() => queue.follow());
		const writer = new Writer({
			store,
			metadata,
			queue,
			logger,
			open,
			session,
			requirePossible: () => shared !== undefined && sync?.requireReachable(),
			onCommitted: (result) => noteCommitted(result, shared !== undefined, sync),
		});
		const sync: RemoteSync | undefined = openSync(settings, repository, writer, logger);
		if (sync) opened.push(sync);
		const writes = IdempotentWrites.open({
			repository,
			blobs: store.blobs,
			writer: {
				ready: () => writer.ready(),
				submit: (change, since) => writer.submit(change, since),
				propose: (proposal, since) => writer.submit(proposal, since),
			},
			queue,
			clock: systemClock,
		});
		const reads = await PublishedReads.create(settings.cacheControl, systemClock);
		store.onSwap((snapshot) => reads.publish(snapshot));
		const lifecycle: Lifecycle = { draining: false, inFlight: new Set() };
		const { replicateMode, canonicalFormat, cacheControl, corsAllowedOrigins, trustProxy } = settings;
		const app = createApp({
			store,
			metadata,
			reads,
			logger,
			lifecycle,
			mode: { replicateMode, canonicalFormat, upstream: settings.upstream ? sync?.status.remote : undefined },
			schemas: new RecordSchemas(),
			identity,
			writing: { policy: settings.writes, access, writes, queue, limits: keyedLimits(settings) },
			submit: (request) => writer.submit(request),
			syncStatus: () => sync?.status,
			webhook: { secret: sync ? settings.webhookSecret : '', onNews: () => void sync?.sync() },
			clock: systemClock,
			limit: readLimit(settings),
			trustProxy,
			cacheControl,
			corsAllowedOrigins,
			version: packageVersion(),
		});
		// What is here is served when the remote does not answer soon; what came first is in the first answer.
		if (sync) await Promise.race([sync.sync(), setTimeout(PATIENCE_AT_START, undefined, { ref: false })]);
		const isBusy = (socket: Socket) => [...lifecycle.inFlight].some((response) => response.socket === socket);
		const server = await listen(app, settings.host, settings.port, isBusy);
		opened.push({ close: () => server.stop() });
		await store.watch();
		const feed = followFeed(settings, sync, logger);
		if (feed) opened.push(feed);
		// Counting reads every version there ever was: after the service answers, and again after each change.
		store.onSwap(() => void metadata.refresh());
		return {
			url: server.url,
			store,
			stop: async () => {
				lifecycle.draining = true;
				await setTimeout(settings.shutdownDelay * 1000);
				await server.stop();
				await feed?.close();
				await sync?.close();
				await writer.close();
				await Promise.all([metadata.close(), background.close(), identity.close()]);
				await store.close();
			},
		};
	} catch (error) {
		for (const part of opened.reverse()) await part.close();
		throw error;
	}
}

/** Whether this deployment is the one where references are changed. */
function takesWrites({ replicateMode, canonicalFormat }: Settings): boolean {
	return replicateMode === 'PRIMARY' && canonicalFormat === 'legacy';
}

function openSync(
	{ remote, upstream, ack, pullEvery }: Settings,
	repository: Repository,
	writer: Writer,
	logger: Logger,
): RemoteSync | undefined {
	const url = remote || upstream;
	if (!url) return undefined;
	return new RemoteSync({
		remote: new Remote(repository.git, url),
		writer,
		isMirror: upstream !== '',
		isShared: ack === 'remote',
		every: pullEvery,
		clock: systemClock,
		logger,
	});
}

/** The feed of an upstream says sooner than any timer that there is something new. */
function followFeed(
	{ upstream }: Settings,
	sync: RemoteSync | undefined,
	logger: Logger,
): FeedFollower | undefined {
	const url = feedUrl(upstream);
	if (!sync || url === undefined) return undefined;
	return new FeedFollower({ url, onEvent: () => void sync.sync(), logger });
}

/** What was written here goes to the remote, unless that had it first. */
function noteCommitted(
	{ outcomes, commits, ledger }: GroupResult,
	isShared: boolean,
	sync: RemoteSync | undefined,
): void {
	if (!isShared && (commits.length > 0 || ledger)) sync?.push();
	for (const outcome of outcomes) {
		if (outcome.kind === 'refused' && LEAVES_REMOTE_UNKNOWN.has(outcome.code)) {
			sync?.noteUnreachable(new AppError(outcome.code, outcome.message, outcome.data));
		}
	}
}

/** After these nobody knows what the remote has: it is looked at before anything else is written. */
const LEAVES_REMOTE_UNKNOWN: ReadonlySet<string> = new Set(['remote-unavailable', 'outcome-unknown']);

/** Whether changes may wait for review. */
function hasQueue(settings: Settings): boolean {
	return takesWrites(settings) && settings.writes !== 'direct';
}

/** Reads must not wait for the right to write, nor stop for the want of it: the first write tries again, and says why not. */
async function openSession(
	open: () => Promise<WritingSession>,
	logger: Logger,
): Promise<WritingSession | undefined> {
	try {
		return await open();
	} catch (error) {
		if (!(error instanceof AppError)) throw error;
		logger.warn({ reason: error.message }, 'writes are refused for now');
		return undefined;
	}
}

function identityOf(
	{ identity: provider, hordeUrl, keysFile, requestorIds, approverIds }: Settings,
	repository: Repository,
	logger: Logger,
): { readonly identity: IdentityProvider; readonly access: Access } {
	const identity =
		provider === 'keys'
			? new KeysIdentity({ file: keysFile || keysFileOf(repository), clock: systemClock, logger })
			: new HordeIdentity({ baseUrl: hordeUrl, clock: systemClock, logger });
	return { identity, access: new Access({ provider: identity, requestorIds, approverIds, logger }) };
}

/** Version of this program, from its package. */
export function packageVersion(): string {
	const { version }: { version: string } = JSON.parse(
		readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
	);
	return version;
}
