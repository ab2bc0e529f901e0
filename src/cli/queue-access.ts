/** How the commands of the queue come to it: to read it, which works at any time, and to change it, as the one writer. */

import { systemClock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { BlobReader } from '../git/blobs.ts';
import type { Repository } from '../git/repository.ts';
import { createLogger } from '../logger.ts';
import { type PendingChange, wireText } from '../queue/pending-change.ts';
import { PendingQueue } from '../queue/pending-queue.ts';
import type { Author, DoneOf, Transition } from '../writer/change.ts';
import { writeOnce } from '../writer/write-once.ts';
import { authorOf } from './author.ts';
import { openDataRepository } from './data-repository.ts';
import type { Output } from './output.ts';
import { dateText } from './terminal-text.ts';
import { requirePrimary, sharedRemote, type WriteFlags } from './write-change.ts';

/** The queue as the ledger has it when the command begins. */
export interface OpenQueue {
	readonly repository: Repository;
	readonly queue: PendingQueue;
	readonly blobs: BlobReader;
}

/** @throws AppError `ledger-broken` that names the object */
export async function readQueue<Result>(
	repository: Repository,
	action: (open: OpenQueue) => Promise<Result>,
): Promise<Result> {
	const blobs = new BlobReader(repository.git);
	try {
		const logger = createLogger('silent');
		const queue = await PendingQueue.open({ enabled: true, repository, blobs, logger, clock: systemClock });
		queue.requireSound();
		return await action({ repository, queue, blobs });
	} finally {
		blobs.close();
	}
}

/** @throws AppError `change-unknown` */
export function findChange({ index }: PendingQueue, id: number): PendingChange {
	const change = index.get(id);
	if (change) return change;
	const purged = index.known(id)?.ledger.purged;
	if (purged) {
		const { at, username } = purged;
		throw new AppError(
			'change-unknown',
			`change ${id} is not in the queue any more: it was purged by ${username} at ${dateText(at)}`,
		);
	}
	throw new AppError(
		'change-unknown',
		`there is no change ${id}; see which there are with: horde-references queue list`,
	);
}

/** What a command that changes the queue works with. */
export interface QueueWriter {
	/** As it was when the lock was taken, and after each transition. */
	readonly queue: PendingQueue;
	readonly author: Author;
	/** Has a transition done. @throws AppError whatever it is refused for; nothing has changed then */
	readonly submit: <Request extends Transition>(request: Request) => Promise<DoneOf<Request>>;
}

/**
 * Holds the writer's lock while the action runs.
 * @param purpose what it is doing, for whoever finds the lock taken: `queue apply`
 * @throws AppError `config-invalid` where the settings say that references are changed elsewhere, `writer-locked`, `ledger-broken`
 */
export async function changeQueue<Result>(
	purpose: string,
	flags: WriteFlags,
	output: Output,
	action: (writer: QueueWriter) => Promise<Result>,
): Promise<Result> {
	const { repository, settings } = await openDataRepository(flags);
	requirePrimary(settings);
	const author = await authorOf(flags.as, repository, output);
	const onNotice = (message: string) => output.note(`note: ${message}`);
	return writeOnce(
		{ repository, clock: systemClock, onNotice, shared: sharedRemote(settings) },
		purpose,
		(commit) =>
			// All of it, as on what is damaged nothing is to be built.
			readQueue(repository, ({ queue }) => {
				const submit: QueueWriter['submit'] = async (request) => {
					const outcome = await commit(request);
					if (outcome.kind === 'refused') throw refused(outcome);
					await queue.follow();
					return outcome;
				};
				return action({ queue, author, submit });
			}),
	);
}

/** The words of the API, and what to do at a shell. */
function refused({ code, message, data }: Pick<AppError, 'code' | 'message' | 'data'>): AppError {
	const isAboutChanges = code === 'change-state' || code === 'change-unknown';
	const advice = `${/\.$/.test(message) ? '' : '.'} Nothing was changed; see: horde-references queue list`;
	return new AppError(code, isAboutChanges ? message + advice : message, data);
}

/**
 * A list of changes as the API shows them, JSON text.
 * @param nulls whether absent fields are told as null, or left out
 */
export async function recordsText(
	queue: Pick<PendingQueue, 'content'>,
	changes: readonly PendingChange[],
	nulls: boolean,
): Promise<string> {
	const texts = changes.map(async (change) => wireText(change, await queue.content(change.change_id), nulls));
	return `[${(await Promise.all(texts)).join()}]`;
}
