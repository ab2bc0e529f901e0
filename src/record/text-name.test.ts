import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ParsedTextName, parseTextModelName, textModelGroup, withoutQuants } from './text-name.ts';

/** A parse in one line: `base | size | version | quant | variant | extras`, with `-` for what is absent. */
function inOneLine({ base, size, version, quant, variant, extras }: ParsedTextName): string {
	const found = extras.map(({ type, value }) => `${type}=${value}`).join(' ');
	return [base, size, version, quant, variant, found || null].map((part) => part ?? '-').join(' | ');
}

describe('parts_of_a_name', () => {
	test.each([
		['gpt2', 'gpt2 | - | - | - | - | -'],
		['bloom-7b1', 'bloom | 7B1 | - | - | - | -'],
		['pythia-1.4b-deduped', 'pythia-deduped | 1.4B | - | - | - | -'],
		['gpt-neo-125M', 'gpt-neo | 125M | - | - | - | -'],
		['Mixtral-8x7B-Instruct-v0.1', 'Mixtral | 8X7B | v0.1 | - | Instruct | -'],
		['Noromaid-v0.1-mixtral-8x7b-v3', 'Noromaid-mixtral-v3 | 8X7B | v0.1 | - | - | -'],
		['L3_SnowStorm_4x8B', 'L3_SnowStorm | 4X8B | - | - | - | -'],
		['c4ai-command-r-08-2024', 'c4ai-command-r | - | - | - | - | DATE=08-2024'],
		['c4ai-command-r-v01', 'c4ai-command-r | - | v01 | - | - | -'],
		['DeepSeek-V2.5-1210', 'DeepSeek | - | V2.5 | - | - | DATE=1210'],
		['4.2.0-Broken-Tutu-24b', 'Broken-Tutu | 24B | - | - | - | LEADING_VERSION=4.2.0'],
		['L3-8B-Stheno-v3.2', 'L3-Stheno | 8B | v3.2 | - | - | -'],
		['L3-8B-Stheno-v3.3-32K', 'L3-Stheno-32K | 8B | v3.3 | - | - | -'],
		['Qwen-1_8B-Chat', 'Qwen-1 | 8B | - | - | Chat | -'],
		['Llama-2-13b-chat-hf', 'Llama-2-hf | 13B | - | - | chat | -'],
		['Llama-3.1-8B-Lexi-Uncensored-V2', 'Llama-3.1-Lexi | 8B | V2 | - | Uncensored | -'],
		['Q3.5-BlueStar-27B', '5-BlueStar | 27B | - | Q3 | - | -'],
		['gemma-4-12B-it-qat-q4_0-unquantized', 'gemma-4-it-qat-unquantized | 12B | - | Q4_0 | - | -'],
		['lzlv_70b_fp16_hf', 'lzlv_fp16_hf | 70B | - | - | - | -'],
		['Pernicious_Prophecy_70B', 'Pernicious_Prophecy | 70B | - | - | - | -'],
		['Behemoth-v1.1-Magnum-v4-123B', 'Behemoth-Magnum-v4 | 123B | v1.1 | - | - | -'],
		['Kimi-K2-Thinking', 'Kimi-K2 | - | - | - | Thinking | -'],
		['Qwen3-30B-A3B-Instruct-2507', 'Qwen3-A3B | 30B | - | - | Instruct | DATE=2507'],
		['WizardLM-1.0-Uncensored-Llama2-13b', 'WizardLM-1.0-Llama2 | 13B | - | - | Uncensored | -'],
		['Marx-3B-V3', 'Marx | 3B | V3 | - | - | -'],
		['QwQ-32B-Preview', 'QwQ | 32B | - | - | Preview | -'],
	])('real_name %s', (name, parts) => {
		expect(inOneLine(parseTextModelName(name))).toBe(parts);
	});

	test.each([
		['Llama-3-8B-Instruct-Q4_K_M', 'Llama-3 | 8B | - | Q4_K_M | Instruct | -'],
		['A/B-7B', 'A/B | 7B | - | - | - | -'],
		['7B', '7B | 7B | - | - | - | -'],
		['70B-Q4_K_M', '70B-Q4_K_M | 70B | - | Q4_K_M | - | -'],
		['Foo..Bar--7B', 'Foo.Bar | 7B | - | - | - | -'],
		['Foo-7Bx', 'Foo-7Bx | - | - | - | - | -'],
		['Foo-7B1x', 'Foo-1x | 7B | - | - | - | -'],
		['Foo-v1.2b', 'Foo-v1 | 2B | - | - | - | -'],
		['Foo-128K-7B', 'Foo-7B | 128K | - | - | - | -'],
		['1.5-Foo-7B', 'Foo | 7B | - | - | - | LEADING_VERSION=1.5'],
		['Foo-fp16-GGUF', 'Foo-fp16 | - | - | GGUF | - | -'],
		['Foo-Q4_K_XS', 'Foo-Q4_K_XS | - | - | - | - | -'],
		['Foo-Chat-Instruct', 'Foo-Instruct | - | - | - | Chat | -'],
		['Foo-2407-2411', 'Foo-2411 | - | - | - | - | DATE=2407'],
		['Foo v2 7B', 'Foo | 7B | v2 | - | - | -'],
		['', ' | - | - | - | - | -'],
	])('synthetic_name %j', (name, parts) => {
		expect(inOneLine(parseTextModelName(name))).toBe(parts);
	});

	test.each([
		['both_extras_in_the_order_found', '2.1_Foo-2407', 'Foo | - | - | - | - | LEADING_VERSION=2.1 DATE=2407'],
		['four_numbers_are_no_leading_version', '1.2.3.4-Foo', '1.2.3.4-Foo | - | - | - | - | -'],
		['a_version_gives_back_what_ends_in_a_letter', 'Foo-v1.2.3x', 'Foo-.3x | - | v1.2 | - | - | -'],
		['a_size_after_a_letter_begins_at_its_second_digit', 'Sao10K', 'Sao1 | 0K | - | - | - | -'],
		['a_mixture_size_has_no_trailing_digits', 'Foo-8x7B1', 'Foo-1 | 8X7B | - | - | - | -'],
		['a_date_may_begin_with_its_year', 'Foo-2024-08', 'Foo | - | - | - | - | DATE=2024-08'],
		['a_coder_is_no_code', 'Foo-Coder', 'Foo-Coder | - | - | - | - | -'],
		['a_better_quant_pattern_beats_an_earlier_place', 'Foo-GGUF-Q5_K_S', 'Foo-GGUF | - | - | Q5_K_S | - | -'],
		['mixed_separators_inside_stay', 'Foo-_Bar-7B_-', 'Foo-_Bar | 7B | - | - | - | -'],
		['a_letter_beyond_ascii_belongs_to_a_word', 'éChat-7B', 'éChat | 7B | - | - | - | -'],
		['a_digit_beyond_ascii_is_a_digit', 'Foo-٧B', 'Foo | ٧B | - | - | - | -'],
	])('%s', (_behaviour, name, parts) => {
		expect(inOneLine(parseTextModelName(name))).toBe(parts);
	});
});

describe('group_of_a_key', () => {
	test.each([
		['mistralai/Mixtral-8x7B-Instruct-v0.1', 'Mixtral'],
		['aphrodite/mistralai/Mixtral-8x7B-Instruct-v0.1', 'Mixtral'],
		['koboldcpp/Mixtral-8x7B-Instruct-v0.1', 'Mixtral'],
		['koboldcpp/A/B-7B', 'B'],
		['tabbyapi/A/B-7B', 'A/B'],
		['A/B/C-7B', 'B/C'],
		['KoboldCPP/X-7B', 'X'],
		['aphrodite/koboldcpp/X-7B', 'X'],
		['aphrodite/', ''],
		['A/', ''],
		['7B', '7B'],
		['__proto__', 'proto'],
		['A/constructor-7B', 'constructor'],
	])('%s is in %j', (key, group) => {
		expect(textModelGroup(key)).toBe(group);
	});
});

test('every_quant_of_a_name_is_removed', () => {
	expect(withoutQuants('Foo-Q4_K_M-q5_0_Q8-GGUF-int4-fp16')).toBe('Foo--q5_0_Q8---');
});

describe('hostile_names_are_parsed_too', () => {
	const LENGTH = 100_000;
	test.each(
		[
			'1',
			'.',
			'-',
			'-_',
			'1.',
			'1.1',
			'1x',
			'11x',
			'v1.',
			'7Bx',
			'1.5B-',
			'Q4_K_',
			'12-3456-',
			'1.-_v 7',
			'٧',
		].map((unit) => ({ unit })),
	)('100 KB of $unit', ({ unit }) => {
		const run = unit.repeat(LENGTH / unit.length);
		for (const name of [run, `a${run}`, `${run}x`, `v${run}x`, `1.${run}`, `7B${run}x`, `a${run}a`]) {
			expect(parseTextModelName(name).base.length).toBeLessThanOrEqual(name.length);
			expect(textModelGroup(name).length).toBeLessThanOrEqual(name.length);
		}
	});

	test('any_name_has_a_base_made_of_its_own_characters', () => {
		const piece = fc.constantFrom(
			'7',
			'B',
			'x',
			'v',
			'.',
			'-',
			'_',
			' ',
			'/',
			'Q4',
			'_K',
			'Chat',
			'2024',
			'K',
			'é',
		);
		const name = fc.oneof(
			fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
			fc.string({ unit: 'binary' }),
		);
		fc.assert(
			fc.property(name, (text) => {
				const { base } = parseTextModelName(text);
				expect(base === '').toBe(text === '');
				expect([...base].filter((character) => !text.includes(character))).toEqual([]);
			}),
		);
	});
});
