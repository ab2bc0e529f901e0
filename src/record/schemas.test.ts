import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { BACKEND_PREFIXES, CATEGORIES, type CategoryEntry, findCategory } from '../categories.ts';
import type { SchemaIssue } from './schema-issues.ts';
import { RecordSchemas } from './schemas.ts';

const schemas = new RecordSchemas();
const writable = CATEGORIES.filter((category) => category.writable);
const sha = 'a'.repeat(64);

function category(name: string): CategoryEntry {
	const found = findCategory(name);
	if (found === undefined) throw new Error(`no category ${name}`);
	return found;
}

function starter(entry: CategoryEntry): [string, Record<string, unknown>][] {
	const text = readFileSync(new URL(`../../references/${entry.file}`, import.meta.url), 'utf8');
	return Object.entries(JSON.parse(text));
}

/** `tags.0: must be a string, not a number`, one for each issue, in no particular order. */
function sentences(issues: readonly SchemaIssue[]): string[] {
	return issues.map(({ path, message }) => `${path.join('.')}: ${message}`).sort();
}

const image = (fields: object = {}) => ({ name: 'A', baseline: 'stable diffusion 1', ...fields });
const text = (fields: object = {}) => ({ name: 'a/b', parameters: 7e9, ...fields });

describe('starter references', () => {
	test.each(writable)('every_starter_record_of_$name_validates_strictly_under_its_own_name', (entry) => {
		const records = starter(entry);
		expect(records.length).toBeGreaterThan(0);
		for (const [key, record] of records) {
			expect(schemas.validate(entry, record, { strict: true })).toEqual([]);
			expect(record.name).toBe(key);
		}
	});

	test('every_text_model_is_followed_by_its_generated_copies', () => {
		const records = starter(category('text_generation'));
		for (let at = 0; at < records.length; at += 3) {
			const base = records[at]?.[1] ?? {};
			const [aphrodite, koboldcpp] = BACKEND_PREFIXES;
			const names = [base.name, `${aphrodite}${base.name}`, `${koboldcpp}${base.model_name}`];
			expect(records.slice(at, at + 3)).toEqual(names.map((name) => [name, { ...base, name }]));
		}
	});

	test.each(writable)('the_starter_file_of_$name_has_the_bytes_of_the_house_style', ({ file }) => {
		const bytes = readFileSync(new URL(`../../references/${file}`, import.meta.url), 'latin1');
		expect(bytes).toBe(`${JSON.stringify(JSON.parse(bytes), null, 4)}\n`);
		expect(bytes).toMatch(/^[\n -~]*$/);
	});
});

describe('schema documents', () => {
	const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
	ajv.addKeyword({ keyword: 'x-requirement', schemaType: 'string' });

	test.each(schemas.names)('%s_is_a_valid_schema_that_describes_each_of_its_parts', (name) => {
		const document = schemas.document(name);
		expect(ajv.validateSchema(document), ajv.errorsText()).toBe(true);
		const nodes = Object.entries({ ...document.$defs, ...document.properties });
		expect(nodes.length).toBeGreaterThan(0);
		for (const [field, node] of nodes) {
			expect(isDescribed(node), `${name}.${field}`).toBe(true);
		}
	});

	test('there_is_one_schema_for_each_writable_category_and_the_shared_one', () => {
		const expected = writable.map((entry) => entry.schema);
		expect([...schemas.names].sort()).toEqual([...expected, 'common'].sort());
	});

	test('every_reference_has_the_one_form_that_a_publisher_must_rewrite', () => {
		const shared = Object.keys(schemas.document('common').$defs);
		for (const name of schemas.names) {
			for (const [, reference] of JSON.stringify(schemas.document(name)).matchAll(/"\$ref":"([^"]*)"/g)) {
				const [, target] = /^common\.schema\.json#\/\$defs\/(\w+)$/.exec(reference ?? '') ?? [];
				expect(shared).toContain(target);
			}
		}
	});

	test('image_fields_stand_in_the_order_in_which_records_are_published', () => {
		const order =
			'name,baseline,optimization,type,inpainting,description,tags,showcases,min_bridge_version,version,style,' +
			'trigger,homepage,nsfw,download_all,requirements,config,available,features_not_supported,size_on_disk_bytes';
		expect(Object.keys(schemas.document('image_generation').properties).join()).toBe(order);
	});

	test('text_fields_begin_in_the_order_of_the_published_file', () => {
		const order =
			'name,model_name,baseline,parameters,description,version,style,nsfw,display_name,url,tags,instruct_format,settings';
		expect(Object.keys(schemas.document('text_generation').properties).slice(0, 13).join()).toBe(order);
	});

	test('a_document_is_a_copy_that_its_reader_may_change', () => {
		schemas.document('blip').properties = {};
		expect(schemas.document('blip').properties).toHaveProperty('name');
	});

	test('an_unknown_document_is_refused', () => {
		expect(() => schemas.document('__proto__')).toThrow(RangeError);
	});

	test('generated_types_are_up_to_date', () => {
		const script = fileURLToPath(new URL('../../schemas/generate-types.mjs', import.meta.url));
		expect(existsSync(script)).toBe(true);
		expect(() => execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' })).not.toThrow();
	});
});

describe('records that are right', () => {
	test.each<[string, string, unknown]>([
		['the_least_that_an_image_model_needs', 'image_generation', image()],
		['a_baseline_that_nobody_knows', 'image_generation', image({ baseline: 'whatever' })],
		['nulls_where_absence_is_meant', 'image_generation', image({ config: null, tags: null, nsfw: null })],
		['lists_of_files_that_are_null', 'blip', { name: 'A', config: { files: null, download: null } }],
		['a_whole_number_with_an_exponent', 'text_generation', JSON.parse('{"name":"a","parameters":7e9}')],
		['an_unknown_field_of_any_value', 'blip', { name: 'A', extra: { a: [1, null] } }],
		['an_unknown_field_of_a_file', 'blip', { name: 'A', config: { files: [{ path: '', directory: 'x' }] } }],
		[
			'a_checksum_in_capitals',
			'blip',
			{ name: 'A', config: { files: [{ path: 'a', sha256sum: sha.toUpperCase() }] } },
		],
		[
			'a_url_with_a_star',
			'blip',
			{ name: 'A', config: { download: [{ file_url: 'https://a.example/m*.pth' }] } },
		],
		[
			'a_url_with_a_blank',
			'blip',
			{ name: 'A', config: { download: [{ file_url: 'https://a.example/m n.pth' }] } },
		],
		[
			'a_url_with_port_and_query',
			'blip',
			{ name: 'A', config: { download: [{ file_url: 'http://[::1]:8080?a=b' }] } },
		],
		['a_controlnet_type_that_only_real_records_have', 'controlnet', { name: 'A', type: 'control_hough' }],
		['an_esrgan_type_that_only_real_records_have', 'esrgan', { name: 'A', type: 'esrgan' }],
		['a_type_that_is_left_out', 'miscellaneous', { name: 'A' }],
		[
			'requirements_of_every_kind',
			'image_generation',
			image({ requirements: { a: 1, b: 2.5, c: 'x', d: true, e: [], f: [1, 2.5], g: ['x'] } }),
		],
		[
			'settings_by_their_known_names',
			'text_generation',
			text({ settings: { temperature: 1, sampler_order: [6, 0] } }),
		],
		[
			'hashes_of_embedded_components',
			'image_generation',
			image({ config: { embedded_component_hashes: { vae: 'x' } } }),
		],
		['a_name_with_slash_blank_and_dots', 'image_generation', image({ name: 'A/../b c: é😀' })],
		['a_name_of_two_hundred_characters', 'image_generation', image({ name: '😀'.repeat(200) })],
	])('%s', (_title, name, record) => {
		expect(schemas.validate(category(name), record)).toEqual([]);
	});
});

describe('records that are wrong', () => {
	test('a_record_without_name_is_named_in_the_issue', () => {
		expect(schemas.validate(category('blip'), {})).toEqual([
			{ path: ['name'], keyword: 'required', message: 'is required' },
		]);
	});

	test.each<[string, string, unknown, string[]]>([
		['a_record_that_is_a_list', 'blip', [], [': must be an object, not a list']],
		['a_record_that_is_null', 'blip', null, [': must be an object, not null']],
		['a_number_for_a_name', 'blip', { name: 5 }, ['name: must be a string, not a number']],
		[
			'null_for_a_baseline',
			'image_generation',
			image({ baseline: null }),
			['baseline: must be a string, not null'],
		],
		[
			'a_list_for_a_config',
			'blip',
			{ name: 'A', config: [1] },
			['config: must be an object or null, not a list'],
		],
		[
			'zero_for_files',
			'blip',
			{ name: 'A', config: { files: 0 } },
			['config.files: must be a list or null, not a number'],
		],
		[
			'a_file_without_a_path',
			'blip',
			{ name: 'A', config: { files: [{}] } },
			['config.files.0.path: is required'],
		],
		[
			'a_string_for_a_download',
			'blip',
			{ name: 'A', config: { download: ['x'] } },
			['config.download.0: must be an object, not a string'],
		],
		[
			'a_checksum_that_is_too_short',
			'blip',
			{ name: 'A', config: { files: [{ path: 'a', sha256sum: 'abc' }] } },
			['config.files.0.sha256sum: must be 64 hexadecimal digits'],
		],
		[
			'a_checksum_that_is_empty',
			'blip',
			{ name: 'A', config: { files: [{ path: 'a', sha256sum: '' }] } },
			['config.files.0.sha256sum: must be 64 hexadecimal digits'],
		],
		['null_for_a_type', 'blip', { name: 'A', type: null }, ['type: must be "blip", not null']],
		[
			'the_wrong_type',
			'clip',
			{ name: 'A', type: 'x' },
			[`type: must be "clip", "coca" or "open_clip", not "x"`],
		],
		['a_controlnet_without_type', 'controlnet', { name: 'A' }, ['type: is required']],
		[
			'null_for_inpainting',
			'image_generation',
			image({ inpainting: null }),
			['inpainting: must be true or false, not null'],
		],
		[
			'a_word_for_a_flag',
			'image_generation',
			image({ nsfw: 'yes' }),
			['nsfw: must be true or false or null, not a string'],
		],
		[
			'half_a_byte',
			'image_generation',
			image({ size_on_disk_bytes: 1.5 }),
			['size_on_disk_bytes: must be a whole number or null, not 1.5'],
		],
		[
			'a_showcase_at_huggingface',
			'image_generation',
			image({ showcases: ['https://x', 'https://huggingface.co/a.png'] }),
			['showcases.1: must not be a picture at huggingface'],
		],
		[
			'a_requirement_that_mixes',
			'image_generation',
			image({ requirements: { a: [1, 'x'], b: {}, c: null } }),
			['requirements.a', 'requirements.b', 'requirements.c'].map(
				(at) => `${at}: must be a number, a string, true or false, or a list of only numbers or only strings`,
			),
		],
		['a_text_model_without_parameters', 'text_generation', { name: 'a' }, ['parameters: is required']],
		[
			'a_text_model_without_weights',
			'text_generation',
			text({ parameters: 0 }),
			['parameters: must be 1 or more, not 0'],
		],
		[
			'parameters_in_quotes',
			'text_generation',
			text({ parameters: '7e9' }),
			['parameters: must be a whole number, not a string'],
		],
		[
			'parameters_beyond_all_numbers',
			'text_generation',
			JSON.parse('{"name":"a","parameters":1e999}'),
			['parameters: must be a whole number, not Infinity'],
		],
		[
			'a_url_for_the_name_of_a_text_model',
			'text_generation',
			text({ name: 'https://a/b' }),
			['name: must be of the form Author/ModelName, not a URL'],
		],
	])('%s_is_refused', (_title, name, record, expected) => {
		expect(sentences(schemas.validate(category(name), record))).toEqual(expected.sort());
	});

	test.each<[string, string, string]>([
		['empty', '', 'must not be empty'],
		['blank', '  ', 'must not be empty or made of blanks only'],
		['blank_in_front', '\u00a0A', 'must not start or end with a blank'],
		['blank_behind', 'A ', 'must not start or end with a blank'],
		['with_a_backslash', 'a\\b', 'must not contain the invalid character \\ (backslash)'],
		['with_a_line_break', 'a\nb', 'must not contain control characters'],
		['with_a_control_character', 'a\u0085b', 'must not contain control characters'],
		['with_half_a_character', 'a\ud800b', 'must not contain half of a surrogate pair'],
		['too_long', 'x'.repeat(201), 'must have at most 200 characters'],
	])('a_name_that_is_%s_is_refused', (_title, name, message) => {
		expect(sentences(schemas.validate(category('image_generation'), image({ name })))).toEqual([
			`name: ${message}`,
		]);
	});

	test.each([
		'',
		'x',
		'/a/b',
		'ftp://a/b',
		'https://',
		'https:///a',
		'http://[bad',
		'https://a b/c',
		'https://a/\n',
	])('the_download_url_%j_is_refused', (file_url) => {
		const record = { name: 'A', config: { download: [{ file_url }] } };
		expect(sentences(schemas.validate(category('clip'), record))).toEqual([
			'config.download.0.file_url: must be an absolute http or https URL',
		]);
	});

	test('an_unknown_setting_is_refused_with_the_known_ones', () => {
		const [issue, ...others] = schemas.validate(
			category('text_generation'),
			text({ settings: { bogus: 1 } }),
		);
		expect(others).toEqual([]);
		expect(issue).toMatchObject({ path: ['settings', 'bogus'], keyword: 'additionalProperties' });
		expect(issue?.allowed).toHaveLength(24);
		expect(issue?.allowed).toEqual([...(issue?.allowed ?? [])].sort());
	});

	test('the_allowed_values_of_a_choice_come_with_the_issue', () => {
		const [issue] = schemas.validate(category('esrgan'), { name: 'A', type: 'x' });
		expect(issue?.allowed).toEqual(['realesrgan', 'esrgan']);
	});

	test('every_bad_field_is_named_and_not_only_the_first', () => {
		const record = {
			baseline: 5,
			type: 'onnx',
			inpainting: 'perhaps',
			tags: 'x',
			trigger: ['a', 1],
			requirements: { a: {} },
			config: { files: [{ md5sum: 1 }, { path: 2 }], download: 'x' },
			size_on_disk_bytes: 1.5,
		};
		const paths = schemas.validate(category('image_generation'), record).map(({ path }) => path.join('.'));
		expect(paths.sort()).toEqual([
			'baseline',
			'config.download',
			'config.files.0.md5sum',
			'config.files.0.path',
			'config.files.1.path',
			'inpainting',
			'name',
			'requirements.a',
			'size_on_disk_bytes',
			'tags',
			'trigger.1',
			'type',
		]);
	});

	test('a_path_tells_list_entries_from_fields_whose_name_is_a_number', () => {
		const record = image({ requirements: { '0': null, 'a/b~c': null }, tags: [0] });
		const paths = schemas.validate(category('image_generation'), record).map(({ path }) => path);
		expect(paths).toContainEqual(['requirements', '0']);
		expect(paths).toContainEqual(['requirements', 'a/b~c']);
		expect(paths).toContainEqual(['tags', 0]);
	});

	test('a_long_value_is_cut_in_the_message', () => {
		const [issue] = schemas.validate(category('blip'), { name: 'A', type: 'x'.repeat(1000) });
		expect(issue?.message.length).toBeLessThan(100);
	});
});

describe('strict', () => {
	test('strict_reports_unknown_fields', () => {
		const record = {
			name: 'A',
			extra: 1,
			config: { files: [{ path: 'a', directory: 'x' }], download: [{ symlink: 'x' }], more: 1 },
		};
		expect(schemas.validate(category('blip'), record)).toEqual([]);
		const issues = schemas.validate(category('blip'), record, { strict: true });
		expect(issues.map(({ path }) => path.join('.')).sort()).toEqual([
			'config.download.0.symlink',
			'config.files.0.directory',
			'config.more',
			'extra',
		]);
		expect(new Set(issues.map(({ keyword }) => keyword))).toEqual(new Set(['additionalProperties']));
	});

	test('strict_still_takes_requirements_of_any_name', () => {
		const record = image({ requirements: { something_new: 1 } });
		expect(schemas.validate(category('image_generation'), record, { strict: true })).toEqual([]);
	});
});

describe('__proto__ as a key', () => {
	const parsed = (json: string): unknown => JSON.parse(json);

	test('__proto__in_a_record_does_not_stand_in_for_its_fields', () => {
		const record = parsed('{"__proto__": {"name": "A", "polluted": true}}');
		expect(sentences(schemas.validate(category('blip'), record))).toEqual(['name: is required']);
		expect({}).not.toHaveProperty('polluted');
	});

	test('__proto__in_a_record_is_an_unknown_field_like_any_other', () => {
		const record = parsed('{"name": "A", "__proto__": {"x": 1}, "constructor": 1}');
		expect(schemas.validate(category('blip'), record)).toEqual([]);
		const issues = schemas.validate(category('blip'), record, { strict: true });
		expect(issues.map(({ path }) => path)).toEqual([['__proto__'], ['constructor']]);
	});

	test('__proto__in_settings_is_an_unknown_setting', () => {
		const record = parsed('{"name": "a", "parameters": 1, "settings": {"__proto__": 1}}');
		const issues = schemas.validate(category('text_generation'), record);
		expect(issues.map(({ path }) => path)).toEqual([['settings', '__proto__']]);
	});

	test('__proto__in_requirements_obeys_the_rule_for_values', () => {
		const record = parsed('{"name": "A", "baseline": "x", "requirements": {"__proto__": {"a": 1}}}');
		const issues = schemas.validate(category('image_generation'), record);
		expect(issues.map(({ path }) => path)).toEqual([['requirements', '__proto__']]);
	});

	test('a_field_that_only_the_prototype_has_is_missing', () => {
		expect(sentences(schemas.validate(category('blip'), Object.create({ name: 'A' })))).toEqual([
			'name: is required',
		]);
	});
});

describe('categories without a schema', () => {
	test.each<[unknown, string[]]>([
		[{ anything: [null] }, []],
		[[], [': must be an object, not a list']],
		['x', [': must be an object, not a string']],
		[null, [': must be an object, not null']],
	])('%j_is_judged_only_by_being_an_object', (record, expected) => {
		expect(sentences(schemas.validate(category('video_generation'), record))).toEqual(expected);
	});
});

/** Titles and descriptions are in the node itself, or in the shared definition that it refers to. */
function isDescribed(node: unknown): boolean {
	const { title, description, $ref, properties = {} } = Object(node);
	const inherits = typeof $ref === 'string';
	return (inherits || (title && description) !== undefined) && Object.values(properties).every(isDescribed);
}
