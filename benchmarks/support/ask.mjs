// Owns single requests to a server under test: bytes as they come, nothing decoded and no header added.
import { request } from 'node:http';

/**
 * @param {string} url
 * @param {Record<string, string>} headers
 * @param {import('node:http').Agent} [agent] to keep a connection between requests
 * @returns {Promise<{ status: number, headers: object, rawHeaders: string[], body: Buffer }>}
 */
export function ask(url, headers = {}, agent = undefined) {
	return new Promise((resolve, reject) => {
		const sent = request(url, { headers, agent }, (response) => {
			const chunks = [];
			response.on('data', (chunk) => chunks.push(chunk));
			response.once('error', reject);
			response.once('end', () => {
				const { statusCode: status, headers, rawHeaders } = response;
				resolve({ status, headers, rawHeaders, body: Buffer.concat(chunks) });
			});
		});
		sent.once('error', reject);
		sent.end();
	});
}

/**
 * Asks again and again until an answer passes.
 * @returns {Promise<number>} `performance.now()` at the end of the answer that passed
 */
export async function askUntil(passes, { url, headers, agent, every = 2, within = 30_000 }) {
	const deadline = performance.now() + within;
	while (performance.now() < deadline) {
		const answer = await ask(url, headers, agent).catch(() => undefined);
		const now = performance.now();
		if (answer && passes(answer)) return now;
		await new Promise((resolve) => setTimeout(resolve, every));
	}
	throw new Error(`${url} did not give the expected answer within ${within} ms`);
}
