/** What a category read answers, by every name it has, and what the two informational reads answer. */

import { describe, expect, test } from 'vitest';
import { clipReference, reference, textReference } from '../support/records.ts';
import { holding, serviceForSuite } from '../support/suite-service.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startTestService } from '../support/test-service.ts';

const PREFIXES = ['/api/model_references/v1/', '/model_references/v1/'];

/** Names by file. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
	'blip.json': ['blip', 'blip.json'],
	'clip.json': ['clip', 'clip.json'],
	'codeformer.json': ['codeformer', 'codeformer.json'],
	'controlnet.json': ['controlnet', 'controlnet.json'],
	'esrgan.json': ['esrgan', 'esrgan.json'],
	'gfpgan.json': ['gfpgan', 'gfpgan.json'],
	'safety_checker.json': ['safety_checker', 'safety_checker.json'],
	'stable_diffusion.json': [
		'image_generation',
		'image_generation.json',
		'stable_diffusion',
		'stable_diffusion.json',
	],
	'db.json': ['text_generation', 'text_generation.json', 'db.json'],
	'miscellaneous.json': ['miscellaneous', 'miscellaneous.json'],
};

describe('a category with models', () => {
	const files = Object.keys(NAMES).map((file): [string, string] => [
		file,
		reference([[`A model of ${file}`, { name: `A model of ${file}` }]]),
	]);
	const service = serviceForSuite(holding(Object.fromEntries(files)));
	const rows = Object.entries(NAMES).flatMap(([file, names]) =>
		PREFIXES.flatMap((prefix) => names.map((name) => [prefix + name, file] as const)),
	);

	test.each(rows)('%s_is_the_bytes_of_%s', async (path, file) => {
		const response = await fetch(service.url + path);
		expect(response.status).toBe(200);
		expect(response.headers.get('content-type')).toBe('application/json');
		expect(await response.text()).toBe(Object.fromEntries(files)[file]);
	});

	test.each([
		['query_parameters_are_ignored', 'clip?page=2&include_group=maybe', {}],
		['a_key_is_ignored', 'clip', { apikey: 'not a key' }],
		['a_body_type_is_ignored', 'clip', { 'content-type': 'text/plain' }],
		['the_types_that_are_accepted_are_ignored', 'clip', { accept: 'text/html' }],
	])('%s', async (_title, path, headers) => {
		const response = await fetch(service.v1(path), { headers });
		expect(response.status).toBe(200);
		expect(await response.text()).toBe(Object.fromEntries(files)['clip.json']);
	});
});

describe('a category without models', () => {
	const service = serviceForSuite(
		holding({
			'blip.json': '{}',
			'clip.json': ' {\r\n}\n',
			'esrgan.json': 'null',
			'gfpgan.json': '[]',
			'db.json': '{}\n',
			'stable_diffusion.json': 'null\n',
			'lora.json': clipReference('Not shown'),
			'ti.json': 'not even JSON',
		}),
	);

	test.each([
		['holds_{}', 'blip', 'blip'],
		['holds_{}_in_other_words', 'clip.json', 'clip'],
		['holds_null', 'esrgan', 'esrgan'],
		['holds_an_empty_list', 'gfpgan', 'gfpgan'],
		['holds_{}_text_by_its_file_name', 'db.json', 'text_generation'],
		['holds_null_images_by_their_alias', 'stable_diffusion', 'image_generation'],
		['is_not_there', 'codeformer', 'codeformer'],
		['never_is_there', 'controlnet_annotator', 'controlnet_annotator'],
		['never_is_there_video', 'video_generation.json', 'video_generation'],
		['never_is_there_audio', 'audio_generation', 'audio_generation'],
	])('is_not_found_when_its_file_%s', async (_title, name, category) => {
		const response = await fetch(service.v1(name));
		expect(response.status).toBe(404);
		expect(response.headers.get('content-type')).toBe('application/json');
		expect(await response.json()).toEqual({ detail: `Model category '${category}' not found or is empty` });
	});

	test('text_is_not_found_whether_or_not_groups_are_asked_for', async () => {
		for (const query of ['', '?include_group=false', '?include_group=true']) {
			const response = await fetch(service.v1(`text_generation${query}`));
			expect(response.status).toBe(404);
			expect(await response.json()).toEqual({ detail: expect.stringContaining('not found') });
		}
	});

	test.each(
		PREFIXES.flatMap((prefix) => ['lora', 'lora.json', 'ti', 'ti.json'].map((name) => prefix + name)),
	)('%s_is_an_empty_object_whatever_its_file_holds', async (path) => {
		const response = await fetch(service.url + path);
		expect(response.status).toBe(200);
		expect(response.headers.get('content-type')).toBe('application/json');
		expect(response.headers.get('content-length')).toBe('2');
		expect(await response.text()).toBe('{}');
	});
});

test('deleting_the_last_model_and_adding_one_again_moves_between_404_and_200', async () => {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const service = await startTestService(repository);
	expect((await fetch(service.v1('clip'))).status).toBe(200);
	repository.write('clip.json', '{}');
	await service.until('clip', ({ status }) => status === 404);
	repository.write('clip.json', clipReference('b'));
	await service.until('clip', ({ status }, body) => status === 200 && body === clipReference('b'));
});

describe('informational reads', () => {
	const service = serviceForSuite(holding({ 'db.json': textReference('A/M-7B') }));

	test.each(PREFIXES)('%s_model_categories_are_all_names_in_the_frozen_order', async (prefix) => {
		const response = await fetch(`${service.url}${prefix}model_categories`);
		expect(response.status).toBe(200);
		expect(response.headers.get('content-type')).toBe('application/json');
		expect(await response.json()).toEqual([
			'blip',
			'clip',
			'codeformer',
			'controlnet',
			'controlnet_annotator',
			'esrgan',
			'gfpgan',
			'safety_checker',
			'image_generation',
			'text_generation',
			'video_generation',
			'audio_generation',
			'miscellaneous',
			'lora',
			'ti',
		]);
	});

	test.each(PREFIXES)('%s_info_is_a_sentence', async (prefix) => {
		const response = await fetch(`${service.url}${prefix}info`);
		expect(response.status).toBe(200);
		expect(response.headers.get('content-type')).toBe('application/json');
		expect(await response.json()).toEqual({ message: expect.stringMatching(/\w+ \w+/) });
	});
});
