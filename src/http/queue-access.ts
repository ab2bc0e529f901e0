/** What every endpoint of the queue asks first: whether there is a queue, whose key it is, and whether they may. */

import type { Request, RequestHandler, Response } from 'express';
import type { WritePolicy } from '../config/settings.ts';
import { AppError } from '../errors.ts';
import type { Access, Role, User } from '../identity/access.ts';
import type { PendingQueue } from '../queue/pending-queue.ts';
import { type Mode, readOnlyReason } from './metadata-routes.ts';

export interface QueueAccess {
	readonly mode: Mode;
	readonly policy: WritePolicy;
	readonly access: Access;
	readonly queue: PendingQueue;
}

/** What an endpoint is about: those that change the queue also say so where a deployment takes no writes at all. */
export type Guard = 'reads' | 'writes';

/**
 * Who it is, if they may.
 * @throws AppError `not-writable`, `queue-unavailable`, and as `Access.authorise`
 */
export async function admitToQueue(
	request: Request,
	role: Role,
	guard: Guard,
	{ mode, policy, access, queue }: QueueAccess,
): Promise<User> {
	if (mode.replicateMode !== 'PRIMARY' || mode.canonicalFormat !== 'legacy') {
		if (guard === 'reads') throw unavailable();
		throw new AppError(
			'not-writable',
			mode.upstream !== undefined
				? (readOnlyReason(mode) ?? '')
				: 'This instance cannot process legacy writes. PRIMARY deployments with legacy canonical format must enable legacy write support.',
		);
	}
	if (policy === 'direct' || !queue.enabled) throw unavailable();
	return access.authorise(request.get('apikey'), role);
}

/** Sends JSON that was made as text; what the queue says is nobody's to keep. */
export function sendText(response: Response, text: string, status = 200): void {
	const bytes = Buffer.from(text);
	response.status(status).setHeader('Cache-Control', 'no-store');
	response.setHeader('Content-Type', 'application/json').setHeader('Content-Length', bytes.length);
	// Express would add an entity tag of its own, which could be taken for that of a category.
	response.end(bytes);
}

/** Bounds on requests that come with a key. */
export interface Limits {
	/** Stands before everything that asks for a key. */
	readonly failures: readonly RequestHandler[];
	/** Stands before everything that changes something. */
	readonly writes: readonly RequestHandler[];
}

function unavailable(): AppError {
	return new AppError('queue-unavailable', 'Pending queue is disabled or unsupported on this deployment.');
}
