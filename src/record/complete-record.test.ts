import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyRecord, compactText } from '../../test/support/reference-texts.ts';
import { findCategory } from '../categories.ts';
import { completeRecord } from './complete-record.ts';
import { fieldsText, recordFields } from './record-fields.ts';
import { RecordSchemas } from './schemas.ts';

const schemas = new RecordSchemas();

function rulesOf(name: string) {
	const category = findCategory(name);
	if (!category) throw new Error(`no category ${name}`);
	return schemas.fields(category);
}

const complete = (category: string, record: string) =>
	fieldsText(completeRecord(recordFields(record), rulesOf(category)));

const EMPTY_CONFIG = '"config":{"files":[],"download":[]}';

describe('what_is_left_out_is_filled_in', () => {
	test.each([
		[
			'image_generation',
			'{"name":"a","baseline":"x"}',
			`"baseline":"x","type":"ckpt","inpainting":false,${EMPTY_CONFIG}`,
		],
		['blip', '{"name":"a"}', `"type":"blip",${EMPTY_CONFIG}`],
		['clip', '{"name":"a"}', `"type":"clip",${EMPTY_CONFIG}`],
		['codeformer', '{"name":"a"}', `"type":"CodeFormers",${EMPTY_CONFIG}`],
		['controlnet', '{"type":"control_canny","name":"a"}', `"type":"control_canny",${EMPTY_CONFIG}`],
		['miscellaneous', '{"name":"a","config":null}', `"type":"layer_diffuse",${EMPTY_CONFIG}`],
	])('%s %s', (category, record, rest) => {
		expect(complete(category, record)).toBe(`{"name":"a",${rest}}`);
	});
});

test('known_fields_come_in_the_published_order_and_unknown_ones_after_them_as_sent', () => {
	const sent =
		'{"z":1,"size_on_disk_bytes":1,"features_not_supported":[],"config":{},"baseline":"x","2":0,"homepage":"h","name":"a","1":0}';
	expect(complete('image_generation', sent)).toBe(
		`{"name":"a","baseline":"x","type":"ckpt","inpainting":false,"homepage":"h",${EMPTY_CONFIG},"features_not_supported":[],"size_on_disk_bytes":1,"z":1,"2":0,"1":0}`,
	);
});

describe('baselines_are_published_in_their_legacy_spelling', () => {
	test.each([
		['stable_diffusion_1', 'stable diffusion 1'],
		['stable_diffusion_2_768', 'stable diffusion 2'],
		['stable_diffusion_2_512', 'stable diffusion 2 512'],
		['stable diffusion 2', 'stable diffusion 2'],
		['stable_diffusion_xl', 'stable_diffusion_xl'],
		['flux_1', 'flux_1'],
		['', ''],
	])('%j as %j', (sent, stored) => {
		const text = complete('image_generation', JSON.stringify({ name: 'a', baseline: sent }));
		expect(JSON.parse(text).baseline).toBe(stored);
	});

	test('also_when_spelled_with_escapes', () => {
		expect(complete('image_generation', '{"name":"a","baseline":"stable\\u005fdiffusion_1"}')).toContain(
			'"baseline":"stable diffusion 1"',
		);
	});
});

describe('nulls', () => {
	test.each([
		[
			'of_a_known_field_mean_absent',
			'{"name":"a","description":null}',
			`{"name":"a","type":"clip",${EMPTY_CONFIG}}`,
		],
		[
			'of_an_unknown_field_mean_absent',
			'{"name":"a","x":null}',
			`{"name":"a","type":"clip",${EMPTY_CONFIG}}`,
		],
		[
			'inside_an_unknown_field_are_kept',
			'{"name":"a","x":[null]}',
			`{"name":"a","type":"clip",${EMPTY_CONFIG},"x":[null]}`,
		],
		[
			'of_files_mean_none_and_of_their_known_fields_absent',
			'{"name":"a","config":{"files":[{"md5sum":null,"path":"p","q":null}],"download":null}}',
			'{"name":"a","type":"clip","config":{"files":[{"path":"p","q":null}],"download":[]}}',
		],
	])('%s', (_title, sent, stored) => {
		expect(complete('clip', sent)).toBe(stored);
	});
});

test('config_has_known_keys_first_and_keeps_the_unknown', () => {
	const sent =
		'{"name":"a","config":{"k":1,"embedded_component_hashes":{"vae":"x"},"download":[{"x":1,"file_url":"u","file_name":"n"}],"files":[{"sha256sum":"s","path":"p"}]}}';
	expect(complete('clip', sent)).toBe(
		'{"name":"a","type":"clip","config":{"files":[{"path":"p","sha256sum":"s"}],"download":[{"file_name":"n","file_url":"u","x":1}],"embedded_component_hashes":{"vae":"x"},"k":1}}',
	);
});

describe('whole_numbers_are_stored_as_digits', () => {
	test.each([
		['7e9', '7000000000'],
		['5214865159', '5214865159'],
		['9007199254740993', '9007199254740993'],
		['1.0', '1'],
		['-0', '0'],
	])('%s as %s', (sent, stored) => {
		const record = `{"name":"a","baseline":"x","size_on_disk_bytes":${sent},"other":${sent}}`;
		const text = complete('image_generation', record);
		expect(text).toContain(`"size_on_disk_bytes":${stored},"other":${sent}}`);
	});
});

test('completing_again_changes_nothing_and_loses_no_unknown_field', () => {
	fc.assert(
		fc.property(anyRecord, (record) => {
			const sent = recordFields(compactText(record));
			for (const known of rulesOf('clip').keys()) sent.delete(known);
			const stored = completeRecord(sent, rulesOf('clip'));
			expect(completeRecord(stored, rulesOf('clip'))).toEqual(stored);
			for (const [name, text] of sent) expect(stored.get(name)).toBe(text === 'null' ? undefined : text);
		}),
	);
});
