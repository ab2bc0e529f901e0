/** Answers whether objects can be reached from refs. A walk of everything takes 0.1 s for 20,000 commits of one file each. */
import { finished, output } from './command.js';
/**
 * The first of these objects that none of these refs reaches; undefined when all are reached.
 * @param ids of commits, tags, trees or blobs, in lower case
 * @param refs full names, or folders of refs without the slash at the end
 * @param further a commit to start from besides
 * @throws AppError `git-failed`
 */
export async function firstOutside(git, ids, refs, further) {
    const tips = (await output(git, ['for-each-ref', '--format=%(objectname)', ...refs], '')).split('\n');
    tips.pop(); // the line break of the last line
    if (further !== undefined)
        tips.push(further);
    const left = new Set(ids);
    // Nearly every fetch is for tips alone.
    for (const tip of tips)
        left.delete(tip);
    if (left.size > 0 && tips.length > 0)
        await walk(git, tips, left);
    return left.values().next().value;
}
/** Takes from `left` what the tips reach; newest commits come first, each with what it brought, so most walks are short. */
async function walk(git, tips, left) {
    const args = [
        '--no-replace-objects',
        'rev-list',
        '--objects',
        '--in-commit-order',
        '--no-object-names',
        '--stdin',
    ];
    const child = git.spawn(args);
    let rest = '';
    child.stdout.setEncoding('latin1').on('data', (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const id of lines)
            left.delete(id);
        if (left.size === 0)
            child.kill();
    });
    child.stdin.on('error', () => { }); // an early end is told by the exit code
    child.stdin.end(`${tips.join('\n')}\n`);
    try {
        await finished(child, args);
    }
    catch (error) {
        if (left.size > 0)
            throw error;
    }
}
//# sourceMappingURL=reachable-objects.js.map