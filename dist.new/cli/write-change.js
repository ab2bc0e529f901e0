/** What `put` and `delete` share: one change by the one writer, and the words for what became of it. */
import { systemClock } from '../clock.js';
import { AppError } from '../errors.js';
import { fieldsText } from '../record/record-fields.js';
import { writeOnce } from '../writer/write-once.js';
import { authorOf } from './author.js';
import { namedCategory, openDataRepository } from './data-repository.js';
import { prettyJson } from './output.js';
/** @throws AppError `category-unknown` also for one whose models are kept elsewhere */
export function writableCategory(name) {
    const category = namedCategory(name);
    if (category.writable)
        return category;
    throw new AppError('category-unknown', `the category ${category.name} cannot be written; see which can: horde-references categories`);
}
/** @throws AppError `config-invalid` where the settings say that references are changed elsewhere */
export function requirePrimary({ replicateMode, canonicalFormat }) {
    if (replicateMode === 'PRIMARY' && canonicalFormat === 'legacy')
        return;
    throw new AppError('config-invalid', `references are changed at their primary, and the settings make this a ${replicateMode} with the ` +
        `${canonicalFormat} format; write there, or set HORDE_MODEL_REFERENCE_REPLICATE_MODE=PRIMARY and ` +
        'HORDE_MODEL_REFERENCE_CANONICAL_FORMAT=legacy');
}
/** The repository that must have a write before it is done; undefined for none. */
export function sharedRemote({ remote, ack }) {
    return ack === 'remote' ? remote : undefined;
}
/**
 * Commits one change, durably.
 * @param operations tried in turn: the next one where the model turns out not to be there
 * @throws AppError whatever the change was refused for; nothing has changed then
 */
export async function writeChange(command, change, operations, flags, output) {
    const { repository, settings } = await openDataRepository(flags);
    requirePrimary(settings);
    const author = await authorOf(flags.as, repository, output);
    const onNotice = (message) => output.note(`note: ${message}`);
    return writeOnce({ repository, clock: systemClock, onNotice, shared: sharedRemote(settings) }, command, async (commit) => {
        for (const [index, operation] of operations.entries()) {
            const outcome = await commit({ ...change, operation, author });
            if (outcome.kind !== 'refused') {
                return { category: change.category, model: change.model, operation, outcome };
            }
            if (outcome.code === 'model-absent' && index < operations.length - 1)
                continue;
            throw new AppError(outcome.code, outcome.message, outcome.data);
        }
        throw new RangeError('no operation was asked for');
    });
}
const DONE = {
    create: 'Added',
    update: 'Updated',
    delete: 'Removed',
};
/** Says what was done in a sentence, or as JSON with the record spelled as it is stored. */
export function report({ category, model, operation, outcome }, advice, flags, output) {
    const commit = outcome.kind === 'applied' ? outcome.commit : null;
    if (advice.length > 0)
        output.note(`note: the record could be better: ${advice.join(', ')}`);
    if (!flags.json) {
        const subject = `${category} model ${model}`;
        output.print(commit === null
            ? `Nothing to change: ${subject} is stored like this already.`
            : `${DONE[operation]} ${subject} in ${commit.slice(0, 8)}.`);
        return;
    }
    const { kind, version, record } = outcome;
    const facts = { outcome: kind, operation, category, model, commit, version, advice };
    const fields = Object.entries(facts).map(([name, value]) => [name, JSON.stringify(value)]);
    const text = fieldsText(new Map([...fields, ['record', record ?? 'null']]));
    output.print(prettyJson(text));
}
//# sourceMappingURL=write-change.js.map