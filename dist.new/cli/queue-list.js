/** `queue list`: which changes there are, oldest first. */
import { isEmptyFilter } from '../queue/change-filter.js';
import { LEDGER_REF } from '../queue/ledger-layout.js';
import { fieldsText, valueFields } from '../record/record-fields.js';
import { openDataRepository } from './data-repository.js';
import { prettyJson } from './output.js';
import { readQueue, recordsText } from './queue-access.js';
import { batchNumber, countOf, filterOf } from './queue-options.js';
import { changeTable } from './queue-words.js';
/** @throws AppError `config-invalid`, `category-unknown`, `ledger-broken` */
export async function queueList(flags, output) {
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
        if (items.length > 0)
            output.print(changeTable(items));
        if (queue.tip === undefined) {
            output.note(`note: nothing was ever proposed here; a clone has the queue only if ${LEDGER_REF} was fetched too`);
        }
        else if (total === 0) {
            output.note(`note: ${isEmptyFilter(filter) ? 'the queue is empty' : 'no change matches'}`);
        }
        else if (items.length < total) {
            output.note(`note: ${restOf(items.length, offset, total)}`);
        }
    });
}
function restOf(shown, offset, total) {
    if (shown === 0)
        return `there are ${total}, and --offset goes past the last`;
    const next = offset + shown;
    const more = next < total ? `; --offset ${next} shows what follows, -n 0 all` : '';
    return `these are ${offset + 1} to ${next} of ${total}${more}`;
}
//# sourceMappingURL=queue-list.js.map