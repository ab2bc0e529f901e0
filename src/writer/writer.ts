/**
 * The one writer of a running service: what is asked for waits in line, is taken in groups, each published before it is answered. A group
 * and a reload of the snapshot never run at the same time, so that neither sees the other's work half done.
 */

import { AppError, messageOf } from '../errors.ts';
import type { RefUpdate } from '../git/ref-transactions.ts';
import type { Logger } from '../logger.ts';
import type { PendingQueue } from '../queue/pending-queue.ts';
import type { HistoryIndex } from '../store/history-index.ts';
import type { ReferenceStore } from '../store/reference-store.ts';
import {
	type DoneOf,
	type GroupResult,
	isTransition,
	type Refusal,
	type WriteOutcome,
	type WriteRequest,
} from './change.ts';
import type { Followed } from './follow.ts';
import type { WritingSession } from './writing-session.ts';

/** Requests that may wait. At the rate of a small machine that is some seconds; who comes later is told to come again. */
const MOST_WAITING = 1_000;

/** Requests in one group: bounds how long the first of them waits for the last. */
const LARGEST_GROUP = 64;

type Store = Pick<ReferenceStore, 'exclusively' | 'publishWritten'>;
type Session = Pick<WritingSession, 'usable' | 'commit' | 'follow' | 'noteShared' | 'close'>;

export interface WriterOptions {
	readonly store: Store;
	readonly history: Pick<HistoryIndex, 'noteWritten'>;
	readonly queue: Pick<PendingQueue, 'publishWritten' | 'follow' | 'trouble'>;
	readonly logger: Logger;
	/** Opens a session, again after one was lost. */
	readonly open: () => Promise<Session>;
	/** The first one; undefined while another process writes. */
	readonly session: Session | undefined;
	/** Throws what keeps every write from being made now. */
	readonly requirePossible?: () => void;
	/** Told after each group: the commits of it are to go to a remote. */
	readonly onCommitted?: (result: GroupResult) => void;
}

interface Waiting {
	readonly request: WriteRequest;
	/** As in `submit`. */
	readonly since: object | undefined;
	readonly resolve: (outcome: WriteOutcome) => void;
	readonly reject: (error: unknown) => void;
}

/** What a writer has done since its start. */
export interface WriterTotals {
	/** Groups that were taken out of the line, and how long they took from then until they were published. */
	groups: number;
	seconds: number;
	/** Groups that ended with an error, so that nobody knows what became of them. */
	failures: number;
	/** Commits on the published branch. */
	commits: number;
	/** Requests that were refused, by code. */
	readonly refusals: Map<string, number>;
}

export class Writer {
	readonly #totals: WriterTotals = { groups: 0, seconds: 0, failures: 0, commits: 0, refusals: new Map() };
	readonly #store: Store;
	readonly #history: WriterOptions['history'];
	readonly #queue: WriterOptions['queue'];
	readonly #logger: Logger;
	readonly #open: () => Promise<Session>;
	readonly #requirePossible: () => void;
	readonly #onCommitted: (result: GroupResult) => void;
	#session: Session | undefined;
	/** What `ready` answers: another one whenever others may have written. */
	#undisturbed: object = {};
	#waiting: Waiting[] = [];
	#draining: Promise<void> | undefined;
	#closed = false;

	constructor({
		store,
		history,
		queue,
		logger,
		open,
		session,
		requirePossible = () => {},
		onCommitted = () => {},
	}: WriterOptions) {
		this.#store = store;
		this.#history = history;
		this.#queue = queue;
		this.#logger = logger;
		this.#open = open;
		this.#session = session;
		this.#requirePossible = requirePossible;
		this.#onCommitted = onCommitted;
	}

	/**
	 * Does what is asked for. What comes back is durable and published.
	 * @param since what `ready` has answered when it was decided to ask; when it is another by now, `others-wrote` is thrown
	 * @throws AppError `overloaded`, `writer-locked`, and what the request was refused for
	 */
	async submit<Request extends WriteRequest>(request: Request, since?: object): Promise<DoneOf<Request>> {
		this.#requireOpen();
		this.#requirePossible();
		if (this.#waiting.length >= MOST_WAITING) {
			throw new AppError('overloaded', 'too many writes are waiting; send the change again in a moment', {
				retryAfter: 2,
			});
		}
		const outcome = await new Promise<WriteOutcome>((resolve, reject) => {
			this.#waiting.push({ request, since, resolve, reject });
			this.#draining ??= this.#drain();
		});
		if (outcome.kind === 'refused') throw new AppError(outcome.code, outcome.message, outcome.data);
		// Each kind of request has its kind of outcome.
		return outcome as DoneOf<Request>;
	}

	/** Requests that wait to be taken. */
	get waiting(): number {
		return this.#waiting.length;
	}

	get totals(): Readonly<WriterTotals> {
		return this.#totals;
	}

	/**
	 * Sees that no other process can write from now on.
	 * @returns what stays the same for as long as none could: whoever keeps what is in the repository must look again when
	 * it is another
	 * @throws AppError `writer-locked`, `storage-failed`
	 */
	async ready(): Promise<object> {
		// Not while a group runs: it may be the lost session's last.
		if (!this.#session?.usable) await this.#store.exclusively(() => this.#usableSession());
		return this.#undisturbed;
	}

	/**
	 * Brings what a fetch has found at the remote, and publishes it.
	 * @param before done first, while nothing is written
	 * @throws AppError as `Follower.follow`
	 */
	follow(isMirror: boolean, before: () => Promise<void> = async () => {}): Promise<Followed> {
		return this.#store.exclusively(async () => {
			await before();
			const followed = await (await this.#usableSession()).follow(isMirror);
			if (followed.moved) await this.#publishFollowed();
			return followed;
		});
	}

	/** Writes down that the remote has these by now. */
	noteShared(updates: readonly RefUpdate[]): Promise<void> {
		return this.#store.exclusively(async () => (await this.#usableSession()).noteShared(updates));
	}

	#requireOpen(): void {
		if (!this.#closed) return;
		throw new AppError('overloaded', 'the service is stopping; send the change again in a moment', {
			retryAfter: 5,
		});
	}

	/** Finishes what is waiting, then lets go of the repository. */
	async close(): Promise<void> {
		this.#closed = true;
		await this.#draining;
		await this.#store.exclusively(async () => this.#session?.close());
	}

	async #drain(): Promise<void> {
		while (this.#waiting.length > 0) {
			await this.#store.exclusively(async () => {
				// Taken as late as can be: who came while a reload ran is in the group.
				const group = this.#waiting.splice(0, LARGEST_GROUP);
				const started = performance.now();
				try {
					const outcomes = await this.#commit(group);
					this.#count(started, outcomes);
					for (const [index, { resolve, reject }] of group.entries()) {
						const outcome = outcomes[index];
						if (outcome) resolve(outcome);
						else reject(new Error('the writer has no answer for a change'));
					}
				} catch (error) {
					this.#count(started, []);
					this.#totals.failures++;
					for (const { reject } of group) reject(error);
				}
			});
		}
		this.#draining = undefined;
	}

	/** Before anybody is answered: who asks afterwards is to find it counted. */
	#count(started: number, outcomes: readonly WriteOutcome[]): void {
		this.#totals.groups++;
		this.#totals.seconds += (performance.now() - started) / 1000;
		const { refusals } = this.#totals;
		for (const outcome of outcomes) {
			if (outcome.kind === 'refused') refusals.set(outcome.code, (refusals.get(outcome.code) ?? 0) + 1);
		}
	}

	async #commit(group: readonly Waiting[]): Promise<readonly WriteOutcome[]> {
		const session = await this.#usableSession();
		const problem = await this.#ledgerProblem(group.map(({ request }) => request));
		const problemOf = ({ request, since }: Waiting): Refusal | undefined => {
			if (since !== undefined && since !== this.#undisturbed) return OTHERS_WROTE;
			return isTransition(request) ? problem : undefined;
		};
		const problems = new Map(group.map((waiting) => [waiting.request, problemOf(waiting)]));
		const taken = group.map(({ request }) => request).filter((request) => !problems.get(request));
		if (taken.length === 0) return group.flatMap(({ request }) => problems.get(request) ?? []);
		const result = await session.commit(taken);
		this.#totals.commits += result.commits.length;
		await this.#publish(result);
		this.#onCommitted(result);
		const outcomes = new Map(taken.map((request, index) => [request, result.outcomes[index]]));
		return group.flatMap(({ request }) => outcomes.get(request) ?? problems.get(request) ?? []);
	}

	/** Nothing is to be put on top of a ledger that somebody has damaged a moment ago, and that nobody has looked at since. */
	async #ledgerProblem(requests: readonly WriteRequest[]): Promise<Refusal | undefined> {
		if (!requests.some(isTransition)) return undefined;
		await this.#queue.follow();
		const { error } = this.#queue.trouble ?? {};
		return error && { kind: 'refused', code: error.code, message: error.message, data: error.data };
	}

	/** The commits are made: whatever goes wrong here is no failure of the writes. */
	async #publish(result: GroupResult): Promise<void> {
		if (result.followed) {
			await this.#publishFollowed();
			return;
		}
		try {
			if (result.ledger) await this.#queue.publishWritten(result.ledger);
			if (result.commits.length === 0) return;
			await this.#store.publishWritten(result, result.files, (versions) =>
				this.#history.noteWritten(versions),
			);
		} catch (error) {
			this.#logger.error({ reason: messageOf(error) }, 'a write is done, but not yet published');
		}
	}

	async #publishFollowed(): Promise<void> {
		this.#undisturbed = {};
		try {
			await this.#queue.follow();
			await this.#store.publishWritten({ base: undefined, head: undefined, commits: [] }, [], () => {});
		} catch (error) {
			this.#logger.error({ reason: messageOf(error) }, 'what came from the remote is not yet published');
		}
	}

	/** To be called by one at a time. */
	async #usableSession(): Promise<Session> {
		if (this.#session?.usable) return this.#session;
		// What was waiting when the end came is still done, but by no new process.
		this.#requireOpen();
		const lost = this.#session;
		this.#session = undefined;
		await lost?.close();
		this.#session = await this.#open();
		this.#undisturbed = {};
		// Others may have written to it meanwhile.
		await this.#queue.follow();
		return this.#session;
	}
}

const OTHERS_WROTE: Refusal = {
	kind: 'refused',
	code: 'others-wrote',
	message: 'others have written at the same moment; send the change again',
	data: { retryAfter: 1 },
};
