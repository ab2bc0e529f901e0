/**
 * Owns the answer to a read: everything about it that does not depend on the request is made once per version, so that
 * a request only chooses between finished header lists and buffers.
 */
import { identityOf } from '../store/representation.js';
import { parseHttpDate } from './http-date.js';
import { NO_SNIFFING } from './security-headers.js';
const VARY = 'Origin, Accept-Encoding';
export function prepareRead(representation, { contentType, cacheControl, dates, headers = [], withBytes = [] }) {
    const modified = dates ? ['Last-Modified', new Date(dates.lastModified * 1000).toUTCString()] : [];
    const lasting = [...modified, 'Cache-Control', cacheControl, 'Vary', VARY, ...headers];
    const variants = representation.variants.map((variant) => {
        const validators = ['ETag', variant.etag, ...lasting];
        const coding = variant.coding === 'identity' ? [] : ['Content-Encoding', variant.coding];
        const type = ['Content-Type', contentType, ...NO_SNIFFING];
        const content = [...type, 'Content-Length', String(variant.body.length), ...withBytes];
        return { ...variant, whole: [...content, ...coding, ...validators], notModified: validators };
    });
    return { variants, etag: identityOf(representation).etag, dates };
}
/** Answers a GET or HEAD, and counts it: 200 in the smallest form that the client takes, 304, or 406 when it takes none. */
export function sendRead(read, conditions, withoutBody, response, counts) {
    const held = findHeld(read, conditions);
    if (held) {
        counts.notModified[held.coding]++;
        response.writeHead(304, held.notModified).end();
        return;
    }
    const chosen = choose(read, conditions.accepted);
    if (!chosen) {
        counts.notAcceptable++;
        sendError(response, 406, 'None of the content codings br, gzip and identity is acceptable to the client.');
        return;
    }
    counts.sent[chosen.coding]++;
    response.writeHead(200, chosen.whole);
    if (withoutBody)
        response.end();
    else
        response.end(chosen.body);
}
function choose(read, accepted) {
    for (const coding of accepted) {
        const variant = read.variants.find((candidate) => candidate.coding === coding);
        if (variant)
            return variant;
    }
    return undefined;
}
/**
 * The form of the current version that the client says it holds, if it may go on using it. Any form it accepts will do,
 * not only the one we would send: a tag names the version first and the coding second.
 */
function findHeld(read, { accepted, ifNoneMatch, ifModifiedSince }) {
    if (ifNoneMatch !== undefined) {
        const tags = ifNoneMatch.startsWith('"') && !ifNoneMatch.includes(',') ? [ifNoneMatch] : entityTags(ifNoneMatch);
        if (tags.includes('*'))
            return choose(read, accepted);
        return read.variants.find((variant) => tags.includes(variant.etag) && accepted.includes(variant.coding));
    }
    if (ifModifiedSince !== undefined && read.dates && isUnmodifiedSince(read.dates, ifModifiedSince))
        return choose(read, accepted);
    return undefined;
}
/** The opaque tags of a list, weak ones included: If-None-Match compares weakly (RFC 9110, 13.1.2). */
function entityTags(header) {
    if (header.trim() === '*')
        return ['*'];
    return header.match(/"[^"]*"/g) ?? [];
}
/** Whether an If-Match header names the current version, in any of its forms. Weak tags never match (RFC 9110, 13.1.1). */
export function matches(read, ifMatch) {
    if (ifMatch.trim() === '*')
        return true;
    const strong = ifMatch.match(/(?<!W\/)"[^"]*"/g) ?? [];
    return read.variants.some((variant) => strong.includes(variant.etag));
}
/**
 * A date proves what the client holds if it is the one we gave out, or one at which these bytes were already served. A date
 * that merely lies behind the commit's proves nothing: commits arrive late, and a checkout can go back to an older one.
 */
function isUnmodifiedSince({ lastModified, servedSince }, header) {
    const since = parseHttpDate(header);
    if (since === undefined)
        return false;
    return since === lastModified || since >= Math.max(lastModified, servedSince);
}
/** An error of the read itself, in the wire shape of all errors. Node leaves the body out where a HEAD asked. */
export function sendError(response, status, detail) {
    const body = JSON.stringify({ detail });
    const length = String(Buffer.byteLength(body));
    const content = ['Content-Type', 'application/json', ...NO_SNIFFING, 'Content-Length', length];
    response.writeHead(status, [...content, 'Vary', VARY]);
    response.end(body);
}
//# sourceMappingURL=prepared-read.js.map