// Owns the reads that are compared: which URL in which form, what every server must answer, and the check that it does.
import { ask } from './ask.mjs';

const V1 = '/api/model_references/v1';
const DOCUMENTS = [
	{ name: '1 KB', path: `${V1}/blip.json` },
	{ name: '219 KB', path: `${V1}/stable_diffusion.json` },
	{ name: '1.1 MB', path: `${V1}/db.json` },
	{ name: 'grouped', path: `${V1}/text_generation?include_group=true` },
];

/** Headers that node:http writes by itself. */
const OF_THE_CONNECTION = new Set(['date', 'connection', 'keep-alive']);

export const CELLS = DOCUMENTS.flatMap(({ name, path }) =>
	['identity', 'gzip', '304'].map((form) => ({ name: `${name} ${form}`, path, form })),
);

/**
 * Takes from the running service what every contender has to answer.
 * `answer` is for the bare server; `documents` are files for nginx, absent where the URL is no file (it has a query).
 */
export async function prepareCell({ path, form }, url) {
	const headers = form === 'identity' ? {} : { 'Accept-Encoding': 'gzip' };
	// Two asks: the grouped form is made at the first, and the table in front of the routes has it from then on.
	await ask(url + path, headers);
	const whole = await ask(url + path, headers);
	const plain = await ask(url + path);
	const { 'content-encoding': encoding, 'cache-control': cacheControl, etag } = whole.headers;
	const sent = form === '304' ? { ...headers, 'If-None-Match': etag } : headers;
	const answer = await ask(url + path, sent);
	const raw = [];
	for (let index = 0; index < answer.rawHeaders.length; index += 2) {
		const [name, value] = answer.rawHeaders.slice(index, index + 2);
		if (!OF_THE_CONNECTION.has(name.toLowerCase())) raw.push(name, value);
	}
	const gzipped =
		encoding === 'gzip' ? whole.body : (await ask(url + path, { 'Accept-Encoding': 'gzip' })).body;
	return {
		form,
		headers,
		cacheControl,
		answer: { status: answer.status, headers: raw, body: answer.body },
		expected: answer.body,
		documents: path.includes('?') ? undefined : [{ path, body: plain.body, gzipped }],
	};
}

/**
 * Sees that a server answers what is to be timed.
 * @returns the request headers to time it with; the tag to revalidate is each server's own
 */
export async function verify(name, url, { form, headers, expected }) {
	const whole = await ask(url, headers);
	const sent = form === '304' ? { ...headers, 'If-None-Match': whole.headers.etag } : headers;
	const { status, headers: got, body } = form === '304' ? await ask(url, sent) : whole;
	const coding = got['content-encoding'] ?? 'identity';
	const problems = [
		status !== (form === '304' ? 304 : 200) && `status ${status}`,
		form !== '304' && coding !== form && `Content-Encoding ${coding}`,
		!body.equals(expected) && `${body.length} bytes that are not the ${expected.length} expected`,
		!got.etag && 'no ETag',
	].filter(Boolean);
	if (problems.length > 0) throw new Error(`${name} answers ${url} (${form}) with ${problems.join(', ')}`);
	return sent;
}
