/**
 * Keeps the repository and its remote alike: fetches on a timer, at a webhook and when it is told that something is new; has the
 * writer bring what came; and pushes what the remote lacks. One round at a time; calls that come meanwhile share one further round.
 */

import type { Clock } from '../clock.ts';
import { AppError, messageOf } from '../errors.ts';
import type { RefUpdate } from '../git/ref-transactions.ts';
import type { Remote } from '../git/remote.ts';
import type { Logger } from '../logger.ts';
import type { Followed } from '../writer/follow.ts';

/** What is known of the remote. Times are unix milliseconds. */
export interface SyncStatus {
	/** For people: without what may be secret in it. */
	readonly remote: string;
	/** `down` while it cannot be reached, `diverged` while something must be put right by hand, `starting` before the first round. */
	readonly state: 'starting' | 'ok' | 'down' | 'diverged';
	/** Why it is not `ok`. */
	readonly trouble: string | undefined;
	/** Since when it is in this state. */
	readonly since: number;
	/** When both were last alike. */
	readonly lastSync: number | undefined;
	/** Commits of the published branch that it lacks. */
	readonly unsynced: number;
}

/** Who moves refs here. */
export interface SyncWriter {
	/** @param before done first, while nothing is written */
	follow(isMirror: boolean, before?: () => Promise<void>): Promise<Followed>;
	noteShared(updates: readonly RefUpdate[]): Promise<void>;
}

export interface RemoteSyncOptions {
	readonly remote: Pick<Remote, 'name' | 'fetch' | 'push' | 'close'>;
	readonly writer: SyncWriter;
	/** For a replica: what is committed there is a mistake, and stays there. */
	readonly isMirror: boolean;
	/** Whether the writer pushes too: what a fetch beside that has found may be older than what was pushed meanwhile. */
	readonly isShared: boolean;
	/** Seconds between two rounds. */
	readonly every: number;
	readonly clock: Clock;
	readonly logger: Logger;
}

/** While something is wrong, it is tried again sooner than by the timer. Milliseconds. */
const PAUSES: Partial<Readonly<Record<SyncStatus['state'], number>>> = { down: 2_000, diverged: 5_000 };

/** How often another may be quicker before a push waits for the next round. */
const MOST_PUSHES = 5;

export class RemoteSync {
	readonly #options: RemoteSyncOptions;
	#status: SyncStatus;
	#running: Promise<void> | undefined;
	#again = false;
	/** Whether the next round is to look at the remote first; what is written here can be pushed without. */
	#fetches = true;
	#timer: NodeJS.Timeout | undefined;
	#closed = false;

	constructor(options: RemoteSyncOptions) {
		this.#options = options;
		this.#status = {
			remote: options.remote.name,
			state: 'starting',
			trouble: undefined,
			since: options.clock(),
			lastSync: undefined,
			unsynced: 0,
		};
	}

	get status(): SyncStatus {
		return this.#status;
	}

	/** Does a round now, or after the one that runs; resolved when it is done, also when it failed. */
	sync(): Promise<void> {
		this.#fetches = true;
		return this.#begin();
	}

	/** To be told that something was written here. */
	push(): void {
		void this.#begin();
	}

	#begin(): Promise<void> {
		if (this.#closed) return Promise.resolve();
		if (this.#running !== undefined) {
			this.#again = true;
			return this.#running;
		}
		this.#running = this.#rounds().finally(() => {
			this.#running = undefined;
			this.#schedule();
		});
		return this.#running;
	}

	/** To be told that the remote could not be reached by somebody else. */
	noteUnreachable(error: AppError): void {
		if (this.#status.state === 'ok') this.#fail('down', error.message);
		this.#schedule();
	}

	/**
	 * To be asked before a write that the remote must have.
	 * @throws AppError `remote-unavailable`, `remote-diverged`
	 */
	requireReachable(): void {
		const { state, trouble, remote } = this.#status;
		if (state === 'ok') return;
		if (state === 'diverged') throw new AppError('remote-diverged', trouble ?? '', { retryAfter: 60 });
		throw new AppError(
			'remote-unavailable',
			trouble ?? `${remote} has not been reached yet; send the change again in a moment`,
			{ retryAfter: 5 },
		);
	}

	async close(): Promise<void> {
		this.#closed = true;
		clearTimeout(this.#timer);
		this.#options.remote.close();
		await this.#running;
	}

	#schedule(): void {
		clearTimeout(this.#timer);
		if (this.#closed) return;
		const every = this.#options.every * 1000;
		const pause = Math.min(every, PAUSES[this.#status.state] ?? every);
		this.#timer = setTimeout(() => void this.sync(), pause);
		this.#timer.unref();
	}

	async #rounds(): Promise<void> {
		do {
			this.#again = false;
			// After a failure nobody knows what the remote has.
			if (this.#status.state !== 'ok') this.#fetches = true;
			await this.#round();
		} while (this.#again && !this.#closed);
	}

	async #round(): Promise<void> {
		const { logger } = this.#options;
		try {
			for (let pushed = 0; ; pushed++) {
				const followed = await this.#look(this.#fetches || pushed > 0);
				if (followed.trouble !== undefined) {
					this.#fail('diverged', followed.trouble);
					return;
				}
				if (followed.ahead.length === 0) break;
				this.#status = { ...this.#status, unsynced: followed.unsynced };
				if (await this.#push(followed.ahead, pushed)) break;
			}
			this.#succeed();
		} catch (error) {
			if (!(error instanceof AppError)) {
				logger.error({ err: error }, 'synchronising with the remote went wrong');
				this.#fail('diverged', messageOf(error));
				return;
			}
			const isDown = error.code === 'remote-unavailable' || error.code === 'outcome-unknown';
			this.#fail(isDown ? 'down' : 'diverged', error.message);
		}
	}

	async #look(fetches: boolean): Promise<Followed> {
		const { remote, writer, isMirror, isShared } = this.#options;
		if (!fetches) return writer.follow(isMirror);
		this.#fetches = false;
		let failure: unknown;
		const fetch = () =>
			remote.fetch(!isMirror).catch((error: unknown) => {
				failure = error;
			});
		if (!isShared) await fetch();
		// How far it is behind can be told also when it was not reached.
		const followed = await writer.follow(isMirror, isShared ? fetch : undefined);
		if (failure === undefined) return followed;
		this.#status = { ...this.#status, unsynced: followed.unsynced };
		throw failure;
	}

	/** @returns false when another was quicker, and what is there must be fetched first */
	async #push(ahead: readonly RefUpdate[], before: number): Promise<boolean> {
		const { remote, writer } = this.#options;
		try {
			await remote.push(ahead);
		} catch (error) {
			const isMoved = error instanceof AppError && error.code === 'ref-moved';
			if (isMoved && before < MOST_PUSHES) return false;
			throw error;
		}
		await writer.noteShared(ahead);
		return true;
	}

	#succeed(): void {
		const { clock, logger } = this.#options;
		const now = clock();
		const { state, since } = this.#status;
		if (state === 'down' || state === 'diverged')
			logger.info({ remote: this.#status.remote }, 'in step with the remote again');
		this.#status = {
			...this.#status,
			state: 'ok',
			trouble: undefined,
			since: state === 'ok' ? since : now,
			lastSync: now,
			unsynced: 0,
		};
	}

	#fail(state: 'down' | 'diverged', trouble: string): void {
		// What we have ended ourselves is no trouble.
		if (this.#closed) return;
		const { clock, logger } = this.#options;
		const isKnown = this.#status.state === state && this.#status.trouble === trouble;
		if (!isKnown)
			logger.warn({ remote: this.#status.remote, reason: trouble }, 'not in step with the remote');
		const since = this.#status.state === state ? this.#status.since : clock();
		this.#status = { ...this.#status, state, trouble, since };
	}
}
