import { describe, expect, test } from 'vitest';
import { RecentAnswers } from './recent-answers.ts';

function setUp(capacity = 3) {
	const clock = { now: 1000 };
	const answers = new RecentAnswers<string>(60_000, capacity, () => clock.now);
	return { clock, answers };
}

describe('recent_answers', () => {
	test('hold_for_their_time_from_when_they_were_asked_for', () => {
		const { clock, answers } = setUp();
		clock.now += 5000;
		answers.set('a', 'one', 1000);
		clock.now = 60_999;
		expect(answers.get('a')).toBe('one');
		clock.now = 61_000;
		expect(answers.get('a')).toBeUndefined();
		expect(answers.size).toBe(0);
	});

	test('are_not_prolonged_by_being_read', () => {
		const { clock, answers } = setUp();
		answers.set('a', 'one', clock.now);
		clock.now += 50_000;
		answers.get('a');
		clock.now += 10_000;
		expect(answers.get('a')).toBeUndefined();
	});

	test('give_way_where_they_were_not_asked_for_the_longest', () => {
		const { clock, answers } = setUp();
		for (const key of ['a', 'b', 'c']) answers.set(key, key, clock.now);
		answers.get('a');
		answers.set('d', 'd', clock.now);
		expect(answers.size).toBe(3);
		expect(['a', 'b', 'c', 'd'].map((key) => answers.get(key))).toEqual(['a', undefined, 'c', 'd']);
	});
});
