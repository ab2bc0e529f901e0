/**
 * Owns the ids of all commits that some tips can reach. To know them all costs a hundred bytes a commit, and then no request,
 * however made up its id, starts a process, or learns of a commit that no tip reaches.
 */

import { type Git, output } from './command.ts';

export class CommitIds {
	readonly #tips: readonly string[];
	readonly #sorted: readonly string[];

	private constructor(tips: readonly string[], ids: readonly string[]) {
		this.#tips = tips;
		this.#sorted = [...ids].sort();
	}

	/** @throws AppError `git-failed` */
	static async read(git: Git, tips: readonly string[]): Promise<CommitIds> {
		// A ref whose object is missing reaches nothing, and must not hide what the others reach.
		return new CommitIds(tips, await list(git, tips, [], ['--ignore-missing']));
	}

	/**
	 * The same for the tips as they are now; only what is new is walked.
	 * @returns undefined when something could be reached before and no longer can: a branch was rewound or is gone
	 */
	async moved(git: Git, tips: readonly string[]): Promise<CommitIds | undefined> {
		try {
			const gone = await list(git, this.#tips, tips, ['--max-count=1']);
			if (gone.length > 0) return undefined;
			return new CommitIds(tips, [...this.#sorted, ...(await list(git, tips, this.#tips))]);
		} catch {
			return undefined; // an old tip was collected: it is gone for certain
		}
	}

	/** The one commit whose id begins like this; undefined for none, and for several. */
	find(beginning: string): string | undefined {
		let low = 0;
		let high = this.#sorted.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.#sorted[middle] ?? '') < beginning) low = middle + 1;
			else high = middle;
		}
		const [found, next] = this.#sorted.slice(low, low + 2);
		return found?.startsWith(beginning) && !next?.startsWith(beginning) ? found : undefined;
	}
}

/** Ids of commits that can be reached from some tips and not from others. Tags of something else than commits reach none. */
async function list(
	git: Git,
	from: readonly string[],
	without: readonly string[],
	options: readonly string[] = [],
): Promise<readonly string[]> {
	if (from.length === 0) return [];
	const revisions = [...from, ...without.map((id) => `^${id}`)];
	const printed = await output(git, ['rev-list', ...options, '--stdin'], `${revisions.join('\n')}\n`);
	return printed.split('\n').filter(Boolean);
}
