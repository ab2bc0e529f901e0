/** A logger whose every line, of any level, a test can read. */

import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { Logger } from '../../src/logger.ts';

export interface RecordedLog {
	readonly logger: Logger;
	/** As they were written. */
	readonly lines: readonly string[];
}

export function recordLog(): RecordedLog {
	const lines: string[] = [];
	const sink = new Writable({
		write(chunk, _encoding, done) {
			lines.push(String(chunk));
			done();
		},
	});
	return { logger: pino({ level: 'trace' }, sink), lines };
}
