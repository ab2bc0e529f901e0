/** The OpenAPI document says what the service does, no more and no less; its page works without any other host. */

import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { CATEGORIES } from '../../src/categories.ts';
import { rawRequest } from '../support/raw-request.ts';
import { clipReference } from '../support/records.ts';
import { holding, serviceForSuite } from '../support/suite-service.ts';

const service = serviceForSuite(holding({ 'clip.json': clipReference('a') }));

/** Every path of the API as it is documented, with one that a client would ask for; the feed, which has no end, is apart. */
const PATHS: Readonly<Record<string, string>> = {
	'/': '/',
	'/heartbeat': '/heartbeat',
	'/history/{category}': '/history/clip',
	'/history/{category}/model/{model_name}': '/history/clip/model/a',
	'/history/{category}/models': '/history/clip/models',
	'/livez': '/livez',
	'/metrics': '/metrics',
	'/readyz': '/readyz',
	'/raw/{revision_and_file}': '/raw/main/clip.json',
	'/Haidra-Org/AI-Horde-image-model-reference/{revision_and_file}':
		'/Haidra-Org/AI-Horde-image-model-reference/main/clip.json',
	'/Haidra-Org/AI-Horde-text-model-reference/{revision_and_file}':
		'/Haidra-Org/AI-Horde-text-model-reference/refs/heads/main/clip.json',
	'/replicate_mode': '/replicate_mode',
	'/model_references/v1/info': '/model_references/v1/info',
	'/model_references/v1/model_categories': '/model_references/v1/model_categories',
	// One that cannot be written: the others have further methods, which the document names category by category.
	'/model_references/v1/{model_category_name}': '/model_references/v1/lora',
	'/model_references/v1/{model_category_name}/model/{model_name}': '/model_references/v1/clip/model/a',
	'/model_references/v1/metadata/last_updated': '/model_references/v1/metadata/last_updated',
	'/model_references/v1/metadata/metadata': '/model_references/v1/metadata/metadata',
	'/model_references/v1/metadata/{model_category_name}': '/model_references/v1/metadata/clip',
	'/references.git/info/refs': '/references.git/info/refs?service=git-upload-pack',
	'/model_references/v1/metadata/{model_category_name}/last_updated':
		'/model_references/v1/metadata/clip/last_updated',
};

const FEED = '/events';

/** Paths that ask for a key. */
const KEYED = [
	'/history/revert/{commit}',
	'/model_references/v1/me/roles',
	'/model_references/v2/me/roles',
	...[
		'apply',
		'apply_batch/{batch_id}',
		'audit/batches',
		'audit/batches/{batch_id}',
		'audit/batches/{batch_id}/net_changes',
		'audit/current',
		'batches',
		'changes',
		'changes/{change_id}',
		'changes/{change_id}/apply',
		'changes/{change_id}/diff',
		'diffs',
		'my_changes',
		'purge',
	].map((path) => `/model_references/v1/pending_queue/${path}`),
];

/** Paths that ask for a signature. */
const SIGNED = ['/webhook'];
/** What git posts to by itself. */
const FOR_GIT = ['/references.git/git-upload-pack'];

const WRITABLE = CATEGORIES.filter(({ writable }) => writable).map(
	({ name }) => `/model_references/v1/${name}`,
);

interface Operation {
	readonly operationId: string;
	readonly summary: string;
	readonly security?: readonly object[];
	readonly requestBody?: object;
	readonly parameters?: readonly { readonly name: string; readonly in: string }[];
	readonly responses: Readonly<Record<string, object>>;
}

interface Document {
	readonly openapi: string;
	readonly info: { readonly title: string; readonly version: string };
	readonly servers: readonly { readonly url: string }[];
	readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
	readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const load = async (): Promise<Document> => {
	const response = await fetch(`${service.url}/api/openapi.json`);
	expect(response.headers.get('content-type')).toBe('application/json');
	return (await response.json()) as Document;
};

describe('the document', () => {
	test('is_valid_openapi_3_1', async () => {
		const document: unknown = await load();
		const validator = new Validator();
		const result = await validator.validate(document as Record<string, unknown>);
		expect(result.errors ?? []).toEqual([]);
		expect(result.valid).toBe(true);
		expect(validator.version).toBe('3.1');
	});

	test('has_the_title_and_the_base_of_the_public_api', async () => {
		const { openapi, info, servers } = await load();
		expect(openapi).toMatch(/^3\.1\.\d$/);
		expect(info.title).toBe('Horde Model Reference API');
		expect(servers[0]?.url).toBe('/api');
	});

	test('is_the_same_with_and_without_the_prefix', async () => {
		const [bare, prefixed] = await Promise.all(
			['/openapi.json', '/api/openapi.json'].map((path) => rawRequest(service.url, path)),
		);
		expect(bare?.status).toBe(200);
		expect(bare?.body.toString()).toBe(prefixed?.body.toString());
	});

	test('names_every_route_and_no_other', async () => {
		const { paths } = await load();
		expect(Object.keys(paths).sort()).toEqual(
			[...Object.keys(PATHS), FEED, ...KEYED, ...SIGNED, ...FOR_GIT, ...WRITABLE].sort(),
		);
	});

	test('describes_every_parameter_and_gives_each_operation_an_id_of_its_own', async () => {
		const { paths } = await load();
		const operations = Object.entries(paths).flatMap(([path, methods]) =>
			Object.values(methods).map((operation) => ({ path, operation })),
		);
		for (const { path, operation } of operations) {
			const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
			expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
			expect(operation.summary).not.toBe('');
		}
		const ids = operations.map(({ operation }) => operation.operationId);
		expect(new Set(ids).size).toBe(ids.length);
	});

	test('refers_only_to_what_is_in_it', async () => {
		const document = await load();
		const references = JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g);
		const names = [...new Set([...references].map(([, target = '']) => target))];
		expect(names.length).toBeGreaterThan(5);
		for (const target of names) {
			expect(target).toMatch(/^#\/components\/schemas\/\w+$/);
			expect(document.components.schemas).toHaveProperty(target.replace('#/components/schemas/', ''));
		}
	});

	test('has_a_schema_for_every_kind_of_record', async () => {
		const { components } = await load();
		for (const kind of [
			'Blip',
			'Clip',
			'Codeformer',
			'Controlnet',
			'Esrgan',
			'Gfpgan',
			'SafetyChecker',
			'ImageGeneration',
			'TextGeneration',
			'Miscellaneous',
		]) {
			expect(components.schemas[`${kind}Record`]).toMatchObject({
				type: 'object',
				title: expect.any(String),
				description: expect.any(String),
			});
		}
	});
});

describe.each(Object.entries(PATHS))('%s', (documented, path) => {
	test.each(['/api', ''])('answers_under_"%s"_with_a_documented_status', async (prefix) => {
		const answer = await rawRequest(service.url, prefix + path);
		const { paths } = await load();
		expect(answer.status).toBe(200);
		expect(Object.keys(paths[documented]?.get?.responses ?? {})).toContain('200');
	});

	test('has_the_documented_methods', async () => {
		const { paths } = await load();
		const answer = await rawRequest(service.url, `/api${path}`, { method: 'OPTIONS' });
		expect(answer.status).toBe(204);
		const allowed = (answer.headers.allow ?? '').split(', ').filter((method) => !/HEAD|OPTIONS/.test(method));
		const methods = Object.keys(paths[documented] ?? {}).map((method) => method.toUpperCase());
		expect(allowed.sort()).toEqual(methods.sort());
	});
});

describe.each(WRITABLE)('%s', (path) => {
	test('has_post_and_put_and_is_read_like_every_category', async () => {
		const { paths } = await load();
		const answer = await rawRequest(service.url, `/api${path}`, { method: 'OPTIONS' });
		expect(Object.keys(paths[path] ?? {}).sort()).toEqual(['post', 'put']);
		expect(answer.headers.allow).toBe('GET, HEAD, POST, PUT, OPTIONS');
	});

	test('documents_what_a_write_asks_for_and_how_it_may_be_refused', async () => {
		const { paths } = await load();
		for (const operation of Object.values(paths[path] ?? {})) {
			expect(operation.security).toEqual([{ APIKeyHeader: [] }]);
			expect(operation.requestBody).toMatchObject({ required: true });
			const refusals = ['400', '401', '403', '409', '412', '413', '415', '422', '429', '503'];
			expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(refusals));
		}
	});
});

describe('the page', () => {
	test.each(['/docs', '/api/docs'])('%s_loads_everything_from_this_service', async (path) => {
		const page = await fetch(service.url + path);
		expect(page.status).toBe(200);
		expect(page.headers.get('content-type')).toMatch(/^text\/html/);
		expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
		const html = await page.text();
		const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link);
		expect(links.length).toBeGreaterThan(2);
		for (const link of links) {
			const url = new URL(link, page.url);
			expect(url.origin).toBe(service.url);
			const asset = await fetch(url);
			expect(asset.status).toBe(200);
			expect((await asset.arrayBuffer()).byteLength).toBeGreaterThan(50);
		}
	});

	test('names_no_other_host_in_what_a_browser_would_load_by_itself', async () => {
		const [html, start, css] = await Promise.all(
			['docs', 'docs/start.js', 'docs/swagger-ui.css'].map(async (path) =>
				(await fetch(`${service.url}/api/${path}`)).text(),
			),
		);
		expect(html).not.toMatch(/\/\/\w/);
		expect(start).not.toMatch(/\/\/\w/);
		expect(css).not.toMatch(/@import|url\(\s*["']?(?:https?:)?\/\//);
	});

	test('starts_with_the_document_beside_it_and_asks_no_validator', async () => {
		const start = await fetch(`${service.url}/api/docs/start.js`);
		expect(start.headers.get('content-type')).toMatch(/^text\/javascript/);
		const script = await start.text();
		expect(script).toContain("url: 'openapi.json'");
		expect(script).toContain('validatorUrl: null');
	});

	test.each([
		['swagger-ui.css', 'text/css'],
		['swagger-ui-bundle.js', 'text/javascript'],
		['favicon-32x32.png', 'image/png'],
	])('asset_%s_is_%s', async (name, type) => {
		const asset = await fetch(`${service.url}/docs/${name}`);
		expect(asset.status).toBe(200);
		expect(asset.headers.get('content-type')?.split(';')[0]).toBe(type);
	});
});
