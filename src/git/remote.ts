/** Speaks with the repository that several machines share: brings what it has, and moves its refs, all of them or none. */

import { setTimeout } from 'node:timers/promises';
import { AppError, messageOf } from '../errors.ts';
import { endGroup, finished, type Git } from './command.ts';
import type { RefUpdate } from './ref-transactions.ts';
import { REMOTE_PREFIX } from './shared-refs.ts';

/** The first time everything goes over; later that takes a fraction of a second. Milliseconds. */
const LONGEST_TRANSFER = 600_000;

/** Git tells what it is at all the time: when it says nothing for so long, packets vanish. Milliseconds. */
const SILENCE = 10_000;

/** The same for a question after the outcome of a push that was cut off, for which somebody waits. Milliseconds. */
const SILENCE_OF_LIST = 5_000;

/** What a command says of its progress is a sign of life, and no reason for its failure. */
const PROGRESS =
	/^(remote: )?(Enumerating|Counting|Compressing|Writing|Receiving|Unpacking|Resolving|Delta compression|Total|Checking|Processed|Everything up-to-date|\s*$)/;

/** What git says to everybody whom a remote does not let in. */
const ADVICE = /^(Please make sure you have the correct access rights|and the repository exists)/;

/** How long may nothing come over HTTP before git gives up: seconds, as git wants them. */
const PATIENCE = 10;

const HOW = [
	['core.hooksPath', '/dev/null'],
	['http.lowSpeedLimit', '1'],
	['http.lowSpeedTime', String(PATIENCE)],
	['push.followTags', 'false'],
	['push.gpgSign', 'false'],
	['gc.auto', '0'],
].flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/** What is brought, and under which names it is kept. */
const refspecs = (...names: readonly string[]) =>
	names.map((name) => `+refs/${name}:${REMOTE_PREFIX}${name}`);
const REFERENCES = [...refspecs('heads/*', 'tags/*'), '^refs/heads/pending/*'];
const WITH_QUEUE = refspecs('heads/*', 'tags/*', 'horde/queue*');

/** Git's words for a remote that was never reached: what was to be pushed cannot have arrived. */
const NEVER_REACHED =
	/could not resolve|connection refused|failed to connect|couldn't connect|unable to access|unable to connect|does not appear to be a git repository|no such file or directory|repository .* not found|authentication failed|could not read (username|password)|permission denied|host key verification failed|no route to host|network is unreachable/i;

/** Of one ref that a push did not move, why: another has moved it first. */
const MOVED =
	/stale info|fetch first|non-fast-forward|failed to update ref|incorrect old value|cannot lock ref|already exists|but expected|failed to lock/i;

/** Told only because another ref of the same push was not moved; why, the remote says elsewhere. */
const FOR_ANOTHER = /atomic (push|transaction) failed|transaction failed/i;

/** The lock of a ref that is under way, or was left by a process that died. */
const LOCKED = /unable to create '[^']*\.lock'|\.lock': File exists/i;

/** Two fetches at once, by the service and by the process that writes for it, are in each other's way. */
const COLLISION = /cannot lock ref|unable to update local ref|\.lock': File exists/i;
const MOST_COLLISIONS = 10;

export class Remote {
	/** For people and logs: without what may be secret in it. */
	readonly name: string;
	readonly #git: Git;
	readonly #url: string;
	readonly #closed = new AbortController();

	constructor(git: Git, url: string) {
		this.#git = git.with({ GIT_TERMINAL_PROMPT: '0' });
		this.#url = url;
		this.name = withoutSecrets(url);
	}

	/**
	 * Brings branches, tags and the ledger of the queue, below `refs/horde/remote/`; nothing else moves.
	 * @param withQueue false where it is not asked for: it is not for everybody
	 * @param longest milliseconds after which it is given up
	 * @throws AppError `remote-unavailable`
	 */
	async fetch(withQueue: boolean, longest: number = LONGEST_TRANSFER): Promise<void> {
		const how = ['--progress', '--no-tags', '--prune', '--no-write-fetch-head'];
		const args = ['fetch', ...how, '--', this.#url, ...(withQueue ? WITH_QUEUE : REFERENCES)];
		for (let left = MOST_COLLISIONS; ; left--) {
			try {
				await this.#run(args, { longest });
				return;
			} catch (error) {
				if (left === 0 || !COLLISION.test(messageOf(error))) throw error;
				await setTimeout(50 + 100 * Math.random());
			}
		}
	}

	/**
	 * Moves refs of the remote, all or none, from where each is known to be.
	 * @param longest milliseconds after which it is given up
	 * @throws AppError `ref-moved` (`data.remote`) when another was quicker, `remote-refused`, `remote-unavailable` when it was not
	 *   reached, `outcome-unknown` (`data.remote`) when it cannot be told what became of it
	 */
	async push(updates: readonly RefUpdate[], longest: number = LONGEST_TRANSFER): Promise<void> {
		try {
			await this.#push(updates, longest);
		} catch (error) {
			if (!(error instanceof AppError) || error.code !== 'outcome-unknown') throw error;
			await this.#requireDone(updates);
		}
	}

	/** Where refs of the remote are now; one that is not there has no entry. */
	async list(refs: readonly string[]): Promise<ReadonlyMap<string, string>> {
		const args = ['ls-remote', '--', this.#url, ...refs];
		const printed = await this.#run(args, { silence: SILENCE_OF_LIST });
		const found = printed.split('\n').flatMap((line) => {
			const [id, ref] = line.split('\t');
			return id && ref && refs.includes(ref) ? [[ref, id] as const] : [];
		});
		return new Map(found);
	}

	/**
	 * Makes a clone with a work tree.
	 * @param directory absent or empty; it is whole or not there at all
	 */
	async cloneTo(directory: string): Promise<void> {
		// Line ends stay as they are whatever a maintainer's own settings say: what is committed is what is served.
		const args = ['clone', '--progress', '-c', 'core.autocrlf=false', '--', this.#url, directory];
		await this.#run(args, { isAlone: false });
		await this.#git.run(['-C', directory, 'config', 'remote.origin.url', this.name]);
	}

	/** Ends what is under way. */
	close(): void {
		this.#closed.abort();
	}

	async #push(updates: readonly RefUpdate[], longest: number): Promise<void> {
		const leases = updates.map(({ ref, from }) => `--force-with-lease=${ref}:${from ?? ''}`);
		const specs = updates.map(({ ref, to }) => `${to ?? ''}:${ref}`);
		const how = ['--porcelain', '--progress', '--atomic', '--no-verify', ...leases];
		let printed = '';
		try {
			await this.#run(['push', ...how, '--', this.#url, ...specs], {
				longest,
				onStdout: (text) => {
					printed += text;
				},
			});
		} catch (error) {
			throw this.#pushError(printed, error);
		}
	}

	/** What `git push --porcelain` says of refs that it did not move: `!\t<from>:<to>\t<why>`. */
	#pushError(printed: string, error: unknown): unknown {
		if (!(error instanceof AppError) || error.code === 'git-missing') return error;
		const reasons = printed
			.split('\n')
			.filter((line) => line.startsWith('!'))
			.map((line) => line.split('\t').at(-1) ?? '');
		const cause = { cause: error };
		const rejections = reasons.filter((reason) => reason.includes('rejected'));
		const own = rejections.filter((reason) => !FOR_ANOTHER.test(reason));
		const words = wordsOf(error);
		// Of several refs the remote says which in words of its own.
		const hasMoved = own.some((reason) => MOVED.test(reason)) || (own.length === 0 && MOVED.test(words));
		if (rejections.length > 0 && hasMoved) {
			const why = LOCKED.test(words)
				? `${this.name} has a ref locked (${words}); if no push is under way there, remove that file`
				: `${this.name} was moved by another`;
			return new AppError('ref-moved', why, { remote: true }, cause);
		}
		if (rejections.length > 0) {
			return new AppError(
				'remote-refused',
				`${this.name} does not take the change: ${(own[0] ?? words).trim()}; see to its rules for branches and to our rights there`,
				{ retryAfter: 60 },
				cause,
			);
		}
		// What the remote itself says, it says when it was reached.
		const ownWords = words.split('; ').filter((line) => !line.startsWith('remote:'));
		if (printed === '' && NEVER_REACHED.test(ownWords.join('; '))) return error;
		return this.#unknown(error);
	}

	/** Looks whether a push whose answer was lost was done all the same. One that seems not to have begun may still do so. */
	async #requireDone(updates: readonly RefUpdate[]): Promise<void> {
		let now: ReadonlyMap<string, string>;
		try {
			now = await this.list(updates.map(({ ref }) => ref));
		} catch (error) {
			throw this.#unknown(error);
		}
		if (updates.some(({ ref, to }) => now.get(ref) !== to)) throw this.#unknown(undefined);
	}

	#unknown(cause: unknown): AppError {
		return new AppError(
			'outcome-unknown',
			`the connection to ${this.name} was lost, and it cannot be told whether the change was made; read the model again in a ` +
				'moment, or send the change again with the same Idempotency-Key',
			{ remote: true, retryAfter: 5 },
			{ cause },
		);
	}

	async #run(args: readonly string[], limits: Limits = {}): Promise<string> {
		const { longest = LONGEST_TRANSFER, silence = SILENCE, onStdout = () => {}, isAlone = true } = limits;
		if (this.#closed.signal.aborted) throw new AppError('remote-unavailable', 'the service is stopping');
		const command = [...HOW, ...args];
		const child = isAlone ? this.#git.spawnGroup(command) : this.#git.spawn(command);
		let isGivenUp = false;
		const giveUp = () => {
			isGivenUp = true;
			if (isAlone) endGroup(child);
			else child.kill();
		};
		const patience = globalThis.setTimeout(giveUp, silence);
		const limit = globalThis.setTimeout(giveUp, longest);
		this.#closed.signal.addEventListener('abort', giveUp);
		child.stdin.on('error', () => {}); // an early end is told by the exit code
		child.stdin.end();
		let printed = '';
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			patience.refresh();
			printed += text;
			onStdout(text);
		});
		try {
			await finished(child, args, () => patience.refresh());
		} catch (error) {
			if (!(error instanceof AppError) || error.code === 'git-missing') throw error;
			const why = isGivenUp ? 'it did not answer in time' : wordsOf(error);
			throw new AppError(
				'remote-unavailable',
				`${this.name} cannot be reached: ${withoutSecrets(why)}`,
				{ retryAfter: 5, said: error.data.said },
				{ cause: error },
			);
		} finally {
			clearTimeout(patience);
			clearTimeout(limit);
			this.#closed.signal.removeEventListener('abort', giveUp);
		}
		return printed;
	}
}

interface Limits {
	/** Milliseconds for all of it. */
	readonly longest?: number;
	/** Milliseconds without a word. */
	readonly silence?: number;
	readonly onStdout?: (text: string) => void;
	/** False for one that a signal to us, as from the keyboard, is to end as well. */
	readonly isAlone?: boolean;
}

/** What git said of a failure, without its progress. */
function wordsOf(error: AppError): string {
	const said = typeof error.data.said === 'string' ? error.data.said : error.message;
	const lines = said.split(/[\r\n]+/).filter((line) => !PROGRESS.test(line) && !ADVICE.test(line));
	return lines.map((line) => line.replace(/^(fatal|error): /, '').trim()).join('; ') || error.message;
}

/** User names and passwords in URLs are nobody's business. */
export function withoutSecrets(text: string): string {
	return text.replace(/(\w+:\/\/)[^/@\s]+@/g, '$1');
}
