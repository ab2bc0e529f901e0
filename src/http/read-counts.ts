/** Counts what became of category reads. Plain numbers: tens of thousands of reads a second are counted here. */

import type { Coding } from '../store/representation.ts';

export interface ReadCounts {
	/** Answered with 200, by the form that went out. */
	readonly sent: Record<Coding, number>;
	/** Answered with 304, by the form that the client holds. */
	readonly notModified: Record<Coding, number>;
	/** Answered with 406. */
	notAcceptable: number;
}

export function noReads(): ReadCounts {
	return {
		sent: { br: 0, gzip: 0, identity: 0 },
		notModified: { br: 0, gzip: 0, identity: 0 },
		notAcceptable: 0,
	};
}
