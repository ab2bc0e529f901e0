/** What the writer knows of the repository as of one commit: the commit, its tree, and the files of categories. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../errors.js';
import { findInTree, isFile, notAFile, parseTree } from '../git/tree.js';
import { isPendingRef } from '../queue/ledger-layout.js';
import { parseReference } from '../record/reference-file.js';
/** The table that mirrors the text reference in repositories that have one. */
export const TEXT_TABLE = 'models.csv';
export class RepositoryView {
    #repository;
    #blobs;
    /** The texts that were read or written last, by path. */
    #texts = new Map();
    #trees = new Map();
    constructor(repository, blobs) {
        this.#repository = repository;
        this.#blobs = blobs;
    }
    /**
     * The published branch, such as `refs/heads/main`.
     * @throws AppError `detached-head`
     */
    branch() {
        this.requireNoProposal();
        const branch = this.#branchOfHead();
        if (branch !== undefined)
            return branch;
        throw new AppError('detached-head', `HEAD is detached, so there is no published branch to write to; if a rebase or a bisect is under way, end it, ` +
            `else name the branch with: git -C ${this.#repository.root} switch <branch>`);
    }
    /** @throws AppError `detached-head` when somebody has switched to the branch of a proposal, which is neither to grow nor to go */
    requireNoProposal() {
        const branch = this.#branchOfHead();
        if (branch === undefined || !isPendingRef(branch))
            return;
        throw new AppError('detached-head', `HEAD names the proposal ${branch.slice('refs/heads/'.length)}, which is not to be written to; ` +
            `go back to the published branch with: git -C ${this.#repository.root} switch <branch>`);
    }
    /** Read anew each time, as a maintainer may switch; by hand, as a git process would take longer than the write. */
    #branchOfHead() {
        const head = readFileSync(path.join(this.#repository.gitDirectory, 'HEAD'), 'utf8');
        return /^ref: (refs\/\S+)\n?$/.exec(head)?.[1];
    }
    /** HEAD as it is now. */
    async base() {
        const head = await this.#blobs.read('HEAD');
        if (!head)
            return { commit: undefined, tree: undefined, time: 0 };
        const tree = treeOfCommit(head.bytes);
        if (tree === undefined)
            throw new AppError('git-failed', `HEAD names ${head.id}, which is no commit`);
        const time = Number(/^committer .* (\d+) [+-]\d+$/m.exec(head.bytes.toString('latin1'))?.[1] ?? 0);
        return { commit: head.id, tree, time };
    }
    /** The object that a ref names now; undefined where there is none. */
    async refAt(ref) {
        return (await this.#blobs.read(ref))?.id;
    }
    /** The tree of a commit; undefined for what is no commit. */
    async treeOf(commit) {
        const object = await this.#blobs.read(commit);
        return object?.type === 'commit' ? treeOfCommit(object.bytes) : undefined;
    }
    /**
     * A category file as of a tree.
     * @throws AppError `reference-broken` when the commit holds something that is no reference, `not-a-file`
     */
    async reference(tree, category) {
        const filePath = this.path(category.file);
        const entry = await this.#findFile(tree, filePath);
        if (!entry)
            return { version: undefined, file: EMPTY };
        const known = this.#texts.get(filePath);
        if (known?.id === entry.id && typeof known.file !== 'string') {
            return { version: entry.id, file: known.file };
        }
        const file = await this.#parse(filePath, entry.id);
        this.keep(filePath, entry.id, file);
        return { version: entry.id, file };
    }
    /** As `reference`, for a look at a tree to which nothing will be added: what is kept of others stays. */
    async lookAt(tree, category) {
        const filePath = this.path(category.file);
        const entry = await this.#findFile(tree, filePath);
        if (!entry)
            return EMPTY;
        const known = this.#texts.get(filePath);
        if (known?.id === entry.id && typeof known.file !== 'string')
            return known.file;
        return this.#parse(filePath, entry.id);
    }
    async #parse(filePath, id) {
        const parsed = parseReference(await this.read(id));
        if (!parsed.ok) {
            const { line, column, message } = parsed.problem;
            throw new AppError('reference-broken', `${filePath} is broken in the last commit (line ${line}, column ${column}: ${message}); mend it and commit that first`);
        }
        return parsed.file;
    }
    /**
     * The table of text models as of a tree; undefined where there is none.
     * @throws AppError `reference-broken` when it is no text, `not-a-file`
     */
    async table(tree) {
        const filePath = this.path(TEXT_TABLE);
        const entry = await this.#findFile(tree, filePath);
        if (!entry)
            return undefined;
        const known = this.#texts.get(filePath);
        if (known?.id === entry.id && typeof known.file === 'string')
            return known.file;
        const bytes = await this.read(entry.id);
        const text = bytes.toString('utf8');
        // Put back as it was read, or not at all: rows that a change does not touch keep their bytes.
        if (!Buffer.from(text).equals(bytes)) {
            throw new AppError('reference-broken', `${filePath} is not valid UTF-8 in the last commit; mend it and commit that first`);
        }
        this.keep(filePath, entry.id, text);
        return text;
    }
    /** Whether a tree has a file at this path. */
    async has(tree, filePath) {
        return (await this.#find(tree, filePath)) !== undefined;
    }
    /** Remembers a text that was written, so that the next write need not read it. */
    keep(filePath, id, file) {
        this.#texts.set(filePath, { id, file });
    }
    /** @returns what puts the remembered texts back to how they are now */
    checkpoint() {
        const texts = [...this.#texts];
        return () => {
            for (const [filePath, text] of texts)
                this.#texts.set(filePath, text);
        };
    }
    /** Makes room, between two groups: what a group has written it cannot read before it is placed. */
    forgetTrees() {
        if (this.#trees.size > MOST_TREES)
            this.#trees.clear();
    }
    /** A data file as git names it. */
    path(file) {
        return this.#repository.pathPrefix + file;
    }
    /** Reads trees, and writes them with the given function. */
    treeStore(write) {
        return {
            read: (id) => this.#tree(id),
            write: (entries) => {
                const id = write(entries);
                this.#trees.set(id, entries);
                return id;
            },
        };
    }
    /** The entry of a data file; undefined where there is none. */
    async #findFile(tree, filePath) {
        const entry = await this.#find(tree, filePath);
        if (entry && !isFile(entry))
            throw notAFile(filePath);
        return entry;
    }
    #find(tree, filePath) {
        return findInTree({ read: (id) => this.#tree(id) }, tree, filePath);
    }
    async #tree(id) {
        if (id === undefined)
            return [];
        const known = this.#trees.get(id);
        if (known)
            return known;
        const entries = parseTree(await this.read(id), id.length / 2);
        this.#trees.set(id, entries);
        return entries;
    }
    /** Content of an object. */
    async read(id) {
        const object = await this.#blobs.read(id);
        if (object)
            return object.bytes;
        throw new AppError('git-failed', `the object ${id} is missing; see: git -C ${this.#repository.root} fsck`);
    }
}
/** Tree that a commit object names. */
function treeOfCommit(body) {
    return /^tree ([0-9a-f]+)\n/.exec(body.toString('latin1', 0, 80))?.[1];
}
const MOST_TREES = 500;
const EMPTY = { text: '{}\n', records: [], byteOrderMark: false };
//# sourceMappingURL=repository-view.js.map