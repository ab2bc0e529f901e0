import { describe, expect, test } from 'vitest';
import { RecentContents } from './recent-contents.ts';

const MEGABYTE = 1024 * 1024;

function content(megabytes: number, mark = 'x') {
	return { payload: mark.repeat(megabytes * MEGABYTE), before: null };
}

describe('RecentContents', () => {
	test('keeps_what_was_put_last', () => {
		const recent = new RecentContents();
		recent.put(1, { payload: '{"a":1}', before: null });
		recent.put(1, { payload: '{"a":2}', before: '{"a":1}' });
		expect(recent.get(1)).toEqual({ payload: '{"a":2}', before: '{"a":1}' });
		expect(recent.get(2)).toBeUndefined();
	});

	test('forgets_first_what_was_used_least_lately', () => {
		const recent = new RecentContents();
		for (const id of [1, 2, 3]) recent.put(id, content(2));
		expect(recent.get(1)).toBeDefined();
		recent.put(4, content(3));
		expect([1, 2, 3, 4].filter((id) => recent.get(id))).toEqual([1, 3, 4]);
	});

	test('counts_both_records_of_a_change', () => {
		const recent = new RecentContents();
		recent.put(1, { payload: content(3).payload, before: content(3, 'y').payload });
		recent.put(2, content(3));
		expect(recent.get(1)).toBeUndefined();
		expect(recent.get(2)).toBeDefined();
	});

	test('what_is_put_again_takes_its_room_once', () => {
		const recent = new RecentContents();
		for (let time = 0; time < 10; time++) recent.put(1, content(3));
		recent.put(2, content(4));
		expect([1, 2].filter((id) => recent.get(id))).toEqual([1, 2]);
	});

	test('what_takes_more_than_all_room_is_not_kept_and_leaves_room_for_others', () => {
		const recent = new RecentContents();
		recent.put(1, content(9));
		expect(recent.get(1)).toBeUndefined();
		recent.put(2, content(7));
		expect(recent.get(2)).toBeDefined();
	});

	test('cleared_it_has_room_for_all_again', () => {
		const recent = new RecentContents();
		recent.put(1, content(7));
		recent.clear();
		expect(recent.get(1)).toBeUndefined();
		for (const id of [2, 3]) recent.put(id, content(4));
		expect([2, 3].filter((id) => recent.get(id))).toEqual([2, 3]);
	});
});
