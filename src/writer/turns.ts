/**
 * Lets other primaries have their turn. Who has just been taken by the remote is the first to be ready again, as the others must fetch before
 * they can try: without a pause now and then one that is busy keeps them out for as long as it is.
 */

/** How long a primary may write without a pause; milliseconds. */
const LONGEST_BURST = 500;

/** The others are thought of for so long after something of theirs was seen last; milliseconds. */
const REMEMBERED = 60_000;

/** A pause is long enough for another to fetch, draft and push, in pushes of ours; and milliseconds at least. */
const PUSHES = 3;
const SHORTEST_PAUSE = 150;

/** Nothing is written or reloaded meanwhile; milliseconds. */
const LONGEST_PAUSE = 2_000;

export class Turns {
	#metOthers = Number.NEGATIVE_INFINITY;
	#burstSince = Number.NEGATIVE_INFINITY;
	#lastEnd = Number.NEGATIVE_INFINITY;
	#pause = SHORTEST_PAUSE;

	/** To be told that something of others came. @param now milliseconds of a clock that only goes forward */
	noteOthers(now: number): void {
		this.#metOthers = now;
	}

	/** To be told of a group that the remote has taken. */
	noteTaken(began: number, ended: number): void {
		this.#pause = Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, PUSHES * (ended - began)));
		this.#lastEnd = ended;
	}

	/** Milliseconds to wait before the next group. */
	wait(now: number): number {
		const idle = now - this.#lastEnd;
		if (now - this.#metOthers > REMEMBERED || idle >= this.#pause) {
			this.#burstSince = now;
			return 0;
		}
		if (now - this.#burstSince < LONGEST_BURST) return 0;
		const left = this.#pause - idle;
		this.#burstSince = now + left;
		return left;
	}
}
