/** Stands where the pending queue will be: its clients are told that this deployment has none. */

import type { RequestHandler } from 'express';
import { AppError } from '../errors.ts';
import type { Route } from './route.ts';

export function queueRoutes(): readonly Route[] {
	const handler: RequestHandler = () => {
		throw new AppError('queue-unavailable', 'Pending queue is disabled or unsupported on this deployment.');
	};
	const path = '/model_references/v1/pending_queue/{rest}';
	return (['get', 'post'] as const).map((method) => ({
		method,
		path,
		spans: true,
		operation: null,
		handler,
	}));
}
