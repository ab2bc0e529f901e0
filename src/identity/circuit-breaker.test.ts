import { describe, expect, test } from 'vitest';
import { type Attempt, CircuitBreaker } from './circuit-breaker.ts';

function setUp() {
	const clock = { now: 1_000_000 };
	const breaker = new CircuitBreaker({ failures: 3, coolDown: 30_000 }, () => clock.now);
	const attempt = (): Attempt => {
		const given = breaker.attempt();
		if (!given) throw new Error('the breaker is open');
		return given;
	};
	const open = () => {
		for (let times = 0; times < 3; times++) attempt().failed();
	};
	return { clock, breaker, attempt, open };
}

describe('a_breaker', () => {
	test('is_closed_until_the_limit_of_failures_in_a_row', () => {
		const { breaker, attempt } = setUp();
		expect(breaker.health()).toEqual({ degraded: false, consecutiveFailures: 0, secondsUntilRetry: null });
		attempt().failed();
		attempt().failed();
		expect(breaker.health()).toEqual({ degraded: false, consecutiveFailures: 2, secondsUntilRetry: null });
		attempt().failed();
		expect(breaker.health()).toEqual({ degraded: true, consecutiveFailures: 3, secondsUntilRetry: 30 });
		expect(breaker.attempt()).toBeUndefined();
	});

	test('counts_from_nothing_after_a_success', () => {
		const { breaker, attempt } = setUp();
		attempt().failed();
		attempt().failed();
		attempt().succeeded();
		attempt().failed();
		attempt().failed();
		expect(breaker.attempt()).toBeDefined();
	});

	test('says_how_long_to_wait_to_a_tenth_of_a_second', () => {
		const { clock, breaker, open } = setUp();
		open();
		clock.now += 12_345;
		expect(breaker.refusal).toBe(17.655);
		expect(breaker.health().secondsUntilRetry).toBe(17.7);
	});

	test('lets_one_through_after_the_cool_down_and_closes_when_that_succeeds', () => {
		const { clock, breaker, attempt, open } = setUp();
		open();
		clock.now += 29_999;
		expect(breaker.attempt()).toBeUndefined();
		clock.now += 1;
		expect(breaker.health()).toEqual({ degraded: true, consecutiveFailures: 3, secondsUntilRetry: 0 });
		const probe = attempt();
		expect(breaker.attempt()).toBeUndefined();
		expect(breaker.refusal).toBe(1);
		probe.succeeded();
		expect(breaker.health()).toEqual({ degraded: false, consecutiveFailures: 0, secondsUntilRetry: null });
		expect(breaker.attempt()).toBeDefined();
		expect(breaker.attempt()).toBeDefined();
	});

	test('stays_open_for_another_cool_down_when_the_probe_fails', () => {
		const { clock, breaker, attempt, open } = setUp();
		open();
		clock.now += 30_000;
		attempt().failed();
		expect(breaker.health()).toEqual({ degraded: true, consecutiveFailures: 4, secondsUntilRetry: 30 });
		clock.now += 30_000;
		expect(breaker.attempt()).toBeDefined();
	});

	test('lets_another_through_when_the_probe_was_given_up', () => {
		const { clock, breaker, attempt, open } = setUp();
		open();
		clock.now += 30_000;
		attempt().abandoned();
		expect(breaker.attempt()).toBeDefined();
	});

	test('is_not_kept_open_by_what_was_asked_before_it_opened', () => {
		const { clock, breaker, attempt, open } = setUp();
		const late = attempt();
		open();
		clock.now += 20_000;
		late.failed();
		expect(breaker.health().secondsUntilRetry).toBe(10);
	});

	test('that_closed_while_its_probe_was_out_is_not_opened_by_that_probe_alone', () => {
		const { clock, breaker, attempt, open } = setUp();
		const late = attempt();
		open();
		clock.now += 30_000;
		const probe = attempt();
		late.succeeded();
		probe.failed();
		expect(breaker.health()).toEqual({ degraded: false, consecutiveFailures: 1, secondsUntilRetry: null });
	});

	test('closes_when_what_was_asked_before_it_opened_succeeds', () => {
		const { breaker, attempt, open } = setUp();
		const late = attempt();
		open();
		late.succeeded();
		expect(breaker.attempt()).toBeDefined();
	});
});
