/**
 * The v1 writes. Who it is comes first, then whether they may, then the body, then the state (spec: differences, W2); what
 * is answered is durable and visible to the next read.
 */
import { CATEGORIES } from '../categories.js';
import { AppError } from '../errors.js';
import { wireText } from '../queue/pending-change.js';
import { adviceSentences } from '../record/advice.js';
import { fieldsText } from '../record/record-fields.js';
import { checkModelName, readSubmission } from '../record/submission.js';
import { strictCategory } from './category-param.js';
import { itemsError } from './errors.js';
import { readOnlyReason } from './metadata-routes.js';
import { sendText } from './queue-access.js';
import { readJsonBody } from './request-body.js';
import { segment } from './route.js';
import { entityTags, idempotencyKey } from './write-conditions.js';
import { createOperation, DELETE_OPERATION, updateOperation } from './write-operations.js';
export function writeRoutes(dependencies) {
    const limits = [...dependencies.limits.failures, ...dependencies.limits.writes];
    const writable = CATEGORIES.filter((category) => category.writable);
    return [
        ...writable.flatMap((category) => {
            const path = `/model_references/v1/${category.name}`;
            return [
                {
                    method: 'post',
                    path,
                    operation: createOperation(category.name),
                    handler: [...limits, putHandler(category, 'create', dependencies)],
                },
                {
                    method: 'put',
                    path,
                    operation: updateOperation(category.name),
                    handler: [...limits, putHandler(category, 'update', dependencies)],
                },
            ];
        }),
        {
            method: 'delete',
            path: '/model_references/v1/{model_category_name}/model/{model_name}',
            spans: true,
            operation: DELETE_OPERATION,
            handler: [...limits, deleteHandler(dependencies)],
        },
    ];
}
function putHandler(category, operation, dependencies) {
    return async (request, response) => {
        const user = await admit(request, dependencies);
        const body = await readJsonBody(request, response);
        const submission = accepted(readSubmission(category, body, dependencies.schemas));
        const { name: model, fields, advice } = submission;
        const change = { category: category.name, operation, model, record: fieldsText(fields) };
        const outcome = await apply(change, user, request, dependencies, advice);
        report(response, change, outcome, advice, dependencies);
        dependencies.logger.info({ ...logged(response, change, user, outcome), advice }, 'write');
        if (outcome.kind === 'proposed') {
            sendProposal(response, outcome);
            return;
        }
        if (operation === 'create')
            response.setHeader('Location', locationOf(request, category.name, model));
        response.status(operation === 'create' ? 201 : 200).setHeader('Content-Type', 'application/json');
        response.send(Buffer.from(outcome.record ?? ''));
    };
}
function deleteHandler(dependencies) {
    return async (request, response) => {
        const user = await admit(request, dependencies);
        const category = strictCategory(segment(request.params.model_category_name));
        const model = segment(request.params.model_name);
        const problem = checkModelName(category, model, dependencies.schemas, 'deleted');
        if (problem)
            throw nameError(problem);
        if (!category.writable) {
            throw new AppError('model-not-found', `Model '${model}' not found in category '${category.name}'`);
        }
        const change = { category: category.name, operation: 'delete', model, record: null };
        const outcome = await apply(change, user, request, dependencies, []);
        report(response, change, outcome, [], dependencies);
        dependencies.logger.info(logged(response, change, user, outcome), 'write');
        if (outcome.kind === 'proposed')
            sendProposal(response, outcome);
        else
            response.status(204).end();
    };
}
/** Who it is, if they may ask for a change at all. */
async function admit(request, { mode, access }) {
    requireWritable(mode);
    return access.authorise(request.get('apikey'), 'requestor');
}
/** @throws AppError `not-writable` */
export function requireWritable(mode) {
    const reason = readOnlyReason(mode);
    if (reason !== undefined)
        throw new AppError('not-writable', reason);
}
async function apply(change, user, request, { policy, access, writes, queue }, advice) {
    const ifMatch = entityTags(request.get('if-match'));
    const key = idempotencyKey(request.get('idempotency-key'));
    const isDirect = policy === 'direct' || (policy === 'by-role' && access.rolesOf(user).includes('approver'));
    const whole = { ...change, author: user, ifMatch };
    if (isDirect)
        return writes.submit(whole, key);
    queue.requireSound();
    return writes.propose({ transition: 'propose', change: whole, notes: adviceSentences(advice) }, key);
}
/** What was proposed, without what is not decided yet. */
function sendProposal(response, { change, content }) {
    sendText(response, wireText(change, content, false), 202);
}
function accepted(submission) {
    if (submission.ok)
        return submission;
    if (submission.kind === 'items')
        throw itemsError('record-invalid', submission.items);
    throw nameError(submission);
}
function nameError({ kind, message }) {
    return new AppError(kind === 'name' ? 'name-invalid' : 'backend-prefix', message);
}
/** What every write tells: the category's entity tag as it is now, the commit if it made one, and advice. */
function report(response, { category }, outcome, advice, { store }) {
    const version = outcome.kind === 'proposed' ? store.snapshot.files.get(category)?.version : outcome.version;
    response.setHeader('Cache-Control', 'no-store');
    if (version !== undefined)
        response.setHeader('ETag', `"${version}"`);
    if (outcome.kind === 'applied')
        response.setHeader('X-Reference-Commit', outcome.commit);
    if (advice.length > 0)
        response.setHeader('X-Reference-Advice', advice.join(', '));
}
function logged(response, change, { username }, outcome) {
    const { category, model, operation } = change;
    const requestId = response.getHeader('X-Request-Id');
    const commit = outcome.kind === 'applied' ? outcome.commit : null;
    const proposal = outcome.kind === 'proposed' ? { proposal: outcome.change.change_id } : {};
    return { requestId, category, model, operation, user: username, commit, ...proposal };
}
/** Where the model can be read, under the prefix by which the request came, escaped so that any name can stand there. */
function locationOf(request, category, model) {
    const segments = model.split('/');
    // Clients resolve such segments away, escaped or not; inside one segment they stay.
    const plain = segments.every((part) => !/^\.{0,2}$/.test(part));
    const name = plain ? segments.map(encodeURIComponent).join('/') : encodeURIComponent(model);
    return `${request.baseUrl}/model_references/v1/${category}/model/${name}`;
}
//# sourceMappingURL=write-routes.js.map