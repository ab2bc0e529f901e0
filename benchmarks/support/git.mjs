// Runs git by hand, as a maintainer would.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { track } from './cleanup.mjs';

const IDENTITY = {
	GIT_AUTHOR_NAME: 'Bench',
	GIT_AUTHOR_EMAIL: 'bench@example.invalid',
	GIT_COMMITTER_NAME: 'Bench',
	GIT_COMMITTER_EMAIL: 'bench@example.invalid',
};

/** @returns {Promise<string>} what git printed, without the final newline */
export async function git(directory, args, environment = {}) {
	const child = track(
		spawn('git', ['-C', directory, ...args], {
			env: { ...process.env, ...IDENTITY, ...environment },
			stdio: ['ignore', 'pipe', 'pipe'],
		}),
	);
	let said = '';
	let complained = '';
	child.stdout.setEncoding('utf8').on('data', (text) => {
		said += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text) => {
		complained += text;
	});
	const [code] = await once(child, 'close');
	if (code !== 0) throw new Error(`git ${args.join(' ')} ended with ${code}: ${complained}`);
	return said.replace(/\n$/, '');
}
