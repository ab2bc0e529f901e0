/** Opens a repository to import from: a local one as it stands, a bundle or a URL as a temporary bare clone. */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../errors.js';
import { finished, Git, output } from './command.js';
import { PathPrefix } from './path-prefix.js';
export class SourceRepository {
    git;
    /** True where blobs are fetched when they are wanted. */
    #isPartial;
    #temporary;
    constructor(git, isPartial, temporary) {
        this.git = git;
        this.#isPartial = isPartial;
        this.#temporary = temporary;
    }
    /**
     * @param source URL, path of a repository, or path of a bundle
     * @throws AppError `source-unusable` that says what git said
     */
    static async open(source, onProgress, signal) {
        const found = await stat(source).catch(() => undefined);
        if (found?.isDirectory())
            return SourceRepository.#local(source, signal);
        const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(source) || /^[^/\\\s:]+:[^\\\s]+$/.test(source);
        if (!found && !isUrl) {
            throw new AppError('source-unusable', `${source} is neither a URL nor the path of a repository or a bundle`);
        }
        return SourceRepository.#clone(found ? path.resolve(source) : source, !found, onProgress, signal);
    }
    static async #local(directory, signal) {
        const git = new Git(path.resolve(directory)).until(signal);
        try {
            await git.run(['rev-parse', '--git-dir']);
        }
        catch (error) {
            throw unusable(directory, error);
        }
        return new SourceRepository(git, false, undefined);
    }
    static async #clone(source, isRemote, onProgress, signal) {
        const temporary = await mkdtemp(path.join(tmpdir(), 'horde-references-import-'));
        // Blobs come later and only those that are wanted: the original repositories hold hundreds of megabytes of pictures.
        const filter = isRemote ? ['--filter=blob:none'] : [];
        const args = ['clone', '--bare', '--quiet', '--progress', ...filter, '--', source, temporary];
        const git = new Git(temporary).until(signal);
        try {
            await finished(git.spawn(args), args, (said) => onProgress(said.split(/[\r\n]/).findLast(Boolean) ?? ''));
        }
        catch (error) {
            await rm(temporary, { recursive: true, force: true });
            throw unusable(source, error);
        }
        return new SourceRepository(git, isRemote, temporary);
    }
    /** Removes what was cloned; a local source is left as it is. */
    async close() {
        if (this.#temporary !== undefined)
            await rm(this.#temporary, { recursive: true, force: true });
    }
    /** The branch of this name, also where a clone has it only as its origin's. */
    async branch(name) {
        for (const ref of [`refs/heads/${name}`, `refs/remotes/origin/${name}`]) {
            if (await this.#exists(ref))
                return { name, ref };
        }
        const names = (await this.#branchNames()).join(', ') || 'none';
        throw new AppError('ref-unknown', `the source has no branch ${name}; it has ${names}`);
    }
    /** The branch that HEAD names; a bundle may have none, then main, master or the only one. */
    async defaultBranch() {
        const head = await this.git.ask(['symbolic-ref', '--quiet', 'HEAD']);
        if (head !== undefined && (await this.#exists(head)))
            return { name: head.replace('refs/heads/', ''), ref: head };
        const names = await this.#branchNames();
        const name = ['main', 'master'].find((usual) => names.includes(usual)) ??
            (names.length === 1 ? names[0] : undefined);
        if (name === undefined) {
            const choice = names.join(', ') || 'none';
            throw new AppError('source-unusable', `the source names no branch of its own; choose with --from, of: ${choice}`);
        }
        return this.branch(name);
    }
    /** Where its objects and refs are; absolute. */
    async directory() {
        return this.git.run(['rev-parse', '--path-format=absolute', '--git-common-dir']);
    }
    /** What stays the same of a history however it grows and wherever it is read from: its first commit. */
    async identity(branch) {
        const roots = await this.git.run(['rev-list', '--max-parents=0', '--end-of-options', branch.ref]);
        return roots.split('\n').sort()[0] ?? '';
    }
    /** Bytes of a file at the tip of a branch, undefined when it is not there. */
    async file(branch, name) {
        return this.git.ask(['cat-file', 'blob', `${branch.ref}:${name}`]);
    }
    /**
     * Writes the history of some files into another repository, with the authors, dates and messages it has; commits that
     * touch none of them are left out. The same source always gives the same commits.
     * @param refPrefix where the branches go: `<refPrefix>/<branch>`
     * @param pathPrefix folder that the files go into, `folder/` or empty
     */
    async transfer(branches, files, target) {
        const refs = branches.map(({ ref }) => ref);
        await this.#copyBlobs(await this.#blobIds(refs, files), target.git);
        const exportArgs = [
            'fast-export',
            '--no-data',
            '--full-history',
            '--reencode=no',
            '--signed-tags=strip',
            '--tag-of-filtered-object=drop',
            ...branches.map(({ name, ref }) => `--refspec=${ref}:${target.refPrefix}/${name}`),
            ...refs,
            '--',
            // fast-export swallows the dashes, and in a bare repository would take plain names for revisions.
            ...files.map((file) => `:(literal)${file}`),
        ];
        const importArgs = ['fast-import', '--quiet', '--force'];
        const exporter = this.git.spawn(exportArgs);
        const importer = target.git.spawn(importArgs);
        importer.stdout.resume();
        const stages = target.pathPrefix === '' ? [] : [new PathPrefix(target.pathPrefix)];
        await Promise.all([
            pipeline([exporter.stdout, ...stages, importer.stdin]),
            finished(exporter, exportArgs),
            finished(importer, importArgs),
        ]);
    }
    /** Ids of all versions of the files. */
    async #blobIds(refs, files) {
        const log = await this.git.run([
            'log',
            '--raw',
            '--root',
            '--no-abbrev',
            '--no-renames',
            '--full-history',
            '-m',
            '--format=',
            '--end-of-options',
            ...refs,
            '--',
            ...files,
        ]);
        // `:<old mode> <new mode> <old id> <new id> <status>`; mode 160000 is a commit of another repository.
        const changes = log.split('\n').map((line) => line.split(' '));
        const blobs = changes.filter(([, mode]) => mode !== undefined && mode !== '160000');
        return [...new Set(blobs.map(([, , , id = '']) => id))].filter((id) => /[^0]/.test(id));
    }
    /** Copies what the target lacks, packed as the source has it: writing it anew would take seconds of compressing. */
    async #copyBlobs(ids, target) {
        const check = ['cat-file', '--batch-check'];
        const present = await output(target, check, lines(ids));
        const missing = present
            .split('\n')
            .flatMap((line) => (line.endsWith(' missing') ? (line.split(' ')[0] ?? []) : []));
        if (missing.length === 0)
            return;
        if (this.#isPartial)
            await this.#fetchBlobs(missing);
        const packArgs = ['pack-objects', '--stdout', '--quiet', '--delta-base-offset'];
        const unpackArgs = ['index-pack', '--stdin'];
        const packer = this.git.spawn(packArgs);
        const unpacker = target.spawn(unpackArgs);
        packer.stdin.end(lines(missing));
        unpacker.stdout.resume();
        await Promise.all([
            pipeline(packer.stdout, unpacker.stdin),
            finished(packer, packArgs),
            finished(unpacker, unpackArgs),
        ]);
    }
    /** In one request, where git by itself would ask for one blob after the other. */
    async #fetchBlobs(ids) {
        const args = [
            '-c',
            'fetch.negotiationAlgorithm=noop',
            'fetch',
            'origin',
            '--quiet',
            '--no-tags',
            '--no-write-fetch-head',
            '--filter=blob:none',
            '--stdin',
        ];
        await output(this.git, args, lines(ids));
    }
    async #exists(ref) {
        return ((await this.git.ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`])) !==
            undefined);
    }
    async #branchNames() {
        const refs = await this.git.run([
            'for-each-ref',
            '--format=%(refname)',
            'refs/heads',
            'refs/remotes/origin',
        ]);
        const names = refs.split('\n').map((ref) => ref.replace(/^refs\/(heads|remotes\/origin)\//, ''));
        return [...new Set(names)].filter((name) => name !== '' && name !== 'HEAD');
    }
}
function lines(ids) {
    return ids.map((id) => `${id}\n`).join('');
}
function unusable(source, error) {
    if (!(error instanceof AppError) || error.code !== 'git-failed')
        return error;
    return new AppError('source-unusable', `${source} cannot be read: ${error.message}`, {}, { cause: error });
}
//# sourceMappingURL=source.js.map