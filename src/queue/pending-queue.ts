/**
 * The queue as it is read: an index of the ledger that follows it, and the records of changes on demand. What changes it
 * goes through the writer, which says what it did; whatever came about otherwise is read from git.
 */

import type { Clock } from '../clock.ts';
import { AppError, messageOf } from '../errors.ts';
import type { BlobReader } from '../git/blobs.ts';
import type { Repository } from '../git/repository.ts';
import type { Logger } from '../logger.ts';
import { LedgerReader } from './ledger-reader.ts';
import { type ChangeContent, goneLedger, type PendingChange } from './pending-change.ts';
import { QueueIndex } from './queue-index.ts';
import { RecentContents } from './recent-contents.ts';

/** What a group of writes did to the ledger. */
export interface LedgerUpdate {
	/** Commit that it was built on; undefined for the first of all. */
	readonly base: string | undefined;
	readonly tip: string;
	/** Changes as they are now. */
	readonly changes: readonly PendingChange[];
	/** Of those that are new. */
	readonly contents: readonly (readonly [id: number, content: ChangeContent])[];
}

export interface PendingQueueOptions {
	/** False for a service that has no queue: it stays empty, whatever a ledger holds. */
	readonly enabled: boolean;
	readonly repository: Repository;
	readonly blobs: BlobReader;
	readonly logger: Logger;
	readonly clock: Clock;
}

/** Why the queue cannot be read as the ledger has it now. */
export interface QueueTrouble {
	readonly error: AppError;
	/** Unix milliseconds. */
	readonly since: number;
}

export class PendingQueue {
	readonly enabled: boolean;
	readonly #reader: LedgerReader;
	readonly #logger: Logger;
	readonly #clock: Clock;
	readonly #contents = new RecentContents();
	#index = new QueueIndex();
	/** The commit that the index was made from; undefined for an empty ledger. */
	#tip: string | undefined;
	/** What was last found at the ref: where it is not the tip, it could not be read. */
	#trouble: (QueueTrouble & { readonly at: string | undefined }) | undefined;

	private constructor({ enabled, repository, blobs, logger, clock }: PendingQueueOptions) {
		this.enabled = enabled;
		this.#reader = new LedgerReader(repository, blobs);
		this.#logger = logger;
		this.#clock = clock;
	}

	/** Reads the whole ledger. One that is damaged is told by `trouble`, as references are served without it. */
	static async open(options: PendingQueueOptions): Promise<PendingQueue> {
		const queue = new PendingQueue(options);
		await queue.follow();
		return queue;
	}

	/** The changes, as of the last ledger that could be read. */
	get index(): QueueIndex {
		return this.#index;
	}

	/** Commit of the ledger that the index shows. */
	get tip(): string | undefined {
		return this.#tip;
	}

	get trouble(): QueueTrouble | undefined {
		return this.#trouble;
	}

	/**
	 * To be called before anything is done to the queue.
	 * @throws AppError `ledger-broken` that names the object
	 */
	requireSound(): void {
		if (this.#trouble) throw this.#trouble.error;
	}

	/** As `requireSound`, for whoever only reads: what was read before the damage is shown on. */
	requireReadable(): void {
		if (this.#trouble && this.#tip === undefined) throw this.#trouble.error;
	}

	/** The records that a change of the index is about. */
	async content(id: number): Promise<ChangeContent> {
		const known = this.#contents.get(id);
		if (known) return known;
		const content = await this.#reader.content(this.#tip ?? '', id);
		this.#contents.put(id, content);
		return content;
	}

	/** Takes what a group of writes did. Not while `follow` runs. */
	async publishWritten({ base, tip, changes, contents }: LedgerUpdate): Promise<void> {
		if (base !== this.#tip || this.#trouble) {
			await this.follow();
			return;
		}
		for (const [id, content] of contents) this.#contents.put(id, content);
		for (const change of changes) this.#index.put(change);
		this.#tip = tip;
	}

	/** Looks whether somebody moved the ledger, and reads what is new in it. Never throws for what it finds there. */
	async follow(): Promise<void> {
		if (!this.enabled) return;
		let tip: string | undefined;
		try {
			tip = await this.#reader.tip();
			if (tip === this.#tip) {
				this.#trouble = undefined;
				return;
			}
			if (tip === undefined) throw goneLedger(this.#tip ?? '');
			if (this.#trouble?.at === tip) return;
			await this.#load(tip);
			this.#trouble = undefined;
		} catch (error) {
			if (!(error instanceof AppError)) throw error;
			const known = this.#trouble?.error.message === error.message ? this.#trouble : undefined;
			this.#trouble = { error, since: known?.since ?? this.#clock(), at: tip };
			if (!known) this.#logger.error({ reason: messageOf(error) }, 'the ledger of the queue cannot be read');
		}
	}

	/** Read whole before any of it is shown. */
	async #load(tip: string): Promise<void> {
		const changes: PendingChange[] = [];
		// What was taken out by hand is rare: then all is read again.
		const isExtended =
			this.#tip !== undefined &&
			(await this.#reader.readSince(this.#tip, tip, (change) => changes.push(change)));
		if (isExtended) {
			for (const change of changes) this.#index.put(change);
		} else {
			const index = new QueueIndex();
			await this.#reader.readAll(tip, (change) => index.put(change));
			this.#index = index;
		}
		this.#contents.clear();
		this.#tip = tip;
	}
}
