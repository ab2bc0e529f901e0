/** A git whose `update-ref` can be told to be killed in the middle of a transaction, when it has moved so many refs. */

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from './temporary-repository.ts';

export interface DyingGit {
	/**
	 * Has the next transaction end once it has moved so many of its refs.
	 * @param locks whether it leaves the locks of the others
	 */
	dieAfter(count: number, locks?: boolean): void;
	/** Has the next look at refs fail as well that comes once it has died. */
	blindOnce(): void;
	/** Whether it has died since. */
	readonly died: boolean;
	/** Whether it had been written down by then which refs are to move. */
	readonly journalled: boolean;
}

/** What this process starts from now on, until the test ends, is that git. */
export function installDyingGit(): DyingGit {
	const directory = temporaryDirectory();
	const real = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
	const fault = path.join(directory, 'fault.json');
	const program = path.join(directory, 'update-ref.cjs');
	const wrapper = path.join(directory, 'git');
	const blind = path.join(directory, 'blind');
	writeFileSync(
		program,
		`const real = ${JSON.stringify(real)}, fault = ${JSON.stringify(fault)};\n${UPDATE_REF}`,
	);
	writeFileSync(
		wrapper,
		`#!/bin/sh\ncase "$*" in\n` +
			`*update-ref*--stdin*) exec '${process.execPath}' '${program}' "$@";;\n` +
			`*for-each-ref*) [ -e '${blind}' ] && [ ! -e '${fault}' ] && rm '${blind}' && kill -9 $$;;\n` +
			`esac\nexec '${real}' "$@"\n`,
	);
	chmodSync(wrapper, 0o755);
	const before = process.env.PATH;
	process.env.PATH = `${directory}${path.delimiter}${before}`;
	onTestFinished(() => {
		process.env.PATH = before;
	});
	return {
		dieAfter: (count, locks = false) => writeFileSync(fault, JSON.stringify({ count, locks })),
		blindOnce: () => writeFileSync(blind, ''),
		get died() {
			return !existsSync(fault);
		},
		get journalled() {
			return existsSync(`${fault}.journal`);
		},
	};
}

/** Stands between the program and git, and knows of transactions just enough to do a part of one. */
const UPDATE_REF = `
const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const args = process.argv.slice(2);
const git = spawn(real, args, { stdio: ['pipe', 'inherit', 'inherit'] });
git.on('exit', (code) => process.exit(code ?? 1));
git.stdin.on('error', () => {});
let transaction = '';
process.stdin.on('end', () => git.stdin.end());
process.stdin.on('data', (chunk) => {
	transaction += chunk;
	if (!transaction.endsWith('\\0commit\\0')) return;
	if (fs.existsSync(fault)) die(transaction.split('\\0').slice(1, -3));
	git.stdin.write(transaction);
	transaction = '';
});
function die(fields) {
	const { count, locks } = JSON.parse(fs.readFileSync(fault, 'utf8'));
	const updates = [];
	while (fields.length > 0) {
		const command = fields.splice(0, fields[0].startsWith('delete') ? 2 : 3);
		updates.push(command);
	}
	const done = updates.slice(0, count).flat().map((field) => field + '\\0').join('');
	if (count > 0 && spawnSync(real, args, { input: done }).status !== 0) throw new Error('the part failed');
	if (locks) for (const [command] of updates.slice(count)) fs.writeFileSync('.git/' + command.split(' ')[1] + '.lock', '');
	fs.rmSync(fault);
	if (fs.existsSync('.git/horde-references/refs.json')) fs.writeFileSync(fault + '.journal', '');
	git.kill('SIGKILL');
	process.kill(process.pid, 'SIGKILL');
}
`;
