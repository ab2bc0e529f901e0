// Starts the servers under test as processes of their own, on 127.0.0.1.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stop, track } from './cleanup.mjs';

/** The built program; `npm run build` makes it. */
export const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** What the first line of the command gives node. */
export const COMMAND_OPTIONS = ['--max-semi-space-size=2'];

const BARE_SERVER = fileURLToPath(new URL('bare-server.mjs', import.meta.url));

/**
 * The real service, as an operator starts it; resolved once it says where it listens.
 * @param {string} repo
 * @param {{ port?: number, program?: string, flags?: string[] }} [options] `flags` are further ones of `serve`
 */
export async function startService(repo, { port = 0, program = PROGRAM, flags = [] } = {}) {
	const args = ['serve', '--repo', repo, '--port', String(port), '--log-level', 'warn', ...flags];
	return listening(spawnNode([...COMMAND_OPTIONS, program, ...args]), 'the service');
}

/** The floor: node:http that writes one prepared answer to every request. */
export async function startBare({ status, headers, body }) {
	const child = spawnNode([BARE_SERVER], ['pipe', 'pipe', 'inherit']);
	child.stdin.end(JSON.stringify({ status, headers, body: body.toString('base64') }));
	return listening(child, 'the bare server');
}

/** Starts node in the background; the caller waits for what it needs. */
export function spawnNode(args, stdio = ['ignore', 'pipe', 'inherit']) {
	return track(spawn(process.execPath, args, { stdio }));
}

/** Waits for the URL that the server prints. */
async function listening(child, what) {
	const url = await new Promise((resolve, reject) => {
		let said = '';
		child.stdout.setEncoding('utf8').on('data', (text) => {
			said += text;
			const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
			if (found) resolve(found[0]);
		});
		child.once('error', reject);
		child.once('close', (code) => reject(new Error(`${what} ended with ${code} before it listened`)));
	});
	return { url, pid: child.pid, stop: () => stop(child) };
}
