/** Decides what a revert comes to, given the models as they are now: changes, or a refusal that names what is in the way. Pure. */
import { sameState } from '../queue/change-diff.js';
import { refusal } from './plan-change.js';
/** Models that a refusal names; of more it tells how many. */
const MOST_NAMED = 20;
/**
 * The changes that undo a commit. Models that are as before already need none.
 * @param recordOf the record of a model now, JSON text; null where there is none
 */
export function planRevert({ reverts, steps, author }, recordOf) {
    const changes = [];
    const moved = [];
    for (const step of steps) {
        const { category, model, left, before } = step;
        const current = recordOf(step);
        if (sameState(current, before))
            continue;
        if (!sameState(current, left))
            moved.push(step);
        const operation = before === null ? 'delete' : left === null ? 'create' : 'update';
        const trailers = [['Reverts', reverts]];
        changes.push({ category, operation, model, record: before, author, trailers });
    }
    if (moved.length === 0)
        return changes;
    const names = moved
        .slice(0, MOST_NAMED)
        .map(({ category, model }) => `'${model}' of category '${category}'`);
    const others = moved.length > MOST_NAMED ? `, and ${moved.length - MOST_NAMED} more` : '';
    return refusal('revert-conflict', `Nothing was reverted: since the commit ${reverts} somebody has changed model ${names.join(', ')}${others}; ` +
        'change these by hand, or revert the later commits first');
}
/** What the commit of a revert says. */
export function revertMessage({ reverts, subject }, changes) {
    const [only] = changes;
    const model = only && changes.length === 1
        ? [
            ['Category', only.category],
            ['Model', only.model],
            ['Operation', only.operation],
        ]
        : [];
    return { subject: `Revert "${subject}"`, trailers: [...model, ['Reverts', reverts]] };
}
//# sourceMappingURL=plan-revert.js.map