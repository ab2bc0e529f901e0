/**
 * Keeps packs and loose objects in hand by git's own incremental maintenance, now and then and on the side: a write never
 * waits for it.
 */

import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { finished, type GitProcess } from '../git/command.ts';
import type { Repository } from '../git/repository.ts';

/** Commits between two looks. */
const LOOK_EVERY = 256;

/** Loose objects from which it pays; git's own automatic run waits for 6,700. */
const MOST_LOOSE = 2_000;

/** Packs from which it pays: each group of writes makes one, and git looks through them one after the other. */
const MOST_PACKS = 50;

/** Age from which git's lock is taken for left behind by a git that was killed; milliseconds. A run takes minutes at most. */
const STALE = 60 * 60 * 1000;

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
	readonly #onNotice: (message: string) => void;
	/** Time stamp of the lock that was told last. */
	#told: number | undefined;
	#sinceLook = LOOK_EVERY;
	#running: { readonly child: GitProcess; readonly ended: Promise<void> } | undefined;

	/** @param onNotice told what keeps maintenance from running, and what to do */
	constructor(repository: Repository, onNotice: (message: string) => void = () => {}) {
		this.#repository = repository;
		this.#onNotice = onNotice;
	}

	/** Never throws: what was committed is committed. */
	noteCommits(count: number): void {
		this.#sinceLook += count;
		if (this.#sinceLook < LOOK_EVERY || this.#running) return;
		this.#sinceLook = 0;
		if (this.#looseObjects() < MOST_LOOSE && this.#packs() < MOST_PACKS) return;
		try {
			this.#tellStaleLock();
			this.#start();
		} catch {
			// A system without room for another process may have it the next time.
		}
	}

	/** Ends what is under way; git tidies up, and begins anew the next time. */
	async close(): Promise<void> {
		this.#running?.child.kill();
		await this.#running?.ended;
	}

	#start(): void {
		const child = this.#repository.git.spawn(ARGUMENTS);
		// Another git may be at it, or the disk be full: it will be tried again, and nothing is lost meanwhile.
		const ended = finished(child, ARGUMENTS)
			.catch(() => {})
			.finally(() => {
				this.#running = undefined;
			});
		this.#running = { child, ended };
		child.stdin.end();
	}

	/** While there is such a lock, git's maintenance does nothing and says that all went well. */
	#tellStaleLock(): void {
		const lock = path.join(this.#repository.commonDirectory, 'objects/maintenance.lock');
		const made = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
		if (made === undefined || made === this.#told || Date.now() - made < STALE) return;
		this.#told = made;
		this.#onNotice(
			`objects are not packed, and the repository gets slower: ${lock} is there since ${new Date(made).toISOString()}. ` +
				'If no git maintenance is running, it was left by one that died: remove that file',
		);
	}

	/** An estimate as git makes it: the ids are spread evenly, so one of the 256 folders speaks for all. */
	#looseObjects(): number {
		return this.#list('17').length * 256;
	}

	#packs(): number {
		return this.#list('pack').filter((name) => name.endsWith('.pack')).length;
	}

	#list(folder: string): readonly string[] {
		try {
			return readdirSync(path.join(this.#repository.commonDirectory, 'objects', folder));
		} catch {
			return [];
		}
	}
}
