/** The right to write to a repository and the process that does it for us. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { AppError } from '../errors.ts';
import type { Git } from '../git/command.ts';
import type { RefUpdate } from '../git/ref-transactions.ts';
import type { Repository } from '../git/repository.ts';
import type { Logger } from '../logger.ts';
import type { WrittenFile } from '../store/written.ts';
import { type GroupResult, isRevert, isTransition, type WriteRequest } from './change.ts';
import { FileReceiver } from './file-transfer.ts';
import type { Followed } from './follow.ts';
import { currentProcess } from './process-identity.ts';
import { isHeld, type LockMark } from './writer-lock.ts';
import type { FromWriter, ToWriter } from './writer-protocol.ts';

/** The compiled entry, also for callers that run from source. */
const ENTRY = new URL('../../dist/writer/writer-process.js', import.meta.url);

/** Texts of a few megabytes come and go with every write, so the young generation is larger than the service's own. */
const NODE_OPTIONS = ['--max-semi-space-size=16', '--max-old-space-size=512'];

/** A group takes some milliseconds: after this time a disk or a git command hangs. Milliseconds. */
const LONGEST_GROUP = 60_000;

/** One call may apply or purge as many changes as there are. */
const LONGEST_TRANSITION = 600_000;

const UNKNOWN =
	'the process that writes has ended, and it cannot be told whether the change was made; read the model again, or send the ' +
	'change again with the same Idempotency-Key';

/** What was asked for last; one thing at a time. */
interface Running {
	/** As they came last: a group that had to be redone tells them anew. */
	files: readonly WrittenFile[];
	readonly resolve: (answer: Answer) => void;
	readonly reject: (error: Error) => void;
}

interface Answer {
	readonly message: FromWriter;
	readonly files: readonly WrittenFile[];
}

export interface SessionOptions {
	/** What we are doing, for people: `serve`. */
	readonly purpose: string;
	readonly logger: Logger;
	/** URL of the repository that must have a write before it is done. */
	readonly shared?: string | undefined;
}

export class WritingSession {
	readonly #child: ChildProcess;
	readonly #lock: LockMark;
	readonly #git: Git;
	readonly #logger: Logger;
	readonly #receiver = new FileReceiver();
	#running: Running | undefined;
	#ended = false;

	private constructor(child: ChildProcess, lock: LockMark, git: Git, logger: Logger) {
		this.#child = child;
		this.#lock = lock;
		this.#git = git;
		this.#logger = logger;
		child.on('message', (message: FromWriter) => this.#hear(message));
		child.on('error', (error) => this.#end(error));
		child.on('exit', () => this.#end(new AppError('outcome-unknown', UNKNOWN, { retryAfter: 2 })));
	}

	/**
	 * Takes the lock, and repairs what a process that died may have left.
	 * @throws AppError `writer-locked`, `storage-failed`, and what the repository may be refused for
	 */
	static async open(
		repository: Repository,
		{ purpose, logger, shared }: SessionOptions,
	): Promise<WritingSession> {
		const child = fork(ENTRY, {
			serialization: 'advanced',
			// A signal to the group of the service is not for it, nor for the git commands that it has under way.
			detached: true,
			execArgv: NODE_OPTIONS,
			stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
		});
		const { git, ...data } = repository;
		tell(child, { kind: 'open', repository: data, purpose, service: currentProcess(), shared });
		try {
			return new WritingSession(child, await opened(child, logger), git, logger);
		} catch (error) {
			if (child.connected) child.disconnect();
			throw error;
		}
	}

	/** False once the process died or the lock went to somebody else: then another session must be opened. */
	get usable(): boolean {
		return !this.#ended && isHeld(this.#lock);
	}

	/** Commits a group; one at a time. Throws only for a mistake of ours, which may leave the group done or not. */
	async commit(requests: readonly WriteRequest[]): Promise<GroupResult> {
		const isLong = requests.some(
			(request) => isRevert(request) || (isTransition(request) && request.transition !== 'propose'),
		);
		const longest = isLong ? LONGEST_TRANSITION : LONGEST_GROUP;
		const { message, files } = await this.#ask({ kind: 'commit', requests }, longest);
		if (message.kind !== 'done') throw new Error(`the writer answers ${message.kind}`);
		const { result, gzip } = message;
		return { ...result, files: files.map((file, index) => ({ ...file, gzip: asBuffer(gzip[index]) })) };
	}

	/** As `Committer.follow`. */
	async follow(isMirror: boolean): Promise<Followed> {
		const { message } = await this.#ask({ kind: 'follow', isMirror }, LONGEST_TRANSITION);
		if (message.kind !== 'followed') throw new Error(`the writer answers ${message.kind}`);
		return message.followed;
	}

	/** As `Committer.noteShared`. */
	async noteShared(updates: readonly RefUpdate[]): Promise<void> {
		await this.#ask({ kind: 'note-shared', updates }, LONGEST_GROUP);
	}

	/** @param longest milliseconds after which it is given up, and the process with it */
	#ask(message: ToWriter, longest: number): Promise<Answer> {
		const limit = setTimeout(() => this.#child.kill('SIGKILL'), longest);
		return new Promise<Answer>((resolve, reject) => {
			if (this.#ended) reject(new AppError('outcome-unknown', UNKNOWN, { retryAfter: 2 }));
			this.#running = { files: [], resolve, reject };
			tell(this.#child, message);
		}).finally(() => clearTimeout(limit));
	}

	async close(): Promise<void> {
		if (this.#ended) return;
		const exited = once(this.#child, 'exit');
		const limit = setTimeout(() => this.#child.kill('SIGKILL'), LONGEST_GROUP);
		tell(this.#child, { kind: 'close' });
		await exited;
		clearTimeout(limit);
	}

	#hear(message: FromWriter): void {
		if (message.kind === 'notice') this.#logger.warn(message.message);
		if (message.kind === 'git') for (const run of message.runs) this.#git.note(run);
		const running = this.#running;
		if (message.kind === 'written') {
			// Also when nobody waits any more: the next patch builds on it.
			const files = message.files.map((patch) => this.#receiver.whole(patch));
			if (running) running.files = files;
		}
		if (message.kind === 'done' || message.kind === 'followed' || message.kind === 'noted') {
			running?.resolve({ message, files: running.files });
		}
		if (message.kind === 'failed') running?.reject(errorOf(message));
	}

	#end(error: Error): void {
		this.#ended = true;
		this.#running?.reject(error);
	}
}

function asBuffer(bytes: Uint8Array | undefined): Buffer | undefined {
	return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A process that is gone is told by its exit. */
function tell(child: ChildProcess, message: ToWriter): void {
	child.send(message, () => {});
}

function opened(child: ChildProcess, logger: Logger): Promise<LockMark> {
	return new Promise((resolve, reject) => {
		child.on('message', function hear(message: FromWriter) {
			if (message.kind === 'notice') {
				logger.warn(message.message);
				return;
			}
			child.off('message', hear);
			if (message.kind === 'opened') resolve(message.lock);
			if (message.kind === 'failed') reject(errorOf(message));
		});
		const fail = (words: string) =>
			reject(new AppError('storage-failed', `the process that writes could not be started: ${words}`));
		child.once('error', (error) => fail(error.message));
		child.once('exit', (code, signal) => fail(`it ended with ${signal ?? `exit code ${code}`}`));
	});
}

function errorOf({ code, message, data }: Extract<FromWriter, { kind: 'failed' }>): Error {
	return code === undefined ? new Error(message) : new AppError(code, message, data);
}
