/** Processes that tests of the queue kill: `queue-writer-process.mjs`, and what a writer or a service has started. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, vi } from 'vitest';
import type { TemporaryRepository } from './temporary-repository.ts';

const PROGRAM = fileURLToPath(new URL('./queue-writer-process.mjs', import.meta.url));

export class KillableWriter {
	readonly #child: ChildProcessWithoutNullStreams = spawn(process.execPath, [PROGRAM], { stdio: 'pipe' });
	#said = '';
	#complained = '';

	constructor() {
		this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
			this.#said += text;
		});
		this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
			this.#complained += text;
		});
		this.#child.stdin.on('error', () => {}); // it was killed before it read
		onTestFinished(() => void this.#child.kill('SIGKILL'));
	}

	tell(line: string): void {
		this.#child.stdin.write(`${line}\n`);
	}

	/** Waits until it has said so many lines: the first when it has opened the repository. */
	async said(lines: number): Promise<void> {
		while (this.#said.split('\n').length <= lines) {
			if (this.#child.exitCode !== null) throw new Error(this.#complained);
			await Promise.race([once(this.#child.stdout, 'data'), once(this.#child, 'close')]);
		}
	}

	/** @returns the whole lines that it said after it had opened */
	async kill(): Promise<readonly string[]> {
		this.#child.kill('SIGKILL');
		if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'close');
		expect(this.#complained).toBe('');
		return this.#said.split('\n').slice(1, -1);
	}
}

/** Waits for git commands that a killed process has left behind, such as one that packs. */
export async function untilNobodyWorksIn({ directory }: TemporaryRepository): Promise<void> {
	const isThere = (pid: number) => told(() => readlinkSync(`/proc/${pid}/cwd`)) === directory;
	await vi.waitFor(() => expect(processes().filter(isThere)).toEqual([]), { timeout: 20_000, interval: 20 });
}

/** Pid of the process that holds the writer's lock; undefined while nobody does. */
export function writerOf(repository: TemporaryRepository): number | undefined {
	const lock = told(() => readFileSync(repository.path('.git/horde-references/writer.lock'), 'utf8'));
	return lock === '' ? undefined : JSON.parse(lock).pid;
}

/** Ends the git commands that a process has started in a repository and whose command line holds these words. */
export function killGits(
	{ directory }: TemporaryRepository,
	parent: number | undefined,
	words: string,
): void {
	for (const pid of processes()) {
		const stat = told(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
		const [, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		if (Number(ppid) !== parent) continue;
		const line = told(() => readFileSync(`/proc/${pid}/cmdline`, 'latin1')).replaceAll('\0', ' ');
		if (line.includes(words) && told(() => readlinkSync(`/proc/${pid}/cwd`)) === directory) endProcess(pid);
	}
}

/** Nothing happens to a process that has ended by itself. */
export function endProcess(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch (error) {
		if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
	}
}

function processes(): readonly number[] {
	return readdirSync('/proc').map(Number).filter(Number.isSafeInteger);
}

/** What the system tells of a process; empty once it is gone. */
function told(read: () => string): string {
	try {
		return read();
	} catch {
		return '';
	}
}
