/** Composes a running service from settings: repository, store, application, listener; and takes it down in order. */

import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { createApp } from './app.ts';
import { systemClock } from './clock.ts';
import type { Settings } from './config/settings.ts';
import { AppError } from './errors.ts';
import { GitTotals } from './git/git-totals.ts';
import { openRepository, type Repository } from './git/repository.ts';
import { UploadPack } from './git/upload-pack.ts';
import { ChangeFeed } from './http/change-feed.ts';
import { Metrics } from './http/metrics.ts';
import { PastReads } from './http/past-reads.ts';
import { PublishedReads } from './http/published-reads.ts';
import { keyedLimits, readLimit } from './http/rate-limit.ts';
import { RawReads } from './http/raw-reads.ts';
import { ReadAnswers } from './http/read-answers.ts';
import { serviceFamilies } from './http/service-metrics.ts';
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
import { followFeed, noteCommitted, openSync, pushHeads } from './service-sync.ts';
import { ThreadBackground } from './store/background.ts';
import { HistoryArchive } from './store/history-archive.ts';
import { HistoryIndex } from './store/history-index.ts';
import { MetadataService } from './store/metadata.ts';
import { ModelRecords } from './store/model-records.ts';
import { PastReferences } from './store/past-references.ts';
import { ReferenceStore } from './store/reference-store.ts';
import { Revisions } from './store/revisions.ts';
import { StoredBlobs } from './store/stored-blobs.ts';
import type { RemoteSync } from './sync/remote-sync.ts';
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
	const git = new GitTotals();
	const repository = await openRepository(settings.repo, settings.subdir, (run) => git.note(run));
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
		const archive = new HistoryArchive(repository, logger);
		const known = await archive.load();
		const store = await ReferenceStore.open({
			repository,
			logger,
			clock: systemClock,
			background,
			known: known.history,
		});
		opened.push(store);
		const history = new HistoryIndex({ store, background, archive, logger, known });
		const metadata = new MetadataService({ store, history });
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
			history,
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
		const answers = new ReadAnswers();
		const rawAnswers = new ReadAnswers();
		const reads = await PublishedReads.create(answers, settings.cacheControl, systemClock);
		store.onSwap((snapshot) => reads.publish(snapshot));
		const revisions = new Revisions(repository);
		const blobs = new StoredBlobs(repository, revisions.objects);
		opened.push({ close: () => closeAll(blobs, revisions) });
		store.alsoReload(async () => revisions.follow());
		store.onSwap((snapshot) => {
			revisions.published(snapshot);
			blobs.published(snapshot);
		});
		const renderGrouped = (text: string) => background.renderGrouped(text);
		const references = new PastReferences({ store, revisions, blobs, renderGrouped });
		const feed = new ChangeFeed(reads);
		// After the reads: what it tells of can be read.
		store.onSwap((snapshot) => feed.publish(snapshot));
		const metrics = settings.metrics === 'on' ? new Metrics() : undefined;
		opened.push({ close: async () => metrics?.close() });
		metrics?.add(
			serviceFamilies({
				store,
				feed,
				writer,
				queue,
				identity,
				git,
				sync: () => sync?.status,
				version: packageVersion(),
			}),
		);
		const clones = new UploadPack(repository);
		const { advertise, concurrentClones } = settings;
		const lifecycle: Lifecycle = { draining: false, inFlight: new Set() };
		const { replicateMode, canonicalFormat, cacheControl, corsAllowedOrigins, trustProxy } = settings;
		const { pathPrefix } = repository;
		const app = createApp({
			store,
			metadata,
			history,
			records: new ModelRecords(store.blobs),
			reads,
			past: new PastReads({ past: references, answers, cacheControl }),
			raw: new RawReads({ revisions, blobs, answers: rawAnswers, cacheControl, pathPrefix }),
			rawRepositories: settings.rawRepositories,
			counted: { category: answers, raw: rawAnswers },
			feed,
			metrics,
			logger,
			lifecycle,
			mode: { replicateMode, canonicalFormat, upstream: settings.upstream ? sync?.status.remote : undefined },
			schemas: new RecordSchemas(),
			identity,
			writing: { policy: settings.writes, access, writes, queue, limits: keyedLimits(settings) },
			submit: (request) => writer.submit(request),
			syncStatus: () => sync?.status,
			webhook: { secret: sync ? settings.webhookSecret : '', onNews: () => void sync?.sync() },
			cloning: { source: clones, advertise, concurrentClones },
			clock: systemClock,
			limit: readLimit(settings),
			trustProxy,
			cacheControl,
			corsAllowedOrigins,
			version: packageVersion(),
		});
		if (sync && settings.remote && !shared) pushHeads(store, sync);
		// What is here is served when the remote does not answer soon; what came first is in the first answer.
		if (sync) await Promise.race([sync.sync(), setTimeout(PATIENCE_AT_START, undefined, { ref: false })]);
		const isBusy = (socket: Socket) => [...lifecycle.inFlight].some((response) => response.socket === socket);
		const server = await listen(app, settings.host, settings.port, isBusy);
		opened.push({ close: () => server.stop() }, { close: async () => feed.close() });
		await store.watch();
		const upstreamFeed = followFeed(settings, sync, logger);
		if (upstreamFeed) opened.push(upstreamFeed);
		// Every version there ever was has to be read: after the service answers, and again after each change.
		store.onSwap(() => void history.refresh());
		return {
			url: server.url,
			store,
			stop: async () => {
				lifecycle.draining = true;
				feed.close();
				await setTimeout(settings.shutdownDelay * 1000);
				await server.stop();
				await clones.close();
				await upstreamFeed?.close();
				await sync?.close();
				await writer.close();
				await Promise.all([history.close(), background.close(), identity.close()]);
				await store.close();
				await closeAll(blobs, revisions);
				metrics?.close();
			},
		};
	} catch (error) {
		for (const part of opened.reverse()) await part.close();
		throw error;
	}
}

/** The second reads by the process of the first. */
async function closeAll(blobs: StoredBlobs, revisions: Revisions): Promise<void> {
	await blobs.close();
	await revisions.close();
}

/** Whether this deployment is the one where references are changed. */
function takesWrites({ replicateMode, canonicalFormat }: Settings): boolean {
	return replicateMode === 'PRIMARY' && canonicalFormat === 'legacy';
}

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
