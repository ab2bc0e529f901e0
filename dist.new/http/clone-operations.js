/** What OpenAPI says of the routes that git uses. */
const ERRORS = {
    401: textAnswer('The key of Basic authentication is nobody’s, or refs are asked for that need one'),
    403: textAnswer('The key’s user is no approver'),
    429: textAnswer('Too many failed authentications; see Retry-After'),
    503: textAnswer('Too many clones at once, or whose the key is cannot be told now; see Retry-After'),
};
/** Anybody may; an approver’s key shows pending branches and the ledger as well. */
const SECURITY = [{}, { APIKeyAsPassword: [] }];
const PROTOCOL = {
    name: 'Git-Protocol',
    in: 'header',
    schema: { type: 'string' },
    description: 'Version of the protocol: `version=2`',
};
export const ADVERTISE_OPERATION = {
    operationId: 'clone_advertise',
    tags: ['git'],
    summary: 'Beginning of a git clone or fetch',
    description: '`git clone <host>/references.git` does this. Shown are the published branch and tags, and what the operator ' +
        'chose to show besides; to an approver, pending branches and the ledger too.',
    security: SECURITY,
    parameters: [
        {
            name: 'service',
            in: 'query',
            required: true,
            schema: { type: 'string', enum: ['git-upload-pack'] },
            description: 'Pushes (`git-receive-pack`) are refused with 403',
        },
        PROTOCOL,
    ],
    responses: {
        200: gitAnswer('Refs or, in version 2, capabilities', 'advertisement'),
        ...ERRORS,
        403: textAnswer('The key’s user is no approver, or this is a push'),
        404: textAnswer('Another service is asked for than there is'),
    },
};
export const UPLOAD_PACK_OPERATION = {
    operationId: 'clone_upload_pack',
    tags: ['git'],
    summary: 'Refs and objects for a git clone or fetch',
    description: 'Only objects that can be reached from refs that are shown are given.',
    security: SECURITY,
    parameters: [PROTOCOL],
    requestBody: {
        required: true,
        description: 'Packet lines; may be compressed by gzip',
        content: { 'application/x-git-upload-pack-request': { schema: binary() } },
    },
    responses: {
        200: gitAnswer('Packet lines', 'result'),
        400: textAnswer('The body is not of this protocol'),
        ...ERRORS,
        413: textAnswer('The body is too large'),
        415: textAnswer('The body is of another type, or compressed in another way'),
    },
};
function gitAnswer(description, kind) {
    return { description, content: { [`application/x-git-upload-pack-${kind}`]: { schema: binary() } } };
}
function textAnswer(description) {
    return { description, content: { 'text/plain': { schema: { type: 'string' } } } };
}
function binary() {
    return { type: 'string', contentMediaType: 'application/octet-stream' };
}
//# sourceMappingURL=clone-operations.js.map