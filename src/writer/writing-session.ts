/** The right to write to a repository and the process that does it for us. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { AppError } from '../errors.ts';
import type { Repository } from '../git/repository.ts';
import type { Logger } from '../logger.ts';
import type { WrittenFile } from '../store/written.ts';
import { type GroupResult, isRevert, isTransition, type WriteRequest } from './change.ts';
import { FileReceiver } from './file-transfer.ts';
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

interface Running {
	/** As they came last: a group that had to be redone tells them anew. */
	files: readonly WrittenFile[];
	readonly resolve: (result: GroupResult) => void;
	readonly reject: (error: Error) => void;
}

export class WritingSession {
	readonly #child: ChildProcess;
	readonly #lock: LockMark;
	readonly #logger: Logger;
	readonly #receiver = new FileReceiver();
	#running: Running | undefined;
	#ended = false;

	private constructor(child: ChildProcess, lock: LockMark, logger: Logger) {
		this.#child = child;
		this.#lock = lock;
		this.#logger = logger;
		child.on('message', (message: FromWriter) => this.#hear(message));
		child.on('error', (error) => this.#end(error));
		child.on('exit', () => this.#end(new AppError('outcome-unknown', UNKNOWN, { retryAfter: 2 })));
	}

	/**
	 * Takes the lock, and repairs what a process that died may have left.
	 * @param purpose what we are doing, for people: `serve`
	 * @throws AppError `writer-locked`, `storage-failed`, and what the repository may be refused for
	 */
	static async open(repository: Repository, purpose: string, logger: Logger): Promise<WritingSession> {
		const child = fork(ENTRY, {
			serialization: 'advanced',
			// A signal to the group of the service is not for it, nor for the git commands that it has under way.
			detached: true,
			execArgv: NODE_OPTIONS,
			stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
		});
		const { git: _git, ...data } = repository;
		tell(child, { kind: 'open', repository: data, purpose, service: currentProcess() });
		try {
			return new WritingSession(child, await opened(child, logger), logger);
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
	commit(requests: readonly WriteRequest[]): Promise<GroupResult> {
		const isLong = requests.some(
			(request) => isRevert(request) || (isTransition(request) && request.transition !== 'propose'),
		);
		const longest = isLong ? LONGEST_TRANSITION : LONGEST_GROUP;
		const limit = setTimeout(() => this.#child.kill('SIGKILL'), longest);
		return new Promise<GroupResult>((resolve, reject) => {
			if (this.#ended) reject(new AppError('outcome-unknown', UNKNOWN, { retryAfter: 2 }));
			this.#running = { files: [], resolve, reject };
			tell(this.#child, { kind: 'commit', requests });
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
		const running = this.#running;
		if (message.kind === 'written') {
			// Also when nobody waits any more: the next patch builds on it.
			const files = message.files.map((patch) => this.#receiver.whole(patch));
			if (running) running.files = files;
		}
		if (message.kind === 'done') {
			const { result, gzip } = message;
			const files = running?.files.map((file, index) => ({ ...file, gzip: asBuffer(gzip[index]) })) ?? [];
			running?.resolve({ ...result, files });
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
