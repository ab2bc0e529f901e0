/** The one table from error code to status, and the wire shape of errors: `{"detail": sentence}` or a list of items. */
import { AppError } from '../errors.js';
import { sendJson } from './json.js';
/** Codes that no route can meet have no entry: were one to, it is our mistake and answered as such. */
const STATUS = {
    'category-unknown': 422,
    'query-invalid': 422,
    'path-unknown': 404,
    'revision-unknown': 404,
    'file-unknown': 404,
    // It is there and cannot be had here; 413 would speak of the request.
    'file-too-large': 403,
    'request-malformed': 400,
    'push-refused': 403,
    'category-empty': 404,
    'model-not-found': 404,
    'metadata-missing': 404,
    'metadata-uncounted': 503,
    'history-missing': 404,
    'history-unread': 503,
    'cursor-gone': 410,
    'commit-unknown': 404,
    'not-revertible': 422,
    'revert-conflict': 409,
    'mode-unsupported': 503,
    'not-writable': 503,
    'key-missing': 401,
    'key-invalid': 401,
    'role-missing': 403,
    'identity-unavailable': 503,
    'keys-file-invalid': 503,
    'rate-limited': 429,
    'media-type-unsupported': 415,
    'body-too-large': 413,
    'body-incomplete': 400,
    'record-invalid': 422,
    'name-invalid': 422,
    'backend-prefix': 400,
    'idempotency-reused': 422,
    'model-exists': 409,
    'model-absent': 404,
    'precondition-failed': 412,
    'write-conflict': 409,
    'dirty-tree': 409,
    'reference-broken': 409,
    'not-a-file': 409,
    'detached-head': 503,
    'queue-unavailable': 503,
    'repository-busy': 503,
    'storage-failed': 503,
    'outcome-unknown': 503,
    'others-wrote': 503,
    'writer-locked': 503,
    overloaded: 503,
    'ledger-broken': 503,
    'remote-unavailable': 503,
    'remote-refused': 503,
    'remote-diverged': 503,
    'signature-invalid': 401,
    'change-unknown': 404,
    'batch-unknown': 404,
    'change-state': 400,
    'change-conflict': 409,
    'apply-failed': 503,
};
/** Seconds after which what failed for the moment may be tried again, where the error does not say. */
const RETRY_AFTER = 10;
/** The status of an error code; 500 for one that no route should meet. */
export function statusOf(code) {
    return STATUS[code] ?? 500;
}
/** An error whose wire detail is a list of items; it must have a 422 code. */
export function itemsError(code, items) {
    return new AppError(code, items.map((item) => item.msg).join('; '), { items });
}
export function errorHandler(logger) {
    return (error, request, response, next) => {
        if (response.headersSent) {
            next(error);
            return;
        }
        const status = error instanceof AppError ? STATUS[error.code] : statusOfClientError(error);
        response.setHeader('Cache-Control', 'no-store');
        if (status === undefined) {
            logger.error({ err: error, method: request.method, url: request.originalUrl }, 'unexpected error');
            response.status(500).type('text/plain').send('Internal Server Error');
            return;
        }
        if (status === 503 || status === 429)
            response.setHeader('Retry-After', retryAfter(error));
        if (response.locals.forGit === true) {
            if (status === 401)
                response.setHeader('WWW-Authenticate', 'Basic realm="API key as the password"');
            response
                .status(status)
                .type('text/plain')
                .send(`${detailOf(error)}\n`);
            return;
        }
        if (error instanceof AppError && error.code === 'key-missing') {
            response.setHeader('WWW-Authenticate', 'APIKey');
        }
        sendJson(response, { detail: detailOf(error) }, status);
    };
}
/** Has what goes wrong told as git shows it to its user, and keys asked for as git can send them. */
export const errorsForGit = (_request, response, next) => {
    response.locals.forGit = true;
    next();
};
/** Anything that no route answers. */
export function notFound(response) {
    sendJson(response, { detail: 'Not Found' }, 404);
}
function retryAfter(error) {
    const seconds = error instanceof AppError ? error.data.retryAfter : undefined;
    return String(typeof seconds === 'number' ? Math.max(1, Math.ceil(seconds)) : RETRY_AFTER);
}
function detailOf(error) {
    if (error instanceof AppError)
        return error.data.items ?? error.message;
    return 'Bad Request';
}
/** Express marks what it refuses in a request (a malformed escape) with a 4xx of its own. */
function statusOfClientError(error) {
    if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number')
        return undefined;
    return error.status >= 400 && error.status < 500 ? error.status : undefined;
}
//# sourceMappingURL=errors.js.map