/**
 * The ways to one and the same read: the table in front of the routes, and the route itself, which an unlisted Origin or
 * a query that means nothing leads to. Whoever tests a read asks on all of them.
 */

import type { OutgoingHttpHeaders } from 'node:http';
import { type RawAnswer, rawRequest } from './raw-request.ts';

export interface Way {
	readonly title: string;
	ask(origin: string, path: string, headers?: OutgoingHttpHeaders, method?: string): Promise<RawAnswer>;
}

export const WAYS: readonly [Way, Way, Way] = [
	{
		title: 'by the table',
		ask: (origin, path, headers = {}, method = 'GET') => rawRequest(origin, path, { method, headers }),
	},
	{
		title: 'by the route, for an Origin',
		ask: (origin, path, headers = {}, method = 'GET') =>
			rawRequest(origin, path, { method, headers: { ...headers, Origin: 'https://unlisted.example' } }),
	},
	{
		title: 'by the route, for a query',
		ask: (origin, path, headers = {}, method = 'GET') =>
			rawRequest(origin, `${path}${path.includes('?') ? '&' : '?'}x=1`, { method, headers }),
	},
];

/** For `describe.each`. */
export const BY_WAY = WAYS.map((way) => [way.title, way] as const);
