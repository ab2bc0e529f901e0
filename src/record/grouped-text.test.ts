import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderGroupedText } from './grouped-text.ts';

const SUMMARY_OF_ONE =
	'{"member_count": 1, "available_sizes": ["7B"], "available_quants": [], "common_baseline": null, ' +
	'"any_nsfw": false, "any_has_description": false, "merged_tags": [], "name_format": {"separator": "-", ' +
	'"part_order": ["base", "size"], "author_included": true, "common_author": "A", ' +
	'"template": "{author}/{base}-{size}"}}';

describe('grouped_text', () => {
	test('group_and_summary_end_every_record', () => {
		expect(renderGroupedText('{\n  "A/Fée-7B": {\n    "parameters": 7.0\n  }\n}\n')).toBe(
			`{"A/F\\u00e9e-7B": {"parameters": 7.0, "text_model_group": "F\\u00e9e", ` +
				`"text_model_group_summary": ${SUMMARY_OF_ONE}}}`,
		);
	});

	test('members_that_are_there_already_are_replaced_in_place', () => {
		const text = '{"A/Foo-7B":{"text_model_group_summary":1,"a":2,"text_model_group":"x","b":3}}';
		expect(renderGroupedText(text)).toBe(
			`{"A/Foo-7B": {"text_model_group_summary": ${SUMMARY_OF_ONE}, "a": 2, "text_model_group": "Foo", "b": 3}}`,
		);
	});

	test('records_of_one_group_are_summarised_together_and_keep_their_order', () => {
		const text =
			'{"2":{"tags":["b"]},"A/Foo-7B":{"tags":["b"],"nsfw":true},"1":{},"B/Foo-13B":{"tags":["a"]}}';
		const answer = renderGroupedText(text) ?? '';
		expect(answer.match(/"[^"]*": \{(?="t)|"1": \{/g)).toEqual([
			'"2": {',
			'"A/Foo-7B": {',
			'"1": {',
			'"B/Foo-13B": {',
		]);
		const parsed = JSON.parse(answer);
		expect(parsed['A/Foo-7B'].text_model_group_summary).toMatchObject({
			member_count: 2,
			any_nsfw: true,
			merged_tags: ['a', 'b'],
		});
		expect(parsed['B/Foo-13B'].text_model_group_summary).toEqual(parsed['A/Foo-7B'].text_model_group_summary);
	});

	test('no_records_are_an_empty_object', () => {
		expect(renderGroupedText(' {} ')).toBe('{}');
	});

	test.each(['', 'null', '[]', '{"A/Foo":7}', '{"A/Foo":{}'])('%j cannot be grouped', (text) => {
		expect(renderGroupedText(text)).toBeNull();
	});

	test('any_reference_comes_back_whole_with_two_fields_more_on_one_ascii_line', () => {
		const name = fc.oneof(
			fc.constantFrom('__proto__', 'constructor', 'A/Foo-7B', 'koboldcpp/Foo-7B', 'B/Foo-Q4', '10', '9', ''),
			fc.string({ unit: 'binary' }),
		);
		const member = fc.constantFrom('tags', 'baseline', 'nsfw', 'description', 'settings', '__proto__', 'é');
		const records = fc.uniqueArray(
			fc.tuple(name, fc.uniqueArray(fc.tuple(member, fc.jsonValue()), { selector: ([key]) => key })),
			{ selector: ([key]) => key },
		);
		fc.assert(
			fc.property(records, fc.constantFrom('', '\n  '), (entries, space) => {
				const objectOf = (members: readonly string[]) => `{${space}${members.join(`,${space}`)}${space}}`;
				const memberOf = ([key, value]: readonly [string, unknown]) =>
					`${JSON.stringify(key)}:${space}${JSON.stringify(value)}`;
				const text = objectOf(
					entries.map(([key, members]) => `${JSON.stringify(key)}:${objectOf(members.map(memberOf))}`),
				);
				const answer = renderGroupedText(text) ?? '';
				expect(answer).toMatch(/^[ -~]*$/);

				const parsed = new Map<string, object>(Object.entries(JSON.parse(answer)));
				expect(parsed.size).toBe(entries.length);
				for (const [key, members] of entries) {
					const shown = Object.entries(parsed.get(key) ?? {});
					expect(JSON.stringify(shown.slice(0, -2))).toBe(JSON.stringify(members));
					expect(shown.slice(-2).map(([added]) => added)).toEqual([
						'text_model_group',
						'text_model_group_summary',
					]);
				}
			}),
		);
	});
});
