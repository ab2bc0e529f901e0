/** Turns the route table into an Express router, with the 405, OPTIONS and trailing-slash answers that go with each path. */
import { Router } from 'express';
import { sendJson } from './json.js';
export function buildRouter(routes) {
    const router = Router({ caseSensitive: true, strict: true });
    for (const route of routes)
        router[route.method](expressPath(route), noteRoute(route), route.handler);
    // What no route took may be a path that some route has with another method, or with a slash less.
    for (const route of routes) {
        const path = expressPath(route);
        router.all(path, noteRoute(route), noteMethod(route.method));
        if (route.path !== '/' && !route.spans)
            router.all(`${path}/`, redirectWithoutSlash);
    }
    router.use(methodNotAllowed);
    return router;
}
/** `{name}` as Express writes it; a parameter that spans segments is a wildcard. */
function expressPath({ path, spans }) {
    const named = path.replace(/\{(\w+)\}/g, ':$1');
    return spans ? named.replace(/:(\w+)$/, '*$1') : named;
}
/** For who counts requests: a URL is no good for that, as anybody can make up another. */
function noteRoute(route) {
    return (_request, response, next) => {
        response.locals.route = route;
        next();
    };
}
function noteMethod(method) {
    return (_request, response, next) => {
        const allowed = response.locals.allowed ?? new Set();
        allowed.add(method.toUpperCase());
        // Express answers HEAD wherever it answers GET.
        if (method === 'get')
            allowed.add('HEAD');
        response.locals.allowed = allowed;
        next();
    };
}
const methodNotAllowed = (request, response, next) => {
    const allowed = response.locals.allowed;
    if (!allowed) {
        next();
        return;
    }
    response.setHeader('Allow', [...allowed, 'OPTIONS'].join(', '));
    if (request.method === 'OPTIONS')
        response.status(204).end();
    else
        sendJson(response, { detail: 'Method Not Allowed' }, 405);
};
/** Relative, so that it is right behind a proxy that adds or strips a prefix, whatever name it is reached by. */
const redirectWithoutSlash = (request, response) => {
    const [path = '', ...query] = request.originalUrl.split('?');
    const last = path.split('/').at(-2) ?? '';
    response.setHeader('Location', [`../${last}`, ...query].join('?'));
    response.status(307).end();
};
//# sourceMappingURL=router.js.map