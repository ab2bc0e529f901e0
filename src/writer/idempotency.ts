/**
 * Remembers what requests with an idempotency key did, for a day and over restarts: in trailers of the commits they made, in the
 * ledger of the queue for proposals, and in a small file for those that had nothing to change.
 */

import { createHash } from 'node:crypto';
import { appendFile, open, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findCategory } from '../categories.ts';
import type { Clock } from '../clock.ts';
import { AppError, messageOf } from '../errors.ts';
import type { BlobReader } from '../git/blobs.ts';
import { syncDirectory } from '../git/durable-files.ts';
import type { Repository } from '../git/repository.ts';
import type { PendingQueue } from '../queue/pending-queue.ts';
import { asProposed } from '../queue/transitions.ts';
import { compactJson } from '../record/record-fields.ts';
import { parseReference, recordText } from '../record/reference-file.ts';
import type { Change, DoneOf, Proposal } from './change.ts';
import { stateDirectory } from './state-directory.ts';

type Done = DoneOf<Change>;
type Proposed = DoneOf<Proposal>;

/** How long a key is kept; milliseconds. */
const KEPT = 24 * 60 * 60 * 1000;

/**
 * Keys that are kept at most, some 300 bytes each; beyond it the oldest are forgotten before their day is over. That takes
 * more than one write with a key in each second of the day.
 */
const MOST_KEPT = 100_000;

/** Commits that are looked through for keys, the newest: two seconds of git's time. Their dates may be in any order. */
const MOST_COMMITS = 200_000;

/** How often others may write between the look at the keys and the turn of a request. */
const MOST_LOOKS = 20;

export const KEY_TRAILER = 'Idempotency-Key';
const REQUEST_TRAILER = 'Idempotency-Request';

/** What is kept of a request that succeeded. Category and model are those of the request that asks again. */
interface Remembered {
	/** Digest of what was asked for: the same key for something else is a mistake of the client. */
	readonly request: string;
	/** Unix milliseconds. */
	readonly time: number;
	readonly kind: Done['kind'] | Proposed['kind'];
	/** Of the commit that was made, of the category file's blob where there was nothing to change, or of the proposal. */
	readonly id: string;
}

/** Answers what a request was answered before. */
type Replay<Result> = (earlier: Remembered, change: Change) => Promise<Result>;

/** Does a request, and says what to remember. */
type Action<Result> = (
	trailers: readonly (readonly [string, string])[],
	id: string,
	request: string,
	since: object,
) => Promise<readonly [Result, Remembered]>;

/** What does the requests, each once. */
export interface IdempotentWriter {
	/** As `Writer.ready`. */
	ready(): Promise<object>;
	/** @param since as in `Writer.submit` */
	submit(change: Change, since?: object): Promise<Done>;
	propose(proposal: Proposal, since?: object): Promise<Proposed>;
}

export interface IdempotentWritesOptions {
	readonly repository: Repository;
	readonly blobs: BlobReader;
	readonly writer: IdempotentWriter;
	readonly queue: Pick<PendingQueue, 'index' | 'content'>;
	readonly clock: Clock;
	/** Keys that are kept at most. */
	readonly mostKept?: number;
}

export class IdempotentWrites {
	readonly #repository: Repository;
	readonly #blobs: BlobReader;
	readonly #writer: IdempotentWriter;
	readonly #queue: IdempotentWritesOptions['queue'];
	readonly #clock: Clock;
	readonly #mostKept: number;
	/** In the order of their times. */
	readonly #remembered = new Map<string, Remembered>();
	readonly #running = new Map<string, Promise<unknown>>();
	/** For whose time the repository was read: before that, other processes may have written. */
	#read: { readonly session: object; readonly done: Promise<void> } | undefined;
	/** Commit up to which the keys of commits were read. */
	#readTo: string | undefined;
	/** Whether the file holds what is remembered, and no half line of a process that died. */
	#fileIsWhole = false;
	#linesInFile = 0;
	#appended: Promise<void> = Promise.resolve();

	private constructor({
		repository,
		blobs,
		writer,
		queue,
		clock,
		mostKept = MOST_KEPT,
	}: IdempotentWritesOptions) {
		this.#repository = repository;
		this.#blobs = blobs;
		this.#writer = writer;
		this.#queue = queue;
		this.#clock = clock;
		this.#mostKept = mostKept;
	}

	/** What earlier processes did in the last day is read back when the first key comes. */
	static open(options: IdempotentWritesOptions): IdempotentWrites {
		return new IdempotentWrites(options);
	}

	/**
	 * Does a change, or answers what the same request of the same user was answered before. A request that was refused did
	 * nothing and is not remembered: its key is still free.
	 * @param key what the client sent; undefined makes each request one of its own
	 * @throws AppError `idempotency-reused` for a key that was used for something else, `storage-failed` when earlier keys
	 * cannot be read or this one not be kept, and as `Writer.submit`
	 */
	async submit(change: Change, key: string | undefined): Promise<Done> {
		if (key === undefined) return this.#writer.submit(change);
		return this.#once(change, key, this.#replayed, async (trailers, id, request, since) => {
			const marked = { ...change, trailers: [...(change.trailers ?? []), ...trailers] };
			const outcome = await this.#writer.submit(marked, since);
			const { kind } = outcome;
			const made = kind === 'applied' ? outcome.commit : outcome.version;
			const remembered: Remembered = { request, time: this.#clock(), kind, id: made };
			if (kind === 'unchanged') await this.#append(id, remembered);
			return [outcome, remembered];
		});
	}

	/** As `submit`, for a change that goes into the queue. */
	async propose(proposal: Proposal, key: string | undefined): Promise<Proposed> {
		if (key === undefined) return this.#writer.propose(proposal);
		return this.#once(proposal.change, key, this.#reproposed, async (trailers, id, request, since) => {
			const change = { ...proposal.change, trailers: [...(proposal.change.trailers ?? []), ...trailers] };
			const idempotency = { key: id, request };
			const outcome = await this.#writer.propose({ ...proposal, change, idempotency }, since);
			const { change_id } = outcome.change;
			return [outcome, { request, time: this.#clock(), kind: outcome.kind, id: String(change_id) }];
		});
	}

	/**
	 * @param replay what the request was answered before
	 * @param action does it, and says what to remember
	 */
	async #once<Result>(
		change: Change,
		key: string,
		replay: Replay<Result>,
		action: Action<Result>,
	): Promise<Result> {
		for (let left = MOST_LOOKS; ; left--) {
			try {
				return await this.#tryOnce(change, key, replay, action);
			} catch (error) {
				// Between the look at the keys and its turn: what came may be this very request.
				if (!(error instanceof AppError) || error.code !== 'others-wrote' || left === 0) throw error;
			}
		}
	}

	async #tryOnce<Result>(
		change: Change,
		key: string,
		replay: Replay<Result>,
		action: Action<Result>,
	): Promise<Result> {
		const id = digest(change.author.id, key);
		let since = await this.#readBack();
		// Of two at once the second waits, to be answered what the first was.
		for (let other = this.#running.get(id); other; other = this.#running.get(id)) {
			await other.catch(() => {});
			since = await this.#readBack();
		}
		const request = digest(change.operation, change.category, change.model, change.record ?? '');
		const earlier = this.#find(id);
		if (earlier?.request === request) return replay(earlier, change);
		if (earlier) throw reused();
		const trailers = [
			[KEY_TRAILER, id],
			[REQUEST_TRAILER, request],
		] as const;
		const running = action(trailers, id, request, since);
		this.#running.set(id, running);
		try {
			const [result, remembered] = await running;
			this.#remembered.set(id, remembered);
			this.#forgetOldest();
			return result;
		} catch (error) {
			// Another primary may have done it at the same moment: then that is what it met.
			if (!(error instanceof AppError)) throw error;
			const now = await this.#readBack().catch(() => since);
			if (now === since) throw error;
			const done = this.#find(id);
			if (done?.request !== request) throw error;
			return replay(done, change);
		} finally {
			this.#running.delete(id);
		}
	}

	/** What is too old, and what is too many. */
	#forgetOldest(): void {
		const tooOld = this.#clock() - KEPT;
		for (const [key, { time }] of this.#remembered) {
			if (time > tooOld && this.#remembered.size <= this.#mostKept) break;
			this.#remembered.delete(key);
		}
	}

	/** @returns what the writer's `ready` has answered before the keys were read */
	async #readBack(): Promise<object> {
		const session = await this.#writer.ready();
		if (this.#read?.session === session) {
			await this.#read.done;
			return session;
		}
		const read = { session, done: this.#readAll() };
		this.#read = read;
		try {
			await read.done;
			return session;
		} catch (error) {
			// Nobody may be told that a key is free before they are read: the next one tries again.
			if (this.#read === read) this.#read = undefined;
			throw error;
		}
	}

	/** @throws AppError `storage-failed` */
	async #readAll(): Promise<void> {
		this.#fileIsWhole = false;
		try {
			const { head, keys } = await this.#fromCommits();
			const found = [...keys, ...this.#fromQueue(), ...(await this.#fromFile()), ...this.#remembered];
			this.#remembered.clear();
			for (const [key, remembered] of found.sort(([, a], [, b]) => a.time - b.time)) {
				// What is set again would keep its old place.
				this.#remembered.delete(key);
				this.#remembered.set(key, remembered);
			}
			// Only now: what was read before another part of it failed is forgotten.
			this.#readTo = head;
		} catch (error) {
			const message = `what was done for earlier idempotency keys cannot be read, nothing was changed: ${messageOf(error)}`;
			throw new AppError('storage-failed', message, {}, { cause: error });
		}
		this.#forgetOldest();
	}

	#find(id: string): Remembered | undefined {
		this.#forgetOldest();
		return this.#remembered.get(id);
	}

	#replayed = async ({ kind, id }: Remembered, { category, model, record: asked }: Change): Promise<Done> => {
		// It was done as a proposal, by a policy that has been changed since.
		if (kind === 'proposed') throw reused();
		// The request being the same, it is for the same category and model.
		const file = this.#repository.pathPrefix + (findCategory(category)?.file ?? '');
		const object = await this.#blobs.read(kind === 'applied' ? `${id}:${file}` : id);
		const parsed = object && parseReference(object.bytes);
		const stored = parsed?.ok ? recordText(parsed.file, model) : undefined;
		const record = stored === undefined ? asked : compactJson(stored);
		if (kind === 'unchanged') return { kind, version: id, record: record ?? '' };
		return { kind, commit: id, version: object?.id ?? '', record };
	};

	#reproposed = async ({ kind, id }: Remembered): Promise<Proposed> => {
		const change = kind === 'proposed' ? this.#queue.index.known(Number(id)) : undefined;
		if (!change) throw reused();
		const content = await this.#queue.content(change.change_id);
		return { kind: 'proposed', change: asProposed(change), content };
	};

	#fromQueue(): [string, Remembered][] {
		const tooOld = this.#clock() - KEPT;
		return [...this.#queue.index.every()].flatMap((change): [string, Remembered][] => {
			const { idempotency } = change.ledger;
			const time = change.requested_at * 1000;
			if (!idempotency || time <= tooOld) return [];
			const { key, request } = idempotency;
			return [[key, { request, time, kind: 'proposed', id: String(change.change_id) }]];
		});
	}

	/**
	 * Git's own `--since` ends at the first commit with an older date, and one by a maintainer whose clock is behind would hide
	 * all keys below it.
	 */
	async #fromCommits(): Promise<{
		readonly head: string | undefined;
		readonly keys: [string, Remembered][];
	}> {
		if (!(await this.#hasCommits())) return { head: undefined, keys: [] };
		const fields = [KEY_TRAILER, REQUEST_TRAILER].map(
			(name) => `%(trailers:key=${name},valueonly,separator=%x00)`,
		);
		const how = ['--encoding=UTF-8', '--no-show-signature', `--max-count=${MOST_COMMITS}`, '-z'];
		const args = ['log', ...how, `--format=${['%ct', '%H', ...fields].join('%x1f')}`];
		const known = this.#readTo;
		const { git } = this.#repository;
		// With several primaries others have written every other moment: what is known of older commits stays.
		const log =
			(known === undefined ? undefined : await git.ask([...args, `${known}..HEAD`, '--'])) ??
			(await git.run([...args, 'HEAD', '--']));
		const [, head = known] = (log.split('\0', 1)[0] ?? '').split('\x1f');
		const tooOld = this.#clock() - KEPT;
		// Oldest first, as are those that are to be sorted with them: many have the same second.
		const lines = log.split('\0').reverse();
		const keys = lines.flatMap((line): [string, Remembered][] => {
			const [seconds, commit, key, request] = line.split('\x1f');
			const time = Number(seconds) * 1000;
			if (!commit || !key || !request || time <= tooOld) return [];
			return [[copied(key), { request: copied(request), time, kind: 'applied', id: copied(commit) }]];
		});
		return { head, keys };
	}

	/** Asked so that a git that fails is never taken for an answer. */
	async #hasCommits(): Promise<boolean> {
		const { git } = this.#repository;
		const branch = await git.ask(['symbolic-ref', '--quiet', 'HEAD']);
		// Without a branch, HEAD is a commit.
		if (branch === undefined) return true;
		return (await git.run(['for-each-ref', '--count=1', '--format=%(objectname)', branch])) !== '';
	}

	async #fromFile(): Promise<[string, Remembered][]> {
		const text = await readFile(this.#file, 'utf8').catch((error: NodeJS.ErrnoException) => {
			if (error.code === 'ENOENT') return '';
			throw error;
		});
		const tooOld = this.#clock() - KEPT;
		return text.split('\n').flatMap((line): [string, Remembered][] => {
			try {
				// Written by ourselves; a line that was cut off by a crash was never answered.
				const { key, request, time, version } = JSON.parse(line) as Line;
				return time > tooOld ? [[key, { request, time, kind: 'unchanged', id: version }]] : [];
			} catch {
				return [];
			}
		});
	}

	/** One after the other. */
	#append(key: string, remembered: Remembered): Promise<void> {
		const appended = this.#appended.then(() => this.#appendNow(key, remembered));
		this.#appended = appended.catch(() => {});
		return appended;
	}

	/** @throws AppError `storage-failed` */
	async #appendNow(key: string, remembered: Remembered): Promise<void> {
		try {
			if (!this.#fileIsWhole || this.#linesInFile >= 2 * this.#mostKept) await this.#rewrite();
			this.#fileIsWhole = false;
			this.#linesInFile++;
			await appendFile(this.#file, lineOf(key, remembered));
			await syncFile(this.#file);
			this.#fileIsWhole = true;
		} catch (error) {
			const message = `what this request did cannot be kept for its idempotency key: ${messageOf(error)}`;
			throw new AppError('storage-failed', message, {}, { cause: error });
		}
	}

	/** Leaves out what is forgotten and what a crash cut off; the old file stays until the new one is there whole. */
	async #rewrite(): Promise<void> {
		const temporary = `${this.#file}.new`;
		const kept = [...this.#remembered].filter(([, { kind }]) => kind === 'unchanged');
		await writeFile(temporary, kept.map(([key, remembered]) => lineOf(key, remembered)).join(''));
		await syncFile(temporary);
		await rename(temporary, this.#file);
		syncDirectory(path.dirname(this.#file));
		this.#linesInFile = kept.length;
	}

	get #file(): string {
		return path.join(stateDirectory(this.#repository), 'idempotency.jsonl');
	}
}

/** One request that had nothing to change, as the file has it. */
interface Line extends Pick<Remembered, 'request' | 'time'> {
	readonly key: string;
	/** Blob id of the category file. */
	readonly version: string;
}

function reused(): AppError {
	return new AppError(
		'idempotency-reused',
		'This Idempotency-Key was used for another request; take a new one for each change',
	);
}

function lineOf(key: string, { request, time, id }: Remembered): string {
	const line: Line = { key, request, time, version: id };
	return `${JSON.stringify(line)}\n`;
}

/** A part of a long text keeps the whole of it in memory; a copy does not. */
function copied(ascii: string): string {
	return Buffer.from(ascii, 'latin1').toString('latin1');
}

async function syncFile(file: string): Promise<void> {
	const opened = await open(file);
	try {
		await opened.sync();
	} finally {
		await opened.close();
	}
}

/** Of several texts, none of which can run into the next. */
function digest(...parts: readonly string[]): string {
	return createHash('sha256').update(JSON.stringify(parts)).digest().toString('hex', 0, 20);
}
