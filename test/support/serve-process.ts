/** The built server in a process of its own, taking writes; it can be killed. */

import { once } from 'node:events';
import { startCommand } from './command-line.ts';
import type { FakeHorde } from './fake-horde.ts';
import { ALICE, type WriteClient, writeClient } from './write-service.ts';

export interface ServeProcess extends WriteClient {
	readonly url: string;
	readonly pid: number;
	/** What it logged so far. */
	readonly log: () => string;
	/** Resolved once it is gone. */
	readonly ended: Promise<unknown>;
	/** @returns once it is gone */
	end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

export interface ServeProcessOptions {
	readonly detached?: boolean;
	/** Further arguments of the command, which go over the usual ones. */
	readonly args?: readonly string[];
	readonly env?: NodeJS.ProcessEnv;
}

/** Resolved when it listens; requests are alice's. */
export async function startServeProcess(
	directory: string,
	horde: FakeHorde,
	options: ServeProcessOptions = {},
): Promise<ServeProcess> {
	const args = [
		'serve',
		...['--repo', directory, '--port', '0', '--shutdown-delay', '0'],
		...['--writes', 'direct', '--horde-url', horde.url, '--requestor-id', ALICE.id],
		...['--writes-per-key', '0', '--writes-per-address', '0', '--failures-per-address', '0'],
		...(options.args ?? []),
	];
	const child = startCommand(args, options);
	let said = '';
	let url: string | undefined;
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (text: string) => {
			said += text;
			url ??= /^Serving .* on (http:\S+)\. Try:$/m.exec(said)?.[1];
		});
	}
	const closed = once(child, 'close');
	while (url === undefined) {
		await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), closed]);
		if (child.exitCode !== null) throw new Error(`the server ended: ${said}`);
	}
	return {
		...writeClient(url, ALICE.key),
		url,
		pid: child.pid ?? 0,
		log: () => said,
		ended: closed,
		end: async (signal) => {
			child.kill(signal);
			await closed;
		},
	};
}
