/** What the service tells of itself in metrics: what is published, what is written, what waits for review, and git. */
import { CATEGORIES } from '../categories.js';
import { STATUSES } from '../queue/pending-change.js';
export function serviceFamilies({ store, feed, writer, queue, identity, git, sync, version, }) {
    return [
        gauge('build_info', 'Version of the program; always 1.', ['version'], () => [[{ version }, 1]]),
        gauge('event_followers', 'Clients that follow the feed of changes.', [], () => [[{}, feed.followers]]),
        gauge('identity_degraded', 'Whether AI-Horde or the file of keys cannot be asked whose a key is.', [], () => [[{}, Number(identity.health().degraded)]]),
        ...publishedFamilies(store),
        ...writerFamilies(writer),
        ...(queue.enabled ? queueFamilies(queue) : []),
        ...gitFamilies(git),
        ...syncFamilies(sync),
    ];
}
function publishedFamilies(store) {
    const published = () => [...store.snapshot.files.values()];
    const faults = () => store.snapshot.faults;
    const troubles = () => (store.snapshot.trouble ? [store.snapshot.trouble] : []);
    return [
        gauge('head_info', 'Commit that HEAD names; always 1.', ['commit'], () => {
            const { history } = store.snapshot;
            return history ? [[{ commit: history.head }, 1]] : [];
        }),
        gauge('category_info', 'Last good version of a category, which is what is served, and its commit unless another came since; always 1.', ['category', 'version', 'commit'], () => published().map(({ category, version }) => {
            const newest = store.snapshot.history?.files.get(store.pathInTree(category));
            // Bytes that nobody has committed, or that others have followed which are no good, are not that commit's.
            const commit = newest?.blob === version ? newest.commit : '';
            return [{ category: category.name, version, commit }, 1];
        })),
        gauge('category_last_modified_timestamp_seconds', 'Date of the newest commit of a category, or of its file while that is not committed.', ['category'], () => published().map(({ category, lastModified }) => [{ category: category.name }, lastModified])),
        gauge('category_faulty', 'Whether the file of a category cannot be served as it is, so that the last good version is.', ['category'], () => {
            const faulty = new Set(faults().map(({ category }) => category));
            return CATEGORIES.filter(({ name }) => faulty.has(name) || store.snapshot.files.has(name)).map(({ name }) => [{ category: name }, Number(faulty.has(name))]);
        }),
        gauge('category_faulty_since_timestamp_seconds', 'When the file of a category was first found so; only of those that are.', ['category'], () => faults().map(({ category, since }) => [{ category }, since / 1000])),
        gauge('snapshot_behind', 'Whether the repository could not be read again, so that what was read before is served on.', [], () => [[{}, troubles().length]]),
        gauge('snapshot_behind_since_timestamp_seconds', 'When the repository could first not be read again; 0 while it can.', [], () => troubles().map(({ since }) => [{}, since / 1000])),
    ];
}
function writerFamilies(writer) {
    return [
        gauge('writer_waiting', 'Writes and steps of the queue that wait to be taken.', [], () => [
            [{}, writer.waiting],
        ]),
        counter('writer_groups_total', 'Groups of writes that were taken.', [], () => [
            [{}, writer.totals.groups],
        ]),
        counter('writer_group_seconds_total', 'Time that groups took until they were published.', [], () => [
            [{}, writer.totals.seconds],
        ]),
        counter('writer_group_failures_total', 'Groups of which it is not known what became of them.', [], () => [
            [{}, writer.totals.failures],
        ]),
        counter('writer_commits_total', 'Commits on the published branch by this service.', [], () => [
            [{}, writer.totals.commits],
        ]),
        counter('writer_refusals_total', 'Writes that were refused when it was their turn.', ['code'], () => [...writer.totals.refusals].map(([code, refused]) => [{ code }, refused])),
    ];
}
function queueFamilies(queue) {
    return [
        gauge('queue_changes', 'Changes in the queue that are not purged.', ['status'], () => STATUSES.filter((status) => status !== 'applying').map((status) => [
            { status },
            queue.index.page({ statuses: [status] }, 0, 0).total,
        ])),
        gauge('queue_behind', 'Whether the ledger of the queue cannot be read.', [], () => [
            [{}, Number(queue.trouble !== undefined)],
        ]),
    ];
}
/** Nothing where there is no remote. */
function syncFamilies(sync) {
    const sample = (value) => () => {
        const status = sync();
        const found = status && value(status);
        return found === undefined ? [] : [[{}, found]];
    };
    return [
        gauge('sync_ok', 'Whether the repository and its remote or upstream were alike at the last look.', [], sample(({ state }) => Number(state === 'ok'))),
        gauge('sync_last_timestamp_seconds', 'When the repository and its remote or upstream were last known to be alike: the lag is the time since.', [], sample(({ lastSync }) => (lastSync === undefined ? undefined : lastSync / 1000))),
        gauge('sync_unsynced_commits', 'Commits that are published here and that the remote lacks.', [], sample(({ unsynced }) => unsynced)),
    ];
}
function gitFamilies(git) {
    return [
        counter('git_commands_total', 'Git processes that have ended.', ['command', 'outcome'], () => [...git.all].map(({ command, outcome, runs }) => [{ command, outcome }, runs])),
        counter('git_command_seconds_total', 'Time for which those were there; a cat-file is kept, and told of at its end.', ['command'], () => [...git.all].map(({ command, seconds }) => [{ command }, seconds])),
    ];
}
function gauge(name, help, labels, samples) {
    return { name: `horde_references_${name}`, help, type: 'gauge', labels, samples };
}
function counter(name, help, labels, samples) {
    return { name: `horde_references_${name}`, help, type: 'counter', labels, samples };
}
//# sourceMappingURL=service-metrics.js.map