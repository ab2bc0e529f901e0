/**
 * Remembers what requests with an idempotency key did, for a day and over restarts: in trailers of the commits they made,
 * and in a small file for those that had nothing to change.
 */

import { createHash } from 'node:crypto';
import { appendFile, open, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findCategory } from '../categories.ts';
import type { Clock } from '../clock.ts';
import { AppError, messageOf } from '../errors.ts';
import type { BlobReader } from '../git/blobs.ts';
import { readTrailerValue } from '../git/commit-object.ts';
import { syncDirectory } from '../git/durable-files.ts';
import type { Repository } from '../git/repository.ts';
import { compactJson } from '../record/record-fields.ts';
import { parseReference, recordText } from '../record/reference-file.ts';
import type { Change, Outcome } from './change.ts';
import { stateDirectory } from './state-directory.ts';
import type { Writer } from './writer.ts';

type Done = Exclude<Outcome, { kind: 'refused' }>;

/** How long a key is kept; milliseconds. */
const KEPT = 24 * 60 * 60 * 1000;

const KEY_TRAILER = 'Idempotency-Key';
const REQUEST_TRAILER = 'Idempotency-Request';

/** What is kept of a request that succeeded. */
interface Remembered {
	/** Digest of what was asked for: the same key for something else is a mistake of the client. */
	readonly request: string;
	/** Unix milliseconds. */
	readonly time: number;
	readonly category: string;
	readonly model: string;
	/** Undefined where there was nothing to change. */
	readonly commit: string | undefined;
	/** Blob id of the category file; undefined until it is looked up from the commit. */
	readonly version: string | undefined;
}

export interface IdempotentWritesOptions {
	readonly repository: Repository;
	readonly blobs: BlobReader;
	readonly writer: Writer;
	readonly clock: Clock;
}

export class IdempotentWrites {
	readonly #repository: Repository;
	readonly #blobs: BlobReader;
	readonly #writer: Writer;
	readonly #clock: Clock;
	/** In the order of their times. */
	readonly #remembered = new Map<string, Remembered>();
	readonly #running = new Map<string, Promise<unknown>>();
	/** For whose time the repository was read: before that, other processes may have written. */
	#read: { readonly session: object; readonly done: Promise<void> } | undefined;
	/** Whether the file holds what is remembered, and no half line of a process that died. */
	#fileIsWhole = false;
	#appended: Promise<void> = Promise.resolve();

	private constructor({ repository, blobs, writer, clock }: IdempotentWritesOptions) {
		this.#repository = repository;
		this.#blobs = blobs;
		this.#writer = writer;
		this.#clock = clock;
	}

	/** What earlier processes did in the last day is read back when the first key comes. */
	static open(options: IdempotentWritesOptions): IdempotentWrites {
		return new IdempotentWrites(options);
	}

	/**
	 * Does a change, or answers what the same request of the same user was answered before. A request that was refused did
	 * nothing and is not remembered: its key is still free.
	 * @param key what the client sent; undefined makes each request one of its own
	 * @throws AppError `idempotency-reused` for a key that was used for something else, and as `Writer.submit`
	 */
	async submit(change: Change, key: string | undefined): Promise<Done> {
		if (key === undefined) return this.#writer.submit(change);
		await this.#readBack();
		const id = digest(change.author.id, key);
		// Of two at once the second waits, to be answered what the first was.
		for (let other = this.#running.get(id); other; other = this.#running.get(id)) {
			await other.catch(() => {});
		}
		const request = digest(change.operation, change.category, change.model, change.record ?? '');
		const earlier = this.#find(id);
		if (earlier) return this.#replay(earlier, request, change);
		const running = this.#do(change, id, request);
		this.#running.set(id, running);
		try {
			return await running;
		} finally {
			this.#running.delete(id);
		}
	}

	async #do(change: Change, id: string, request: string): Promise<Done> {
		const trailers = [
			[KEY_TRAILER, id],
			[REQUEST_TRAILER, request],
		] as const;
		const outcome = await this.#writer.submit({
			...change,
			trailers: [...(change.trailers ?? []), ...trailers],
		});
		const { category, model } = change;
		const commit = outcome.kind === 'applied' ? outcome.commit : undefined;
		const remembered: Remembered = {
			request,
			time: this.#clock(),
			category,
			model,
			commit,
			version: outcome.version,
		};
		if (commit === undefined) await this.#append(id, remembered);
		this.#remembered.set(id, remembered);
		return outcome;
	}

	async #readBack(): Promise<void> {
		const session = await this.#writer.ready();
		if (this.#read?.session !== session) this.#read = { session, done: this.#readAll() };
		await this.#read.done;
	}

	async #readAll(): Promise<void> {
		this.#fileIsWhole = false;
		const found = [...(await this.#fromCommits()), ...(await this.#fromFile()), ...this.#remembered];
		this.#remembered.clear();
		for (const [key, remembered] of found.sort(([, a], [, b]) => a.time - b.time)) {
			this.#remembered.set(key, remembered);
		}
	}

	#find(id: string): Remembered | undefined {
		const tooOld = this.#clock() - KEPT;
		for (const [key, { time }] of this.#remembered) {
			if (time > tooOld) break;
			this.#remembered.delete(key);
		}
		return this.#remembered.get(id);
	}

	async #replay(earlier: Remembered, request: string, change: Change): Promise<Done> {
		if (earlier.request !== request) {
			throw new AppError(
				'idempotency-reused',
				'This Idempotency-Key was used for another request; take a new one for each change',
			);
		}
		const { commit, model, category } = earlier;
		const file = this.#repository.pathPrefix + (findCategory(category)?.file ?? '');
		const object = await this.#blobs.read(
			commit === undefined ? (earlier.version ?? '') : `${commit}:${file}`,
		);
		const version = object?.id ?? earlier.version ?? '';
		const parsed = object && parseReference(object.bytes);
		const stored = parsed?.ok ? recordText(parsed.file, model) : undefined;
		const record = stored === undefined ? change.record : compactJson(stored);
		if (commit === undefined) return { kind: 'unchanged', version, record: record ?? '' };
		return { kind: 'applied', commit, version, record };
	}

	async #fromCommits(): Promise<[string, Remembered][]> {
		const seconds = Math.floor((this.#clock() - KEPT) / 1000);
		const fields = [KEY_TRAILER, REQUEST_TRAILER, 'Category', 'Model'].map(
			(name) => `%(trailers:key=${name},valueonly,separator=%x00)`,
		);
		const format = ['%H', '%ct', ...fields].join('%x1f');
		const log = await this.#repository.git.ask([
			'log',
			'--encoding=UTF-8',
			`--since=@${seconds}`,
			'-z',
			`--format=${format}`,
		]);
		return (log ?? '').split('\0').flatMap((line): [string, Remembered][] => {
			const [commit, time, key, request, category, model] = line.split('\x1f');
			if (!commit || !key || !request || !category || model === undefined) return [];
			const remembered = { request, time: Number(time) * 1000, category, model: readTrailerValue(model) };
			return [[key, { ...remembered, commit, version: undefined }]];
		});
	}

	async #fromFile(): Promise<[string, Remembered][]> {
		const text = await readFile(this.#file, 'utf8').catch(() => '');
		const tooOld = this.#clock() - KEPT;
		return text.split('\n').flatMap((line): [string, Remembered][] => {
			try {
				// Written by ourselves; a line that was cut off by a crash was never answered.
				const { key, ...remembered } = JSON.parse(line) as Remembered & { key: string };
				return remembered.time > tooOld ? [[key, { ...remembered, commit: undefined }]] : [];
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
			if (!this.#fileIsWhole) await this.#rewrite();
			this.#fileIsWhole = false;
			await appendFile(this.#file, lineOf(key, remembered));
			await syncFile(this.#file);
			this.#fileIsWhole = true;
		} catch (error) {
			const message = `what this request did cannot be kept for its idempotency key: ${messageOf(error)}`;
			throw new AppError('storage-failed', message, {}, { cause: error });
		}
	}

	/** Leaves out what is too old and what a crash cut off; the old file stays until the new one is there whole. */
	async #rewrite(): Promise<void> {
		const temporary = `${this.#file}.new`;
		const kept = [...this.#remembered].filter(([, { commit }]) => commit === undefined);
		await writeFile(temporary, kept.map(([key, remembered]) => lineOf(key, remembered)).join(''));
		await syncFile(temporary);
		await rename(temporary, this.#file);
		syncDirectory(path.dirname(this.#file));
	}

	get #file(): string {
		return path.join(stateDirectory(this.#repository), 'idempotency.jsonl');
	}
}

function lineOf(key: string, { request, time, category, model, version }: Remembered): string {
	return `${JSON.stringify({ key, request, time, category, model, version })}\n`;
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
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}
