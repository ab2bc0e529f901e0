/** `queue purge`: takes changes out of the queue; what is known of them stays in the ledger. */

import { AppError } from '../errors.ts';
import { type ChangeFilter, filterTest } from '../queue/change-filter.ts';
import type { PendingChange } from '../queue/pending-change.ts';
import type { PendingQueue } from '../queue/pending-queue.ts';
import { readPurge } from '../queue/queue-requests.ts';
import { openDataRepository } from './data-repository.ts';
import type { Output } from './output.ts';
import { changeQueue, findChange, readQueue } from './queue-access.ts';
import { changeIds, type FilterFlags, filterBody, readOptions } from './queue-options.ts';
import { changeTable, namedChanges } from './queue-words.ts';
import type { WriteFlags } from './write-change.ts';

export interface QueuePurgeFlags extends WriteFlags, FilterFlags {
	readonly all?: boolean;
	readonly dryRun?: boolean;
}

/** Changes that one commit of the ledger purges at most. */
const PURGED_AT_ONCE = 1_000;

/**
 * @param idTexts numbers of changes; none for all that the filters let through
 * @throws AppError `config-invalid` where nothing says which, `change-unknown`, and as `changeQueue`
 */
export async function queuePurge(
	idTexts: readonly string[],
	flags: QueuePurgeFlags,
	output: Output,
): Promise<void> {
	const { all = false, dryRun: dry_run = false } = flags;
	const ids = changeIds(idTexts);
	if (all && ids.length > 0) {
		throw new AppError('config-invalid', 'give the numbers of changes or --all, not both');
	}
	const body = { ...filterBody(flags), purge_all: all || ids.length > 0, dry_run };
	const { filter, dryRun } = readOptions(readPurge, body);
	const wanted = { ids, filter };
	if (dryRun) {
		const { repository } = await openDataRepository(flags);
		const found = await readQueue(repository, async ({ queue }) => find(queue, wanted));
		if (!flags.json && found.length > 0) output.print(changeTable(found));
		report(found.map(idOf), true, flags, output);
		return;
	}
	report(await purge(wanted, flags, output), false, flags, output);
}

interface Wanted {
	/** None where only the filter says which. */
	readonly ids: readonly number[];
	readonly filter: ChangeFilter;
}

/** @throws AppError `change-unknown` */
function find(queue: PendingQueue, { ids, filter }: Wanted): readonly PendingChange[] {
	if (ids.length === 0) return queue.index.matching(filter);
	const named = [...new Set(ids)].sort((a, b) => a - b).map((id) => findChange(queue, id));
	return named.filter(filterTest(filter));
}

/** @returns ids of what went */
function purge(wanted: Wanted, flags: QueuePurgeFlags, output: Output): Promise<readonly number[]> {
	return changeQueue('queue purge', flags, output, async ({ queue, author, submit }) => {
		const found = find(queue, wanted).map(idOf);
		const { filter } = wanted;
		const gone: number[] = [];
		for (let at = 0; at < found.length; at += PURGED_AT_ONCE) {
			const ids = found.slice(at, at + PURGED_AT_ONCE);
			gone.push(...(await submit({ transition: 'purge', ids, filter, actor: author })).ids);
			output.progress(`${gone.length} of ${found.length} changes purged`);
		}
		return gone;
	});
}

function report(ids: readonly number[], isDry: boolean, { json }: QueuePurgeFlags, output: Output): void {
	if (json) {
		const facts = { removed_count: ids.length, removed_change_ids: ids, dry_run: isDry };
		output.print(JSON.stringify(facts, null, 2));
	} else if (ids.length === 0) {
		output.print('Nothing to purge: no change matches.');
	} else {
		output.print(`${isDry ? 'Would purge' : 'Purged'} ${namedChanges(ids)}.`);
	}
}

function idOf({ change_id }: PendingChange): number {
	return change_id;
}
