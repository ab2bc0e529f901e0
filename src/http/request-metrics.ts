/** Counts requests: the routed ones by a handler in front of the routes, those that the table of reads answers from its own counts. */

import type { RequestHandler, Response } from 'express';
import { METHODS } from './cors.ts';
import type { Family, Sample } from './metric-family.ts';
import type { Metrics } from './metrics.ts';
import type { ReadAnswers } from './read-answers.ts';
import type { ReadCounts } from './read-counts.ts';
import type { Route } from './route.ts';

const CODINGS = ['br', 'gzip', 'identity'] as const;

/** The label of what no route answers, whatever its URL. */
const NO_ROUTE = 'none';

/** The routes under which reads are documented, by whichever way they are answered. */
const READ_ROUTES = {
	category: '/model_references/v1/{model_category_name}',
	raw: '/raw/{revision_and_file}',
} as const;

/** What answers reads, by what is read. */
export type CountedReads = Readonly<Record<keyof typeof READ_ROUTES, Pick<ReadAnswers, 'counts'>>>;

export class RequestMetrics {
	readonly #metrics: Metrics;
	readonly #reads: CountedReads;
	readonly #routed = new Map<string, { readonly labels: Sample[0]; requests: number }>();

	constructor(metrics: Metrics, reads: CountedReads) {
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
		const { category, raw } = this.#reads;
		return [
			{
				name: 'horde_references_http_requests_total',
				help: 'Requests that were answered. Status is aborted where the client hung up before there was one.',
				type: 'counter',
				labels: ['method', 'route', 'status'],
				samples: () => [
					...[...this.#routed.values()].map(({ labels, requests }): Sample => [labels, requests]),
					...byStatus(READ_ROUTES.category, category),
					...byStatus(READ_ROUTES.raw, raw),
				],
			},
			{
				name: 'horde_references_reads_total',
				help: 'Reads of categories and of committed files (raw) by what became of them: sent (200), not_modified (304) in a form, or not_acceptable (406).',
				type: 'counter',
				labels: ['read', 'result', 'coding'],
				samples: () => [...byResult('category', category), ...byResult('raw', raw)],
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

function byStatus(route: string, { counts }: Pick<ReadAnswers, 'counts'>): Sample[] {
	return [...statuses('GET', route, counts.get), ...statuses('HEAD', route, counts.head)];
}

function statuses(method: string, route: string, { sent, notModified, notAcceptable }: ReadCounts): Sample[] {
	const counts: readonly (readonly [status: string, requests: number])[] = [
		['200', sum(sent)],
		['304', sum(notModified)],
		['406', notAcceptable],
	];
	return counts
		.filter(([, requests]) => requests > 0)
		.map(([status, requests]) => [{ method, route, status }, requests]);
}

function byResult(read: string, { counts }: Pick<ReadAnswers, 'counts'>): Sample[] {
	const all = [counts.get, counts.head, counts.routed];
	const byCoding = (result: string, of: (counts: ReadCounts) => ReadCounts['sent']) =>
		CODINGS.map((coding): Sample => {
			const reads = all.reduce((total, one) => total + of(one)[coding], 0);
			return [{ read, result, coding }, reads];
		});
	return [
		...byCoding('sent', ({ sent }) => sent),
		...byCoding('not_modified', ({ notModified }) => notModified),
		[
			{ read, result: 'not_acceptable', coding: 'none' },
			all.reduce((total, { notAcceptable }) => total + notAcceptable, 0),
		],
	];
}

function sum(counts: ReadCounts['sent']): number {
	return counts.br + counts.gzip + counts.identity;
}
