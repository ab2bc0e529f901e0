/** Sends what git makes to whoever asked for it, as fast as they read and no longer than is reasonable. */

import type { Readable } from 'node:stream';
import type { Response } from 'express';

/** An answer that git is making. */
export interface Transfer {
	readonly output: Readable;
	/** Resolved once all of it was read; rejected when it failed or was killed. */
	readonly ended: Promise<void>;
	kill(): void;
}

/** Milliseconds. */
export interface TransferTimes {
	/** For the whole answer. */
	readonly total: number;
	/** In which nothing was made, or nothing was read. */
	readonly idle: number;
}

/** Whole; or cut off, because the client left or its time was up. */
export type Outcome = 'sent' | 'left' | 'slow';

/**
 * Resolved when no more of the answer will be sent.
 * @throws what git failed with; if it had begun to answer, the client is cut off
 */
export async function sendTransfer(
	{ output, ended, kill }: Transfer,
	response: Response,
	{ total, idle }: TransferTimes,
): Promise<Outcome> {
	let outcome: Outcome = 'sent';
	const end = (reason: Outcome) => {
		if (outcome === 'sent') outcome = reason;
		kill();
	};
	const leave = () => end('left');
	response.once('close', leave);
	if (response.destroyed) leave();
	const timers = [setTimeout(() => end('slow'), total), setTimeout(() => end('slow'), idle)] as const;
	// While the client does not read, nothing is read here.
	output.on('data', () => timers[1].refresh());
	output.pipe(response, { end: false });
	try {
		await ended;
		response.off('close', leave);
		response.end();
	} catch (error) {
		// An end that looks like one would let the client take a part for the whole.
		if (outcome !== 'sent' || response.headersSent) response.destroy();
		if (outcome === 'sent') throw error;
	} finally {
		for (const timer of timers) clearTimeout(timer);
	}
	return outcome;
}
