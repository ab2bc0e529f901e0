/** Decides what an import is to bring: which branches to where, and which files. Changes nothing. */
import { CATEGORIES, COMPANION_FILES, findCategoryByFile } from '../categories.js';
import { AppError } from '../errors.js';
import { checkedOutBranches, treeFiles } from '../git/merge.js';
import { parseReference } from '../record/reference-file.js';
const LAST_IMPORTS = 'refs/horde/imported';
/** @throws AppError `source-unusable`, `detached-head`, `ref-unknown`, `config-invalid`, `dirty-tree` */
export async function planImport(request) {
    const { repository, git, source } = request;
    const { root, commonDirectory } = repository;
    if ((await source.directory()) === commonDirectory) {
        throw new AppError('source-unusable', `the source is the data repository itself, ${root}`);
    }
    const checkedOut = await git.ask(['symbolic-ref', '--quiet', 'HEAD']);
    if (checkedOut === undefined) {
        throw new AppError('detached-head', `HEAD of ${root} is detached, so there is no branch to publish on; run: git -C ${root} switch <branch>`);
    }
    const published = request.from === undefined ? await source.defaultBranch() : await source.branch(request.from);
    const further = await Promise.all(request.branches.map((name) => source.branch(name)));
    const others = further.filter(({ ref }) => ref !== published.ref);
    const targets = [
        await targetOf(request, published, checkedOut),
        ...(await Promise.all(others.map((branch) => targetOf(request, branch, `refs/heads/${branch.name}`)))),
    ];
    await requireFree(git, targets);
    const files = await recognise(request, targets);
    if (files.wanted.length === 0) {
        throw new AppError('source-unusable', 'the source has no category file with models at its top level');
    }
    return { targets, ...files };
}
async function targetOf({ git, source }, branch, ref) {
    const lastRef = `${LAST_IMPORTS}/${await source.identity(branch)}/${branch.name}`;
    const last = await git.ask(['rev-parse', '--verify', '--quiet', lastRef]);
    return { branch, ref, lastRef, last };
}
/** Refuses further branches that cannot be moved: two onto one, or one that another work tree has checked out. */
async function requireFree(git, [own, ...others]) {
    const taken = new Set([own?.ref]);
    const elsewhere = await checkedOutBranches(git);
    for (const { branch, ref } of others) {
        if (taken.has(ref)) {
            throw new AppError('config-invalid', `${branch.name} cannot come to ${ref}, which takes another branch of the source`);
        }
        if (elsewhere.has(ref)) {
            throw new AppError('dirty-tree', `${branch.name} is checked out in another work tree; put another branch there first`);
        }
        taken.add(ref);
    }
}
/**
 * The files to bring: companions, category files that hold models on some branch, and what was brought before. A repository
 * may carry the file of another one, long since emptied: its history has no place beside that of the file with the models.
 */
async function recognise({ repository: { pathPrefix }, git, source }, targets) {
    const wanted = [];
    const empty = [];
    const candidates = [...CATEGORIES.map((category) => category.file), ...COMPANION_FILES];
    const paths = candidates.map((file) => pathPrefix + file);
    const before = await Promise.all(targets.map(({ last }) => treeFiles(git, last, paths)));
    for (const file of candidates) {
        const versions = await Promise.all(targets.map(({ branch }) => source.file(branch, file)));
        const present = versions.filter((version) => version !== undefined);
        const isKnown = before.some((files) => files.has(pathPrefix + file));
        if (present.length === 0 && !isKnown)
            continue;
        const category = findCategoryByFile(file);
        const isWanted = isKnown || !category || category.external || present.some((text) => !holdsNothing(Buffer.from(text)));
        (isWanted ? wanted : empty).push(file);
    }
    return { wanted, empty };
}
/** A file without models: not even one that is broken. */
export function holdsNothing(bytes) {
    const parsed = parseReference(bytes);
    return parsed.ok ? parsed.file.records.length === 0 : Buffer.from(bytes).toString().trim() === '';
}
//# sourceMappingURL=import-plan.js.map