/** Cross-origin answers as the original service gives them: only listed origins may read, any may ask. */
/** Methods that any route could have. */
export const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];
/** Headers that a page may read besides the simple ones. */
const EXPOSED = 'ETag, Location, Retry-After, X-Reference-Advice, X-Reference-Commit, X-Request-Id';
const MAX_AGE_SECONDS = '600';
/** @param allowedOrigins exact origins, or `*` for any; empty allows none. */
export function cors(allowedOrigins) {
    const anyOrigin = allowedOrigins.includes('*');
    const allowed = new Set(allowedOrigins);
    return (request, response, next) => {
        response.setHeader('Vary', 'Origin');
        const origin = request.get('origin');
        if (origin === undefined) {
            next();
            return;
        }
        const isAllowed = anyOrigin || allowed.has(origin);
        response.setHeader('Access-Control-Allow-Credentials', 'true');
        if (isAllowed)
            response.setHeader('Access-Control-Allow-Origin', anyOrigin ? '*' : origin);
        if (request.method !== 'OPTIONS' || request.get('access-control-request-method') === undefined) {
            if (isAllowed)
                response.setHeader('Access-Control-Expose-Headers', EXPOSED);
            next();
            return;
        }
        response.setHeader('Access-Control-Allow-Methods', METHODS.join(', '));
        response.setHeader('Access-Control-Max-Age', MAX_AGE_SECONDS);
        const requested = request.get('access-control-request-headers');
        if (requested !== undefined)
            response.setHeader('Access-Control-Allow-Headers', requested);
        response.status(isAllowed ? 200 : 400).type('text/plain');
        response.send(isAllowed ? 'OK' : 'Disallowed CORS origin');
    };
}
//# sourceMappingURL=cors.js.map