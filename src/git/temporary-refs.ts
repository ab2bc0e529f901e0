/** Refs that hold what a piece of work has made until it is done: taken away at its end, or by the next when it was killed. */

import { randomUUID } from 'node:crypto';
import type { Git } from './command.ts';

export class TemporaryRefs {
	/** The refs of this piece of work are `<prefix>/<name>`. */
	readonly prefix: string;
	readonly #git: Git;
	readonly #root: string;

	/** @param root where refs of this kind of work are, such as `refs/horde/importing` */
	constructor(git: Git, root: string) {
		this.#git = git;
		this.#root = root;
		this.prefix = `${root}/${process.pid}-${randomUUID()}`;
	}

	/** The commit that one of them names; undefined when it is not there. */
	find(name: string): Promise<string | undefined> {
		return this.#git.ask(['rev-parse', '--verify', '--quiet', `${this.prefix}/${name}`]);
	}

	async remove(): Promise<void> {
		await this.#delete(await this.#below(this.prefix));
	}

	/** Removes those of processes that are no more. */
	async sweep(): Promise<void> {
		const refs = await this.#below(this.#root);
		await this.#delete(refs.filter((ref) => !isAlive(Number.parseInt(ref.slice(this.#root.length + 1), 10))));
	}

	async #below(prefix: string): Promise<string[]> {
		const refs = await this.#git.ask(['for-each-ref', '--format=%(refname)', prefix]);
		return (refs ?? '').split('\n').filter(Boolean);
	}

	async #delete(refs: readonly string[]): Promise<void> {
		for (const ref of refs) await this.#git.ask(['update-ref', '-d', ref]);
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}
