/**
 * Owns the question "is this a repository that we can serve": finds its work tree and git directory, and turns each
 * way in which git may refuse into a sentence with the command that mends it.
 */
import { existsSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../errors.js';
import { Git } from './command.js';
/**
 * Opens an existing work tree.
 * @param directory its top
 * @param subdir folder inside it that holds the category files, relative; '' or '.' for the top
 * @param observer told of what git does for it
 * @throws AppError `not-a-directory`, `not-a-repository`, `not-the-top`, `bare-repository`, `unsafe-directory`, `git-missing`
 */
export async function openRepository(directory, subdir = '', observer) {
    const repository = await findRepository(directory, observer);
    const { root } = repository;
    if ((await realpath(directory)) !== (await realpath(root))) {
        const inside = path.relative(root, await realpath(directory));
        throw new AppError('not-the-top', `${directory} is no repository of its own but a folder of ${root}; to serve it from there say ` +
            `--repo ${root} --subdir ${inside}, or make a repository in a directory outside`);
    }
    const prefix = path.normalize(subdir || '.').replace(/\/+$/, '');
    if (path.isAbsolute(prefix) || prefix.split('/').includes('..')) {
        throw new AppError('config-invalid', `subdir must be a folder inside the repository, not ${subdir}`);
    }
    const dataDirectory = path.join(root, prefix);
    await requireDirectory(dataDirectory, `${subdir} is not a folder of the repository ${root}`);
    return { ...repository, dataDirectory, pathPrefix: prefix === '.' ? '' : `${prefix}/` };
}
/** The repository that a directory belongs to, with its top as the data directory. Throws as `openRepository`. */
export async function findRepository(directory, observer) {
    await requireDirectory(directory, `${directory} is not a directory; create a data repository with: horde-references init --repo ${directory}`);
    const git = new Git(path.resolve(directory));
    const [bare, root, gitDirectory, commonDirectory, objectFormat] = await describe(git);
    if (bare === 'true' || !root || !gitDirectory || !commonDirectory) {
        throw new AppError('bare-repository', `${directory} is a bare repository; clone it first (git clone ${directory} <dir>) and serve the clone`);
    }
    return {
        git: new Git(root, undefined, undefined, observer),
        root,
        gitDirectory,
        commonDirectory,
        dataDirectory: root,
        pathPrefix: '',
        objectFormat: objectFormat === 'sha256' ? 'sha256' : 'sha1',
    };
}
async function describe(git) {
    try {
        const bare = await git.run(['rev-parse', '--is-bare-repository']);
        if (bare === 'true')
            return [bare];
        const rest = await git.run([
            'rev-parse',
            '--path-format=absolute',
            '--show-toplevel',
            '--git-dir',
            '--git-common-dir',
            '--show-object-format',
        ]);
        return [bare, ...rest.split('\n')];
    }
    catch (error) {
        throw explain(git.directory, error);
    }
}
function explain(directory, error) {
    if (!(error instanceof AppError) || error.code !== 'git-failed')
        return error;
    if (error.message.includes('dubious ownership')) {
        return new AppError('unsafe-directory', `${directory} belongs to another user, so git refuses it; if you trust it, run: ` +
            `git config --global --add safe.directory ${directory}`, { directory }, { cause: error });
    }
    if (error.message.includes('not a git repository') && existsSync(path.join(directory, '.git'))) {
        return new AppError('not-a-repository', `${directory} has a .git that git cannot read; it may be damaged, see: git -C ${directory} fsck`, { directory }, { cause: error });
    }
    if (error.message.includes('not a git repository')) {
        return new AppError('not-a-repository', `${directory} is not a git repository; create one with: horde-references init --repo ${directory}`, { directory }, { cause: error });
    }
    return error;
}
async function requireDirectory(directory, message) {
    const found = await stat(directory).catch(() => undefined);
    if (!found?.isDirectory())
        throw new AppError('not-a-directory', message, { directory });
}
/** Looks at HEAD: detached, unborn and shallow are served all the same, but an operator should know. */
export async function repositoryState(repository) {
    const { git, root } = repository;
    const branch = await git.ask(['symbolic-ref', '--quiet', '--short', 'HEAD']);
    const head = await git.ask(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
    const shallow = (await git.ask(['rev-parse', '--is-shallow-repository'])) === 'true';
    const warnings = [];
    if (branch === undefined) {
        warnings.push(`HEAD is detached at ${head?.slice(0, 10)}: what is checked out is served, but there is no published branch; ` +
            `name one with: git -C ${root} switch <branch>`);
    }
    if (head === undefined) {
        warnings.push(`the repository has no commit: files are served, but have no history; make one with: ` +
            `git -C ${root} add . && git -C ${root} commit -m "Add references"`);
    }
    if (shallow) {
        warnings.push(`the clone is shallow: dates and counts reach back only to its boundary; mend with: git -C ${root} fetch --unshallow`);
    }
    return { branch, head, warnings };
}
//# sourceMappingURL=repository.js.map