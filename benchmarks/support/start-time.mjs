// Times the service from the start of its process to the first answer, beside a bare node:http server as the floor.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { ask, askUntil } from './ask.mjs';
import { stop } from './cleanup.mjs';
import { freePort } from './ports.mjs';
import { printTable } from './report.mjs';
import { spawnNode } from './servers.mjs';
import { spread } from './statistics.mjs';

const PATH = '/api/model_references/v1/stable_diffusion.json';
const BARE = (port) =>
	`require('node:http').createServer((q, r) => r.end('{}')).listen(${port}, '127.0.0.1')`;

/** Cold: no index of history kept from an earlier process. The files themselves are in the system's cache either way. */
export async function measureStart(repositories, { runs, program }) {
	const floor = [];
	const rows = repositories.map(({ name, repo }) => ({ name, repo, cold: [], warm: [] }));
	for (let run = 0; run < runs; run++) {
		floor.push(await timeStart((port) => ['-e', BARE(port)]));
		for (const { repo, cold, warm } of rows) {
			const serve = (port) => [program, 'serve', '--repo', repo, '--port', port, '--log-level', 'warn'];
			await rm(path.join(repo, '.git', 'horde-references'), { recursive: true, force: true });
			// Asking for the metadata waits for the reading of history, which leaves its index for the warm start.
			cold.push(await timeStart(serve, (url) => ask(`${url}/api/model_references/v1/metadata/metadata`)));
			warm.push(await timeStart(serve));
		}
	}
	printTable(
		['milliseconds, median (min - max)', 'cold', 'warm'],
		[
			...rows.map(({ name, cold, warm }) => [name, spread(cold), spread(warm)]),
			['floor: bare node:http', '', spread(floor)],
		],
	);
}

/** Milliseconds from spawn to the end of the first 200; `then` runs before the process is ended. */
async function timeStart(args, then = () => {}) {
	const port = await freePort();
	const url = `http://127.0.0.1:${port}`;
	const started = performance.now();
	const child = spawnNode(args(String(port)), ['ignore', 'ignore', 'inherit']);
	const answered = await askUntil(({ status }) => status === 200, { url: url + PATH });
	await then(url);
	await stop(child);
	return answered - started;
}
