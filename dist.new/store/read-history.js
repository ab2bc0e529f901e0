/** Reads the histories of several categories in one go, here or in a thread of its own. */
import { messageOf } from '../errors.js';
import { BlobReader } from '../git/blobs.js';
import { Git } from '../git/command.js';
import { walkHistory } from '../git/history.js';
import { parentsFirst, readChanges } from './model-history.js';
/** Reads one category after the other; that one fails is no reason to know nothing of the others. */
export async function readEach(blobs, categories) {
    const changes = new Map();
    const failures = new Map();
    for (const { name, newest, unread } of categories) {
        try {
            changes.set(name, await readChanges(blobs, newest, unread));
        }
        catch (error) {
            failures.set(name, messageOf(error));
        }
    }
    return { changes, failures };
}
/** As `readEach`, for the categories as of a commit. */
export async function readHistory({ directory, head, categories, }) {
    const git = new Git(directory);
    const blobs = new BlobReader(git);
    try {
        const paths = Array.from(categories.values(), ({ path }) => path);
        const { files } = await walkHistory(git, head, paths);
        const unread = [...categories].flatMap(([name, { path, known }]) => {
            const newest = files.get(path);
            if (!newest)
                return [];
            return [{ name, newest, unread: parentsFirst(newest).filter(({ commit }) => !known.has(commit)) }];
        });
        return await readEach(blobs, unread);
    }
    finally {
        blobs.close();
    }
}
//# sourceMappingURL=read-history.js.map