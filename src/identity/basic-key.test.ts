import { describe, expect, test } from 'vitest';
import { basicKey } from './basic-key.ts';

const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`;

describe('the key in an Authorization header', () => {
	test.each([
		['the password', basic('x:key'), 'key'],
		['the user name where there is no password', basic('key:'), 'key'],
		['the password alone', basic(':key'), 'key'],
		['a password with colons', basic('x:a:b::'), 'a:b::'],
		['a password with letters of any kind', basic('x:schlüssel 😀'), 'schlüssel 😀'],
		['a password with a line break', basic('x:a\nb'), 'a\nb'],
		['whatever the case of the scheme', basic('x:key').replace('Basic', 'bAsIc'), 'key'],
	])('is_%s', (_what, header, key) => {
		expect(basicKey(header)).toBe(key);
	});

	test.each(['Basic ', 'Basic %%%', basic('no colon'), basic(':'), basic('')])(
		'is_empty_where_%j_holds_none',
		(header) => {
			expect(basicKey(header)).toBe('');
		},
	);

	test.each([undefined, '', 'Bearer abc', 'Basic', 'Basically x', 'apikey'])(
		'is_not_looked_for_in_%j',
		(header) => {
			expect(basicKey(header)).toBeUndefined();
		},
	);
});
