// Runs the load generator `wrk` and reads its report.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { track } from './cleanup.mjs';

const CONNECTIONS = 32;

/** Whether wrk is installed. */
export function hasWrk() {
	return spawnSync('wrk', ['-v']).error === undefined;
}

/**
 * Asks one URL as fast as it answers, over 32 connections from one thread.
 * @returns {Promise<{ perSecond: number, requests: number, p99: number }>} `p99` in milliseconds
 * @throws when any answer was an error, a connection failed, or the answers were shorter than `body` bytes
 */
export async function load(url, headers, { seconds, body = 0 }) {
	const args = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--latency'];
	for (const [name, value] of Object.entries(headers)) args.push('-H', `${name}: ${value}`);
	const child = track(spawn('wrk', [...args, url], { stdio: ['ignore', 'pipe', 'inherit'] }));
	let said = '';
	child.stdout.setEncoding('utf8').on('data', (text) => {
		said += text;
	});
	const [code] = await once(child, 'close');
	const trouble = /Non-2xx or 3xx responses.*|Socket errors.*/.exec(said)?.[0];
	if (code !== 0 || trouble) throw new Error(`wrk on ${url}: ${trouble ?? `exit code ${code}`}\n${said}`);
	const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(said)?.[1]);
	const [, requests, size, unit] = /(\d+) requests in \S+, ([\d.]+)([KMGT]?)B read/.exec(said) ?? [];
	const perRequest = (Number(size) * 1024 ** ' KMGT'.indexOf(unit || ' ')) / Number(requests);
	// The sum is rounded in the report; an answer cut short would miss far more than that.
	if (!(perSecond > 0) || !(perRequest >= body * 0.98)) {
		throw new Error(`wrk on ${url}: ${perRequest} bytes per answer where ${body} were expected\n${said}`);
	}
	const [, latency, latencyUnit] = /99%\s+([\d.]+)(us|ms|s)/.exec(said) ?? [];
	const p99 = Number(latency) * { us: 0.001, ms: 1, s: 1000 }[latencyUnit];
	return { perSecond, requests: Number(requests), p99 };
}
