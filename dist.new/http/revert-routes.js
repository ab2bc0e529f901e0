/** Undoing a commit: by a new commit, or as proposals, as the write policy has it. */
import { CATEGORIES } from '../categories.js';
import { wireText } from '../queue/pending-change.js';
import { fieldsText, valueFields } from '../record/record-fields.js';
import { findRevert } from '../store/reverts.js';
import { itemsError } from './errors.js';
import { REVERT_OPERATION } from './history-operations.js';
import { historyOf } from './history-routes.js';
import { sendText } from './queue-access.js';
import { segment } from './route.js';
import { requireWritable } from './write-routes.js';
export function revertRoutes(dependencies) {
    const { failures, writes } = dependencies.limits;
    return [
        {
            method: 'post',
            path: '/history/revert/{commit}',
            operation: REVERT_OPERATION,
            handler: [...failures, ...writes, revertHandler(dependencies)],
        },
    ];
}
function revertHandler(dependencies) {
    const { mode, policy, access, queue, history, store, submit, logger } = dependencies;
    return async (request, response) => {
        requireWritable(mode);
        const author = await access.authorise(request.get('apikey'), 'approver');
        const id = commitId(request);
        const found = await findRevert(id, await everyHistory(history), store.repository, store.blobs);
        const { commit: reverts, subject, steps } = found;
        const revert = { reverts, subject, steps, author };
        const log = (facts) => logger.info({ requestId: response.getHeader('X-Request-Id'), user: author.username, reverts, ...facts }, 'revert');
        if (policy !== 'queue') {
            const { commit, changes } = await submit(revert);
            log({ commit: commit ?? null, models: changes.length });
            if (commit !== undefined)
                response.setHeader('X-Reference-Commit', commit);
            sendText(response, resultText(reverts, commit, changes));
            return;
        }
        queue.requireSound();
        const { proposals } = await submit({ transition: 'propose-revert', revert });
        log({ proposals: proposals.map(({ change }) => change.change_id) });
        if (proposals.length === 0) {
            sendText(response, resultText(reverts, undefined, []));
            return;
        }
        const texts = proposals.map(({ change, content }) => wireText(change, content, false));
        const fields = new Map([...valueFields({ reverts }), ['proposals', `[${texts.join()}]`]]);
        sendText(response, fieldsText(fields), 202);
    };
}
function resultText(reverts, commit, changes) {
    const models = changes.map(({ category, model, operation }) => ({
        category,
        model_name: model,
        operation,
    }));
    return JSON.stringify({ reverts, commit: commit ?? null, models });
}
/** @throws AppError `history-unread`: what cannot be read may hold what the commit has done besides */
async function everyHistory(index) {
    const histories = new Map();
    for (const category of CATEGORIES) {
        if (index.newest(category))
            histories.set(category.name, await historyOf(category, index));
    }
    return histories;
}
/** @throws AppError `query-invalid` */
function commitId(request) {
    const input = segment(request.params.commit);
    const pattern = '^[0-9a-fA-F]{7,64}$';
    if (new RegExp(pattern).test(input))
        return input;
    const msg = `String should match pattern '${pattern}'`;
    throw itemsError('query-invalid', [
        { type: 'string_pattern_mismatch', loc: ['path', 'commit'], msg, input, ctx: { pattern } },
    ]);
}
//# sourceMappingURL=revert-routes.js.map