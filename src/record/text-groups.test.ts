import { describe, expect, test } from 'vitest';
import { groupTextModels, type TextGroupSummary, type TextRecordView } from './text-groups.ts';

function summaryOf(entries: readonly (readonly [string, TextRecordView])[], key?: string): TextGroupSummary {
	const group = groupTextModels(new Map(entries)).get(key ?? entries[0]?.[0] ?? '');
	if (group === undefined) throw new Error('the key has no group');
	return group.text_model_group_summary;
}

const bare = (...keys: readonly string[]) => keys.map((key) => [key, {}] as const);
/** A model's three keys, as the real reference has them. */
const entriesOf = (author: string, name: string) =>
	bare(`${author}/${name}`, `aphrodite/${author}/${name}`, `koboldcpp/${name}`);

describe('name_format', () => {
	test.each([
		['bigscience', 'bloom-7b1', '-', 'base size', '{author}/{base}-{size}'],
		['EleutherAI', 'pythia-1.4b-deduped', '-', 'size', '{author}/{size}'],
		['mistralai', 'Mixtral-8x7B-Instruct-v0.1', '-', 'base size variant version', ''],
		['NeverSleep', 'Noromaid-v0.1-mixtral-8x7b-v3', '-', 'version size', '{author}/{version}-{size}'],
		['xxx777xxxASD', 'L3_SnowStorm_4x8B', '_', 'base size', '{author}/{base}_{size}'],
		['CohereForAI', 'c4ai-command-r-08-2024', '-', 'base extra:DATE', '{author}/{base}-{extra:DATE}'],
		['deepseek-ai', 'DeepSeek-V2.5-1210', '-', 'base version extra:DATE', ''],
		['ReadyArt', '4.2.0-Broken-Tutu-24b', '-', 'extra:LEADING_VERSION base size', ''],
		['Sao10K', 'L3-8B-Stheno-v3.2', '-', 'size version', '{author}/{size}-{version}'],
		['Sao10K', 'L3-8B-Stheno-v3.3-32K', '-', 'size version', '{author}/{size}-{version}'],
		['Qwen', 'Qwen-1_8B-Chat', '-', 'base size variant', '{author}/{base}-{size}-{variant}'],
		['meta-llama', 'Llama-2-13b-chat-hf', '-', 'size variant', '{author}/{size}-{variant}'],
		['Orenguteng', 'Llama-3.1-8B-Lexi-Uncensored-V2', '-', 'size variant version', ''],
		['zerofata', 'Q3.5-BlueStar-27B', '-', 'quant base size', '{author}/{quant}-{base}-{size}'],
		['google', 'gemma-4-12B-it-qat-q4_0-unquantized', '-', 'size quant', '{author}/{size}-{quant}'],
		['lizpreciatior', 'lzlv_70b_fp16_hf', '_', 'size', '{author}/{size}'],
		['Black-Ink-Guild', 'Pernicious_Prophecy_70B', '_', 'base size', '{author}/{base}_{size}'],
		['knifeayumu', 'Behemoth-v1.1-Magnum-v4-123B', '-', 'version size', '{author}/{version}-{size}'],
		['moonshotai', 'Kimi-K2-Thinking', '-', 'base variant', '{author}/{base}-{variant}'],
		['Qwen', 'Qwen3-30B-A3B-Instruct-2507', '-', 'size variant extra:DATE', ''],
		['ehartford', 'WizardLM-1.0-Uncensored-Llama2-13b', '-', 'variant size', '{author}/{variant}-{size}'],
		['acrastt', 'Marx-3B-V3', '-', 'base size version', '{author}/{base}-{size}-{version}'],
		['Qwen', 'QwQ-32B-Preview', '-', 'base size variant', '{author}/{base}-{size}-{variant}'],
	])('%s/%s', (author, name, separator, parts, template) => {
		const partOrder = parts.split(' ');
		expect(summaryOf(entriesOf(author, name)).name_format).toEqual({
			separator,
			part_order: partOrder,
			author_included: true,
			common_author: null,
			template: template || `{author}/${partOrder.map((part) => `{${part}}`).join(separator)}`,
		});
	});

	test('a_model_with_no_author_is_given_its_prefixes_as_authors', () => {
		const { name_format } = summaryOf(bare('gpt2', 'aphrodite/gpt2', 'koboldcpp/gpt2'));
		expect(name_format).toMatchObject({
			author_included: true,
			common_author: null,
			template: '{author}/{base}',
		});
	});

	test('names_without_slash_have_no_author', () => {
		const { name_format } = summaryOf(bare('Foo-7B', 'Foo-13B'));
		expect(name_format).toMatchObject({
			author_included: false,
			common_author: null,
			template: '{base}-{size}',
		});
	});

	test('one_author_of_all_is_common', () => {
		expect(summaryOf(bare('A/Foo-7B', 'A/Foo-13B', 'Foo')).name_format.common_author).toBe('A');
	});

	test('the_first_of_equally_rich_names_decides', () => {
		expect(summaryOf(bare('A/Foo', 'A/Foo-7B-v1', 'A/v2-Foo-13B')).name_format.part_order).toEqual([
			'base',
			'size',
			'version',
		]);
	});

	test('separators_inside_quants_do_not_count', () => {
		expect(summaryOf(bare('A/Foo-Q4_K_M')).name_format.separator).toBe('-');
		expect(summaryOf(bare('A/Foo_Bar-Baz')).name_format.separator).toBe('-');
	});

	test('a_name_of_nothing_has_only_its_author', () => {
		expect(summaryOf(bare('aphrodite/')).name_format).toMatchObject({
			part_order: [],
			template: '{author}/',
		});
		expect(summaryOf(bare('')).name_format).toMatchObject({ part_order: [], template: '' });
	});
});

describe('summary', () => {
	test('it_goes_out_with_its_keys_in_order', () => {
		const view = { baseline: '', nsfw: false, description: 'A mixture.', tags: ['generalist', '28B'] };
		const keys = ['mistralai/Mixtral-8x7B-Instruct-v0.1', 'koboldcpp/Mixtral-8x7B-Instruct-v0.1'];
		expect(JSON.stringify(groupTextModels(new Map(keys.map((key) => [key, view]))).get(keys[1] ?? ''))).toBe(
			'{"text_model_group":"Mixtral","text_model_group_summary":{"member_count":2,"available_sizes":["8X7B"],' +
				'"available_quants":[],"common_baseline":null,"any_nsfw":false,"any_has_description":true,' +
				'"merged_tags":["28B","generalist"],"name_format":{"separator":"-",' +
				'"part_order":["base","size","variant","version"],"author_included":true,"common_author":null,' +
				'"template":"{author}/{base}-{size}-{variant}-{version}"}}}',
		);
	});

	test('members_of_a_group_share_one_summary', () => {
		const groups = groupTextModels(new Map([...entriesOf('A', 'Foo-7B'), ...entriesOf('B', 'foo-7B')]));
		expect(groups.get('A/Foo-7B')).toBe(groups.get('koboldcpp/Foo-7B'));
		expect(groups.get('A/Foo-7B')).not.toBe(groups.get('B/foo-7B'));
		expect(groups.size).toBe(6);
	});

	test('sizes_and_quants_are_sorted_as_text', () => {
		const keys = bare('a/Foo-7b', 'a/Foo-70B-q8_0', 'b/Foo-13B-GGUF', 'c/Foo-7B', 'c/Foo');
		expect(summaryOf(keys)).toMatchObject({
			member_count: 5,
			available_sizes: ['13B', '70B', '7B'],
			available_quants: ['GGUF', 'Q8_0'],
		});
	});

	test('an_author_that_looks_like_a_size_is_listed_as_one', () => {
		const found = entriesOf('Sao10K', 'L3-8B-Stheno-v3.2');
		expect(summaryOf(found).available_sizes).toEqual(['0K', '8B']);
	});

	test.each([
		['one_for_all', ['x', 'x'], 'x'],
		['empty_ones_have_no_say', ['', 'x', null, undefined], 'x'],
		['two_are_none', ['x', 'y'], null],
		['none', ['', ''], null],
		['one_that_is_no_text_is_none', [7], null],
		['text_and_other_are_two', ['x', 7], null],
	])('common_baseline: %s', (_behaviour, baselines, common) => {
		const entries = baselines.map((baseline, index) => [`author${index}x/Foo`, { baseline }] as const);
		expect(summaryOf(entries).common_baseline).toBe(common);
	});

	test.each([
		[undefined, false],
		[null, false],
		[false, false],
		[0, false],
		['', false],
		[[], false],
		[{}, false],
		[true, true],
		[1, true],
		['false', true],
		[[0], true],
		[{ a: 0 }, true],
	])('truth_is_that_of_python: %j is %s', (value, truth) => {
		expect(summaryOf([['A/Foo', { nsfw: value, description: value }]])).toMatchObject({
			any_nsfw: truth,
			any_has_description: truth,
		});
	});

	test('tags_are_merged_as_text_and_sorted_by_code_point', () => {
		const entries = [
			['A/Foo', { tags: ['b', '\u{1F600}', 'a', '\uFFFD', 'ab'] }],
			['B/Foo', { tags: ['b', 7, true, false, null, 1.5, 'True'] }],
			['C/Foo', { tags: 'not a list' }],
			['D/Foo', {}],
		] as const;
		expect(summaryOf(entries).merged_tags).toEqual([
			'1.5',
			'7',
			'False',
			'None',
			'True',
			'a',
			'ab',
			'b',
			'\uFFFD',
			'\u{1F600}',
		]);
	});

	test('names_that_objects_inherit_are_names_like_any', () => {
		const groups = groupTextModels(new Map(bare('__proto__', 'constructor', 'A/__proto__', 'toString-7B')));
		expect([...groups.keys()].sort()).toEqual(['A/__proto__', '__proto__', 'constructor', 'toString-7B']);
		// The base is stripped of its underscores, as any other would be.
		expect(groups.get('__proto__')?.text_model_group).toBe('proto');
		expect(groups.get('__proto__')?.text_model_group_summary.member_count).toBe(2);
		expect(groups.get('constructor')?.text_model_group).toBe('constructor');
	});
});
