/** The one table from error code to status, and the wire shape of errors: `{"detail": sentence}` or a list of items. */

import type { ErrorRequestHandler, Response } from 'express';
import { AppError, type ErrorCode } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { sendJson } from './json.ts';

/** Codes that no route can meet have no entry: were one to, it is our mistake and answered as such. */
const STATUS: Partial<Readonly<Record<ErrorCode, number>>> = {
	'category-unknown': 422,
	'query-invalid': 422,
	'path-unknown': 404,
	'category-empty': 404,
	'model-not-found': 404,
	'metadata-missing': 404,
	'metadata-uncounted': 503,
	'mode-unsupported': 503,
};

/** One item of a validation error, keys in wire order. */
export interface DetailItem {
	readonly type: string;
	readonly loc: readonly (string | number)[];
	readonly msg: string;
	readonly input?: unknown;
	readonly ctx?: Readonly<Record<string, unknown>>;
}

/** An error whose wire detail is a list of items; it must have a 422 code. */
export function itemsError(code: ErrorCode, items: readonly DetailItem[]): AppError {
	return new AppError(code, items.map((item) => item.msg).join('; '), { items });
}

export function errorHandler(logger: Logger): ErrorRequestHandler {
	return (error: unknown, request, response, next) => {
		if (response.headersSent) {
			next(error);
			return;
		}
		const status = error instanceof AppError ? STATUS[error.code] : statusOfClientError(error);
		response.setHeader('Cache-Control', 'no-store');
		if (status === undefined) {
			logger.error({ err: error, method: request.method, url: request.originalUrl }, 'unexpected error');
			response.status(500).type('text/plain').send('Internal Server Error');
			return;
		}
		sendJson(response, { detail: detailOf(error) }, status);
	};
}

/** Anything that no route answers. */
export function notFound(response: Response): void {
	sendJson(response, { detail: 'Not Found' }, 404);
}

function detailOf(error: unknown): unknown {
	if (error instanceof AppError) return error.data.items ?? error.message;
	return 'Bad Request';
}

/** Express marks what it refuses in a request (a malformed escape) with a 4xx of its own. */
function statusOfClientError(error: unknown): number | undefined {
	if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return undefined;
	return error.status >= 400 && error.status < 500 ? error.status : undefined;
}
