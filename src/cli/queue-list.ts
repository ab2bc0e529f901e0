/** `queue list`: which changes there are, oldest first. */

import { isEmptyFilter } from '../queue/change-filter.ts';
import { LEDGER_REF } from '../queue/ledger-layout.ts';
import { fieldsText, valueFields } from '../record/record-fields.ts';
import { openDataRepository, type RepositoryFlags } from './data-repository.ts';
import { type Output, prettyJson } from './output.ts';
import { readQueue, recordsText } from './queue-access.ts';
import { batchNumber, countOf, type FilterFlags, filterOf } from './queue-options.ts';
import { changeTable } from './queue-words.ts';

export interface QueueListFlags extends RepositoryFlags, FilterFlags {
	readonly batch?: string;
	readonly limit: string;
	readonly offset: string;
	readonly json?: boolean;
}

/** @throws AppError `config-invalid`, `category-unknown`, `ledger-broken` */
export async function queueList(flags: QueueListFlags, output: Output): Promise<void> {
	const limit = countOf('--limit', flags.limit, { zeroIsAll: true });
	const offset = countOf('--offset', flags.offset);
	const batchId = flags.batch === undefined ? undefined : batchNumber('--batch', flags.batch);
	const filter = { ...filterOf(flags), batchId };
	const { repository } = await openDataRepository(flags);
	await readQueue(repository, async ({ queue }) => {
		const { items, total } = queue.index.page(filter, offset, limit);
		if (flags.json) {
			const records = await recordsText(queue, items, true);
			const facts = { total, offset, limit: Number.isFinite(limit) ? limit : total };
			output.print(prettyJson(fieldsText(new Map([['items', records], ...valueFields(facts)]))));
			return;
		}
		if (items.length > 0) output.print(changeTable(items));
		if (queue.tip === undefined) {
			output.note(
				`note: nothing was ever proposed here; a clone has the queue only if ${LEDGER_REF} was fetched too`,
			);
		} else if (total === 0) {
			output.note(`note: ${isEmptyFilter(filter) ? 'the queue is empty' : 'no change matches'}`);
		} else if (items.length < total) {
			output.note(`note: ${restOf(items.length, offset, total)}`);
		}
	});
}

function restOf(shown: number, offset: number, total: number): string {
	if (shown === 0) return `there are ${total}, and --offset goes past the last`;
	const next = offset + shown;
	const more = next < total ? `; --offset ${next} shows what follows, -n 0 all` : '';
	return `these are ${offset + 1} to ${next} of ${total}${more}`;
}
