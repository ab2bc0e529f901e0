/** One question to AI-Horde: whose is this key (`find_user`)? Everything that can come back becomes one of three answers. */
import { readUsername } from './username.js';
/** Bytes of an answer that are read, unpacked: a hundred times what a user takes. */
const BODY_LIMIT = 64 * 1024;
/** Statuses by which AI-Horde says that the key is wrong. Any other but 200 tells of AI-Horde, not of the key. */
const REFUSALS = new Set([400, 401, 403, 404]);
const TIMEOUT_CODES = /^(UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT|ETIMEDOUT)$/;
/** A longer wait that was asked for is not passed on, in seconds. */
const LONGEST_WAIT = 300;
/**
 * Asks once. Redirects are not followed, as they would take the key elsewhere. Never throws.
 * @param key must be fit for a header
 * @param signal ends it, with a reason named `TimeoutError` where the time was up
 */
export async function findUser(url, key, signal) {
    let response;
    try {
        response = await fetch(url, { headers: { apikey: key }, redirect: 'manual', signal });
        if (REFUSALS.has(response.status))
            return { kind: 'nobody' };
        if (response.status !== 200)
            return failedStatus(response);
        const text = await boundedText(response);
        return text === undefined ? failure('the answer is too long') : readAnswer(text);
    }
    catch (error) {
        if (signal.aborted)
            return failure('aborted', isTimeout(signal.reason));
        const code = codeOf(error);
        return failure(code, TIMEOUT_CODES.test(code));
    }
    finally {
        // What is not read to its end would hold the connection.
        await response?.body?.cancel().catch(() => { });
    }
}
function failedStatus({ status, headers }) {
    const wait = headers.get('retry-after') ?? '';
    const failed = { kind: 'failure', timedOut: false, reason: `status ${status}` };
    if (!/^\d{1,9}$/.test(wait))
        return failed;
    return { ...failed, retryAfter: Math.min(Math.max(1, Number(wait)), LONGEST_WAIT) };
}
/** Undefined where there is more than is read. */
async function boundedText(response) {
    const decoder = new TextDecoder();
    let text = '';
    let read = 0;
    for await (const chunk of response.body ?? []) {
        read += chunk.byteLength;
        if (read > BODY_LIMIT)
            return undefined;
        text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
}
function readAnswer(text) {
    let value;
    try {
        value = JSON.parse(text);
    }
    catch {
        return failure('the answer is no JSON');
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        return failure('the answer is no JSON object');
    }
    const username = 'username' in value ? value.username : undefined;
    const user = typeof username === 'string' ? readUsername(username) : undefined;
    return user ? { kind: 'somebody', user } : { kind: 'nobody' };
}
function failure(reason, timedOut = false) {
    return { kind: 'failure', timedOut, reason };
}
function isTimeout(reason) {
    return reason instanceof DOMException && reason.name === 'TimeoutError';
}
/** Messages of the platform may quote what was sent; codes do not. */
function codeOf(error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string')
        return cause.code;
    return cause instanceof Error ? cause.name : 'unknown';
}
//# sourceMappingURL=find-user.js.map