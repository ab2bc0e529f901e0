/** `git daemon` for one bare repository, on a port of this machine, taking pushes; stopped when the test ends. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { freePort } from './free-port.ts';

export interface GitDaemon {
	readonly port: number;
	/** Ends it with all connections that it serves, as a machine that loses its power. */
	kill(): Promise<void>;
	/** Starts it again on the same port. */
	start(): Promise<void>;
}

/** @param base folder whose repositories are served */
export async function startGitDaemon(base: string): Promise<GitDaemon> {
	const program = path.join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-daemon');
	const port = await freePort();
	let child: ChildProcess | undefined;
	const start = async () => {
		// Each connection is served by a process of the same group.
		const args = ['--reuseaddr', '--listen=127.0.0.1', `--port=${port}`, `--base-path=${base}`];
		const how = [
			'--export-all',
			'--enable=receive-pack',
			'--informative-errors',
			'--max-connections=0',
			'--verbose',
		];
		child = spawn(program, [...args, ...how, base], { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
		let said = '';
		child.stderr?.setEncoding('utf8').on('data', (text: string) => {
			said = (said + text).slice(-4096);
		});
		while (!said.includes('Ready to rumble')) {
			if (child.exitCode !== null) throw new Error(`git daemon ended: ${said}`);
			await setTimeout(10);
		}
	};
	const kill = async () => {
		const running = child;
		child = undefined;
		if (!running?.pid) return;
		const gone = once(running, 'exit');
		endGroup(running.pid);
		await gone;
	};
	onTestFinished(kill);
	await start();
	return { port, kill, start };
}

function endGroup(pid: number): void {
	try {
		process.kill(-pid, 'SIGKILL');
	} catch (error) {
		if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
	}
}
