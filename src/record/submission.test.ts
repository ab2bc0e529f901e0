import { describe, expect, test } from 'vitest';
import { findCategory } from '../categories.ts';
import { fieldsText } from './record-fields.ts';
import { RecordSchemas } from './schemas.ts';
import { checkModelName, readSubmission } from './submission.ts';

const schemas = new RecordSchemas();
const SHA = 'a'.repeat(64);

function categoryOf(name: string) {
	const category = findCategory(name);
	if (!category) throw new Error(`no category ${name}`);
	return category;
}

const submit = (category: string, record: object | string) =>
	readSubmission(
		categoryOf(category),
		Buffer.from(typeof record === 'string' ? record : JSON.stringify(record)),
		schemas,
	);

const wrong = (category: string, record: object | string) => {
	const submission = submit(category, record);
	if (submission.ok || submission.kind !== 'items') throw new Error('the submission has no items');
	return submission.items;
};

const image = (fields: object) => ({ name: 'a', baseline: 'stable_diffusion_xl', ...fields });
const text = (fields: object) => ({ name: 'A/b-7B', parameters: 7_000_000_000, ...fields });
const valueError = (loc: readonly (string | number)[], words: string) => ({
	type: 'value_error',
	loc: ['body', ...loc],
	msg: expect.stringMatching(`^Value error, .*${words}`),
	ctx: { error: {} },
});

describe('a field that is wrong', () => {
	test.each([
		['string', image({ description: 1 }), 'string_type', ['description'], 'a valid string'],
		[
			'integer_as_text',
			image({ size_on_disk_bytes: '7' }),
			'int_parsing',
			['size_on_disk_bytes'],
			'valid integer',
		],
		[
			'integer_as_fraction',
			image({ size_on_disk_bytes: 1.5 }),
			'int_from_float',
			['size_on_disk_bytes'],
			'fraction',
		],
		[
			'integer_as_list',
			image({ size_on_disk_bytes: [] }),
			'int_type',
			['size_on_disk_bytes'],
			'valid integer',
		],
		['boolean_as_text', image({ nsfw: 'yes' }), 'bool_parsing', ['nsfw'], 'valid boolean'],
		['boolean_as_number', image({ nsfw: 1 }), 'bool_parsing', ['nsfw'], 'valid boolean'],
		['boolean_as_list', image({ nsfw: [] }), 'bool_type', ['nsfw'], 'valid boolean'],
		[
			'boolean_that_may_not_be_null',
			image({ inpainting: null }),
			'bool_type',
			['inpainting'],
			'valid boolean',
		],
		['list', image({ tags: 'x' }), 'list_type', ['tags'], 'valid list'],
		['list_entry', image({ tags: ['x', 2] }), 'string_type', ['tags', 1], 'valid string'],
		['map', image({ requirements: [] }), 'dict_type', ['requirements'], 'valid dictionary'],
		[
			'hashes',
			image({ config: { embedded_component_hashes: 1 } }),
			'dict_type',
			['config', 'embedded_component_hashes'],
			'valid dictionary',
		],
		['config', image({ config: 'x' }), 'model_attributes_type', ['config'], 'dictionary or object'],
		[
			'config_file',
			image({ config: { files: ['x'] } }),
			'model_attributes_type',
			['config', 'files', 0],
			'dictionary or object',
		],
		['literal', image({ type: 'onnx' }), 'literal_error', ['type'], "Input should be 'ckpt'"],
		[
			'literal_that_may_not_be_null',
			{ name: 'a', type: null },
			'literal_error',
			['type'],
			"'clip', 'coca' or 'open_clip'",
		],
		[
			'parameters_of_none',
			text({ parameters: 0 }),
			'greater_than_equal',
			['parameters'],
			'greater than or equal to 1',
		],
		['parameters_as_text', text({ parameters: '7B' }), 'int_parsing', ['parameters'], 'valid integer'],
	])('%s', (_title, record, type, loc, words) => {
		const category =
			'parameters' in record ? 'text_generation' : 'baseline' in record ? 'image_generation' : 'clip';
		const [item, ...others] = wrong(category, record);
		expect(others).toEqual([]);
		expect(item).toMatchObject({ type, loc: ['body', ...loc], msg: expect.stringContaining(words) });
		expect(Object.keys(item ?? {}).slice(0, 4)).toEqual(['type', 'loc', 'msg', 'input']);
	});

	test.each([
		[
			'checksum',
			image({ config: { files: [{ path: 'p', sha256sum: 'zz' }] } }),
			['config', 'files', 0, 'sha256sum'],
			'64 hex',
		],
		[
			'url',
			image({ config: { download: [{ file_url: 'ftp://x' }] } }),
			['config', 'download', 0, 'file_url'],
			'URL',
		],
		[
			'url_without_host',
			image({ config: { download: [{ file_url: 'http://[bad' }] } }),
			['config', 'download', 0, 'file_url'],
			'URL',
		],
		[
			'pictures_at_huggingface',
			image({ showcases: ['https://huggingface.co/a', 'huggingface'] }),
			['showcases'],
			'huggingface',
		],
		['settings_of_another_name', text({ settings: { bogus: 1 } }), ['settings', 'bogus'], 'temperature'],
		['a_url_for_a_name', text({ name: 'https://x/y' }), ['name'], 'not a URL'],
	])('%s_is_named_with_what_would_be_right', (_title, record, loc, words) => {
		expect(wrong('parameters' in record ? 'text_generation' : 'image_generation', record)).toEqual([
			expect.objectContaining(valueError(loc, words)),
		]);
	});

	test('is_named_with_every_other_one_in_the_order_of_the_fields', () => {
		const items = wrong('image_generation', {
			name: ' a',
			baseline: 5,
			tags: 'x',
			type: 'onnx',
			config: { files: [{ md5sum: 1 }] },
		});
		expect(items.map(({ type, loc }) => [type, loc.slice(1).join('.')])).toEqual([
			['value_error', 'name'],
			['literal_error', 'type'],
			['missing', 'config.files.0.path'],
			['string_type', 'config.files.0.md5sum'],
			['string_type', 'baseline'],
			['list_type', 'tags'],
		]);
	});

	test('that_is_missing_is_shown_with_what_it_is_missing_from', () => {
		const record = { description: 'x' };
		expect(wrong('image_generation', record)).toEqual([
			{ type: 'missing', loc: ['body', 'name'], msg: 'Field required', input: record },
			{ type: 'missing', loc: ['body', 'baseline'], msg: 'Field required', input: record },
		]);
	});

	test('of_settings_or_requirements_names_every_alternative', () => {
		const items = wrong('image_generation', image({ requirements: { clip_skip: null } }));
		expect(items.map(({ loc }) => loc.slice(1).join('.'))).toEqual(
			['int', 'float', 'str', 'list[int]', 'list[float]', 'list[str]', 'bool'].map(
				(alternative) => `requirements.clip_skip.${alternative}`,
			),
		);
	});

	test('an_infinite_number_is_no_integer', () => {
		expect(wrong('image_generation', '{"name":"a","baseline":"b","size_on_disk_bytes":1e400}')).toMatchObject(
			[{ type: 'finite_number', loc: ['body', 'size_on_disk_bytes'] }],
		);
	});

	test('a_body_full_of_mistakes_gets_an_answer_of_bearable_length', () => {
		const items = wrong('image_generation', image({ tags: Array(1900).fill(1) }));
		expect(items).toHaveLength(200);
	});
});

describe('a name', () => {
	test.each([
		['', 'empty'],
		['  ', 'empty'],
		[' a', 'start or end with a blank'],
		['a\n', 'blank'],
		['a\\b', 'invalid character'],
		['a\u0000b', 'control characters'],
		['a\nb', 'control characters'],
		['x'.repeat(201), 'at most 200'],
		['\ud800', 'surrogate'],
	])('%j_is_refused_by_a_sentence', (name, words) => {
		for (const problem of [
			submit('image_generation', image({ name })),
			checkModelName(categoryOf('image_generation'), name, schemas, 'deleted'),
		]) {
			expect(problem).toMatchObject({ kind: 'name', message: expect.stringContaining(words) });
			expect(problem && 'message' in problem && problem.message).toMatch(/^\P{Cc}*$/u);
		}
	});

	test.each([
		'__proto__',
		'constructor',
		'-rf',
		'--all',
		'refs/heads/main',
		'a.lock',
		'../../etc/passwd',
		'a/b/c',
		'🦙',
		'שלום',
		'"quoted"',
		"it's",
		'x'.repeat(200),
		'\u202eabc',
	])('%j_is_taken', (name) => {
		expect(submit('image_generation', JSON.stringify(image({ name })))).toMatchObject({ ok: true, name });
	});

	test.each([
		['aphrodite/A/b', 'submitted', 'generated'],
		['koboldcpp/b', 'deleted', 'deleted'],
	] as const)('%s_is_refused_for_text_as_its_twins_are_%s', (name, action, word) => {
		expect(checkModelName(categoryOf('text_generation'), name, schemas, action)).toMatchObject({
			kind: 'backend-prefix',
			message: expect.stringMatching(`backend prefix .*${word} automatically`),
		});
		expect(checkModelName(categoryOf('clip'), name, schemas, action)).toBeUndefined();
	});

	test.each(['KoboldCpp/x', 'koboldcpp', 'tabbyapi/x'])('%s_has_no_backend_prefix', (name) => {
		expect(checkModelName(categoryOf('text_generation'), name, schemas, 'submitted')).toBeUndefined();
	});
});

describe('advice', () => {
	const full = {
		description: 'd',
		nsfw: false,
		showcases: ['https://example.org/a.webp'],
		config: { files: [{ path: 'a.safetensors', sha256sum: SHA }, { path: 'v1.yaml' }] },
	};
	test.each([
		['image_generation', image(full), []],
		['image_generation', image({ ...full, baseline: 'stable_diffusion_1' }), []],
		['image_generation', image({ ...full, baseline: 'whatever' }), ['unknown-baseline']],
		['image_generation', image({ ...full, description: ' ' }), ['no-description']],
		['image_generation', image({ ...full, nsfw: null }), ['no-nsfw']],
		['image_generation', image({ ...full, showcases: [] }), ['no-showcase']],
		['image_generation', image({ ...full, config: { files: [{ path: 'a.ckpt' }] } }), ['no-sha256']],
		['image_generation', image({}), ['no-description', 'no-nsfw', 'no-showcase']],
		['text_generation', text({}), ['no-description', 'no-nsfw']],
		['text_generation', text({ description: 'd', nsfw: true, baseline: 'any' }), []],
		['clip', { name: 'a', description: 'd', config: { files: [{ path: 'a.pt' }] } }, ['no-sha256']],
	])('on %s %j', (category, record, advice) => {
		expect(submit(category, record)).toMatchObject({ ok: true, advice });
	});
});

test('what_a_read_with_groups_added_is_not_stored', () => {
	const groups = { text_model_group: 'g', text_model_group_summary: { a: 1 } };
	const submission = submit('text_generation', text(groups));
	expect(submission.ok && fieldsText(submission.fields)).not.toContain('text_model_group');
	const other = submit('clip', { name: 'a', ...groups });
	expect(other.ok && fieldsText(other.fields)).toContain('"text_model_group_summary":{"a":1}');
});

describe('a megabyte of entries that are all wrong', () => {
	// Without a bound the files take minutes.
	test.each([
		['files', 'clip', { config: { files: Array(340_000).fill({}) } }],
		['tags', 'image_generation', image({ tags: Array(500_000).fill(1) })],
	])('in_%s_is_told_in_one_item', (_title, category, fields) => {
		expect(wrong(category, { name: 'a', ...fields })).toMatchObject([
			valueError([], '2000 fields and list entries'),
		]);
	});
});
