// A process that sends writes to the service over kept connections, as fast as each is answered.
import { Agent, request } from 'node:http';
import { serveCommands } from './helper-process.mjs';
import { filled } from './write-texts.mjs';

let target;
let agent;
let ending = false;

serveCommands({
	async open({ url, key, category, updates, connections }) {
		agent = new Agent({ keepAlive: true, maxSockets: connections });
		target = { url: `${url}/api/model_references/v1/${category}`, key, updates, connections };
		return true;
	},
	/** So many writes, or without a number until `end`. Times are milliseconds. */
	async write({ writes = Number.POSITIVE_INFINITY, edition, connections = target.connections }) {
		ending = false;
		let next = 0;
		const latencies = [];
		/** Unix milliseconds, to be laid beside what other processes saw. */
		const ends = [];
		const started = performance.now();
		const work = async () => {
			while (next < writes && !ending) {
				const index = next++;
				const update = target.updates[index % target.updates.length];
				const sent = performance.now();
				await put(filled(update.body, edition + index));
				latencies.push(performance.now() - sent);
				ends.push(Date.now());
			}
		};
		await Promise.all(Array.from({ length: connections }, work));
		return { latencies, ends, elapsed: performance.now() - started };
	},
	end() {
		ending = true;
	},
});

function put(text) {
	const body = Buffer.from(text);
	const headers = {
		apikey: target.key,
		'Content-Type': 'application/json',
		'Content-Length': String(body.length),
	};
	return new Promise((resolve, reject) => {
		const sent = request(target.url, { method: 'PUT', headers, agent }, (response) => {
			const chunks = [];
			response.on('data', (chunk) => chunks.push(chunk));
			response.once('error', reject);
			response.once('end', () => {
				const { statusCode: status } = response;
				// A write that changed nothing would be quick, and no write.
				if (status === 200 && response.headers['x-reference-commit']) resolve();
				else reject(new Error(`a write was answered ${status}: ${Buffer.concat(chunks)}`));
			});
		});
		sent.once('error', reject);
		sent.end(body);
	});
}
