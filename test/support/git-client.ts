/** Git as somebody elsewhere runs it against a service of the test's own process, which must go on while it runs. */

import { execFile } from 'node:child_process';
import path from 'node:path';
import { temporaryDirectory } from './temporary-repository.ts';

export interface GitAnswer {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs git in a directory without anybody whom it could ask for a key. */
export function gitClient(directory: string, ...args: readonly string[]): Promise<GitAnswer> {
	const options = { cwd: directory, env: { ...process.env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' } };
	return new Promise((resolve) => {
		const child = execFile('git', [...args], options, (_error, stdout, stderr) => {
			resolve({ code: child.exitCode ?? 1, stdout, stderr });
		});
	});
}

/** As `gitClient`, where it must go well. @returns what it printed, without the last line break */
export async function gitDone(directory: string, ...args: readonly string[]): Promise<string> {
	const { code, stdout, stderr } = await gitClient(directory, ...args);
	if (code !== 0) throw new Error(`git ${args.join(' ')} ended with ${code}: ${stderr}`);
	return stdout.replace(/\n$/, '');
}

/** Clones into a new directory. @returns its path */
export async function clone(url: string, ...options: readonly string[]): Promise<string> {
	const directory = path.join(temporaryDirectory(), 'clone');
	await gitDone(
		path.dirname(directory),
		...configuration(options),
		'clone',
		...plain(options),
		url,
		directory,
	);
	return directory;
}

/** The refs that are shown, by their names, with the ids of their objects. */
export async function refsOf(
	url: string,
	...options: readonly string[]
): Promise<ReadonlyMap<string, string>> {
	const listed = await gitDone('.', ...options, 'ls-remote', url);
	const lines = listed.split('\n').filter((line) => line !== '');
	return new Map(lines.map((line) => [line.replace(/^\S+\t/, ''), line.replace(/\t.*$/, '')]));
}

/** Pairs of `-c` and a setting stand before the command. */
function configuration(options: readonly string[]): readonly string[] {
	return options.filter((option, index) => option === '-c' || options[index - 1] === '-c');
}

function plain(options: readonly string[]): readonly string[] {
	return options.filter((option, index) => option !== '-c' && options[index - 1] !== '-c');
}
