/** Reads the body of a request: whole, bounded, and of a kind that can be read. */
import express, {} from 'express';
import { AppError } from '../errors.js';
/** The largest real record has 10 KB. Bytes. */
export const LARGEST_BODY = 1024 * 1024;
/** What is in there is for whoever parses it to say; only the form of the transfer is looked at here. */
const readRaw = express.raw({ type: () => true, limit: LARGEST_BODY, inflate: false });
/**
 * The bytes of a JSON body; none where the request has no body.
 * @throws AppError `media-type-unsupported`, `body-too-large`, `body-incomplete`
 */
export async function readJsonBody(request, response) {
    const { headers } = request;
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
    if (!hasBody)
        return Buffer.alloc(0);
    requireJson(request);
    return readWhole(request, response, readRaw, LARGEST_BODY);
}
/**
 * The bytes of a body, which may come compressed.
 * @param largest in bytes, when it is no longer compressed
 * @throws AppError `body-too-large`, `body-incomplete`
 */
export function bodyReader(largest) {
    const reader = express.raw({ type: () => true, limit: largest, inflate: true });
    return (request, response) => readWhole(request, response, reader, largest);
}
async function readWhole(request, response, reader, largest) {
    try {
        await new Promise((resolve, reject) => {
            reader(request, response, (error) => (error === undefined ? resolve() : reject(error)));
        });
    }
    catch (error) {
        // What is still to come is let go by: a client that is cut off while it sends never sees why.
        request.resume();
        throw explain(error, largest);
    }
    return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}
function requireJson(request) {
    const type = request.get('content-type') ?? '';
    const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(type)?.[1]?.toLowerCase();
    const isJson = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type.trim());
    const encoding = (request.get('content-encoding') ?? 'identity').toLowerCase();
    if (isJson && (charset === undefined || charset === 'utf-8') && encoding === 'identity')
        return;
    const found = [type || 'no content type', ...(encoding === 'identity' ? [] : [`encoded as ${encoding}`])];
    throw new AppError('media-type-unsupported', `The body must be sent as 'Content-Type: application/json' in UTF-8 and not compressed; it came with ${found.join(', ')}`);
}
function explain(error, largest) {
    if (!(error instanceof Error) || !('type' in error))
        return error;
    if (error.type === 'entity.too.large') {
        return new AppError('body-too-large', `The body must not be larger than ${largest} bytes`);
    }
    if (error.type === 'request.aborted' || error.type === 'request.size.invalid') {
        return new AppError('body-incomplete', 'The body ended before it was as long as its Content-Length says');
    }
    return error;
}
//# sourceMappingURL=request-body.js.map