/**
 * Keeps packs and loose objects in hand by git's own incremental maintenance, now and then and on the side: a write never
 * waits for it.
 */

import { readdirSync } from 'node:fs';
import path from 'node:path';
import { finished } from '../git/command.ts';
import type { Repository } from '../git/repository.ts';

/** Commits between two looks. */
const LOOK_EVERY = 256;

/** Loose objects from which it pays; git's own automatic run waits for 6,700. */
const MOST_LOOSE = 2_000;

/** Packs the loose objects, joins small packs into larger ones (git documentation, "git-maintenance"). */
const ARGUMENTS = [
	'maintenance',
	'run',
	'--quiet',
	'--task=loose-objects',
	'--task=incremental-repack',
	'--task=commit-graph',
];

export class Maintenance {
	readonly #repository: Repository;
	#sinceLook = LOOK_EVERY;
	#running = false;

	constructor(repository: Repository) {
		this.#repository = repository;
	}

	noteCommits(count: number): void {
		this.#sinceLook += count;
		if (this.#sinceLook < LOOK_EVERY || this.#running) return;
		this.#sinceLook = 0;
		if (this.#looseObjects() < MOST_LOOSE) return;
		this.#running = true;
		const child = this.#repository.git.spawn(ARGUMENTS);
		child.stdin.end();
		// Another git may be at it, or the disk be full: it will be tried again, and nothing is lost meanwhile.
		void finished(child, ARGUMENTS)
			.catch(() => {})
			.finally(() => {
				this.#running = false;
			});
	}

	/** An estimate as git makes it: the ids are spread evenly, so one of the 256 folders speaks for all. */
	#looseObjects(): number {
		try {
			return readdirSync(path.join(this.#repository.commonDirectory, 'objects', '17')).length * 256;
		} catch {
			return 0;
		}
	}
}
