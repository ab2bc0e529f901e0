/** The script that has a CDN forget what changed, against an endpoint that plays the CDN. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { CATEGORIES, readNames } from '../../src/categories.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startTestService } from '../support/test-service.ts';

const SCRIPT = fileURLToPath(new URL('../../docs/deployment/purge-on-change.mjs', import.meta.url));

interface Purge {
	readonly method: string;
	readonly url: string;
	readonly authorization: string | undefined;
	readonly files: readonly string[];
}

/** Notes what it is asked to forget. */
async function startCdn(statusOf: (count: number) => number = () => 200) {
	const purges: Purge[] = [];
	const server = createServer((request, response) => {
		let body = '';
		request.setEncoding('utf8').on('data', (text: string) => {
			body += text;
		});
		request.on('end', () => {
			const files = body === '' ? [] : (JSON.parse(body).files as string[]);
			const { method = '', url = '' } = request;
			purges.push({ method, url, authorization: request.headers.authorization, files });
			response.writeHead(statusOf(purges.length)).end();
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	const { port } = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}`, purges };
}

function startScript(environment: Readonly<Record<string, string>>) {
	const child = spawn(process.execPath, [SCRIPT], {
		env: { PATH: process.env.PATH, ...environment },
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	onTestFinished(() => void child.kill('SIGKILL'));
	let said = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		said += text;
	});
	return { child, said: () => said };
}

const repository = () => TemporaryRepository.create({ 'clip.json': clipReference('a') });
const PUBLIC = 'https://models.example';
const clipUrls = ['/api/model_references/v1/clip', '/api/model_references/v1/clip.json']
	.flatMap((path) => [path, path.slice(4)])
	.sort();

describe('the script', () => {
	test('has_everything_purged_at_first_and_then_what_changes', async () => {
		const files = repository();
		const service = await startTestService(files);
		const cdn = await startCdn();
		const environment = { EVENTS_URL: `${service.url}/api/events`, PUBLIC_URL: `${PUBLIC}/` };
		const { said } = startScript({
			...environment,
			PURGE_URL: `${cdn.url}/purge_cache`,
			PURGE_TOKEN: 'secret',
		});
		await vi.waitFor(() => expect(said()).toContain('purged blip'), { timeout: 10_000 });
		const names = CATEGORIES.flatMap(readNames);
		const expected = ['api/', ''].flatMap((prefix) =>
			names.map((name) => `${PUBLIC}/${prefix}model_references/v1/${name}`),
		);
		const all = cdn.purges.flatMap(({ files: urls }) => urls);
		expect(all).toEqual(expect.arrayContaining(expected));
		expect(
			all.filter((url) => !expected.includes(url)).every((url) => url.endsWith('?include_group=true')),
		).toBe(true);
		expect(new Set(all).size).toBe(all.length);
		for (const { method, authorization, files: urls } of cdn.purges) {
			expect([method, authorization]).toEqual(['POST', 'Bearer secret']);
			expect(urls.length).toBeLessThanOrEqual(30);
		}
		const before = cdn.purges.length;
		files.write('clip.json', clipReference('b'));
		await vi.waitFor(() => expect(cdn.purges.length).toBe(before + 1), { timeout: 10_000 });
		expect(cdn.purges.at(-1)?.files.toSorted()).toEqual(clipUrls.map((path) => PUBLIC + path));
	});

	test('asks_each_url_to_be_purged_where_there_is_no_endpoint_for_it', async () => {
		const files = repository();
		const service = await startTestService(files);
		const cdn = await startCdn();
		startScript({ EVENTS_URL: `${service.url}/api/events?category=clip`, PUBLIC_URL: cdn.url });
		await vi.waitFor(() => expect(cdn.purges).toHaveLength(4), { timeout: 10_000 });
		expect(cdn.purges.map(({ method, url }) => `${method} ${url}`).toSorted()).toEqual(
			clipUrls.map((path) => `PURGE ${path}`),
		);
	});

	test('tries_again_what_could_not_be_purged', async () => {
		const service = await startTestService(repository());
		const cdn = await startCdn((count) => (count === 1 ? 500 : 200));
		const { said } = startScript({
			EVENTS_URL: `${service.url}/api/events?category=clip`,
			PUBLIC_URL: PUBLIC,
			PURGE_URL: cdn.url,
		});
		await vi.waitFor(() => expect(said()).toContain('purged clip'), { timeout: 10_000 });
		expect(said()).toContain('will be tried again');
		expect(cdn.purges.map(({ files }) => files.length)).toEqual([4, 4]);
	});

	test('comes_back_when_the_service_was_away', async () => {
		const files = repository();
		const cdn = await startCdn();
		const first = await startTestService(files);
		const { port } = new URL(first.url);
		const { said } = startScript({
			EVENTS_URL: `${first.url}/api/events?category=clip`,
			PUBLIC_URL: PUBLIC,
			PURGE_URL: cdn.url,
		});
		await vi.waitFor(() => expect(cdn.purges).toHaveLength(1), { timeout: 10_000 });
		await first.stop();
		await vi.waitFor(() => expect(said()).toContain('following it again'), { timeout: 10_000 });
		files.commit({ 'clip.json': clipReference('changed meanwhile') }, 'Change it');
		await startTestService(files, { port: Number(port) });
		await vi.waitFor(() => expect(cdn.purges).toHaveLength(2), { timeout: 20_000 });
	});

	test('says_what_it_needs', async () => {
		const { child, said } = startScript({});
		const [code] = await once(child, 'close');
		expect(code).toBe(2);
		expect(said()).toContain('EVENTS_URL');
	});
});
