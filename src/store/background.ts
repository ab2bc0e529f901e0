/**
 * Work that would hold up the reads of everybody else, or leave the process larger than it needs to be, is done in a
 * thread that ends with it: reading a whole history, rendering the grouped text reference.
 */

import { Worker } from 'node:worker_threads';
import { renderGroupedText } from '../record/grouped-text.ts';
import { type HistoryReadResult, type HistoryRequest, readHistory } from './read-history.ts';

export interface Background {
	/** Reads what the commits of several categories did to their models. */
	readHistory(request: HistoryRequest): Promise<HistoryReadResult>;
	/** The grouped form of a text reference; the text itself where it cannot be grouped. */
	renderGrouped(text: string): Promise<string>;
}

export type Task =
	| { readonly kind: 'history'; readonly request: HistoryRequest }
	| { readonly kind: 'group'; readonly text: string };

/** Does a task here and now. */
export async function perform(task: Task): Promise<HistoryReadResult | string> {
	return task.kind === 'history' ? readHistory(task.request) : (renderGroupedText(task.text) ?? task.text);
}

/** The compiled worker, also for callers that run from source: Node has no way to start a thread from TypeScript. */
const WORKER = new URL('../../dist/store/background-worker.js', import.meta.url);

/** Garbage of these tasks is large and short-lived: a thread that collects early needs a third of the memory. Megabytes. */
const LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 512 };

export class ThreadBackground implements Background {
	readonly #running = new Set<Worker>();

	async readHistory(request: HistoryRequest): Promise<HistoryReadResult> {
		return (await this.#run({ kind: 'history', request })) as HistoryReadResult;
	}

	async renderGrouped(text: string): Promise<string> {
		return (await this.#run({ kind: 'group', text })) as string;
	}

	/** Ends what is under way; whoever waits for it is told that it failed. */
	async close(): Promise<void> {
		await Promise.all([...this.#running].map((worker) => worker.terminate()));
	}

	#run(task: Task): Promise<unknown> {
		const worker = new Worker(WORKER, { workerData: task, resourceLimits: LIMITS });
		this.#running.add(worker);
		return new Promise((resolve, reject) => {
			worker.once('message', resolve);
			worker.once('error', reject);
			worker.once('exit', (code) => {
				this.#running.delete(worker);
				reject(new Error(`the background thread ended with ${code} before it answered`));
			});
		});
	}
}
