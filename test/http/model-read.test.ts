/** Reading one model: by any name that a JSON key can be, from a category named strictly. */

import { describe, expect, test } from 'vitest';
import { rawRequest } from '../support/raw-request.ts';
import { clipReference, reference, textReference } from '../support/records.ts';
import { holding, serviceForSuite } from '../support/suite-service.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startTestService } from '../support/test-service.ts';

const NAMES: readonly string[] = [
	'plain',
	'ViT-L/14',
	'a//b',
	'/leading',
	'__proto__',
	'constructor',
	'toString',
	'model',
	'last_updated',
	'emoji 😀',
	'quote "double"',
	"quote 'single'",
	'back\\slash',
	'100%',
	'%2F',
	'a?b=c#d',
	'a+b c',
	'dots..',
	'..',
	'clip.json',
	'ÄÖ 漢字',
	'tab\tinside',
];

const CLIP = reference(NAMES.map((name) => [name, { name, type: 'clip', description: `About ${name}` }]));

const service = serviceForSuite(
	holding({
		'clip.json': CLIP,
		'blip.json': '{}',
		'esrgan.json': '{"a":{"scale": 2.0,  "name":"a"},"twice":{"n":1},"twice":{"n":2}}',
		'db.json': textReference('Author/Model-7B'),
		'lora.json': clipReference('hidden'),
	}),
);

const V1 = '/api/model_references/v1';

const EXPECTED =
	"'blip', 'clip', 'codeformer', 'controlnet', 'controlnet_annotator', 'esrgan', 'gfpgan', 'safety_checker', " +
	"'image_generation', 'text_generation', 'video_generation', 'audio_generation', 'miscellaneous', 'lora' or 'ti'";

describe('a model that is there', () => {
	test.each(NAMES)('"%s"_is_found_with_everything_encoded', async (name) => {
		const answer = await rawRequest(service.url, `${V1}/clip/model/${encodeURIComponent(name)}`);
		expect(answer.status).toBe(200);
		expect(answer.json()).toEqual({ name, type: 'clip', description: `About ${name}` });
	});

	test.each(NAMES.filter((name) => name.includes('/')))('"%s"_is_found_with_plain_slashes', async (name) => {
		const path = name.split('/').map(encodeURIComponent).join('/');
		const answer = await rawRequest(service.url, `/model_references/v1/clip/model/${path}`);
		expect(answer.status).toBe(200);
		expect(answer.json()).toEqual({ name, type: 'clip', description: `About ${name}` });
	});

	test('is_answered_as_json_without_a_charset', async () => {
		const answer = await rawRequest(service.url, `${V1}/clip/model/plain`);
		expect(answer.headers['content-type']).toBe('application/json');
	});

	test('is_the_text_as_it_stands_in_the_file', async () => {
		const answer = await rawRequest(service.url, `${V1}/esrgan/model/a`);
		expect(answer.body.toString()).toBe('{"scale": 2.0,  "name":"a"}');
	});

	test('is_the_last_of_two_with_the_same_name', async () => {
		const answer = await rawRequest(service.url, `${V1}/esrgan/model/twice`);
		expect(answer.json()).toEqual({ n: 2 });
	});

	test.each(['Author/Model-7B', 'aphrodite/Author/Model-7B', 'koboldcpp/Model-7B'])(
		'text_model_%s_is_found',
		async (name) => {
			for (const spelling of [name, encodeURIComponent(name)]) {
				const answer = await rawRequest(service.url, `${V1}/text_generation/model/${spelling}`);
				expect(answer.status).toBe(200);
				expect(answer.json()).toMatchObject({ name });
			}
		},
	);
});

describe('a model that is not there', () => {
	test.each([
		['clip', 'nope', 'nope'],
		['clip', 'PLAIN', 'PLAIN'],
		['clip', 'plain/', 'plain/'],
		['clip', 'ViT-L%252F14', 'ViT-L%2F14'],
		['clip', '%zz', '%zz'],
		['clip', 'hasOwnProperty', 'hasOwnProperty'],
		['blip', '__proto__', '__proto__'],
		['codeformer', 'constructor', 'constructor'],
		['text_generation', 'Model-7B', 'Model-7B'],
		['lora', 'hidden', 'hidden'],
		['video_generation', 'a', 'a'],
	])('%s/%s_is_not_found_by_its_name', async (category, path, name) => {
		const answer = await rawRequest(service.url, `${V1}/${category}/model/${path}`);
		expect(answer.status).toBe(404);
		expect(answer.headers['content-type']).toBe('application/json');
		expect(answer.json()).toEqual({ detail: `Model '${name}' not found in category '${category}'` });
	});

	test.each(['stable_diffusion', 'clip.json', 'db.json', 'CLIP', 'nonsense', '__proto__'])(
		'category_%s_is_refused_as_it_knows_neither_suffix_nor_alias',
		async (category) => {
			const answer = await rawRequest(service.url, `${V1}/${category}/model/plain`);
			expect(answer.status).toBe(422);
			const item = {
				type: 'enum',
				loc: ['path', 'model_category_name'],
				msg: `Input should be ${EXPECTED}`,
				input: category,
				ctx: { expected: EXPECTED },
			};
			// As text: the order of the keys is part of the frozen shape.
			expect(answer.body.toString()).toBe(JSON.stringify({ detail: [item] }));
		},
	);
});

test('a_model_follows_the_file', async () => {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('old') });
	const running = await startTestService(repository);
	expect((await fetch(running.v1('clip/model/old'))).status).toBe(200);
	repository.write('clip.json', clipReference('new'));
	await running.until('clip/model/new', ({ status }) => status === 200);
	expect((await fetch(running.v1('clip/model/old'))).status).toBe(404);
});
