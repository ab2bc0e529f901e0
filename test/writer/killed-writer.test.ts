/** `kill -9` at any instant of a write, 160 times; 40 more in `killed-server.test.ts`. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { expectClean, expectSound, subjects } from '../support/committer.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';

const PROGRAM = fileURLToPath(new URL('../support/writer-process.mjs', import.meta.url));
/** Repositories at once, as most of the time goes with waiting; and how often the writer of each is killed. */
const LANES = 2;
const KILLS = 80;
/** Longest time that it is left to write; milliseconds. */
const LONGEST_LIFE = 100;

class WriterProcess {
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

test('nothing_that_was_acknowledged_is_lost_or_done_twice', { timeout: 300_000 }, async () => {
	const told = await Promise.all(Array.from({ length: LANES }, killAgainAndAgain));
	expect(told.flat().length).toBeGreaterThan(0);
});

/** @returns what was acknowledged, all of which is in the log */
async function killAgainAndAgain(): Promise<readonly string[]> {
	const repository = TemporaryRepository.create({
		'clip.json': clipReference('a'),
		'README.md': 'read me\n',
	});
	const acknowledged: string[] = [];
	let next = new WriterProcess();
	for (let kills = 0; kills < KILLS; kills++) {
		const writer = next;
		writer.tell(`open ${repository.directory}`);
		if (kills % 8 === 7) {
			// Also while it repairs what the one before it left.
			await setTimeout(Math.random() * 60);
			next = new WriterProcess();
			await writer.kill();
			continue;
		}
		await writer.said(1);
		if (kills % 10 === 0) expectSound(repository);
		else expectClean(repository);
		next = new WriterProcess(); // starts while this one works
		writer.tell(`write ${kills}`);
		// Every second time when it is at full speed.
		if (kills % 2 === 0) await writer.said(2);
		await setTimeout(Math.random() * LONGEST_LIFE);
		acknowledged.push(...(await writer.kill()));
	}
	next.tell(`open ${repository.directory}`);
	await next.said(1);
	await next.kill();
	expectSound(repository);
	const made = subjects(repository);
	expect(new Set(made).size).toBe(made.length);
	const lost = acknowledged.filter((subject) => !made.includes(subject));
	expect(lost).toEqual([]);
	return acknowledged;
}
