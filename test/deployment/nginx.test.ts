/** The nginx configuration that we ship, as it is but for ports and folders. Skipped, with the reason, where there is no nginx. */

import { execFile } from 'node:child_process';
import { request } from 'node:http';
import { promisify } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { firstState, follow, isAbout } from '../support/event-stream.ts';
import { NO_NGINX, startNginx } from '../support/nginx.ts';
import { rawRequest } from '../support/raw-request.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository, temporaryDirectory } from '../support/temporary-repository.ts';
import { ALICE, startWriteService, type WriteService, writeClient } from '../support/write-service.ts';

if (NO_NGINX) process.stderr.write(`the tests of nginx are skipped: ${NO_NGINX}\n`);

const CLIP = '/api/model_references/v1/clip.json';
const models = Array.from({ length: 50 }, (_, index) => `model ${index}`);

async function behindNginx(settings: Parameters<typeof startWriteService>[1] = {}) {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference(...models) });
	const service = await startWriteService(repository, { trustProxy: 1, ...settings });
	return { repository, service, url: await startNginx(service.url) };
}

/** Reads that the service was asked for. */
async function readsOf(service: WriteService): Promise<number> {
	const text = await (await fetch(`${service.url}/metrics`)).text();
	const counts = [...text.matchAll(/^horde_references_reads_total\{.*\} (\d+)$/gm)];
	return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

describe.skipIf(NO_NGINX)('a read through nginx', () => {
	test.each(['br', 'gzip', 'identity'])(
		'in_form_%s_is_that_of_the_service_and_comes_from_the_cache',
		async (coding) => {
			const { service, url } = await behindNginx();
			const headers = { 'Accept-Encoding': coding };
			const direct = await rawRequest(service.url, CLIP, { headers });
			const first = await rawRequest(url, CLIP, { headers });
			expect(first.headers['x-cache']).toBe('MISS');
			// In any second of its validity: the first may have been at the end of one.
			const hit = await vi.waitFor(async () => {
				const answer = await rawRequest(url, CLIP, { headers });
				expect(answer.headers['x-cache']).toBe('HIT');
				return answer;
			});
			for (const answer of [first, hit]) {
				expect(answer.status).toBe(200);
				expect(answer.body.equals(direct.body)).toBe(true);
				for (const name of [
					'etag',
					'content-type',
					'content-encoding',
					'cache-control',
					'last-modified',
					'vary',
				]) {
					expect(answer.headers[name], name).toBe(direct.headers[name]);
				}
			}
		},
	);

	test('takes_one_copy_for_all_spellings_of_the_same_form', async () => {
		const { service, url } = await behindNginx();
		await rawRequest(url, CLIP, { headers: { 'Accept-Encoding': 'br' } });
		const before = await readsOf(service);
		for (const spelling of ['gzip, deflate, br, zstd', 'br,gzip', 'GZIP , BR', 'deflate, br']) {
			const answer = await rawRequest(url, CLIP, { headers: { 'Accept-Encoding': spelling } });
			expect(answer.headers['content-encoding']).toBe('br');
		}
		// At most one question whether the copy is still good.
		expect(await readsOf(service)).toBeLessThanOrEqual(before + 2);
		for (const spelling of ['br;q=0', 'brotli', '', '*']) {
			const answer = await rawRequest(url, CLIP, { headers: { 'Accept-Encoding': spelling } });
			expect(answer.headers['content-encoding']).toBeUndefined();
		}
	});

	test('is_304_for_who_holds_the_version', async () => {
		const { url } = await behindNginx();
		const headers = { 'Accept-Encoding': 'gzip' };
		const { headers: given } = await rawRequest(url, CLIP, { headers });
		const answer = await rawRequest(url, CLIP, {
			headers: { ...headers, 'If-None-Match': given.etag ?? '' },
		});
		expect(answer.status).toBe(304);
		expect(answer.body).toHaveLength(0);
		const head = await rawRequest(url, CLIP, { method: 'HEAD', headers });
		expect([head.status, head.headers.etag, head.body.length]).toEqual([200, given.etag, 0]);
	});

	test('shows_a_change_a_second_later_without_a_purge', async () => {
		const { service, url } = await behindNginx();
		await rawRequest(url, CLIP);
		const written = await service.put('clip', { name: 'model 1', description: 'changed' });
		expect(written.status).toBe(200);
		const { headers } = await rawRequest(service.url, CLIP);
		await vi.waitFor(async () => expect((await rawRequest(url, CLIP)).headers.etag).toBe(headers.etag), {
			timeout: 5_000,
		});
	});

	test('goes_on_while_the_service_is_away', async () => {
		const { service, url } = await behindNginx();
		const before = await rawRequest(url, CLIP);
		await service.stop();
		const answer = await vi.waitFor(
			async () => {
				const stale = await rawRequest(url, CLIP);
				expect(stale.headers['x-cache']).toMatch(/STALE|UPDATING/);
				return stale;
			},
			{ timeout: 10_000 },
		);
		expect(answer.body.equals(before.body)).toBe(true);
	});

	test('of_a_page_elsewhere_is_asked_of_the_service_and_not_kept', async () => {
		const { url } = await behindNginx({ corsAllowedOrigins: ['https://a.example'] });
		const headers = { Origin: 'https://a.example' };
		const answer = await rawRequest(url, CLIP, { headers });
		expect(answer.headers['access-control-allow-origin']).toBe('https://a.example');
		const other = await rawRequest(url, CLIP);
		expect(other.headers['x-cache']).toBe('MISS');
		expect(other.headers).not.toHaveProperty('access-control-allow-origin');
	});
});

describe.skipIf(NO_NGINX)('behind nginx', () => {
	test('events_come_one_by_one', async () => {
		const { service, url } = await behindNginx();
		const stream = await follow(url);
		await firstState(stream);
		for (const description of ['one', 'two']) {
			const from = stream.events.length;
			await service.put('clip', { name: 'model 1', description });
			await stream.until(isAbout('clip'), from);
		}
	});

	test('one_address_cannot_take_all_the_room_there_is_for_followers', async () => {
		const { url } = await behindNginx();
		for (let count = 0; count < 50; count++) await follow(url);
		expect((await follow(url)).status).toBe(429);
	});

	test('metrics_are_for_the_inside_alone', async () => {
		const { service, url } = await behindNginx();
		for (const path of [
			'/metrics',
			'/api/metrics',
			'/api/metrics/',
			'/%6detrics',
			'//metrics',
			'/api/../metrics',
		]) {
			expect((await rawRequest(url, path)).status, path).toBe(404);
		}
		expect((await rawRequest(service.url, '/metrics')).status).toBe(200);
	});

	test('a_write_goes_through_and_is_seen_by_who_reads', async () => {
		const { url } = await behindNginx();
		const client = writeClient(url, ALICE.key);
		expect((await client.post('clip', { name: 'through nginx' })).status).toBe(201);
		await vi.waitFor(async () => expect((await client.get('clip')).text).toContain('through nginx'), {
			timeout: 5_000,
		});
	});

	test('a_body_of_a_mebibyte_is_taken_to_the_service_and_a_larger_one_refused', async () => {
		const { url } = await behindNginx();
		const client = writeClient(url, ALICE.key);
		const large = await client.post('clip', { name: 'large', description: 'x'.repeat(1_000_000) });
		expect(large.status).toBe(201);
		const { status, text } = await client.post('clip', 'x'.repeat(1_150_000));
		expect(status).toBe(413);
		expect(text).toContain('nginx');
	});

	test('a_client_has_its_own_address_whatever_it_says', async () => {
		const { url } = await behindNginx({ writesPerAddress: 2 });
		const write = (localAddress: string, claimed: string) =>
			new Promise<number>((resolve, reject) => {
				const asked = request(
					`${url}/api/model_references/v1/clip`,
					{
						method: 'PUT',
						localAddress,
						agent: false,
						headers: { apikey: ALICE.key, 'Content-Type': 'application/json', 'X-Forwarded-For': claimed },
					},
					(response) => resolve(response.resume().statusCode ?? 0),
				);
				asked.once('error', reject);
				asked.end(JSON.stringify({ name: 'model 1' }));
			});
		const statuses = [];
		for (const claimed of ['1.1.1.1', '2.2.2.2', '3.3.3.3']) statuses.push(await write('127.0.0.1', claimed));
		expect(statuses).toEqual([200, 200, 429]);
		expect(await write('127.0.0.2', '1.1.1.1')).toBe(200);
	});

	test('the_repository_can_be_cloned', async ({ skip }) => {
		const { repository, service, url } = await behindNginx();
		const route = await fetch(`${service.url}/references.git/info/refs?service=git-upload-pack`);
		if (route.status === 404) skip('the service has no /references.git');
		const target = `${temporaryDirectory()}/clone`;
		await promisify(execFile)('git', ['clone', '--quiet', `${url}/references.git`, target]);
		const clone = new TemporaryRepository(target);
		expect(clone.git('rev-parse', 'HEAD')).toBe(repository.git('rev-parse', 'HEAD'));
	});
});
