/** Gives each routed request an id and one log line at its end. */
import { randomUUID } from 'node:crypto';
/** An id that a proxy in front has given is kept if it is harmless in a log and in a header. */
const USABLE_ID = /^[\w.-]{1,64}$/;
export function requestLog(logger) {
    return (request, response, next) => {
        const given = request.get('x-request-id');
        const requestId = given !== undefined && USABLE_ID.test(given) ? given : randomUUID();
        const started = performance.now();
        response.setHeader('X-Request-Id', requestId);
        response.once('close', () => {
            const { method, originalUrl: url } = request;
            const milliseconds = Math.round(performance.now() - started);
            // A connection that broke ends its answer too, as if it had been written whole.
            const aborted = !response.writableFinished || request.socket?.errored != null;
            logger.info({ requestId, method, url, status: response.statusCode, milliseconds, aborted }, 'request');
        });
        next();
    };
}
//# sourceMappingURL=request-log.js.map