/** Who may not ask for metadata, and for what there is none. */

import { describe, expect, test } from 'vitest';
import { rawRequest } from '../support/raw-request.ts';
import { clipReference } from '../support/records.ts';
import { holding, serviceForSuite } from '../support/suite-service.ts';

const METADATA = '/api/model_references/v1/metadata';
const ENDPOINTS = ['last_updated', 'metadata', 'clip', 'clip/last_updated'];
const EXPECTED =
	"'blip', 'clip', 'codeformer', 'controlnet', 'controlnet_annotator', 'esrgan', 'gfpgan', 'safety_checker', " +
	"'image_generation', 'text_generation', 'video_generation', 'audio_generation', 'miscellaneous', 'lora' or 'ti'";

const REPLICA = 'Metadata tracking is not supported in REPLICA mode';
const NOT_LEGACY =
	"This endpoint is only available when canonical_format='LEGACY'. Current setting: canonical_format='v2'";

const files = holding({ 'clip.json': clipReference('a') });
const primary = serviceForSuite(files);
const MODES = [
	{ mode: 'a replica', service: serviceForSuite(files, { replicateMode: 'REPLICA' }), detail: REPLICA },
	{
		mode: 'a replica of v2',
		service: serviceForSuite(files, { replicateMode: 'REPLICA', canonicalFormat: 'v2' }),
		detail: REPLICA,
	},
	{
		mode: 'a primary of v2',
		service: serviceForSuite(files, { canonicalFormat: 'v2' }),
		detail: NOT_LEGACY,
	},
];

describe.each(MODES.map((row) => [row.mode, row] as const))('%s', (_mode, { service, detail }) => {
	test.each(ENDPOINTS)('has_no_metadata_%s', async (path) => {
		const answer = await rawRequest(service.url, `${METADATA}/${path}`);
		expect(answer.status).toBe(503);
		expect(answer.headers['content-type']).toBe('application/json');
		expect(answer.json()).toEqual({ detail });
	});

	test('looks_at_the_category_first', async () => {
		for (const path of ['nonsense', 'nonsense/last_updated']) {
			expect((await rawRequest(service.url, `${METADATA}/${path}`)).status).toBe(422);
		}
		expect((await rawRequest(service.url, `${METADATA}/blip`)).status).toBe(503);
	});

	test('serves_the_references', async () => {
		expect(await (await fetch(service.v1('clip'))).text()).toBe(clipReference('a'));
		expect((await fetch(service.v1('clip/model/a'))).status).toBe(200);
	});
});

test.each(ENDPOINTS)('a_primary_of_the_legacy_format_has_metadata_%s', async (path) => {
	expect((await rawRequest(primary.url, `${METADATA}/${path}`)).status).toBe(200);
});

describe('a category that is none', () => {
	test.each([
		['nonsense', 'nonsense'],
		['stable_diffusion', 'stable_diffusion'],
		['clip.json', 'clip.json'],
		['db.json', 'db.json'],
		['CLIP', 'CLIP'],
		['%20', ' '],
		['..', '..'],
		['%00', '\0'],
		['__proto__', '__proto__'],
		['nonsense/last_updated', 'nonsense'],
		['stable_diffusion/last_updated', 'stable_diffusion'],
		['metadata/last_updated', 'metadata'],
		['last_updated/last_updated', 'last_updated'],
	])('%s_is_refused_with_the_list_of_those_there_are', async (path, input) => {
		const answer = await rawRequest(primary.url, `${METADATA}/${path}`);
		expect(answer.status).toBe(422);
		const item = {
			type: 'enum',
			loc: ['path', 'model_category_name'],
			msg: `Input should be ${EXPECTED}`,
			input,
			ctx: { expected: EXPECTED },
		};
		// As text: the order of the keys is part of the frozen shape.
		expect(answer.body.toString()).toBe(JSON.stringify({ detail: [item] }));
	});

	test('metadata_alone_is_taken_for_a_category_name', async () => {
		const answer = await rawRequest(primary.url, METADATA);
		expect(answer.status).toBe(422);
		expect(answer.json()).toEqual({
			detail: "Invalid model category: 'metadata'. 'metadata' is not a valid MODEL_REFERENCE_CATEGORY",
		});
	});
});
