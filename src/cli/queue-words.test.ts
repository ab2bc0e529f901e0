import { describe, expect, test } from 'vitest';
import { fieldLines, namedChanges } from './queue-words.ts';

describe('namedChanges', () => {
	test.each([
		[[7], 'change 7'],
		[[7, 8], 'changes 7 and 8'],
		[[9, 7, 8], 'changes 9, 7 and 8'],
		[Array.from({ length: 21 }, (_, index) => index + 1), '21 changes'],
	])('of_%j', (ids, words) => {
		expect(namedChanges(ids)).toBe(words);
	});
});

describe('fieldLines', () => {
	const plain = (_style: string, text: string) => text;

	test('marks_how_a_field_differs_and_whether_it_is_critical', () => {
		const lines = fieldLines(
			[
				{ path: 'a', before: undefined, after: '1.0', type: 'added' },
				{ path: 'b.\u001b', before: '"x\u009b"', after: undefined, type: 'removed' },
				{ path: 'c', before: 'null', after: '[]', type: 'modified' },
			],
			['c', 'd'],
			plain,
		);
		expect(lines).toEqual(['+ a: 1.0', '- b.\\u001b: "x\\u009b"', '~ c [critical]: null -> []']);
	});

	test('puts_values_on_lines_of_their_own_where_they_do_not_fit_on_one', () => {
		const [before, after] = [`"${'x'.repeat(40)}"`, `"${'y'.repeat(36)}"`];
		const lines = (more: string) =>
			fieldLines([{ path: 'p', before, after: after + more, type: 'modified' }], [], plain);
		expect(lines('')).toEqual([`~ p: ${before} -> ${after}`]);
		expect(lines(' ')).toEqual(['~ p', `    - ${before}`, `    + ${after} `]);
	});
});
