/** `queue purge`: takes changes out of the queue; what is known of them stays in the ledger. */
import { AppError } from '../errors.js';
import { filterTest } from '../queue/change-filter.js';
import { readPurge } from '../queue/queue-requests.js';
import { openDataRepository } from './data-repository.js';
import { changeQueue, findChange, readQueue } from './queue-access.js';
import { changeIds, filterBody, readOptions } from './queue-options.js';
import { changeTable, namedChanges } from './queue-words.js';
/** Changes that one commit of the ledger purges at most. */
const PURGED_AT_ONCE = 1_000;
/**
 * @param idTexts numbers of changes; none for all that the filters let through
 * @throws AppError `config-invalid` where nothing says which, `change-unknown`, and as `changeQueue`
 */
export async function queuePurge(idTexts, flags, output) {
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
        if (!flags.json && found.length > 0)
            output.print(changeTable(found));
        report(found.map(idOf), true, flags, output);
        return;
    }
    report(await purge(wanted, flags, output), false, flags, output);
}
/** @throws AppError `change-unknown` */
function find(queue, { ids, filter }) {
    if (ids.length === 0)
        return queue.index.matching(filter);
    const named = [...new Set(ids)].sort((a, b) => a - b).map((id) => findChange(queue, id));
    return named.filter(filterTest(filter));
}
/** @returns ids of what went */
function purge(wanted, flags, output) {
    return changeQueue('queue purge', flags, output, async ({ queue, author, submit }) => {
        const found = find(queue, wanted).map(idOf);
        const { filter } = wanted;
        const gone = [];
        for (let at = 0; at < found.length; at += PURGED_AT_ONCE) {
            const ids = found.slice(at, at + PURGED_AT_ONCE);
            gone.push(...(await submit({ transition: 'purge', ids, filter, actor: author })).ids);
            output.progress(`${gone.length} of ${found.length} changes purged`);
        }
        return gone;
    });
}
function report(ids, isDry, { json }, output) {
    if (json) {
        const facts = { removed_count: ids.length, removed_change_ids: ids, dry_run: isDry };
        output.print(JSON.stringify(facts, null, 2));
    }
    else if (ids.length === 0) {
        output.print('Nothing to purge: no change matches.');
    }
    else {
        output.print(`${isDry ? 'Would purge' : 'Purged'} ${namedChanges(ids)}.`);
    }
}
function idOf({ change_id }) {
    return change_id;
}
//# sourceMappingURL=queue-purge.js.map