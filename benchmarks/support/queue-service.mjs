// Starts services that have a queue, each on a copy of the repository, and sends them what requestors and approvers ask.
import { execFile } from 'node:child_process';
import { Agent, request } from 'node:http';
import { promisify } from 'node:util';
import { ask } from './ask.mjs';
import { git } from './git.mjs';
import { startService } from './servers.mjs';
import { copyOf } from './write-contenders.mjs';
import { filled } from './write-texts.mjs';

const LIMITS = ['--writes-per-key', '0', '--writes-per-address', '0', '--failures-per-address', '0'];

/**
 * @param {string} origin repository that is copied
 * @param {{ program: string, policy: 'queue' | 'direct', connections?: number, prepare?: (repo: string) => Promise<void> }} options
 */
export async function startQueueService(origin, { program, policy, connections = 1, prepare }) {
	const repo = await copyOf(origin);
	await prepare?.(repo);
	const made = ['keys', 'add', '--repo', repo, '--id', '1', '--name', 'bench'];
	const { stdout } = await promisify(execFile)(process.execPath, [program, ...made]);
	const apikey = stdout.trim();
	const flags = ['--writes', policy, '--identity', 'keys', '--approver-id', '1', ...LIMITS];
	const began = performance.now();
	const service = await startService(repo, { program, flags });
	const agent = new Agent({ keepAlive: true, maxSockets: connections });
	const send = (method, path, body) =>
		sendJson({ method, url: service.url + V1 + path, apikey, body, agent });
	const started = performance.now() - began;
	// Counting the history is work of the first minutes of a new clone: wait until it is done.
	await ask(`${service.url}${V1}/metadata/metadata`);
	let edition = 1;
	return {
		repo,
		pid: service.pid,
		/** Milliseconds from the start of the process until it said that it listens. */
		started,
		send,
		/** Updates a model; of a queue the id of the proposal. */
		async put({ category, updates }) {
			const update = updates[edition % updates.length];
			const { body } = await send('PUT', `/${category}`, filled(update.body, edition++));
			return body.change_id;
		},
		/** Proposes models that are not there, so that none stands in another's way. */
		async create({ category, updates }, count) {
			const ids = [];
			for (let index = 0; index < count; index++) {
				const record = { ...JSON.parse(filled(updates[0].body, edition)), name: `Bench/New-${edition++}-7B` };
				const { body } = await send('POST', `/${category}`, JSON.stringify(record));
				ids.push(body.change_id);
			}
			return ids;
		},
		async approve(ids) {
			const decision = { batch_title: 'Benchmark', approved_ids: ids };
			return (await send('POST', '/pending_queue/batches', JSON.stringify(decision))).body.batch_id;
		},
		/** Sees that nothing was left lying about. */
		async close() {
			agent.destroy();
			await service.stop();
			const dirty = await git(repo, ['status', '--porcelain']);
			if (dirty !== '') throw new Error(`the work tree is not clean: ${dirty}`);
		},
	};
}

const V1 = '/api/model_references/v1';

/** @returns {Promise<{ status: number, body: object }>} of an answer that is no error */
function sendJson({ method, url, apikey, body, agent }) {
	const headers = {
		apikey,
		...(body !== undefined && {
			'Content-Type': 'application/json',
			'Content-Length': Buffer.byteLength(body),
		}),
	};
	return new Promise((resolve, reject) => {
		const sent = request(url, { method, headers, agent }, (response) => {
			const chunks = [];
			response.on('data', (chunk) => chunks.push(chunk));
			response.once('error', reject);
			response.once('end', () => {
				const text = Buffer.concat(chunks).toString();
				if (response.statusCode >= 300) reject(new Error(`${method} ${url}: ${response.statusCode} ${text}`));
				else resolve({ status: response.statusCode, body: text === '' ? {} : JSON.parse(text) });
			});
		});
		sent.once('error', reject);
		sent.end(body);
	});
}

/** What an action takes, milliseconds. */
export async function timed(action) {
	const began = performance.now();
	await action();
	return performance.now() - began;
}

/** What each of several turns of an action takes, milliseconds. */
export async function timedEach(count, action) {
	const times = [];
	for (let index = 0; index < count; index++) times.push(await timed(action));
	return times;
}

/** What the service does when all is quiet is not to fall into another's turn. */
export function pause(milliseconds = 700) {
	return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
