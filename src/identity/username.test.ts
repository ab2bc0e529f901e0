import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readUsername } from './username.ts';

describe('a_username', () => {
	test.each([
		['alice#123', '123', 'alice#123'],
		['a#b#2', '2', 'a#b#2'],
		['Anonymous#0', '0', 'Anonymous#0'],
		['with blanks#7', '7', 'with blanks#7'],
		['Ünïcode 🦄#8', '8', 'Ünïcode 🦄#8'],
		['mallory <root@localhost>#9', '9', 'mallory _root@localhost_#9'],
		['two\nlines\r\nof it#10', '10', 'two_lines__of it#10'],
		['nul\0 and \u001b[31m#11', '11', 'nul_ and _[31m#11'],
		['turned \u202eround#12', '12', 'turned _round#12'],
		['lone \ud800 half#13', '13', 'lone _ half#13'],
		['line\u2028separator#14', '14', 'line_separator#14'],
		['#15', '15', 'unknown#15'],
		['   #16', '16', 'unknown#16'],
	])('%j_names_the_user_%s', (text, id, username) => {
		expect(readUsername(text)).toEqual({ id, username });
	});

	test.each([
		'',
		'alice',
		'alice#',
		'#',
		'alice#1 2',
		'alice#1\n',
		'alice# 1',
		'alice#<1>',
		`a#${'1'.repeat(65)}`,
	])('%j_names_nobody', (text) => {
		expect(readUsername(text)).toBeUndefined();
	});

	test('of_any_length_is_cut_between_characters', () => {
		expect(readUsername(`${'x'.repeat(10_240)}#3`)).toEqual({ id: '3', username: `${'x'.repeat(100)}#3` });
		expect(readUsername(`${'🦄'.repeat(5_000)}#3`)?.username).toBe(`${'🦄'.repeat(100)}#3`);
	});

	test('is_always_one_harmless_line_that_ends_with_its_id', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.nat(), (name, id) => {
				const user = readUsername(`${name}#${id}`);
				expect(user?.id).toBe(String(id));
				expect(user?.username.endsWith(`#${id}`)).toBe(true);
				expect(user?.username).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}<>]/u);
				expect(user?.username).not.toMatch(/\p{Surrogate}/u);
				// What was read once reads the same again.
				expect(readUsername(user?.username ?? '')).toEqual(user);
			}),
		);
	});
});
