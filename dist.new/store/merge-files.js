/** Decides, file by file, what a branch holds after an import. Pure: blob ids in, blob ids and reasons out. */
/** What becomes of one file. What is ours and holds models is never replaced by nothing. */
export function decideFile(path, question) {
    const base = question.base.get(path);
    const ours = question.ours.get(path);
    const theirs = question.theirs.get(path);
    if (ours === theirs || theirs === base)
        return { outcome: 'unchanged', blob: ours };
    if (ours === undefined)
        return { outcome: 'imported', blob: theirs };
    const isGone = theirs === undefined || question.isEmpty(theirs);
    if (isGone && !question.isEmpty(ours))
        return { outcome: 'kept', blob: ours };
    if (ours === base || question.isDisposable(ours))
        return { outcome: 'imported', blob: theirs };
    if (question.preference === 'source')
        return { outcome: 'imported', blob: theirs };
    if (question.preference === 'ours')
        return { outcome: 'kept', blob: ours };
    return { outcome: 'conflict', blob: ours };
}
//# sourceMappingURL=merge-files.js.map