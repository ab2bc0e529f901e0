import { describe, expect, test } from 'vitest';
import { cellText, dateText, escapedLines, escapedText } from './terminal-text.ts';

describe('texts for a terminal', () => {
	test.each([
		['plain words, "quotes" and a/b\\c', 'plain words, "quotes" and a/b\\c'],
		['🦄 שלום 日本', '🦄 שלום 日本'],
		['\u001b[2J', '\\u001b[2J'],
		['a\r\n\tb\0', 'a\\u000d\\u000a\\u0009b\\u0000'],
		['\u007f\u009b\u2028\u2029', '\\u007f\\u009b\\u2028\\u2029'],
		['\u202e\u2066\u200f\u061c', '\\u202e\\u2066\\u200f\\u061c'],
		['half \ud83e of one', 'half \\ud83e of one'],
	])('%j_is_shown_harmless', (text, shown) => {
		expect(escapedText(text)).toBe(shown);
	});

	test('of_several_lines_keep_their_lines', () => {
		expect(escapedLines('a\n\tb\r\n\u001b[2J\u202e')).toBe('a\n\tb\\u000d\n\\u001b[2J\\u202e');
	});

	test('are_cut_in_a_table_by_characters_and_not_within_one', () => {
		expect(cellText('🦄'.repeat(60))).toBe('🦄'.repeat(60));
		expect(cellText('🦄'.repeat(61))).toBe(`${'🦄'.repeat(59)}…`);
		expect(cellText(`${'x'.repeat(58)}\u001b`)).toBe(`${'x'.repeat(58)}\\…`);
	});

	test('of_times_are_told_to_the_second', () => {
		expect(dateText(1_600_000_000)).toBe('2020-09-13T12:26:40Z');
	});
});
