/** What the OpenAPI document says of the history endpoints. */
import { errorAnswer, jsonAnswer } from './route.js';
const CATEGORY = {
    name: 'category',
    in: 'path',
    required: true,
    description: 'A category name, optionally with `.json`, or an alias, as for reads.',
    schema: { type: 'string', examples: ['image_generation', 'stable_diffusion', 'clip'] },
};
const MODEL = { name: 'model_name', in: 'path', required: true, schema: { type: 'string' } };
const CURSOR = {
    name: 'cursor',
    in: 'query',
    description: '`next_cursor` of the page before: the commit that was its last. It stays good while new commits arrive.',
    schema: { type: 'string' },
};
const limit = (most, standard) => ({
    name: 'limit',
    in: 'query',
    description: 'Items on a page.',
    schema: { type: 'integer', minimum: 1, maximum: most, default: standard },
});
const REFUSALS = {
    304: { description: 'What the client holds is still right' },
    404: errorAnswer('No commit ever touched the category'),
    422: errorAnswer('There is no such category, or a value of the query is not right'),
    503: errorAnswer('History is still being read, or cannot be; see Retry-After'),
};
const GONE = { 410: errorAnswer('The commit of the cursor is no longer in the history; begin anew') };
const FIRST = 'Read from the files of the published branch, whoever made the commits; with the meaning of `git log -- <file>`. Anybody may ask.';
/** @param most items of a page at most @param standard how many when nobody says */
export function commitsOperation(most, standard) {
    return operation('read_category_history', 'Commits that touch a category, newest first', {
        description: `${FIRST} No commit comes before one that grew from it; else the order is that of the dates.`,
        parameters: [
            CATEGORY,
            limit(most, standard),
            CURSOR,
            {
                name: 'model',
                in: 'query',
                description: 'Only commits that add, change or remove this model.',
                schema: { type: 'string' },
            },
        ],
        responses: { 200: jsonAnswer('A page', ref('HistoryPage')), ...REFUSALS, ...GONE },
    });
}
export const MODELS_OPERATION = operation('read_category_model_history', 'Every model there ever was', {
    description: `${FIRST} In the order in which they first came.`,
    parameters: [CATEGORY],
    responses: { 200: jsonAnswer('The models', ref('ModelTable')), ...REFUSALS },
});
/** @param most items of a page at most @param standard how many when nobody says */
export function modelOperation(most, standard) {
    return operation('read_model_history', 'Versions of one model, newest first, field by field', {
        description: `${FIRST} Each version is compared with the one it grew from; of a merge with the first side that has the model. ` +
            'Slashes in the name may be encoded or not. A model that was removed and added again has both its lives.',
        parameters: [CATEGORY, MODEL, limit(most, standard), CURSOR],
        responses: {
            200: jsonAnswer('A page', ref('ModelHistoryPage')),
            ...REFUSALS,
            ...GONE,
            404: errorAnswer('There never was such a model'),
        },
    });
}
export const REVERT_OPERATION = {
    operationId: 'revert_commit',
    tags: ['history'],
    summary: 'Undo what a commit did to models',
    description: 'For approvers. Every model that the commit added, changed or removed gets back the record it had before, byte for byte as ' +
        'far as values go, all in one new commit; or, where the write policy has changes reviewed, as proposals, one for each model. All or nothing: a ' +
        'model that was changed since keeps everything as it is. Models that are as before already are left alone, so that a request ' +
        'may be repeated. Other files of the commit are not touched. What was published once is not validated again.',
    security: [{ APIKeyHeader: [] }],
    parameters: [
        {
            name: 'commit',
            in: 'path',
            required: true,
            description: 'Id of a commit of the published branch; the first seven digits will do where they name only one.',
            schema: { type: 'string', pattern: '^[0-9a-fA-F]{7,64}$' },
        },
    ],
    responses: {
        200: {
            ...jsonAnswer('It is undone', ref('RevertResult')),
            headers: { 'X-Reference-Commit': { schema: { type: 'string' } } },
        },
        202: jsonAnswer('What would undo it waits for review', ref('RevertProposals')),
        401: errorAnswer('There is no key, or it is nobody’s'),
        403: errorAnswer('The user is no approver'),
        404: errorAnswer('There is no such commit on the published branch'),
        409: errorAnswer('Models were changed since, which are named; or a file has uncommitted edits'),
        422: errorAnswer('The commit changes no model, is a merge, or changes what this API does not write'),
        429: errorAnswer('Too many writes or failed authentications; see Retry-After'),
        503: errorAnswer('Writes cannot be taken now; see Retry-After'),
    },
};
function ref(name) {
    return { $ref: `#/components/schemas/${name}` };
}
function operation(operationId, summary, rest) {
    return { operationId, tags: ['history'], summary, ...rest };
}
//# sourceMappingURL=history-operations.js.map