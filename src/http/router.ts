/** Turns the route table into an Express router, with the 405, OPTIONS and trailing-slash answers that go with each path. */

import { type RequestHandler, Router } from 'express';
import { sendJson } from './json.ts';
import type { Route } from './route.ts';

export function buildRouter(routes: readonly Route[]): Router {
	const router = Router({ caseSensitive: true, strict: true });
	for (const route of routes) {
		const path = expressPath(route);
		router[route.method](path, route.handler);
		// GET is the only method so far; Express answers HEAD with it.
		router.all(path, methodNotAllowed(['GET', 'HEAD']));
		if (route.path !== '/' && !route.spans) router.all(`${path}/`, redirectWithoutSlash);
	}
	return router;
}

/** `{name}` as Express writes it; a parameter that spans segments is a wildcard. */
function expressPath({ path, spans }: Route): string {
	const named = path.replace(/\{(\w+)\}/g, ':$1');
	return spans ? named.replace(/:(\w+)$/, '*$1') : named;
}

function methodNotAllowed(methods: readonly string[]): RequestHandler {
	const allow = [...methods, 'OPTIONS'].join(', ');
	return (request, response) => {
		response.setHeader('Allow', allow);
		if (request.method === 'OPTIONS') response.status(204).end();
		else sendJson(response, { detail: 'Method Not Allowed' }, 405);
	};
}

/** Relative, so that it is right behind a proxy that adds or strips a prefix, whatever name it is reached by. */
const redirectWithoutSlash: RequestHandler = (request, response) => {
	const [path = '', ...query] = request.originalUrl.split('?');
	const last = path.split('/').at(-2) ?? '';
	response.setHeader('Location', [`../${last}`, ...query].join('?'));
	response.status(307).end();
};
