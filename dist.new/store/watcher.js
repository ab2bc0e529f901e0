/**
 * Watches the category files and the refs of the repository, and says "something changed" once things have been quiet
 * for a moment, and now and then without a sign. What changed is not asked here: a reload looks at everything, and costs
 * next to nothing.
 */
import path from 'node:path';
import { watch } from 'chokidar';
import { CATEGORIES } from '../categories.js';
import { messageOf } from '../errors.js';
/**
 * A pull or a checkout touches many files within a few milliseconds: wait for quiet, but not for ever. Chokidar tells of a file
 * once in 50 ms, and never of a change that comes in between: the look after the last sign must come later than that.
 * Milliseconds.
 */
const QUIET = 60;
const LONGEST_WAIT = 150;
/** Systems lose events (a queue that overflows, a network drive): a look now and then costs a few stats. Milliseconds. */
const LOOK_EVERY = 10_000;
/**
 * Starts to watch; resolved when every change from now on will be seen.
 * @param onChange called after a change, when it has been quiet for a moment
 * @param onTrouble told when the system cannot watch (too many watches): it goes on by looking every second
 */
export async function watchRepository(repository, onChange, onTrouble) {
    const debounced = debounce(onChange);
    let watcher = begin(repository, { usePolling: false }, debounced.call);
    const lookInstead = async (error) => {
        onTrouble(`cannot watch the repository (${messageOf(error)}); looking every second instead`);
        await watcher.close();
        watcher = begin(repository, { usePolling: true, interval: 1000 }, debounced.call);
        watcher.on('error', (again) => onTrouble(`cannot look at the repository: ${messageOf(again)}`));
        watcher.once('ready', debounced.call);
    };
    await new Promise((resolve) => {
        watcher.once('ready', resolve);
        watcher.once('error', (error) => void lookInstead(error).then(resolve));
    });
    const look = setInterval(onChange, LOOK_EVERY);
    return {
        close: async () => {
            clearInterval(look);
            debounced.cancel();
            await watcher.close();
        },
    };
}
function begin(repository, how, onEvent) {
    const relevant = relevantPaths(repository);
    const watcher = watch([repository.root, repository.gitDirectory, repository.commonDirectory], {
        ...how,
        ignoreInitial: true,
        atomic: false,
        ignored: (file) => !relevant(file),
    });
    watcher.on('all', onEvent);
    return watcher;
}
/** Which of the paths below the watched directories matter; a lock file is a change that has not happened yet. */
function relevantPaths({ root, pathPrefix, dataDirectory, gitDirectory, commonDirectory, }) {
    const exact = new Set([
        // The way down to the data: a checkout may take a folder of it away and bring it back.
        ...pathPrefix.split('/').map((_folder, depth, folders) => path.join(root, ...folders.slice(0, depth))),
        dataDirectory,
        gitDirectory,
        commonDirectory,
        ...CATEGORIES.map((category) => path.join(dataDirectory, category.file)),
        path.join(gitDirectory, 'HEAD'),
        path.join(commonDirectory, 'packed-refs'),
        path.join(commonDirectory, 'shallow'),
        path.join(commonDirectory, 'refs'),
        path.join(commonDirectory, 'refs', 'horde'),
        path.join(commonDirectory, 'refs', 'horde', 'queue'),
    ]);
    const heads = path.join(commonDirectory, 'refs', 'heads');
    // A branch for each proposal, of which there may be thousands; what is published is never one of them.
    const proposals = path.join(heads, 'pending');
    const trees = [heads, path.join(commonDirectory, 'refs', 'tags'), path.join(commonDirectory, 'reftable')];
    const isIn = (tree, file) => file === tree || file.startsWith(tree + path.sep);
    return (file) => exact.has(file) ||
        (!file.endsWith('.lock') && !isIn(proposals, file) && trees.some((tree) => isIn(tree, file)));
}
function debounce(action) {
    let timer;
    let firstCall = 0;
    const cancel = () => {
        clearTimeout(timer);
        timer = undefined;
    };
    const call = () => {
        const now = Date.now();
        if (timer === undefined)
            firstCall = now;
        clearTimeout(timer);
        if (now - firstCall >= LONGEST_WAIT) {
            firstCall = now;
            action();
        }
        timer = setTimeout(() => {
            timer = undefined;
            action();
        }, QUIET);
    };
    return { call, cancel };
}
//# sourceMappingURL=watcher.js.map