/** Counts requests: the routed ones by a handler in front of the routes, those that the table of reads answers from its own counts. */

import type { RequestHandler, Response } from 'express';
import { METHODS } from './cors.ts';
import type { Family, Sample } from './metric-family.ts';
import type { Metrics } from './metrics.ts';
import type { PublishedReads } from './published-reads.ts';
import type { ReadCounts } from './read-counts.ts';
import type { Route } from './route.ts';

/** The label of what no route answers, whatever its URL. */
const NO_ROUTE = 'none';

/** The route under which reads are documented, by whichever way they are answered. */
const READ_ROUTE = '/model_references/v1/{model_category_name}';

export class RequestMetrics {
	readonly #metrics: Metrics;
	readonly #reads: Pick<PublishedReads, 'counts'>;
	readonly #routed = new Map<string, { readonly labels: Sample[0]; requests: number }>();

	constructor(metrics: Metrics, reads: Pick<PublishedReads, 'counts'>) {
		this.#metrics = metrics;
		this.#reads = reads;
		metrics.add(this.#families());
	}

	/** Counts what passes it once that is answered. Whoever answers from the table of reads behind it says so by `countedAsRead`. */
	readonly count: RequestHandler = (request, response, next) => {
		const started = performance.now();
		response.once('close', () => {
			if (response.locals.isCounted === true) return;
			const route = routeOf(response);
			this.#note(request.method, route?.path ?? NO_ROUTE, response);
			if (route && !route.streams) {
				this.#metrics.noteDuration(route.path, (performance.now() - started) / 1000);
			}
		});
		next();
	};

	#note(method: string, route: string, { headersSent, statusCode }: Response): void {
		// Anybody can make methods up, but not labels of ours.
		const known = METHODS.includes(method) ? method : 'other';
		const status = headersSent ? String(statusCode) : 'aborted';
		const key = `${known} ${route} ${status}`;
		const counted = this.#routed.get(key) ?? { labels: { method: known, route, status }, requests: 0 };
		this.#routed.set(key, counted);
		counted.requests++;
	}

	#families(): readonly Family[] {
		const { counts } = this.#reads;
		return [
			{
				name: 'horde_references_http_requests_total',
				help: 'Requests that were answered. Status is aborted where the client hung up before there was one.',
				type: 'counter',
				labels: ['method', 'route', 'status'],
				samples: () => [
					...[...this.#routed.values()].map(({ labels, requests }): Sample => [labels, requests]),
					...byStatus('GET', counts.get),
					...byStatus('HEAD', counts.head),
				],
			},
			{
				name: 'horde_references_reads_total',
				help: 'Reads of categories by what became of them: sent (200), not_modified (304) in a form, or not_acceptable (406).',
				type: 'counter',
				labels: ['result', 'coding'],
				samples: () => [counts.get, counts.head, counts.routed].flatMap(byResult),
			},
		];
	}
}

/** Tells the counting handler that a read was counted where it was answered. */
export function countedAsRead(response: Response): void {
	response.locals.isCounted = true;
}

function routeOf({ locals }: Response): Route | undefined {
	const { route }: { route?: Route } = locals;
	return route;
}

function byStatus(method: string, { sent, notModified, notAcceptable }: ReadCounts): Sample[] {
	const counts: readonly (readonly [status: string, requests: number])[] = [
		['200', sum(sent)],
		['304', sum(notModified)],
		['406', notAcceptable],
	];
	return counts
		.filter(([, requests]) => requests > 0)
		.map(([status, requests]) => [{ method, route: READ_ROUTE, status }, requests]);
}

function byResult({ sent, notModified, notAcceptable }: ReadCounts): Sample[] {
	const byCoding = (result: string, counts: ReadCounts['sent']) =>
		Object.entries(counts).map(([coding, reads]): Sample => [{ result, coding }, reads]);
	return [
		...byCoding('sent', sent),
		...byCoding('not_modified', notModified),
		[{ result: 'not_acceptable', coding: 'none' }, notAcceptable],
	];
}

function sum(counts: ReadCounts['sent']): number {
	return counts.br + counts.gzip + counts.identity;
}
