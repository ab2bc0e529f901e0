import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstOf, SortedIds } from './sorted-ids.ts';

describe('SortedIds', () => {
	test('holds_each_id_once_in_order_however_ids_come_and_go', () => {
		const step = fc.tuple(fc.boolean(), fc.nat(20));
		fc.assert(
			fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
				const sorted = new SortedIds();
				const plain = new Set<number>();
				for (const [isThere, id] of steps) {
					if (isThere) sorted.add(id);
					else sorted.remove(id);
					if (isThere) plain.add(id);
					else plain.delete(id);
				}
				expect(sorted.ids).toEqual([...plain].sort((a, b) => a - b));
			}),
		);
	});
});

describe('firstOf', () => {
	test.each([
		['no list', [], 3, []],
		['empty lists', [[], []], 3, []],
		['one list', [[1, 5, 9]], 2, [1, 5]],
		['none wanted', [[1], [2]], 0, []],
		['more wanted than there are', [[2], [1, 3]], 9, [1, 2, 3]],
	])('of_%s', (_what, lists, count, found) => {
		expect(firstOf(lists, count)).toEqual(found);
	});

	test('takes_the_lowest_of_lists_that_have_none_in_common', () => {
		const places = fc.array(fc.nat(3), { maxLength: 40 });
		fc.assert(
			fc.property(places, fc.nat(45), (listOfId, count) => {
				const lists = [0, 1, 2, 3].map((list) =>
					listOfId.flatMap((place, id) => (place === list ? [id] : [])),
				);
				const all = listOfId.map((_place, id) => id);
				expect(firstOf(lists, count)).toEqual(all.slice(0, count));
			}),
		);
	});
});
