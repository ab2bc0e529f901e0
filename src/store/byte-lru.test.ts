import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteLru } from './byte-lru.ts';

describe('ByteLru', () => {
	test('what_was_not_used_for_longest_leaves_first', () => {
		const left: string[] = [];
		const kept = new ByteLru<string>(30, (value) => left.push(value));
		for (const name of ['a', 'b', 'c']) kept.set(name, name, 10);
		expect(kept.get('a')).toBe('a');
		kept.set('d', 'd', 10);
		expect(left).toEqual(['b']);
		expect([kept.get('a'), kept.get('b'), kept.get('c'), kept.get('d')]).toEqual(['a', undefined, 'c', 'd']);
	});

	test('what_grows_may_push_others_out_and_at_last_itself', () => {
		const left: string[] = [];
		const kept = new ByteLru<string>(30, (value) => left.push(value));
		kept.set('a', 'a', 10);
		kept.set('b', 'b', 10);
		kept.grow('b', 15);
		expect(left).toEqual(['a']);
		kept.grow('b', 15);
		expect([left, kept.size, kept.bytes]).toEqual([['a', 'b'], 0, 0]);
		kept.grow('b', 15);
		expect(kept.bytes).toBe(0);
	});

	test('what_is_too_large_by_itself_is_not_kept', () => {
		const kept = new ByteLru<string>(30);
		kept.set('a', 'a', 31);
		expect([kept.get('a'), kept.bytes]).toEqual([undefined, 0]);
	});

	test('never_holds_more_than_it_may_and_tells_of_each_value_once', () => {
		const key = fc.constantFrom('a', 'b', 'c', 'd', '__proto__');
		const step = fc.record({ how: fc.constantFrom('set', 'get', 'grow', 'delete'), key, bytes: fc.nat(50) });
		fc.assert(
			fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
				const left: number[] = [];
				const kept = new ByteLru<number>(100, (value) => left.push(value));
				let made = 0;
				for (const { how, key, bytes } of steps) {
					if (how === 'set') kept.set(key, made++, bytes);
					else if (how === 'get') kept.get(key);
					else if (how === 'grow') kept.grow(key, bytes);
					else kept.delete(key);
					expect(kept.bytes).toBeLessThanOrEqual(100);
				}
				expect(new Set(left).size).toBe(left.length);
				expect(left.length + kept.size).toBe(made);
			}),
		);
	});
});
