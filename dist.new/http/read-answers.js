/** Answers reads that are prepared: reads what of the request chooses their form, quickly where nothing else is asked. */
import { CodingNegotiator } from './content-coding.js';
import { matches, sendError, sendRead } from './prepared-read.js';
import { noReads } from './read-counts.js';
export class ReadAnswers {
    /** Of what was answered before it was routed, and of what was. */
    counts = { get: noReads(), head: noReads(), routed: noReads() };
    #codings = new CodingNegotiator();
    /**
     * Answers a request that has not been routed.
     * @returns false when it needs the ordinary way: another method, an Origin, headers that are there twice
     */
    sendAtOnce(read, request, response) {
        const { method } = request;
        if (method !== 'GET' && method !== 'HEAD')
            return false;
        const conditions = this.#conditions(request.rawHeaders);
        if (!conditions)
            return false;
        const isHead = method === 'HEAD';
        sendRead(read, conditions, isHead, response, isHead ? this.counts.head : this.counts.get);
        return true;
    }
    /**
     * Answers a routed request.
     * @param what is read, for the sentence that says it has changed
     */
    send(read, what, request, response) {
        const { headers } = request;
        const acceptEncoding = headers['accept-encoding'];
        const conditions = {
            accepted: this.#codings.accepted(Array.isArray(acceptEncoding) ? acceptEncoding.join() : acceptEncoding),
            ifNoneMatch: headers['if-none-match'],
            ifModifiedSince: headers['if-modified-since'],
        };
        const ifMatch = headers['if-match'];
        if (ifMatch !== undefined && !matches(read, ifMatch)) {
            sendError(response, 412, `The ${what} has changed: its entity tag is another one now.`);
            return;
        }
        sendRead(read, conditions, request.method === 'HEAD', response, this.counts.routed);
    }
    /**
     * Reads the few headers that matter from the raw list: parsing all of them into an object would cost more than the
     * rest of the answer. Undefined when the request needs the ordinary way.
     */
    #conditions(raw) {
        let acceptEncoding;
        let ifNoneMatch;
        let ifModifiedSince;
        for (let index = 0; index < raw.length; index += 2) {
            const name = raw[index] ?? '';
            // Lengths tell the names apart; only a possible match is looked at closely.
            if (name.length === 6 && name.toLowerCase() === 'origin')
                return undefined;
            if (name.length === 15 && name.toLowerCase() === 'accept-encoding') {
                if (acceptEncoding !== undefined)
                    return undefined;
                acceptEncoding = raw[index + 1];
            }
            else if (name.length === 13 && name.toLowerCase() === 'if-none-match') {
                if (ifNoneMatch !== undefined)
                    return undefined;
                ifNoneMatch = raw[index + 1];
            }
            else if (name.length === 17 && name.toLowerCase() === 'if-modified-since') {
                if (ifModifiedSince !== undefined)
                    return undefined;
                ifModifiedSince = raw[index + 1];
            }
            else if (name.length === 8 && name.toLowerCase() === 'if-match')
                return undefined;
        }
        return { accepted: this.#codings.accepted(acceptEncoding), ifNoneMatch, ifModifiedSince };
    }
}
//# sourceMappingURL=read-answers.js.map