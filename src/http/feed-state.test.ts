import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CATEGORIES } from '../categories.ts';
import { FeedState } from './feed-state.ts';

/** What is published at one time: tags by category, and HEAD. */
interface Published {
	readonly tags: Readonly<Record<string, string>>;
	readonly head: string | null;
}

const tag = fc.constantFrom('"1"', '"2"', '"3"');
const published: fc.Arbitrary<Published> = fc.record({
	tags: fc.record({ clip: tag, blip: tag, text_generation: tag }, { requiredKeys: [] }),
	head: fc.constantFrom(null, 'a', 'b'),
});

const update = (state: FeedState, { tags, head }: Published) =>
	state.update((category) => tags[category] ?? null, head);

describe('a follower', () => {
	test('knows_what_is_published_whatever_it_was_told_and_when', () => {
		const rounds = fc.array(fc.record({ published, listens: fc.boolean() }), { minLength: 1, maxLength: 12 });
		fc.assert(
			fc.property(rounds, (list) => {
				const state = new FeedState();
				const known = new Map<string, string | null>();
				let head: string | null | undefined;
				let told = 0;
				for (const [index, { published: now, listens }] of list.entries()) {
					update(state, now);
					if (!listens && index < list.length - 1) continue;
					for (const event of state.since(told, undefined)) {
						head = event.commit;
						if (event.kind === 'category') known.set(event.category, event.etag);
					}
					told = state.step;
					expect([...known]).toHaveLength(told === 0 ? 0 : CATEGORIES.length);
					for (const [category, etag] of known) expect(etag).toBe(now.tags[category] ?? null);
					expect(head).toBe(told === 0 ? undefined : now.head);
				}
			}),
		);
	});

	test('with_a_filter_is_told_of_what_it_wants_and_never_of_head_alone', () => {
		fc.assert(
			fc.property(fc.array(published, { maxLength: 8 }), (list) => {
				const state = new FeedState();
				for (const now of list) {
					const before = state.step;
					update(state, now);
					const all = state.since(before, undefined).filter(({ kind }) => kind === 'category');
					const wanted = state.since(before, new Set(['clip']));
					expect(wanted).toEqual(
						all.filter((event) => event.kind === 'category' && event.category === 'clip'),
					);
				}
			}),
		);
	});
});

test('what_stays_as_it_was_is_no_step', () => {
	const state = new FeedState();
	expect(update(state, { tags: { clip: '"1"' }, head: 'a' })).toBe(true);
	expect(update(state, { tags: { clip: '"1"' }, head: 'a' })).toBe(false);
	expect(state.step).toBe(1);
	expect(state.since(1, undefined)).toEqual([]);
});

test('a_change_that_was_taken_back_is_told_all_the_same', () => {
	const state = new FeedState();
	for (const clip of ['"1"', '"2"', '"1"']) update(state, { tags: { clip }, head: 'a' });
	expect(state.since(1, undefined)).toEqual([
		{ kind: 'category', category: 'clip', etag: '"1"', commit: 'a' },
	]);
});
