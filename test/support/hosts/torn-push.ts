/**
 * A bare repository in which the next push is ended by `kill -9` of the process that takes it, when some of its refs have moved. By then git
 * has locked all refs and written their new values into the locks: moving one is to rename its lock, which is what is done here.
 */

import { chmodSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { vi } from 'vitest';
import type { TemporaryRepository } from '../temporary-repository.ts';

export interface Tear {
	/** The refs that move. */
	readonly moved: RegExp;
	/** Only pushes that move one of these are concerned; all of several refs without it. */
	readonly only?: RegExp;
	/** Whether the locks of the others are left, as a `kill -9` does. */
	readonly leavesLocks?: boolean;
	/** Whether it waits for `release` between the moving and the end. */
	readonly holds?: boolean;
}

export class TornPushes {
	readonly #bare: TemporaryRepository;

	constructor(bare: TemporaryRepository) {
		this.#bare = bare;
		const program = bare.path('tear.cjs');
		const hook = bare.path('hooks/reference-transaction');
		writeFileSync(program, PROGRAM);
		writeFileSync(
			hook,
			`#!/bin/sh\n[ "$1" = prepared ] && [ -f fault.json ] || exit 0\nexec '${process.execPath}' '${program}'\n`,
		);
		chmodSync(hook, 0o755);
	}

	/** Has the next push torn that it concerns. */
	tearNext({ moved, only = /./, leavesLocks = false, holds = false }: Tear): void {
		const fault = { moved: moved.source, only: only.source, leavesLocks, holds };
		for (const file of ['torn', 'released']) rmSync(this.#bare.path(file), { force: true });
		// A push that is under way must not read half of it.
		writeFileSync(this.#bare.path('fault.json.new'), JSON.stringify(fault));
		renameSync(this.#bare.path('fault.json.new'), this.#bare.path('fault.json'));
	}

	/** Waits until a push was torn. */
	async untilTorn(): Promise<void> {
		await vi.waitFor(
			() => existsSync(this.#bare.path('torn')) || Promise.reject(new Error('nothing was torn')),
			{
				timeout: 30_000,
				interval: 10,
			},
		);
	}

	/** Ends the process that holds. */
	release(): void {
		writeFileSync(this.#bare.path('released'), '');
	}
}

/** Takes away what killed processes have left, as whoever runs the remote would. */
export function clearLocks(bare: TemporaryRepository): void {
	const names = readdirSync(bare.directory, { recursive: true, encoding: 'utf8' });
	for (const name of names) if (name.endsWith('.lock')) rmSync(bare.path(name), { force: true });
}

const PROGRAM = `
const fs = require('node:fs');
const updates = fs.readFileSync(0, 'utf8').trim().split('\\n').map((line) => line.split(' '));
const { moved, only, leavesLocks, holds } = JSON.parse(fs.readFileSync('fault.json', 'utf8'));
const named = updates.filter(([, , ref]) => ref.startsWith('refs/'));
if (named.length < 2 || !named.some(([, , ref]) => new RegExp(only).test(ref))) process.exit(0);
fs.rmSync('fault.json');
for (const [, to, ref] of named) {
	if (!new RegExp(moved).test(ref)) continue;
	if (/^0+$/.test(to)) fs.rmSync(ref, { force: true });
	else fs.renameSync(ref + '.lock', ref);
}
if (!leavesLocks) {
	for (const ref of ['HEAD', 'packed-refs', ...named.map(([, , ref]) => ref)]) fs.rmSync(ref + '.lock', { force: true });
}
fs.writeFileSync('torn', '');
const deadline = Date.now() + 60000;
while (holds && !fs.existsSync('released') && Date.now() < deadline) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
process.kill(process.ppid, 'SIGKILL');
`;
