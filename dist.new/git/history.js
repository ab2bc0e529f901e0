/**
 * Reads the history of a handful of files in one walk, with the meaning of `git log -- <file>`: a merge that equals
 * one of its parents in a file follows only that parent. Versions are linked, so that what is new extends what is known.
 */
import { finished } from './command.js';
const NOTHING = new Map();
/**
 * Walks the history that `head` can reach.
 * @param paths as git writes them, relative to the top of the tree
 * @param boundary what cuts the history off now; an answer that was cut off elsewhere is of no use
 * @param known an earlier answer for the same paths; only what came after it is walked, unless the new commits grew
 *   from something it does not know (a rebase, a merge of an old branch), when all is walked again
 */
export async function walkHistory(git, head, paths, { known: earlier, boundary = '' } = {}) {
    const known = earlier?.boundary === boundary ? earlier : undefined;
    if (known?.head === head)
        return known;
    // What is known may be gone altogether: force-pushed away and collected. Then all is walked.
    const extended = known && (await walk(git, head, paths, known).catch(() => undefined));
    const files = extended ?? (await walk(git, head, paths)) ?? NOTHING;
    return { head, boundary, files };
}
/** Undefined when a commit has a parent that neither the walk nor `known` covers. */
async function walk(git, head, paths, known) {
    const wanted = new Set(paths);
    const states = new Map(known ? [[known.head, known.files]] : []);
    let complete = true;
    const settle = (commit) => {
        const parents = [];
        for (const parent of commit.parents) {
            const state = states.get(parent);
            if (state)
                parents.push(state);
            // Without a starting point an absent parent is the edge of a shallow clone, where history begins.
            else if (known)
                complete = false;
        }
        states.set(commit.id, stateOf(commit, parents, wanted));
    };
    const args = [
        'log',
        '--topo-order',
        '--reverse',
        '--root',
        '--raw',
        '--no-abbrev',
        '--no-renames',
        '--diff-merges=first-parent',
        '--no-show-signature',
        '--no-mailmap',
        '--encoding=UTF-8',
        '--format=commit %H %ct %at %P%x00%an%x00%s',
        '-z',
        known ? `${known.head}..${head}` : head,
        '--',
    ];
    const child = git.spawn(args);
    const parser = new LogParser(wanted, settle);
    const read = async () => {
        for await (const chunk of child.stdout.setEncoding('utf8'))
            parser.push(String(chunk));
        parser.end();
    };
    await Promise.all([read(), finished(child, args)]);
    // With nothing between, head is an ancestor of what is known: its own state was never kept.
    return complete ? states.get(head) : undefined;
}
/** What every path's newest version is at a commit, given what it was at its parents. */
function stateOf(commit, parents, wanted) {
    const [first = NOTHING, ...others] = parents;
    if (commit.changes.size === 0 && others.length === 0)
        return first;
    const state = new Map(first);
    const suspects = others.length === 0 ? commit.changes.keys() : wanted;
    for (const path of suspects) {
        const before = first.get(path);
        const blob = commit.changes.has(path) ? commit.changes.get(path) : before?.blob;
        const same = [first, ...others].find((parent) => parent.get(path)?.blob === blob);
        const version = same ? same.get(path) : newVersion(commit, blob, path, parents);
        if (version)
            state.set(path, version);
        else
            state.delete(path);
    }
    return state;
}
function newVersion(commit, blob, path, parents) {
    const from = [...new Set(parents.flatMap((parent) => parent.get(path) ?? []))];
    const firstTime = Math.min(commit.time, ...from.map((version) => version.firstTime));
    const { id, time, author, authored, subject } = commit;
    return { commit: id, time, author, authored, subject, blob, parents: from, firstTime };
}
/**
 * Reads `git log -z --raw --format=…`: a header, author and subject per commit, then `:<modes> <ids> <status>` and a path
 * for each change, all ended by NUL (and a line break before the first change).
 */
class LogParser {
    #wanted;
    #onCommit;
    /** Many commits have the same. */
    #authors = new Map();
    #commit;
    /** The text of the header that comes next; a subject may look like anything else. */
    #awaited;
    #change;
    #rest = '';
    constructor(wanted, onCommit) {
        this.#wanted = wanted;
        this.#onCommit = onCommit;
    }
    push(chunk) {
        const tokens = (this.#rest + chunk).split('\0');
        this.#rest = tokens.pop() ?? '';
        for (const token of tokens)
            this.#take(token);
    }
    end() {
        if (this.#rest)
            this.#take(this.#rest);
        if (this.#commit)
            this.#onCommit(this.#commit);
    }
    #take(token) {
        if (this.#awaited !== undefined) {
            if (this.#awaited === 'author')
                this.#takeAuthor(token);
            else
                this.#takeSubject(token);
            return;
        }
        if (this.#change !== undefined) {
            if (this.#wanted.has(token))
                this.#commit?.changes.set(token, blobOf(this.#change));
            this.#change = undefined;
            return;
        }
        const field = token.startsWith('\n') ? token.slice(1) : token;
        if (field.startsWith(':'))
            this.#change = field;
        else if (field.startsWith('commit ')) {
            if (this.#commit)
                this.#onCommit(this.#commit);
            const [, id = '', time = '', authored = '', ...parents] = field.trimEnd().split(' ');
            this.#commit = {
                id,
                time: Number(time),
                authored: Number(authored),
                author: '',
                subject: '',
                parents: parents.filter(Boolean),
                changes: new Map(),
            };
            this.#awaited = 'author';
        }
    }
    #takeAuthor(token) {
        const author = this.#authors.get(token) ?? token;
        this.#authors.set(author, author);
        if (this.#commit)
            this.#commit.author = author;
        this.#awaited = 'subject';
    }
    #takeSubject(token) {
        if (this.#commit)
            this.#commit.subject = token;
        this.#awaited = undefined;
    }
}
/** The new blob id of a raw change line `:<mode> <mode> <id> <id> <status>`. */
function blobOf(change) {
    const id = change.split(' ')[3] ?? '';
    return /^0+$/.test(id) ? undefined : id;
}
//# sourceMappingURL=history.js.map