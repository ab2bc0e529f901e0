/** Owns what git was used for: how often each command ran, how that ended, and how long it took in all. */

import type { GitRun } from './command.ts';

export interface GitTotal extends Pick<GitRun, 'command' | 'outcome'> {
	runs: number;
	seconds: number;
}

export class GitTotals {
	readonly #totals = new Map<string, GitTotal>();

	/** One for each command and outcome that there was. */
	get all(): Iterable<Readonly<GitTotal>> {
		return this.#totals.values();
	}

	note({ command, outcome, seconds }: GitRun): void {
		const key = `${command} ${outcome}`;
		const total = this.#totals.get(key) ?? { command, outcome, runs: 0, seconds: 0 };
		this.#totals.set(key, total);
		total.runs++;
		total.seconds += seconds;
	}
}
