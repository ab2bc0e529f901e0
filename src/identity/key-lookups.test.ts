import { describe, expect, test } from 'vitest';
import type { User } from './identity-provider.ts';
import { KeyLookups } from './key-lookups.ts';

const ALICE: User = { id: '1', username: 'alice#1' };
const LIMITS = { somebody: 60_000, nobody: 10_000, capacity: 2 };

/** Look-ups of a directory in which every key that begins with `good` is Alice's. */
function setUp() {
	const clock = { now: 1000 };
	const asked: string[] = [];
	const faults = { failing: false };
	const look = async (key: string): Promise<User | undefined> => {
		asked.push(key);
		if (faults.failing) throw new Error('down');
		return key.startsWith('good') ? ALICE : undefined;
	};
	return { clock, asked, faults, lookups: new KeyLookups(look, () => clock.now, LIMITS) };
}

describe('a_key', () => {
	test('of_somebody_is_looked_up_again_after_its_time', async () => {
		const { clock, asked, lookups } = setUp();
		expect(await lookups.identify('good')).toBe(ALICE);
		clock.now += 59_999;
		expect(await lookups.identify('good')).toBe(ALICE);
		expect(asked).toEqual(['good']);
		clock.now += 1;
		await lookups.identify('good');
		expect(asked).toEqual(['good', 'good']);
	});

	test('of_nobody_is_looked_up_again_sooner', async () => {
		const { clock, asked, lookups } = setUp();
		expect(await lookups.identify('bad')).toBeUndefined();
		clock.now += 9999;
		await lookups.identify('bad');
		expect(asked).toEqual(['bad']);
		clock.now += 1;
		await lookups.identify('bad');
		expect(asked).toEqual(['bad', 'bad']);
	});

	test('that_many_ask_for_at_once_is_looked_up_once', async () => {
		const { asked, lookups } = setUp();
		const answers = await Promise.all(Array.from({ length: 50 }, () => lookups.identify('good')));
		expect(new Set(answers)).toEqual(new Set([ALICE]));
		expect(asked).toEqual(['good']);
	});

	test('is_not_driven_out_by_wrong_ones', async () => {
		const { asked, lookups } = setUp();
		await lookups.identify('good');
		for (let number = 0; number < 100; number++) await lookups.identify(`bad ${number}`);
		asked.length = 0;
		await lookups.identify('good');
		expect(asked).toEqual([]);
	});

	test('whose_lookup_failed_is_looked_up_again_at_once', async () => {
		const { asked, faults, lookups } = setUp();
		faults.failing = true;
		const answers = await Promise.allSettled([lookups.identify('good'), lookups.identify('good')]);
		expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
		expect(asked).toEqual(['good']);
		faults.failing = false;
		expect(await lookups.identify('good')).toBe(ALICE);
	});

	test.each([
		['empty', ''],
		['of_201_characters', 'good'.padEnd(201, 'x')],
		['with_a_line_feed', 'good\nkey'],
		['with_nul', 'good\0'],
		['with_a_control_character_of_latin_1', 'good\u0085'],
		['beyond_latin_1', 'good ключ'],
	])('%s_is_nobodys_without_a_lookup', async (_title, key) => {
		const { asked, lookups } = setUp();
		expect(await lookups.identify(key)).toBeUndefined();
		expect(asked).toEqual([]);
	});

	test.each(['good'.padEnd(200, 'x'), 'good clé', 'good~!@'])('as_odd_as_%s_is_looked_up', async (key) => {
		const { lookups } = setUp();
		expect(await lookups.identify(key)).toBe(ALICE);
	});
});
