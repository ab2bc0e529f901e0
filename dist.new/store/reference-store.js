/**
 * Owns the published snapshot: loads it, watches what it was made from, and swaps in a new one whole. Readers take the
 * snapshot once and never wait.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { CATEGORIES, findCategory } from '../categories.js';
import { AppError, messageOf } from '../errors.js';
import { BlobReader } from '../git/blobs.js';
import { walkHistory } from '../git/history.js';
import { repositoryState } from '../git/repository.js';
import { findLastGood } from './last-good.js';
import { loadFile } from './load-file.js';
import { publishWritten } from './published-file.js';
import { compress, identityOf, withVariant } from './representation.js';
import { watchRepository } from './watcher.js';
/** Pauses before a failed reload is tried again, should nothing change meanwhile. Milliseconds; the last one stays. */
const RETRY_AFTER = [1_000, 5_000, 15_000, 60_000];
/** How long it must be quiet before the form that takes long to make is made of what was written; milliseconds. */
const QUIET = 300;
export class ReferenceStore {
    repository;
    blobs;
    #logger;
    #clock;
    #background;
    #listeners = new Set();
    #companions = [];
    #loaded = new Map();
    #snapshot;
    #running;
    #again = false;
    #failures = 0;
    #retry;
    #watcher;
    #busy = Promise.resolve();
    #completion;
    #making = Promise.resolve();
    constructor({ repository, logger, clock, background, known }) {
        this.repository = repository;
        this.blobs = new BlobReader(repository.git);
        this.#logger = logger;
        this.#clock = clock;
        this.#background = background;
        this.#snapshot = { files: new Map(), faults: [], history: known };
    }
    /** Loads the first snapshot; resolved when reads can be answered. */
    static async open(options) {
        const store = new ReferenceStore(options);
        const { warnings } = await repositoryState(options.repository);
        for (const warning of warnings)
            options.logger.warn(warning);
        try {
            await store.reload();
        }
        catch (error) {
            await store.close();
            throw error;
        }
        return store;
    }
    get snapshot() {
        return this.#snapshot;
    }
    /** Calls the listener with every snapshot from now on, the present one first. */
    onSwap(listener) {
        this.#listeners.add(listener);
        listener(this.#snapshot);
    }
    /** Has a companion take part in every reload from now on; no write is published meanwhile. */
    alsoReload(companion) {
        this.#companions.push(companion);
    }
    /** Starts to follow changes in the work tree and in the refs. */
    async watch() {
        this.#watcher = await watchRepository(this.repository, () => void this.reload(), (trouble) => this.#logger.warn(trouble));
        // What changed between the first load and the first watch was seen by neither.
        await this.reload();
    }
    /** Brings the snapshot up to date. Calls that come while one runs share one further run. */
    async reload() {
        if (this.#running !== undefined) {
            this.#again = true;
            return this.#running;
        }
        this.#running = this.#reloadUntilSettled();
        try {
            await this.#running;
        }
        finally {
            this.#running = undefined;
        }
    }
    /**
     * Does something that no reload may see half done, one after the other. A reload takes its turn like everybody else.
     */
    exclusively(action) {
        const done = this.#busy.then(action);
        this.#busy = done.catch(() => { });
        return done;
    }
    /**
     * Publishes what a group of writes has committed, without reading any of it again. To be called `exclusively`.
     * @param written the files that it has changed
     * @param beforeSwap told the new versions, before anybody sees them
     */
    async publishWritten(group, written, beforeSwap) {
        const before = this.#snapshot.history;
        if (before?.head !== group.base || group.head === undefined) {
            // Others have committed since the snapshot was made: only a look at everything tells what.
            await this.#load();
            return;
        }
        const { versions, history } = this.#extend(before, group, group.head);
        const loaded = new Map(this.#loaded);
        const now = this.#clock();
        for (const file of written) {
            const newest = versions.findLast(({ commit }) => commit.category === file.category);
            const published = publishWritten(file, {
                category: categoryOf(file.category),
                lastModified: newest?.commit.time ?? Math.floor(now / 1000),
                now,
                renderGrouped: (text) => this.#background.renderGrouped(text),
            });
            loaded.set(file.category, { published });
        }
        this.#reportFaults(loaded);
        this.#loaded = loaded;
        beforeSwap(versions);
        this.#swap(loaded, history, this.#snapshot.trouble);
        this.#makeForms('gzip');
        clearTimeout(this.#completion);
        this.#completion = setTimeout(() => this.#makeForms('br'), QUIET);
    }
    #extend(before, { commits }, head) {
        const files = new Map(before?.files);
        const versions = commits.map((commit) => {
            const path = this.pathInTree(categoryOf(commit.category));
            const previous = files.get(path);
            const version = {
                commit: commit.id,
                time: commit.time,
                author: commit.author,
                authored: commit.authored,
                subject: commit.subject,
                blob: commit.version,
                parents: previous ? [previous] : [],
                firstTime: Math.min(previous?.firstTime ?? commit.time, commit.time),
            };
            files.set(path, version);
            return { commit, version };
        });
        return { versions, history: { head, boundary: before?.boundary ?? '', files } };
    }
    /** Has a form made of every file that lacks it: one after the other, and of versions that follow quickly only the last. */
    #makeForms(coding) {
        this.#making = this.#making
            .then(async () => {
            for (const [name, { published }] of this.#loaded) {
                if (published?.missing.includes(coding))
                    await this.#makeForm(name, published, coding);
            }
        })
            .catch((error) => this.#logger.error({ err: error }, 'a form of a file could not be made'));
    }
    async #makeForm(name, { version, representation }, coding) {
        const variant = await compress(version, identityOf(representation).body, coding);
        await this.exclusively(async () => {
            const present = this.#loaded.get(name);
            if (present?.published?.version !== version)
                return;
            const published = {
                ...present.published,
                representation: withVariant(present.published.representation, variant),
                missing: present.published.missing.filter((other) => other !== coding),
            };
            this.#loaded = new Map(this.#loaded).set(name, { ...present, published });
            this.#swap(this.#loaded, this.#snapshot.history, this.#snapshot.trouble);
        });
    }
    async close() {
        await this.#watcher?.close();
        await this.#running;
        clearTimeout(this.#retry);
        clearTimeout(this.#completion);
        await this.#making;
        await this.#busy;
        this.blobs.close();
    }
    async #reloadUntilSettled() {
        do {
            this.#again = false;
            clearTimeout(this.#retry);
            try {
                await this.exclusively(() => this.#load());
                this.#failures = 0;
            }
            catch (error) {
                if (this.#loaded.size === 0)
                    throw error;
                this.#stayBehind(error);
            }
        } while (this.#again);
    }
    /** A reload failed: the last snapshot stays, says so, and is tried to be replaced again. */
    #stayBehind(error) {
        this.#logger.error({ err: error }, 'reload failed; the last snapshot is served on');
        const since = this.#snapshot.trouble?.since ?? this.#clock();
        this.#publish({ ...this.#snapshot, trouble: { message: messageOf(error), since } });
        const pause = RETRY_AFTER[Math.min(this.#failures, RETRY_AFTER.length - 1)];
        this.#failures++;
        this.#retry = setTimeout(() => void this.reload(), pause);
    }
    async #load() {
        const started = performance.now();
        for (const companion of this.#companions)
            await companion();
        const history = await this.#readHistory();
        const entries = await Promise.all(CATEGORIES.map(async (category) => [category.name, await this.#loadCategory(category, history)]));
        const loaded = new Map(entries);
        const before = this.#snapshot;
        const changed = !sameFiles(this.#loaded, loaded) || history !== before.history || before.trouble !== undefined;
        this.#reportFaults(loaded);
        const isFirst = this.#loaded.size === 0;
        this.#loaded = loaded;
        if (!changed && !isFirst)
            return;
        this.#swap(loaded, history);
        const milliseconds = Math.round(performance.now() - started);
        this.#logger.info({ head: history?.head, files: this.#snapshot.files.size, milliseconds }, 'snapshot published');
    }
    async #readHistory() {
        const { git, commonDirectory } = this.repository;
        const head = await this.blobs.read('HEAD');
        if (!head) {
            // Before the first commit HEAD names nothing; if it names something, that is lost.
            const named = await git.ask(['rev-parse', '--verify', '--quiet', 'HEAD']);
            if (named === undefined)
                return undefined;
            throw new AppError('git-failed', `HEAD names ${named}, which is not there; see: git -C ${git.directory} fsck`);
        }
        const boundary = await readFile(path.join(commonDirectory, 'shallow'), 'utf8').catch(() => '');
        const paths = CATEGORIES.map((category) => this.pathInTree(category));
        return walkHistory(git, head.id, paths, { known: this.#snapshot.history, boundary });
    }
    #loadCategory(category, history) {
        return loadFile({
            category,
            path: path.join(this.repository.dataDirectory, category.file),
            objectFormat: this.repository.objectFormat,
            committed: history?.files.get(this.pathInTree(category)),
            previous: this.#loaded.get(category.name) ?? {},
            now: this.#clock(),
            renderGrouped: (text) => this.#background.renderGrouped(text),
            findLastGood: (committed) => findLastGood(this.blobs, committed),
        });
    }
    /** @param trouble why the repository could not be read again, where it still could not */
    #swap(loaded, history, trouble) {
        const files = new Map();
        const faults = [];
        for (const [name, { published, fault }] of loaded) {
            if (published)
                files.set(name, published);
            if (fault)
                faults.push(fault);
        }
        this.#publish({ files, faults, history, ...(trouble && { trouble }) });
    }
    #publish(snapshot) {
        this.#snapshot = snapshot;
        for (const listener of this.#listeners)
            listener(snapshot);
    }
    #reportFaults(loaded) {
        for (const [name, { fault }] of loaded) {
            const before = this.#loaded.get(name)?.fault;
            if (fault && fault.message !== before?.message)
                this.#logger.warn(fault, 'a category file cannot be served as it is');
            if (before && !fault)
                this.#logger.info({ category: name }, 'the category file is good again');
        }
    }
    /** The category's file as git names it. */
    pathInTree(category) {
        return this.repository.pathPrefix + category.file;
    }
}
function categoryOf(name) {
    const category = findCategory(name);
    if (!category)
        throw new RangeError(`there is no category '${name}'`);
    return category;
}
function sameFiles(a, b) {
    return [...b].every(([name, { published, fault }]) => {
        const before = a.get(name);
        return before?.published === published && isDeepStrictEqual(before?.fault, fault);
    });
}
//# sourceMappingURL=reference-store.js.map