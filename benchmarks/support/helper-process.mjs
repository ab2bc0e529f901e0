// Owns helper processes that do a stretch of work when told to and say how it went, so that their work is not the benchmark's.
import { fileURLToPath } from 'node:url';
import { stop } from './cleanup.mjs';
import { spawnNode } from './servers.mjs';

/**
 * @param {string} file of this folder, which calls `serveCommands`
 * @param {object} options given to its first command, `open`
 */
export async function startHelper(file, options) {
	const child = spawnNode(
		[fileURLToPath(new URL(file, import.meta.url))],
		['ignore', 'inherit', 'inherit', 'ipc'],
	);
	const gone = new Promise((_resolve, reject) => {
		child.once('close', (code) => reject(new Error(`${file} ended with ${code} in the middle of its work`)));
	});
	gone.catch(() => {}); // whoever waits for an answer is told; an end that was asked for is no news
	const run = async (command, argument) => {
		const answered = new Promise((resolve) => child.once('message', resolve));
		child.send({ command, argument });
		const { error, result } = await Promise.race([answered, gone]);
		if (error) throw new Error(`${file}: ${error}`);
		return result;
	};
	await run('open', options);
	return { run, tell: (command) => child.send({ command }), pid: child.pid, stop: () => stop(child) };
}

/** The other side: each command has a function, whose result is the answer; one that gives none is not answered. */
export function serveCommands(commands) {
	process.on('message', async ({ command, argument }) => {
		try {
			const result = await commands[command](argument);
			if (result !== undefined) process.send({ result });
		} catch (error) {
			process.send({ error: error instanceof Error ? error.stack : String(error) });
		}
	});
	// A terminal sends its Ctrl-C here too; the benchmark decides when this process ends.
	process.on('SIGINT', () => {});
	process.on('disconnect', () => process.exit());
}
