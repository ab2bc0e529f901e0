/** Runs the built command line as a user would. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface CommandResult {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

export interface CommandOptions {
	/** In a process group of its own, to which a signal can be sent. */
	readonly detached?: boolean;
	readonly cwd?: string;
	readonly env?: NodeJS.ProcessEnv;
	/** What it reads from stdin. */
	readonly input?: string | Buffer;
}

/** Runs a command to its end. */
export async function runCommand(
	args: readonly string[],
	options: CommandOptions = {},
): Promise<CommandResult> {
	const child = startCommand(args, options);
	if (options.input !== undefined) child.stdin.end(options.input);
	let stdout = '';
	let stderr = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		stdout += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		stderr += text;
	});
	const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
	return { code, stdout, stderr };
}

/** Starts a command that runs until it is stopped; the test's end stops it in any case. */
export function startCommand(
	args: readonly string[],
	options: CommandOptions = {},
): ChildProcessWithoutNullStreams {
	const child = spawn(process.execPath, [MAIN, ...args], {
		cwd: options.cwd,
		env: { ...process.env, ...options.env },
		stdio: 'pipe',
		detached: options.detached ?? false,
	});
	onTestFinished(() => {
		child.kill('SIGKILL');
	});
	return child;
}
