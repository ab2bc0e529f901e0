import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

/** A primary that is always busy: when it begins its groups, of 100 ms each. */
function begins(turns: Turns, until: number): readonly number[] {
	const found: number[] = [];
	for (let now = 0; now < until; ) {
		now += turns.wait(now);
		found.push(now);
		turns.noteTaken(now, now + 100);
		now += 100;
	}
	return found;
}

test('whoever_is_alone_never_waits', () => {
	expect(begins(new Turns(), 1000)).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
});

test('whoever_has_met_others_makes_a_pause_now_and_then', () => {
	const turns = new Turns();
	turns.noteOthers(0);
	expect(begins(turns, 1300)).toEqual([0, 100, 200, 300, 400, 800, 900, 1000, 1100, 1200]);
});

test('whoever_was_idle_needs_no_pause', () => {
	const turns = new Turns();
	turns.noteOthers(0);
	begins(turns, 500);
	expect(turns.wait(900)).toBe(0);
});

test('others_that_were_not_seen_for_a_minute_are_not_waited_for', () => {
	const turns = new Turns();
	turns.noteOthers(0);
	turns.noteTaken(60_000, 60_100);
	expect(turns.wait(60_101)).toBe(0);
});

test('after_a_slow_push_the_pause_is_no_longer_than_two_seconds', () => {
	const turns = new Turns();
	turns.noteOthers(0);
	turns.noteTaken(0, 15_000);
	turns.wait(15_000);
	expect(turns.wait(15_500)).toBeLessThanOrEqual(2_000);
});
