import { describe, expect, test } from 'vitest';
import { CATEGORIES } from '../categories.ts';
import { criticalPaths } from './critical-fields.ts';

describe('criticalPaths', () => {
	test.each([
		['image_generation', ['baseline', 'nsfw', 'inpainting', 'trigger', 'homepage']],
		['text_generation', ['baseline', 'nsfw', 'url', 'parameters']],
		...['controlnet', 'blip', 'clip', 'codeformer', 'esrgan', 'gfpgan', 'safety_checker'].map(
			(tool) => [tool, ['style', 'nsfw']] as const,
		),
	] as const)('of_%s_these_fields_are_critical_and_what_is_in_them', (category, fields) => {
		const all = ['baseline', 'nsfw', 'inpainting', 'trigger', 'homepage', 'url', 'parameters', 'style'];
		expect(criticalPaths(category, [...all, 'description', 'name', 'config.files'])).toEqual(
			all.filter((field) => fields.some((critical) => critical === field)),
		);
		const [first = ''] = fields;
		expect(criticalPaths(category, [`${first}.deep.er`, `${first}er`, `x.${first}`])).toEqual([
			`${first}.deep.er`,
		]);
	});

	test('downloads_are_critical_by_how_their_path_begins', () => {
		const paths = ['config.download', 'config.download.0', 'config.downloads', 'x.config.download', 'config'];
		expect(criticalPaths('clip', paths)).toEqual([
			'config.download',
			'config.download.0',
			'config.downloads',
		]);
	});

	test('in_other_categories_nothing_is_critical', () => {
		const others = CATEGORIES.map(({ name }) => name).filter(
			(name) => criticalPaths(name, ['nsfw', 'config.download']).length === 0,
		);
		expect(others).toEqual([
			...['controlnet_annotator', 'video_generation', 'audio_generation', 'miscellaneous', 'lora', 'ti'],
		]);
	});

	test('keeps_the_order_of_the_paths', () => {
		expect(criticalPaths('clip', ['style', 'a', 'nsfw', 'config.download', 'style.x'])).toEqual([
			...['style', 'nsfw', 'config.download', 'style.x'],
		]);
	});
});
