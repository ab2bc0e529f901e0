import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSubmittedJson } from './submitted-json.ts';

const read = (body: string | Uint8Array) =>
	readSubmittedJson(typeof body === 'string' ? Buffer.from(body) : body);
const items = (body: string | Uint8Array) => {
	const json = read(body);
	return json.ok ? [] : json.items.map(({ type, loc }) => [type, ...loc]);
};

describe('a body that is no object', () => {
	test.each([
		['nothing', '', ['missing', 'body']],
		['blanks', ' \n', ['missing', 'body']],
		['null', 'null', ['missing', 'body']],
		['a_list', '[1]', ['model_attributes_type', 'body']],
		['a_string', '"{}"', ['model_attributes_type', 'body']],
		['a_number', '1e400', ['model_attributes_type', 'body']],
		['what_is_cut_off', '{"name": "x",', ['json_invalid', 'body', 13]],
		['single_quotes', "{'a': 1}", ['json_invalid', 'body', 1]],
		['a_comma_too_many', '{"a":1,}', ['json_invalid', 'body', 7]],
		['a_comment', '{/* */"a":1}', ['json_invalid', 'body', 1]],
		['two_values', '{} {}', ['json_invalid', 'body', 3]],
		['NaN', '{"a":NaN}', ['json_invalid', 'body', 5]],
		['latin_1', Buffer.from('{"a":"é"}', 'latin1'), ['json_invalid', 'body', 0]],
		['utf_16', Buffer.from('{"a":1}', 'utf16le'), ['json_invalid', 'body', 1]],
	])('%s_is_refused', (_title, body, item) => {
		expect(items(body)).toEqual([item]);
	});
});

describe('nesting', () => {
	const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
	test('is_taken_to_32_levels', () => {
		expect(items(nested(32))).toEqual([]);
		expect(items(nested(33))).toEqual([['value_error', 'body']]);
	});

	test.each([
		['of_a_megabyte_of_brackets', '['.repeat(1 << 20)],
		['of_a_megabyte_of_objects', nested(150_000)],
		['that_never_closes', `{"a":${'['.repeat(40)}`],
	])('%s_is_refused_without_exhausting_the_stack', (_title, body) => {
		expect(items(body)).toEqual([['value_error', 'body']]);
	});

	test('behind_a_comment_that_is_not_allowed_is_refused_as_well', () => {
		expect(items(`{"a": /* " */ ${'['.repeat(1 << 20)}`)).toEqual([['json_invalid', 'body', 6]]);
	});

	test('counts_no_brackets_in_strings', () => {
		expect(items(JSON.stringify({ a: `${'['.repeat(99)}\\"${'{'.repeat(99)}` }))).toEqual([]);
	});
});

describe('nesting_in_any_text', () => {
	/** Strings whole, as the text has them, then single units. */
	const TOKEN = /"(?:[^"\\\n]|\\[\s\S])*(?:["\n]|\\?$)|[\s\S]/g;

	/** The deepest level, by taking all strings out at once: too slow for texts that are made to be. */
	const depthOf = (text: string) => {
		let depth = 0;
		return (text.match(TOKEN) ?? []).reduce((deepest, token) => {
			if (token === '{' || token === '[') depth++;
			if (token === '}' || token === ']') depth--;
			return Math.max(deepest, depth);
		}, 0);
	};

	test('is_counted_outside_strings_alone', () => {
		const unit = fc.constantFrom('{', '[', '[', '}', ']', '"', '\\', '\n', 'a');
		fc.assert(
			fc.property(fc.string({ unit, maxLength: 40 }), (text) => {
				const body = `${'['.repeat(28)}${text}`;
				expect(items(body)[0]?.[0] === 'value_error').toBe(depthOf(body) > 32);
			}),
			{ numRuns: 2_000 },
		);
	});

	test.each([
		['that_is_not_closed', `{"a":"${'\\"'.repeat(1 << 19)}`, 5],
		['outside_of_which_there_is_nothing', '\\"'.repeat(1 << 19), 0],
	])('takes_no_time_for_a_string_of_escapes_%s', (_title, body, offset) => {
		expect(items(body)).toEqual([['json_invalid', 'body', offset]]);
	});
});

describe('members', () => {
	const listed = (item: string, count: number) => `{"a":{"b":[${Array(count).fill(item).join(',')}]}}`;
	test.each(['{}', '1', '"x,y"'])('are_taken_to_2000_in_all_when_they_are_%s', (item) => {
		expect(items(listed(item, 1_998))).toEqual([]);
		expect(items(listed(item, 1_999))).toEqual([['value_error', 'body']]);
	});
});

test('a_name_that_an_object_has_twice_is_refused_wherever_it_is', () => {
	const body =
		'{"name":"a","config":{"files":[{"path":"x","path":"y"}]},"__proto__":{"z":1,"z":1},"name":"b"}';
	expect(items(body)).toEqual([
		['value_error', 'body', 'config', 'files', 0, 'path'],
		['value_error', 'body', '__proto__', 'z'],
		['value_error', 'body', 'name'],
	]);
});

test('a_byte_order_mark_in_front_is_skipped', () => {
	expect(read('\ufeff{"a":1}')).toMatchObject({ ok: true, text: '{"a":1}' });
});

test('any_text_is_read_as_json_parse_reads_it_or_refused', () => {
	const text = fc.oneof(
		fc.json(),
		fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', '1', 'a', ' ') }),
	);
	fc.assert(
		fc.property(text, (body) => {
			const json = read(body);
			if (json.ok) expect(json.value).toEqual(JSON.parse(body));
			else expect(json.items.length).toBeGreaterThan(0);
		}),
	);
});
