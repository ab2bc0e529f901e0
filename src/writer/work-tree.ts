/**
 * Brings work tree and index from one commit to the next. While it does, it holds git's own `index.lock`, so that no git
 * command of a maintainer can come between and commit half of it; what stands in that file says whose it is and what was
 * under way, for whoever has to tidy up after a process that died.
 */

import {
	closeSync,
	copyFileSync,
	fsyncSync,
	openSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	utimesSync,
	writeSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { AppError, messageOf } from '../errors.ts';
import { finished, type Git } from '../git/command.ts';
import type { Repository } from '../git/repository.ts';
import { currentProcess, isProcessIdentity, type ProcessIdentity } from './process-identity.ts';
import { stateDirectory } from './state-directory.ts';

/** What is written into `index.lock`. */
export interface Journal extends ProcessIdentity {
	readonly program: 'horde-references';
	/** Trees, or commits, that work tree and index are brought from and to. */
	readonly from: string;
	readonly to: string;
}

/** How long a git command of somebody else may hold the index before a write is refused; milliseconds. */
const PATIENCE = 3_000;

/** A failing command must not decide over a write half-way; hooks are for people's commits. */
const NO_HOOKS = ['-c', 'core.hooksPath=/dev/null'];

export class WorkTree {
	readonly #repository: Repository;
	/** Git with an index of our own, which replaces the real one when all went well. */
	readonly #git: Git;
	readonly #index: string;
	readonly #lock: string;
	readonly #ownIndex: string;

	constructor(repository: Repository) {
		this.#repository = repository;
		this.#index = path.join(repository.gitDirectory, 'index');
		this.#lock = path.join(repository.gitDirectory, 'index.lock');
		this.#ownIndex = path.join(stateDirectory(repository), `index.${process.pid}`);
		this.#git = repository.git.with({ GIT_INDEX_FILE: this.#ownIndex });
	}

	/**
	 * Takes the index, waiting a moment for a git command that has it.
	 * @throws AppError `repository-busy` that says what to do
	 */
	async lock(from: string, to: string): Promise<void> {
		const journal: Journal = { program: 'horde-references', ...currentProcess(), from, to };
		const deadline = Date.now() + PATIENCE;
		while (!this.#create(JSON.stringify(journal))) {
			if (Date.now() > deadline) throw this.#busy();
			await setTimeout(20);
		}
		try {
			this.#copyIndex();
		} catch (error) {
			this.unlock(false);
			throw error;
		}
	}

	/**
	 * Moves work tree and our copy of the index. Files that differ from `from` are not touched, and make it fail.
	 * @throws AppError `dirty-tree` with `data.paths` (empty when it is about the index as a whole), `git-failed`
	 */
	async bring(from: string, to: string, paths: readonly string[]): Promise<void> {
		const move = () => this.#run(['read-tree', '-m', '-u', from, to]);
		try {
			await move();
		} catch (error) {
			if (!isRefusal(error)) throw error;
			// A file whose time stamp moved looks edited until it was read again.
			await this.#git.ask([...NO_HOOKS, 'update-index', '-q', '--refresh']);
			try {
				await move();
			} catch (again) {
				if (!isRefusal(again)) throw again;
				throw await this.#dirty(paths, again);
			}
		}
		for (const file of paths) this.#sync(path.join(this.#repository.root, file));
	}

	/** Gives the index back, as it was brought along or, if nothing was moved, as it was. */
	unlock(moved: boolean): void {
		if (moved) renameSync(this.#ownIndex, this.#index);
		else rmSync(this.#ownIndex, { force: true });
		rmSync(this.#lock, { force: true });
	}

	/** Journal of whoever holds the index, if that is this program; undefined when nobody or somebody else does. */
	journal(): Journal | undefined {
		try {
			const value: unknown = JSON.parse(readFileSync(this.#lock, 'utf8'));
			if (!isProcessIdentity(value) || !('program' in value)) return undefined;
			return value.program === 'horde-references' ? (value as Journal) : undefined;
		} catch {
			return undefined;
		}
	}

	/** Takes over the lock of a process that died. */
	inherit(journal: Journal): void {
		rmSync(path.join(stateDirectory(this.#repository), `index.${journal.pid}`), { force: true });
		this.#copyIndex();
	}

	/** Puts single files and their index entries to what a tree says, whatever they hold. */
	async force(tree: string, paths: readonly string[]): Promise<void> {
		await this.#git.run([
			...NO_HOOKS,
			'--literal-pathspecs',
			'restore',
			'--worktree',
			'--staged',
			`--source=${tree}`,
			'--',
			...paths,
		]);
	}

	/** Started at once: what the caller does meanwhile costs no time. */
	async #run(args: readonly string[]): Promise<void> {
		const all = [...NO_HOOKS, ...args];
		const child = this.#git.spawn(all);
		child.stdin.end();
		child.stdout.resume();
		await finished(child, args);
	}

	#create(content: string): boolean {
		try {
			const descriptor = openSync(this.#lock, 'wx');
			writeSync(descriptor, content);
			closeSync(descriptor);
			return true;
		} catch (error) {
			if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
			throw error;
		}
	}

	#copyIndex(): void {
		rmSync(this.#ownIndex, { force: true });
		const found = statSync(this.#index, { throwIfNoEntry: false });
		if (!found) return; // a repository without a commit has none
		copyFileSync(this.#index, this.#ownIndex);
		// Git trusts a time stamp only if it is older than the index: the copy must not look newer than it is.
		const time = Math.floor(found.mtimeMs) / 1000;
		utimesSync(this.#ownIndex, time, time);
	}

	#sync(file: string): void {
		try {
			const descriptor = openSync(file, 'r');
			fsyncSync(descriptor);
			closeSync(descriptor);
		} catch {
			// Gone again, by somebody's hand: the commit has it.
		}
	}

	#busy(): AppError {
		const since = statSync(this.#lock, { throwIfNoEntry: false })?.mtime.toISOString() ?? 'just now';
		return new AppError(
			'repository-busy',
			`another git command holds ${this.#lock} (since ${since}); try again when it is done. If none is running, ` +
				'it was left by one that died: remove that file',
			{ retryAfter: 5 },
		);
	}

	async #dirty(paths: readonly string[], cause: unknown): Promise<AppError> {
		const listing = await this.#git.run([
			'status',
			'--porcelain',
			'-z',
			'--untracked-files=all',
			'--no-renames',
			'--',
			...paths.map((file) => `:(top,literal)${file}`),
		]);
		const dirty = listing
			.split('\0')
			.filter(Boolean)
			.map((entry) => entry.slice(3));
		return new AppError('dirty-tree', messageOf(cause), { paths: dirty }, { cause });
	}
}

/** Whether git refused because somebody's edits are in the way, rather than failed. */
function isRefusal(error: unknown): boolean {
	return (
		error instanceof AppError &&
		error.code === 'git-failed' &&
		/not uptodate|overwritten by|would be removed|resolve your current index|Entry '.*' (overlaps|would)/s.test(
			error.message,
		)
	);
}
