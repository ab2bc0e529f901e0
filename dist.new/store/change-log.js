/**
 * Tells who changed which models, commit by commit, newest first. What changed is read from the files and not from messages:
 * so commits made by hand and imported ones count as much as those of this program.
 */
import { BlobReader } from '../git/blobs.js';
import { walkHistory } from '../git/history.js';
import { modelChanges } from '../record/model-changes.js';
import { parentsFirst, VersionReader } from './model-history.js';
/**
 * The commits that touch a file of these categories, as `git log -- <file>` finds them; with a model those that change it.
 * Versions are read as they are asked for: whoever wants the newest ten pays for ten.
 */
export async function* changeLog(repository, { head, categories, model }) {
    const { git, pathPrefix } = repository;
    const blobs = new BlobReader(git);
    try {
        const paths = new Map(categories.map(({ name, file }) => [pathPrefix + file, name]));
        const { files } = await walkHistory(git, head, [...paths.keys()]);
        const touched = new Map();
        for (const [path, category] of paths) {
            const newest = files.get(path);
            const reader = new VersionReader(blobs);
            for (const version of newest ? parentsFirst(newest) : []) {
                const here = touched.get(version.commit) ?? [];
                touched.set(version.commit, [...here, { category, version, reader }]);
            }
        }
        for (const commit of await listCommits(git, head)) {
            const here = touched.get(commit.commit);
            if (!here)
                continue;
            const changes = [];
            for (const file of here)
                changes.push(...(await changesOf(file, model)));
            if (model !== undefined && changes.length === 0)
                continue;
            yield { ...commit, categories: here.map(({ category }) => category), changes };
        }
    }
    finally {
        blobs.close();
    }
}
async function changesOf({ category, version, reader }, model) {
    const texts = async (of) => {
        const models = await reader.models(of);
        if (model === undefined)
            return models;
        const text = models.get(model);
        return new Map(text === undefined ? [] : [[model, text]]);
    };
    const parents = [];
    for (const parent of version.parents)
        parents.push(await texts(parent));
    const { created, updated, deleted } = modelChanges(parents, await texts(version));
    const as = (operation) => (name) => ({ category, operation, model: ownText(name) });
    return [...created.map(as('create')), ...updated.map(as('update')), ...deleted.map(as('delete'))];
}
/** A name as it comes is a part of the file's text, and would keep the whole of it in memory. */
function ownText(name) {
    return String(JSON.parse(JSON.stringify(name)));
}
/** Every commit there is, no parent before its child and else the newest first. */
async function listCommits(git, head) {
    const fields = ['%H', '%ct', '%an', '%ae', '%s'];
    const log = await git.run([
        'log',
        '--date-order',
        '-z',
        `--format=${fields.join('%x00')}`,
        '--encoding=UTF-8',
        '--no-show-signature',
        '--no-mailmap',
        head,
        '--',
    ]);
    // A commit cannot hold the NUL that ends each of its fields.
    const values = log.split('\0');
    return Array.from({ length: Math.floor(values.length / fields.length) }, (_, index) => {
        const [commit = '', time, author = '', email = '', subject = ''] = values.slice(index * fields.length, (index + 1) * fields.length);
        return { commit, time: Number(time), author, email, subject };
    });
}
//# sourceMappingURL=change-log.js.map