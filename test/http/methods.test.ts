/** Methods and spellings of a path that are not a plain GET: HEAD, OPTIONS, the refused ones, a slash at the end. */

import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { lastingHeaders, rawRequest } from '../support/raw-request.ts';
import { clipReference, textReference } from '../support/records.ts';
import { holding, serviceForSuite } from '../support/suite-service.ts';

const service = serviceForSuite(
	holding({ 'clip.json': clipReference('a', 'b/c'), 'db.json': textReference('A/M-7B') }),
);

const V1 = '/api/model_references/v1';
/** Paths that are read and never written. */
const PATHS: readonly string[] = [
	'/',
	'/api/',
	'/heartbeat',
	'/api/replicate_mode',
	'/api/livez',
	'/api/readyz',
	'/api/openapi.json',
	'/api/docs',
	`${V1}/info`,
	`${V1}/model_categories`,
	'/model_references/v1/clip.json',
	`${V1}/lora`,
	`${V1}/db.json?include_group=true`,
	`${V1}/metadata/last_updated`,
	`${V1}/metadata/metadata`,
	`${V1}/metadata/clip`,
	`${V1}/metadata/clip/last_updated`,
];

/** Paths that can be written, with the methods that they have. */
const WRITTEN_PATHS: readonly (readonly [path: string, methods: string])[] = [
	[`${V1}/clip`, 'GET, HEAD, POST, PUT, OPTIONS'],
	[`${V1}/text_generation?include_group=true`, 'GET, HEAD, POST, PUT, OPTIONS'],
	[`${V1}/clip/model/a`, 'GET, HEAD, DELETE, OPTIONS'],
	[`${V1}/clip/model/b/c`, 'GET, HEAD, DELETE, OPTIONS'],
];

describe.each([...PATHS, ...WRITTEN_PATHS.map(([path]) => path)])('%s', (path) => {
	test('answers_head_like_get_without_a_body', async () => {
		const whole = await rawRequest(service.url, path);
		const head = await rawRequest(service.url, path, { method: 'HEAD' });
		expect(whole.status).toBe(200);
		expect(whole.body.length).toBeGreaterThan(0);
		expect(head.status).toBe(200);
		expect(lastingHeaders(head.headers)).toEqual(lastingHeaders(whole.headers));
		expect(head.headers['content-length']).toBe(String(whole.body.length));
		expect(head.body.length).toBe(0);
	});

	test('answers_options_with_its_methods', async () => {
		const methods = new Map(WRITTEN_PATHS).get(path) ?? 'GET, HEAD, OPTIONS';
		const answer = await rawRequest(service.url, path, { method: 'OPTIONS' });
		expect(answer.status).toBe(204);
		expect(answer.headers.allow).toBe(methods);
		expect(answer.body.length).toBe(0);
	});
});

describe.each([...PATHS.map((path) => [path, 'GET, HEAD, OPTIONS'] as const), ...WRITTEN_PATHS])(
	'%s',
	(path, methods) => {
		const others = ['POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND'].filter(
			(method) => !methods.includes(method),
		);

		test.each(others)('refuses_%s', async (method) => {
			const answer = await rawRequest(service.url, path, { method });
			expect(answer.status).toBe(405);
			expect(answer.headers['content-type']).toBe('application/json');
			expect(answer.headers.allow).toBe(methods);
			expect(answer.json()).toEqual({ detail: 'Method Not Allowed' });
		});
	},
);

test.each([
	[422, `${V1}/nonsense`],
	[404, `${V1}/blip`],
	[404, '/nowhere'],
	[422, `${V1}/metadata/nonsense`],
])('head_of_an_error_is_%i_without_a_body_%s', async (status, path) => {
	const whole = await rawRequest(service.url, path);
	const head = await rawRequest(service.url, path, { method: 'HEAD' });
	expect(whole.status).toBe(status);
	expect(head.status).toBe(status);
	expect(lastingHeaders(head.headers)).toEqual(lastingHeaders(whole.headers));
	expect(head.body.length).toBe(0);
});

describe('paths that are none', () => {
	test.each([
		['get', '//x'],
		['get', '//'],
		['get', '/api//'],
		['get', '/api/api/heartbeat'],
		['get', '/api/nowhere'],
		['get', '/nowhere/'],
		['get', '/HEARTBEAT'],
		['get', '/model_references/v1'],
		['get', '/model_references/v1/'],
		['get', V1],
		['get', `${V1}/`],
		['get', `${V1}/clip/model`],
		['get', `${V1}/clip/nothing`],
		['get', '/api/model_references/v3/clip'],
		['get', '/api/docs/nothing.js'],
		['get', '/api/docs/package.json'],
		['post', '/nowhere'],
		['options', '/nowhere'],
		['delete', V1],
	] as const)('%s_%s_is_not_found', async (method, path) => {
		const answer = await request(service.url)[method](path);
		expect(answer.status).toBe(404);
		expect(answer.headers['content-type']).toBe('application/json');
		expect(answer.body).toEqual({ detail: 'Not Found' });
	});
});

describe('a slash at the end', () => {
	test.each([
		['/heartbeat/', '/heartbeat'],
		['/api/heartbeat/', '/api/heartbeat'],
		['/api/docs/', '/api/docs'],
		[`${V1}/info/`, `${V1}/info`],
		[`${V1}/clip/`, `${V1}/clip`],
		['/model_references/v1/clip.json/', '/model_references/v1/clip.json'],
		[`${V1}/clip/?include_group=true`, `${V1}/clip?include_group=true`],
		[`${V1}/text_generation/?a=b&c=%2F?d/`, `${V1}/text_generation?a=b&c=%2F?d/`],
		[`${V1}/metadata/clip/last_updated/`, `${V1}/metadata/clip/last_updated`],
		[`${V1}/nonsense%20x/`, `${V1}/nonsense%20x`],
		['/api', '/api/'],
	])('%s_leads_to_%s_wherever_the_service_is_mounted', async (path, expected) => {
		const answer = await rawRequest(service.url, path);
		expect(answer.status).toBe(307);
		expect(answer.body.length).toBe(0);
		const location = answer.headers.location ?? '';
		// Relative: neither a host nor a path from the root, which a proxy would have to rewrite.
		expect(location).not.toMatch(/^(?:\w+:|\/)/);
		for (const mount of ['https://models.example', 'https://models.example/some/prefix']) {
			expect(new URL(location, mount + path).href).toBe(mount + expected);
		}
	});

	test('following_it_ends_at_the_reference', async () => {
		const response = await fetch(service.v1('clip/'));
		expect(response.redirected).toBe(true);
		expect(response.url).toBe(service.v1('clip'));
		expect(await response.text()).toBe(clipReference('a', 'b/c'));
	});
});
