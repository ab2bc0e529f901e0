/** The right to write to a repository and the thread that does it: a lock, and behind it a worker that holds the files. */

import { Worker } from 'node:worker_threads';
import { AppError } from '../errors.ts';
import type { Repository } from '../git/repository.ts';
import type { Logger } from '../logger.ts';
import type { WrittenFile } from '../store/written.ts';
import type { Change, GroupResult } from './change.ts';
import { WriterLock } from './writer-lock.ts';
import type { FromThread, ToThread, WriterData } from './writer-protocol.ts';

/** The compiled worker, also for callers that run from source: Node has no way to start a thread from TypeScript. */
const THREAD = new URL('../../dist/writer/writer-thread.js', import.meta.url);

/** Texts of a few megabytes come and go with every write; a small young generation keeps the process small. Megabytes. */
const LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 512 };

interface Running {
	readonly onWritten: (files: readonly WrittenFile[]) => void;
	readonly resolve: (result: Omit<GroupResult, 'files'>) => void;
	readonly reject: (error: Error) => void;
}

export class WritingSession {
	readonly #lock: WriterLock;
	readonly #worker: Worker;
	readonly #logger: Logger;
	#running: Running | undefined;
	#ended = false;

	private constructor(lock: WriterLock, worker: Worker, logger: Logger) {
		this.#lock = lock;
		this.#worker = worker;
		this.#logger = logger;
		worker.on('message', (message: FromThread) => this.#hear(message));
		worker.on('error', (error) => this.#end(error));
		worker.on('exit', () => this.#end(new Error('the thread that writes has ended')));
	}

	/**
	 * Takes the lock, and repairs what a process that died may have left.
	 * @param purpose what the owner of the lock is doing, for people: `serve`
	 * @throws AppError `writer-locked`, `storage-failed`
	 */
	static async open(repository: Repository, purpose: string, logger: Logger): Promise<WritingSession> {
		const lock = WriterLock.acquire(repository, purpose);
		const { git: _git, ...data } = repository;
		const workerData: WriterData = data;
		const worker = new Worker(THREAD, { workerData, resourceLimits: LIMITS });
		try {
			await opened(worker, logger);
		} catch (error) {
			lock.release();
			throw error;
		}
		return new WritingSession(lock, worker, logger);
	}

	/** False once the thread died or the lock went to somebody else: then another session must be opened. */
	get usable(): boolean {
		return !this.#ended && this.#lock.held;
	}

	/** Commits a group; one at a time. Throws only for a mistake of ours, which may leave the group done or not. */
	commit(
		changes: readonly Change[],
		onWritten: (files: readonly WrittenFile[]) => void,
	): Promise<Omit<GroupResult, 'files'>> {
		const message: ToThread = { changes };
		return new Promise((resolve, reject) => {
			this.#running = { onWritten, resolve, reject };
			this.#worker.postMessage(message);
		});
	}

	async close(): Promise<void> {
		if (!this.#ended) {
			const exited = new Promise((resolve) => this.#worker.once('exit', resolve));
			this.#worker.postMessage('close');
			await exited;
		}
		this.#lock.release();
	}

	#hear(message: FromThread): void {
		if (message.kind === 'notice') this.#logger.warn(message.message);
		if (message.kind === 'written') this.#running?.onWritten(message.files);
		if (message.kind === 'done') this.#running?.resolve(message.result);
		if (message.kind === 'failed') this.#running?.reject(new Error(message.message));
	}

	#end(error: Error): void {
		this.#ended = true;
		this.#running?.reject(error);
	}
}

function opened(worker: Worker, logger: Logger): Promise<void> {
	return new Promise((resolve, reject) => {
		const hear = (message: FromThread) => {
			if (message.kind === 'notice') {
				logger.warn(message.message);
				return;
			}
			worker.off('message', hear);
			if (message.kind === 'opened') resolve();
			if (message.kind !== 'failed') return;
			const { message: words } = message;
			reject(new AppError('storage-failed', `the repository cannot be opened for writing: ${words}`));
		};
		worker.on('message', hear);
		worker.once('error', reject);
	});
}
