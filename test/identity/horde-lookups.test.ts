/** How seldom, and how much at once, AI-Horde is asked. */

import { describe, expect, test } from 'vitest';
import { ALICE, ALICE_KEY, BOB_KEY, SECRET, setUpHorde, unavailability, WRONG_KEY } from './horde-setup.ts';

describe('an_answer', () => {
	test('that_names_a_user_holds_for_a_minute', async () => {
		const { horde, clock, identity } = await setUpHorde();
		await identity.identify(ALICE_KEY);
		horde.users.delete(ALICE_KEY);
		clock.now += 59_999;
		expect(await identity.identify(ALICE_KEY)).toEqual(ALICE);
		expect(horde.calls).toHaveLength(1);
		clock.now += 1;
		expect(await identity.identify(ALICE_KEY)).toBeUndefined();
		expect(horde.calls).toHaveLength(2);
	});

	test('that_names_nobody_holds_for_ten_seconds', async () => {
		const { horde, clock, identity } = await setUpHorde();
		await identity.identify(WRONG_KEY);
		horde.users.set(WRONG_KEY, 'alice#1');
		clock.now += 9999;
		expect(await identity.identify(WRONG_KEY)).toBeUndefined();
		expect(horde.calls).toHaveLength(1);
		clock.now += 1;
		expect(await identity.identify(WRONG_KEY)).toEqual(ALICE);
	});

	test('that_told_nothing_does_not_hold', async () => {
		const { horde, identity } = await setUpHorde();
		horde.behaviour = { status: 500 };
		await unavailability(identity.identify(ALICE_KEY));
		horde.behaviour = 'right';
		expect(await identity.identify(ALICE_KEY)).toEqual(ALICE);
	});
});

describe('at_once', () => {
	test('the_same_key_is_asked_for_once', async () => {
		const { horde, identity, held } = await setUpHorde();
		horde.behaviour = 'slow';
		const lookups = Array.from({ length: 50 }, () => identity.identify(ALICE_KEY));
		await held(1);
		horde.release();
		expect(new Set(await Promise.all(lookups))).toEqual(new Set([ALICE]));
		expect(horde.calls).toHaveLength(1);
	});

	test('those_who_ask_for_the_same_key_share_its_failure', async () => {
		const { horde, identity } = await setUpHorde();
		horde.behaviour = { status: 502 };
		await Promise.all(Array.from({ length: 5 }, () => unavailability(identity.identify(ALICE_KEY))));
		expect(horde.calls).toHaveLength(1);
		expect(identity.health()).toMatchObject({ consecutiveFailures: 1 });
	});

	test('only_so_many_keys_are_asked_for_and_only_so_many_wait', async () => {
		const { horde, identity, held } = await setUpHorde({ limits: { gate: { running: 2, waiting: 1 } } });
		horde.behaviour = 'slow';
		const lookups = [ALICE_KEY, BOB_KEY, WRONG_KEY].map((key) => identity.identify(key));
		await held(2);
		expect(await unavailability(identity.identify(`further-${SECRET}`))).toMatchObject({ retryAfter: 1 });
		expect(horde.calls).toHaveLength(2);
		horde.release();
		expect(await Promise.all(lookups)).toEqual([ALICE, { id: '2', username: 'bob#2' }, undefined]);
		expect(horde.calls).toHaveLength(3);
		// Being busy is no failure of AI-Horde.
		expect(identity.health()).toMatchObject({ consecutiveFailures: 0 });
	});
});

describe('closing', () => {
	test('gives_up_what_is_asked_and_what_waits_and_asks_no_more', async () => {
		const { horde, identity, lines, held } = await setUpHorde({
			limits: { gate: { running: 1, waiting: 1 } },
		});
		horde.behaviour = 'slow';
		const lookups = [ALICE_KEY, BOB_KEY].map((key) => unavailability(identity.identify(key)));
		await held(1);
		await identity.close();
		await Promise.all(lookups);
		horde.behaviour = 'right';
		await unavailability(identity.identify(WRONG_KEY));
		expect(horde.calls).toHaveLength(1);
		// None of that is a failure of AI-Horde, nor news.
		expect(identity.health()).toMatchObject({ degraded: false, consecutiveFailures: 0 });
		expect(lines).toEqual([]);
	});

	test('forgets_whom_it_knew', async () => {
		const { identity } = await setUpHorde();
		await identity.identify(ALICE_KEY);
		await identity.close();
		await unavailability(identity.identify(ALICE_KEY));
	});
});
