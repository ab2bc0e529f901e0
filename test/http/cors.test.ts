/** What pages of other origins may do: read if their origin is listed; asking is answered for everybody. */

import { describe, expect, test } from 'vitest';
import { rawRequest } from '../support/raw-request.ts';
import { clipReference } from '../support/records.ts';
import { holding, serviceForSuite } from '../support/suite-service.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startTestService } from '../support/test-service.ts';

const LISTED = 'https://artbot.example';
const CLIP = '/api/model_references/v1/clip';
const METHODS = 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT';

const service = serviceForSuite(holding({ 'clip.json': clipReference('a') }), {
	corsAllowedOrigins: [LISTED, 'http://localhost:4200'],
});

const PATHS: readonly (readonly [string, number])[] = [
	[CLIP, 200],
	['/api/heartbeat', 200],
	['/api/model_references/v1/nonsense', 422],
	['/nowhere', 404],
	['/api/model_references/v1/clip/', 307],
];

describe.each(PATHS)('%s', (path, status) => {
	test('varies_with_the_origin_whether_or_not_there_is_one', async () => {
		for (const headers of [{}, { Origin: LISTED }, { Origin: 'https://unlisted.example' }]) {
			const answer = await rawRequest(service.url, path, { headers });
			expect(answer.status).toBe(status);
			expect(answer.headers.vary?.split(', ')).toContain('Origin');
		}
	});

	test.each([LISTED, 'http://localhost:4200'])('may_be_read_from_%s', async (origin) => {
		const answer = await rawRequest(service.url, path, { headers: { Origin: origin } });
		expect(answer.status).toBe(status);
		expect(answer.headers['access-control-allow-origin']).toBe(origin);
		expect(answer.headers['access-control-allow-credentials']).toBe('true');
		expect(answer.headers['access-control-expose-headers']).toContain('ETag');
	});

	test.each([
		'https://unlisted.example',
		`${LISTED}.evil.example`,
		`${LISTED}:443`,
		'http://artbot.example',
		LISTED.toUpperCase(),
		`${LISTED}/`,
		'null',
	])('is_answered_but_may_not_be_read_from_%s', async (origin) => {
		const answer = await rawRequest(service.url, path, { headers: { Origin: origin } });
		expect(answer.status).toBe(status);
		expect(answer.headers['access-control-allow-credentials']).toBe('true');
		expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
	});

	test('says_nothing_of_origins_where_there_is_none', async () => {
		const answer = await rawRequest(service.url, path);
		expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
	});
});

describe.each([CLIP, '/nowhere', '/', '/api/model_references/v1/clip/model/a/b'])(
	'preflight of %s',
	(path) => {
		const ask = (origin: string, further = {}) =>
			rawRequest(service.url, path, {
				method: 'OPTIONS',
				headers: { Origin: origin, 'Access-Control-Request-Method': 'PUT', ...further },
			});

		test('is_ok_for_a_listed_origin', async () => {
			const answer = await ask(LISTED, { 'Access-Control-Request-Headers': 'apikey,content-type' });
			expect(answer.status).toBe(200);
			expect(answer.body.toString()).toBe('OK');
			expect(answer.headers).toMatchObject({
				'content-type': 'text/plain; charset=utf-8',
				'access-control-allow-origin': LISTED,
				'access-control-allow-methods': METHODS,
				'access-control-max-age': '600',
				'access-control-allow-headers': 'apikey,content-type',
				'access-control-allow-credentials': 'true',
				vary: 'Origin',
			});
		});

		test('is_refused_for_an_unlisted_one', async () => {
			const answer = await ask('http://example.com', { 'Access-Control-Request-Headers': 'apikey' });
			expect(answer.status).toBe(400);
			expect(answer.body.toString()).toBe('Disallowed CORS origin');
			expect(answer.headers).toMatchObject({
				'content-type': 'text/plain; charset=utf-8',
				'access-control-allow-methods': METHODS,
				'access-control-max-age': '600',
				'access-control-allow-headers': 'apikey',
				'access-control-allow-credentials': 'true',
				vary: 'Origin',
			});
			expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
		});

		test('echoes_no_headers_where_none_are_asked_for', async () => {
			expect((await ask(LISTED)).headers).not.toHaveProperty('access-control-allow-headers');
		});
	},
);

test.each([[{ Origin: LISTED }], [{ 'Access-Control-Request-Method': 'GET' }], [{}]])(
	'options_with_only_%o_is_no_preflight',
	async (headers) => {
		const answer = await rawRequest(service.url, CLIP, { method: 'OPTIONS', headers });
		expect(answer.status).toBe(204);
		expect(answer.headers.allow).toBe('GET, HEAD, POST, PUT, OPTIONS');
	},
);

test('a_star_lets_every_origin_read', async () => {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const open = await startTestService(repository, { corsAllowedOrigins: ['*'] });
	for (const method of ['GET', 'OPTIONS']) {
		const answer = await rawRequest(open.url, CLIP, {
			method,
			headers: { Origin: 'https://anybody.example', 'Access-Control-Request-Method': 'GET' },
		});
		expect(answer.status).toBe(200);
		expect(['*', 'https://anybody.example']).toContain(answer.headers['access-control-allow-origin']);
	}
});

test('nobody_may_read_unless_configured', async () => {
	const closed = await startTestService(TemporaryRepository.create({ 'clip.json': clipReference('a') }));
	const answer = await rawRequest(closed.url, CLIP, { headers: { Origin: LISTED } });
	expect(answer.status).toBe(200);
	expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
});
