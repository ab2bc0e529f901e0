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

/**
 * Resolved when the answer was handed over whole, or is cut off: by the client, or because its time was up.
 * @throws what git failed with, as long as nothing was sent
 */
export async function sendTransfer(
	{ output, ended, kill }: Transfer,
	response: Response,
	{ total, idle }: TransferTimes,
): Promise<'sent' | 'left' | 'slow'> {
	let outcome: 'sent' | 'left' | 'slow' = 'sent';
	const end = (reason: typeof outcome) => {
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
		if (outcome === 'sent' && !response.headersSent) throw error;
		// An end that looks like one would let the client take a part for the whole.
		response.destroy();
		if (outcome === 'sent') throw error;
	} finally {
		for (const timer of timers) clearTimeout(timer);
	}
	return outcome;
}
