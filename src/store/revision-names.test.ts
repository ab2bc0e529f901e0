import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitName } from './revision-names.ts';

const id = (digit: string) => digit.repeat(40);
const REFS = new Map([
	['HEAD', id('0')],
	['refs/heads/main', id('1')],
	['refs/heads/feature/x', id('2')],
	['refs/heads/both', id('3')],
	['refs/tags/both', id('4')],
	['refs/tags/both2/deep', id('5')],
	['refs/heads/deadbeef', id('6')],
	['refs/heads/refs', id('7')],
	[`refs/heads/${id('a')}`, id('8')],
	['refs/tags/HEAD', id('9')],
]);

const first = (text: string) => splitName(REFS, text, 40)[0];

describe('splitName', () => {
	test.each([
		['main/clip.json', '1', 'clip.json'],
		['main/a/b/c', '1', 'a/b/c'],
		['main/', '1', ''],
		['main//x', '1', '/x'],
		['HEAD/x', '0', 'x'],
		['feature/x/y', '2', 'y'],
		['refs/heads/feature/x/y', '2', 'y'],
		['refs/heads/main/refs/heads/main', '1', 'refs/heads/main'],
		['refs/main/x', '7', 'main/x'],
		['both/x', '3', 'x'],
		['refs/tags/both/x', '4', 'x'],
		['both2/deep/x', '5', 'x'],
		['deadbeef/x', '6', 'x'],
	])('%s_is_of_the_ref', (text, digit, path) => {
		expect(first(text)).toEqual({ kind: 'ref', id: id(digit), path });
	});

	test('a_whole_id_goes_before_a_branch_of_that_name_and_a_short_one_behind', () => {
		expect(first(`${id('A')}/x`)).toEqual({ kind: 'whole-id', id: id('a'), path: 'x' });
		expect(splitName(REFS, `${id('a')}/x`, 40).map(({ kind }) => kind)).toEqual(['whole-id', 'ref']);
		expect(splitName(REFS, 'deadbeef/x', 40).map(({ kind }) => kind)).toEqual(['ref', 'short-id']);
		expect(splitName(REFS, `${id('a')}/x`, 64).map(({ kind }) => kind)).toEqual(['ref', 'short-id']);
	});

	test.each([
		'',
		'main',
		'/main/x',
		'abc/x',
		'mainx/x',
		'Main/x',
		'heads/main/x',
		`${id('a')}0/x`,
		'__proto__/x',
	])('%s_names_nothing', (text) => {
		expect(splitName(REFS, text, 40)).toEqual([]);
	});

	test('only_ever_names_objects_of_known_refs_or_ids_and_nothing_of_the_text_is_lost', () => {
		const part = fc.oneof(
			fc.constantFrom(
				'refs',
				'heads',
				'tags',
				'main',
				'feature',
				'x',
				'both',
				'pending',
				'1',
				'..',
				'.',
				'',
				'horde',
			),
			fc.constantFrom(id('a'), 'deadbeef', 'HEAD', 'HEAD^', 'main~1', 'main:x', '@{0}', '--help', '\0', '\n'),
			fc.string({ unit: 'binary' }),
		);
		const known = new Set(REFS.values());
		fc.assert(
			fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
				const text = parts.join('/');
				for (const { kind, id, path } of splitName(REFS, text, 40)) {
					if (kind === 'ref') expect(known.has(id)).toBe(true);
					else expect(id).toMatch(/^[0-9a-f]{4,40}$/);
					expect(text.endsWith(`/${path}`)).toBe(true);
				}
			}),
			{ numRuns: 1000 },
		);
	});

	test('a_text_of_very_many_slashes_is_soon_given_up', () => {
		expect(splitName(REFS, 'x/'.repeat(8000), 40)).toEqual([]);
	});
});
