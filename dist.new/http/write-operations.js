/** What the OpenAPI document says of the writes. */
import { CATEGORY_PARAMETER } from './read-routes.js';
import { errorAnswer, jsonAnswer } from './route.js';
const NOTE = 'When it is answered it is durable, and the next read shows it. `X-Reference-Advice` lists what could be better, and ' +
    '`X-Reference-Commit` names the commit.';
const HEADERS = [
    {
        name: 'If-Match',
        in: 'header',
        description: 'Entity tag of the category: the change is refused with 412 when that has changed.',
        schema: { type: 'string' },
    },
    {
        name: 'Idempotency-Key',
        in: 'header',
        description: 'Makes a request safe to repeat: for a day the same key of the same user answers what the first success answered, and does nothing.',
        schema: { type: 'string', maxLength: 255 },
    },
];
const PROPOSED = {
    202: {
        ...jsonAnswer('The change waits for review, as the write policy has it', {
            $ref: '#/components/schemas/PendingChange',
        }),
        headers: {
            ETag: { schema: { type: 'string' } },
            'X-Reference-Advice': { schema: { type: 'string' } },
        },
    },
};
const REFUSALS = {
    ...PROPOSED,
    401: errorAnswer('There is no key, or it is nobody’s'),
    403: errorAnswer('The user may not change models'),
    409: errorAnswer('The model is there already, or was changed meanwhile, or its file has uncommitted edits'),
    412: errorAnswer('The category is not the one that If-Match names'),
    429: errorAnswer('Too many writes or failed authentications; see Retry-After'),
    503: errorAnswer('Writes cannot be taken now; see Retry-After'),
};
const BODY_REFUSALS = {
    400: errorAnswer('The name has a backend prefix: twins of text models are made by themselves'),
    413: errorAnswer('The body is too large'),
    415: errorAnswer('The body is no JSON in UTF-8'),
    422: errorAnswer('The record is not right; every bad field is named'),
};
/** @param category name of a writable category */
export function createOperation(category) {
    const schema = recordOf(category);
    return {
        ...common(`create_legacy_${category}_model`, `Add a model to ${category}`),
        description: `The record is validated, completed and committed. ${NOTE}`,
        requestBody: { required: true, content: { 'application/json': { schema } } },
        responses: {
            201: withHeaders(jsonAnswer('The record as stored', schema), ['Location']),
            ...REFUSALS,
            ...BODY_REFUSALS,
        },
    };
}
/** @param category name of a writable category */
export function updateOperation(category) {
    const schema = recordOf(category);
    return {
        ...common(`update_legacy_${category}_model`, `Replace a model of ${category}`),
        description: 'The record replaces the one of that name; a model that is not there is not added. A record that changes nothing ' +
            `makes no commit, and the entity tag stays. ${NOTE}`,
        requestBody: { required: true, content: { 'application/json': { schema } } },
        responses: {
            200: withHeaders(jsonAnswer('The record as stored', schema)),
            ...REFUSALS,
            ...BODY_REFUSALS,
            404: errorAnswer('There is no such model; add it with POST'),
        },
    };
}
export const DELETE_OPERATION = {
    ...common('delete_legacy_model', 'Remove a model'),
    description: `Slashes in the name may be encoded or not. ${NOTE}`,
    parameters: [
        CATEGORY_PARAMETER,
        { name: 'model_name', in: 'path', required: true, schema: { type: 'string' } },
        ...HEADERS,
    ],
    responses: {
        204: withHeaders({ description: 'Removed' }),
        ...REFUSALS,
        400: errorAnswer('The name has a backend prefix: twins of text models go with their base'),
        404: errorAnswer('There is no such model'),
        422: errorAnswer('There is no such category, or the name cannot be one'),
    },
};
function common(operationId, summary) {
    return { operationId, tags: ['v1'], summary, parameters: HEADERS, security: [{ APIKeyHeader: [] }] };
}
function recordOf(category) {
    const name = category.replace(/(?:^|_)(\w)/g, (_match, letter) => letter.toUpperCase());
    return { $ref: `#/components/schemas/${name}Record` };
}
function withHeaders(answer, further = []) {
    const names = ['ETag', 'X-Reference-Commit', 'X-Reference-Advice', ...further];
    return {
        ...answer,
        headers: Object.fromEntries(names.map((name) => [name, { schema: { type: 'string' } }])),
    };
}
//# sourceMappingURL=write-operations.js.map