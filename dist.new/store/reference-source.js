/** Where category files are read from to be checked: a directory, a commit, or what is staged for the next commit. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../errors.js';
import { BlobReader } from '../git/blobs.js';
import { Git } from '../git/command.js';
import { gitEnvironment } from '../git/environment.js';
import { findRepository } from '../git/repository.js';
import { readOrdinaryFile } from './ordinary-file.js';
/**
 * @param target a directory, or a revision of the repository in the working directory
 * @throws AppError `ref-unknown` when it is neither
 */
export async function openSource(target, { subdir, staged }) {
    const found = await stat(target).catch(() => undefined);
    const isDirectory = found?.isDirectory() ?? false;
    if (found && !isDirectory) {
        throw new AppError('ref-unknown', `${target} is a file; name the folder that holds it: ${path.dirname(target)}`);
    }
    if (staged)
        return staging(isDirectory ? target : '.', subdir);
    return isDirectory ? folder(path.join(target, subdir), subdir) : revision(target, subdir);
}
function folder(directory, subdir) {
    return {
        prefix: asPrefix(subdir),
        read: async (category) => {
            const found = await readOrdinaryFile(path.join(directory, category.file));
            if (found.state === 'read')
                return found.bytes;
            if (found.state === 'absent')
                return undefined;
            throw new AppError('source-unusable', `${category.file} cannot be checked: ${found.message}`);
        },
        close: () => { },
    };
}
async function revision(name, subdir) {
    const { git } = await findRepository('.');
    const commit = await git.ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
    if (commit === undefined) {
        throw new AppError('ref-unknown', `${name} is neither a directory nor a revision of the repository here`);
    }
    return objects(new BlobReader(git), `${commit}:`, asPrefix(subdir));
}
async function staging(directory, subdir) {
    const { root } = await findRepository(directory);
    // A commit of only some files is prepared in an index of its own, which the hook is told of.
    const { GIT_INDEX_FILE } = process.env;
    const environment = { ...gitEnvironment(process.env), ...(GIT_INDEX_FILE && { GIT_INDEX_FILE }) };
    return objects(new BlobReader(new Git(root, environment)), ':', asPrefix(subdir));
}
function objects(blobs, root, prefix) {
    return {
        prefix,
        read: async (category) => (await blobs.read(`${root}${prefix}${category.file}`))?.bytes,
        close: () => blobs.close(),
    };
}
function asPrefix(subdir) {
    const normal = path.posix.normalize(subdir || '.').replace(/\/+$/, '');
    return normal === '.' ? '' : `${normal}/`;
}
//# sourceMappingURL=reference-source.js.map