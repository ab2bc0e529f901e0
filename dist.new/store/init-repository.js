/** Makes a new data repository: the starter references, or nothing, and a first commit. */
import { chmod, cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError, messageOf } from '../errors.js';
import { Git } from '../git/command.js';
import { withIdentity } from '../git/identity.js';
import { Remote } from '../git/remote.js';
import { openRepository } from '../git/repository.js';
/** The starter references of this package. */
export const STARTER = new URL('../../references/', import.meta.url);
/** Says to every clone that line ends are not to be converted: what is committed is what is served. */
const ATTRIBUTES = '*.json -text\n*.csv -text\n';
/**
 * @param directory absent or empty; it is whole or not there at all
 * @throws AppError `already-exists` when there is something in it, `not-a-directory` when it cannot be made
 */
export async function initRepository(directory, { empty }) {
    await requireFree(directory);
    const parent = path.dirname(path.resolve(directory));
    try {
        await mkdir(parent, { recursive: true });
        const temporary = await mkdtemp(path.join(parent, '.horde-references-'));
        try {
            await fill(temporary, empty);
            await chmod(temporary, 0o755);
            await rename(temporary, directory); // takes the place of an empty directory too
        }
        finally {
            await rm(temporary, { recursive: true, force: true });
        }
    }
    catch (error) {
        throw cannotMake(directory, error);
    }
    return openRepository(directory);
}
/**
 * Makes a data repository from a remote one.
 * @throws AppError `already-exists`, `not-a-directory`, `remote-unavailable`, `source-unusable` for an empty one; nothing is left behind then
 */
export async function cloneRepository(url, directory) {
    await requireFree(directory);
    const parent = path.dirname(path.resolve(directory));
    try {
        await mkdir(parent, { recursive: true });
    }
    catch (error) {
        throw cannotMake(directory, error);
    }
    const remote = new Remote(new Git(parent), url);
    await remote.cloneTo(path.resolve(directory));
    const repository = await openRepository(directory);
    if ((await repository.git.ask(['rev-parse', '--verify', '--quiet', 'HEAD'])) !== undefined)
        return repository;
    await rm(directory, { recursive: true, force: true });
    throw new AppError('source-unusable', `${remote.name} is empty; fill it first, by serving a repository that has the references with this --remote, or with git push`);
}
/** Opens a repository; a directory that is absent or empty becomes one without any commit first. */
export async function openOrCreateRepository(directory, subdir) {
    if ((await contents(directory)).length === 0) {
        try {
            await mkdir(directory, { recursive: true });
        }
        catch (error) {
            throw cannotMake(directory, error);
        }
        await startRepository(directory);
        await mkdir(path.join(directory, subdir), { recursive: true });
    }
    return openRepository(directory, subdir);
}
async function fill(directory, empty) {
    const git = await startRepository(directory);
    await writeFile(path.join(directory, '.gitattributes'), ATTRIBUTES);
    if (!empty)
        await cp(STARTER, directory, { recursive: true });
    await git.run(['add', '--all']);
    const subject = empty ? 'Start an empty data repository' : 'Add the starter references';
    const committer = await withIdentity(git);
    await committer.run(['commit', '--quiet', '--no-verify', '--no-gpg-sign', '-m', subject]);
}
async function startRepository(directory) {
    const git = new Git(path.resolve(directory));
    await git.run(['init', '--quiet', '--initial-branch=main']);
    // Whatever a maintainer's own settings say: what is committed is what is served.
    await git.run(['config', 'core.autocrlf', 'false']);
    return git;
}
async function requireFree(directory) {
    if ((await contents(directory)).length === 0)
        return;
    throw new AppError('already-exists', `${directory} is not empty; give another directory, or serve it as it is if it is a repository already`);
}
/** Names in a directory; none when it is not there. */
async function contents(directory) {
    return readdir(directory).catch((error) => {
        if (error.code === 'ENOENT')
            return [];
        throw cannotMake(directory, error);
    });
}
function cannotMake(directory, error) {
    if (error instanceof AppError)
        return error;
    const message = `a repository cannot be made in ${directory}: ${messageOf(error)}`;
    return new AppError('not-a-directory', message, { directory }, { cause: error });
}
//# sourceMappingURL=init-repository.js.map