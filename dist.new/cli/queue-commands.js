/** The commands and options of `queue`. Each command is a file of its own. */
import { Option } from 'commander';
import { LONGEST_REASON, LONGEST_TITLE } from '../queue/queue-requests.js';
import { queueApply } from './queue-apply.js';
import { queueAudit } from './queue-audit.js';
import { queueApprove, queueReject } from './queue-decide.js';
import { queueDiff } from './queue-diff.js';
import { queueList } from './queue-list.js';
import { queuePurge } from './queue-purge.js';
import { queueShow } from './queue-show.js';
const ALL_OF_THEM = `
list, show, diff and audit only read, and work while a service runs. approve, reject, apply and purge change the
queue as the one writer of the repository: while a service runs, send them to its API instead.`;
const WALK = `
A review from the shell:
  horde-references queue list --repo data --status pending
  horde-references queue diff 1 2 --repo data
  horde-references queue approve 1 2 --title 'New models' --as alice#1 --repo data
  horde-references queue apply --batch 1 --as alice#1 --repo data`;
const AUTHOR = ['--as <name#id>', 'user who does it (default: you, as git knows you)'];
/** @param addCommand to the group that it is given */
export function addQueueCommands(group, addCommand, output) {
    group.addHelpText('after', `${ALL_OF_THEM}\n${WALK}`);
    const command = (name, description) => addCommand(name, description, group);
    withFilters(command('list', 'list changes, oldest first'))
        .option('--batch <number>', 'only changes of this batch')
        .option('-n, --limit <number>', 'changes to show, 0 for all', '50')
        .option('--offset <number>', 'changes to pass over first', '0')
        .action((flags) => queueList(flags, output));
    command('show', 'show one change: who did what to it, and the record')
        .argument('<change>', 'number of the change')
        .action((id, flags) => queueShow(id, flags, output));
    command('diff', 'show field by field what changes would do now, and whether they still apply')
        .argument('<change...>', 'numbers of changes')
        .addHelpText('after', '\nFields: + added, - removed, ~ modified; [critical] ones are not to be overlooked. The comparison is with what is\n' +
        'committed. A change that does not apply any more says why; that is no failure.')
        .action((ids, flags) => queueDiff(ids, flags, output));
    command('audit', 'show batches, newest first; or who did what in one batch')
        .option('--batch <number>', 'the events of the changes of this batch')
        .option('--net', 'with --batch: what it did to models in the end')
        .option('-n, --limit <number>', 'batches to show, 0 for all', '50')
        .addOption(new Option('--cursor <number>', 'only batches with a lower number').conflicts('batch'))
        .action((flags) => queueAudit(flags, output));
    command('approve', 'approve pending changes, all that are named or none')
        .argument('<change...>', 'numbers of changes')
        .requiredOption('--title <title>', `what the batch is called, at most ${LONGEST_TITLE} characters`)
        .option(...AUTHOR)
        .addHelpText('after', '\nThey join the batch that has approved changes, or begin a new one; its number is printed.')
        .action((ids, flags) => queueApprove(ids, flags, output));
    command('reject', 'reject pending changes for good, all that are named or none')
        .argument('<change...>', 'numbers of changes')
        .requiredOption('--title <title>', `a title for the decision, at most ${LONGEST_TITLE} characters`)
        .requiredOption('--reason <reason>', `why, at most ${LONGEST_REASON} characters`)
        .option(...AUTHOR)
        .action((ids, flags) => queueReject(ids, flags, output));
    command('apply', 'publish approved changes: a commit for each, up to the first that fails')
        .argument('[change...]', 'numbers of changes, in the order in which to apply them')
        .option('--batch <number>', 'all approved changes of this batch instead')
        .option('--job <id>', 'makes it safe to run again: the same job does nothing twice')
        .option('--atomic', 'if one fails, apply none')
        .addOption(new Option('--mixed', 'changes may be of several batches').conflicts('batch'))
        .option(...AUTHOR)
        .addHelpText('after', '\nApproved changes of a batch that are left over go to a batch of their own, which is named.\n' +
        'Exits with 3 if a change fails: what was applied before it stays applied, and is printed.')
        .action((ids, flags) => queueApply(ids, flags, output));
    withFilters(command('purge', 'take changes out of the queue; the ledger keeps their history'))
        .argument('[change...]', 'numbers of changes; without any, all that the options let through')
        .option('--all', 'every change; needed where nothing else says which')
        .option('--dry-run', 'only show which ones; works while a service runs')
        .option(...AUTHOR)
        .action((ids, flags) => queuePurge(ids, flags, output));
}
/** Which changes: those that fulfil every option; of one that is repeated, one of its values. */
function withFilters(command) {
    return command
        .option('--status <status>', 'only these: pending, approved, applied, rejected; may be repeated', collect)
        .option('--category <name>', 'only these, see: categories; may be repeated', collect)
        .option('--model <part>', 'only models whose name holds this, in any case')
        .option('--user <id>', 'only requested by these, as id or name#id; may be repeated', collect);
}
function collect(value, before = []) {
    return [...before, value];
}
//# sourceMappingURL=queue-commands.js.map