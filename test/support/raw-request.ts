/** One HTTP request exactly as written: `fetch` resolves dots in a path and sends an Accept-Encoding of its own. */

import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';

export interface RawAnswer {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	/** As it came over the wire, still coded. */
	readonly body: Buffer;
	/** The body as JSON. */
	json(): unknown;
}

export interface RawRequest {
	readonly method?: string;
	/** A list of values is sent as several lines of the same name. */
	readonly headers?: OutgoingHttpHeaders;
}

/** Asks on a connection of its own, which ends with the answer. */
export function rawRequest(
	origin: string,
	path: string,
	{ method = 'GET', headers = {} }: RawRequest = {},
): Promise<RawAnswer> {
	const { hostname, port } = new URL(origin);
	return new Promise((resolve, reject) => {
		const asked = request({ hostname, port, path, method, headers, agent: false }, (response) => {
			const chunks: Buffer[] = [];
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('error', reject);
			response.on('end', () => {
				const body = Buffer.concat(chunks);
				const status = response.statusCode ?? 0;
				resolve({ status, headers: response.headers, body, json: () => JSON.parse(body.toString()) });
			});
		});
		asked.on('error', reject);
		asked.end();
	});
}

/** Headers that may differ between two answers that are otherwise the same. */
const PER_REQUEST: ReadonlySet<string> = new Set(['date', 'connection', 'keep-alive', 'x-request-id']);

/** The headers that say something about what was answered. */
export function lastingHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
	return Object.fromEntries(Object.entries(headers).filter(([name]) => !PER_REQUEST.has(name)));
}
