/** Composes a running service from settings: repository, store, application, listener; and takes it down in order. */
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { createApp } from './app.js';
import { systemClock } from './clock.js';
import { AppError } from './errors.js';
import { GitTotals } from './git/git-totals.js';
import { Remote } from './git/remote.js';
import { openRepository } from './git/repository.js';
import { UploadPack } from './git/upload-pack.js';
import { ChangeFeed } from './http/change-feed.js';
import { Metrics } from './http/metrics.js';
import { PastReads } from './http/past-reads.js';
import { PublishedReads } from './http/published-reads.js';
import { keyedLimits, readLimit } from './http/rate-limit.js';
import { RawReads } from './http/raw-reads.js';
import { ReadAnswers } from './http/read-answers.js';
import { serviceFamilies } from './http/service-metrics.js';
import { Access } from './identity/access.js';
import { HordeIdentity } from './identity/horde-identity.js';
import { keysFileOf } from './identity/keys-file.js';
import { KeysIdentity } from './identity/keys-identity.js';
import { PendingQueue } from './queue/pending-queue.js';
import { RecordSchemas } from './record/schemas.js';
import { listen } from './server.js';
import { ThreadBackground } from './store/background.js';
import { HistoryArchive } from './store/history-archive.js';
import { HistoryIndex } from './store/history-index.js';
import { MetadataService } from './store/metadata.js';
import { ModelRecords } from './store/model-records.js';
import { PastReferences } from './store/past-references.js';
import { ReferenceStore } from './store/reference-store.js';
import { Revisions } from './store/revisions.js';
import { StoredBlobs } from './store/stored-blobs.js';
import { FeedFollower, feedUrl } from './sync/feed-follower.js';
import { RemoteSync } from './sync/remote-sync.js';
import { IdempotentWrites } from './writer/idempotency.js';
import { Writer } from './writer/writer.js';
import { WritingSession } from './writer/writing-session.js';
/** How long the first answer of a remote is waited for before what is here is served; milliseconds. */
const PATIENCE_AT_START = 5_000;
/** @throws AppError for a repository that cannot be served or a port that cannot be had */
export async function startService(settings, logger) {
    const git = new GitTotals();
    const repository = await openRepository(settings.repo, settings.subdir, (run) => git.note(run));
    const { identity, access } = identityOf(settings, repository, logger);
    /** What must be closed should a later step fail: a process or a socket that is left open keeps ours alive. */
    const opened = [identity];
    try {
        const shared = settings.ack === 'remote' ? settings.remote : undefined;
        const open = () => WritingSession.open(repository, { purpose: 'serve', logger, shared });
        // Before the first look at the files: what a process that died left half-way must not be published.
        const session = takesWrites(settings) || settings.upstream ? await openSession(open, logger) : undefined;
        if (session)
            opened.push(session);
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
        const sync = openSync(settings, repository, writer, logger);
        if (sync)
            opened.push(sync);
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
        const renderGrouped = (text) => background.renderGrouped(text);
        const references = new PastReferences({ store, revisions, blobs, renderGrouped });
        const feed = new ChangeFeed(reads);
        // After the reads: what it tells of can be read.
        store.onSwap((snapshot) => feed.publish(snapshot));
        const metrics = settings.metrics === 'on' ? new Metrics() : undefined;
        opened.push({ close: async () => metrics?.close() });
        metrics?.add(serviceFamilies({
            store,
            feed,
            writer,
            queue,
            identity,
            git,
            sync: () => sync?.status,
            version: packageVersion(),
        }));
        const clones = new UploadPack(repository);
        const { advertise, concurrentClones } = settings;
        const lifecycle = { draining: false, inFlight: new Set() };
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
        if (sync && settings.remote && !shared)
            pushHeads(store, sync);
        // What is here is served when the remote does not answer soon; what came first is in the first answer.
        if (sync)
            await Promise.race([sync.sync(), setTimeout(PATIENCE_AT_START, undefined, { ref: false })]);
        const isBusy = (socket) => [...lifecycle.inFlight].some((response) => response.socket === socket);
        const server = await listen(app, settings.host, settings.port, isBusy);
        opened.push({ close: () => server.stop() }, { close: async () => feed.close() });
        await store.watch();
        const upstreamFeed = followFeed(settings, sync, logger);
        if (upstreamFeed)
            opened.push(upstreamFeed);
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
    }
    catch (error) {
        for (const part of opened.reverse())
            await part.close();
        throw error;
    }
}
/** The second reads by the process of the first. */
async function closeAll(blobs, revisions) {
    await blobs.close();
    await revisions.close();
}
/** Whether this deployment is the one where references are changed. */
function takesWrites({ replicateMode, canonicalFormat }) {
    return replicateMode === 'PRIMARY' && canonicalFormat === 'legacy';
}
function openSync({ remote, upstream, ack, pullEvery }, repository, writer, logger) {
    const url = remote || upstream;
    if (!url)
        return undefined;
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
/** What somebody commits here by hand goes to the remote as well. */
function pushHeads(store, sync) {
    let known = store.snapshot.history?.head;
    store.onSwap(({ history }) => {
        if (history?.head === known)
            return;
        known = history?.head;
        sync.push();
    });
}
/** The feed of an upstream says sooner than any timer that there is something new. */
function followFeed({ upstream }, sync, logger) {
    const url = feedUrl(upstream);
    if (!sync || url === undefined)
        return undefined;
    return new FeedFollower({ url, onEvent: () => void sync.sync(), logger });
}
/** What was written here goes to the remote, unless that had it first. */
function noteCommitted({ outcomes, commits, ledger }, isShared, sync) {
    if (!isShared && (commits.length > 0 || ledger))
        sync?.push();
    for (const outcome of outcomes) {
        if (outcome.kind === 'refused' && LEAVES_REMOTE_UNKNOWN.has(outcome.code)) {
            sync?.noteUnreachable(new AppError(outcome.code, outcome.message, outcome.data));
        }
    }
}
/** After these nobody knows what the remote has: it is looked at before anything else is written. */
const LEAVES_REMOTE_UNKNOWN = new Set(['remote-unavailable', 'outcome-unknown']);
/** Whether changes may wait for review. */
function hasQueue(settings) {
    return takesWrites(settings) && settings.writes !== 'direct';
}
/** Reads must not wait for the right to write, nor stop for the want of it: the first write tries again, and says why not. */
async function openSession(open, logger) {
    try {
        return await open();
    }
    catch (error) {
        if (!(error instanceof AppError))
            throw error;
        logger.warn({ reason: error.message }, 'writes are refused for now');
        return undefined;
    }
}
function identityOf({ identity: provider, hordeUrl, keysFile, requestorIds, approverIds }, repository, logger) {
    const identity = provider === 'keys'
        ? new KeysIdentity({ file: keysFile || keysFileOf(repository), clock: systemClock, logger })
        : new HordeIdentity({ baseUrl: hordeUrl, clock: systemClock, logger });
    return { identity, access: new Access({ provider: identity, requestorIds, approverIds, logger }) };
}
/** Version of this program, from its package. */
export function packageVersion() {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    return version;
}
//# sourceMappingURL=service.js.map