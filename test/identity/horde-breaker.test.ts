/** What happens while AI-Horde fails again and again, and when it answers again. */

import { describe, expect, test } from 'vitest';
import type { HordeBehaviour } from '../support/fake-horde.ts';
import { ALICE, ALICE_KEY, BOB_KEY, SECRET, setUpHorde, unavailability, WRONG_KEY } from './horde-setup.ts';

const BREAKER = { failures: 3, coolDown: 30_000 };

/** A provider that has given up asking, after as many failures as that takes. */
async function setUpFailing(behaviour: HordeBehaviour = { status: 500 }) {
	const setup = await setUpHorde({ limits: { breaker: BREAKER } });
	setup.horde.behaviour = behaviour;
	for (let times = 0; times < BREAKER.failures; times++) {
		await unavailability(setup.identity.identify(BOB_KEY));
	}
	setup.horde.calls.length = 0;
	return setup;
}

describe('after_failures_in_a_row', () => {
	test.each<[string, HordeBehaviour]>([
		['errors', { status: 500 }],
		['dropped_connections', 'reset'],
		['web_pages', 'not-json'],
		['refusals_for_too_many_questions', { status: 429 }],
	])('that_are_%s_nobody_is_asked', async (_title, behaviour) => {
		const { horde, clock, identity } = await setUpFailing(behaviour);
		expect(identity.health()).toEqual({ degraded: true, consecutiveFailures: 3, secondsUntilRetry: 30 });
		horde.behaviour = 'right';
		expect(await unavailability(identity.identify(ALICE_KEY))).toMatchObject({ retryAfter: 30 });
		clock.now += 12_500;
		expect(await unavailability(identity.identify(ALICE_KEY))).toMatchObject({ retryAfter: 17.5 });
		expect(identity.health()).toMatchObject({ secondsUntilRetry: 17.5 });
		expect(horde.calls).toEqual([]);
	});

	test('that_are_silence_nobody_is_asked', async () => {
		const { horde, identity } = await setUpHorde({ limits: { timeout: 20, breaker: BREAKER } });
		horde.behaviour = 'slow';
		for (let times = 0; times < 3; times++) await unavailability(identity.identify(ALICE_KEY));
		const { message } = await unavailability(identity.identify(ALICE_KEY));
		expect(message).toBe('Auth service unavailable');
		expect(identity.health()).toMatchObject({ degraded: true, consecutiveFailures: 3 });
	});

	test('whoever_is_known_still_is', async () => {
		const { horde, identity } = await setUpHorde({ limits: { breaker: BREAKER } });
		await identity.identify(ALICE_KEY);
		horde.behaviour = { status: 500 };
		for (let times = 0; times < 3; times++) await unavailability(identity.identify(BOB_KEY));
		expect(identity.health()).toMatchObject({ degraded: true });
		expect(await identity.identify(ALICE_KEY)).toEqual(ALICE);
	});

	test('the_longer_of_both_waits_is_passed_on', async () => {
		const { horde, identity } = await setUpHorde({ limits: { breaker: { ...BREAKER, failures: 1 } } });
		horde.behaviour = { status: 429, headers: { 'Retry-After': '120' } };
		expect(await unavailability(identity.identify(ALICE_KEY))).toMatchObject({ retryAfter: 120 });
		expect(await unavailability(identity.identify(ALICE_KEY))).toMatchObject({ retryAfter: 30 });
	});
});

describe('after_the_cool_down', () => {
	test('one_is_let_through_and_when_it_is_answered_so_is_everybody', async () => {
		const { horde, clock, identity, lines, held } = await setUpFailing();
		clock.now += 30_000;
		expect(identity.health()).toEqual({ degraded: true, consecutiveFailures: 3, secondsUntilRetry: 0 });
		horde.behaviour = 'slow';
		const probe = identity.identify(ALICE_KEY);
		await held(1);
		expect(await unavailability(identity.identify(BOB_KEY))).toMatchObject({ retryAfter: 1 });
		expect(horde.calls).toHaveLength(1);
		horde.release();
		expect(await probe).toEqual(ALICE);
		expect(identity.health()).toEqual({ degraded: false, consecutiveFailures: 0, secondsUntilRetry: null });
		expect(await identity.identify(BOB_KEY)).toEqual({ id: '2', username: 'bob#2' });
		expect(lines.filter((line) => line.includes('AI-Horde answers again'))).toHaveLength(1);
	});

	test('a_wrong_key_shows_as_well_that_it_answers', async () => {
		const { horde, clock, identity } = await setUpFailing();
		clock.now += 30_000;
		horde.behaviour = { status: 401 };
		expect(await identity.identify(WRONG_KEY)).toBeUndefined();
		expect(identity.health()).toMatchObject({ degraded: false, consecutiveFailures: 0 });
	});

	test('one_more_failure_begins_another', async () => {
		const { horde, clock, identity } = await setUpFailing();
		clock.now += 30_000;
		expect(await unavailability(identity.identify(ALICE_KEY))).toMatchObject({ retryAfter: 30 });
		await unavailability(identity.identify(ALICE_KEY));
		expect(horde.calls).toHaveLength(1);
		expect(identity.health()).toEqual({ degraded: true, consecutiveFailures: 4, secondsUntilRetry: 30 });
	});
});

test('wrong_keys_are_no_failures_however_many', async () => {
	const { identity } = await setUpHorde({ limits: { breaker: BREAKER } });
	for (let number = 0; number < 10; number++) await identity.identify(`wrong-${number}-${SECRET}`);
	expect(identity.health()).toEqual({ degraded: false, consecutiveFailures: 0, secondsUntilRetry: null });
	expect(await identity.identify(ALICE_KEY)).toEqual(ALICE);
});
