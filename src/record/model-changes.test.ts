import { describe, expect, test } from 'vitest';
import { modelChanges, modelTexts } from './model-changes.ts';
import { parseReference } from './reference-file.ts';

function models(value: unknown, indent?: number) {
	const parsed = parseReference(Buffer.from(JSON.stringify(value, null, indent)));
	if (!parsed.ok) throw new Error(parsed.problem.message);
	return modelTexts(parsed.file);
}

describe('modelChanges', () => {
	test('everything_in_a_first_version_is_created', () => {
		expect(modelChanges([], models({ b: {}, a: {} }))).toEqual({
			created: ['b', 'a'],
			updated: [],
			deleted: [],
		});
	});

	test('created_updated_and_deleted_models_are_told_apart', () => {
		const before = models({ gone: {}, same: { v: 1 }, changed: { v: 1 } });
		const after = models({ same: { v: 1 }, changed: { v: 2 }, fresh: {} });
		expect(modelChanges([before], after)).toEqual({
			created: ['fresh'],
			updated: ['changed'],
			deleted: ['gone'],
		});
	});

	test('order_of_models_order_of_keys_and_white_space_are_no_change', () => {
		const before = models({ a: { x: 1, y: [1, 2] }, b: { z: null } }, 2);
		const after = models({ b: { z: null }, a: { y: [1, 2], x: 1 } }, 4);
		expect(modelChanges([before], after)).toEqual({ created: [], updated: [], deleted: [] });
	});

	test('a_merge_counts_only_what_differs_from_every_side', () => {
		const left = models({ a: { v: 1 }, b: { v: 1 }, c: {} });
		const right = models({ a: { v: 2 }, b: { v: 1 }, d: {} });
		const merged = models({ a: { v: 2 }, b: { v: 3 }, c: {}, e: {} });
		// d was there on one side only, so its absence is a choice between the sides and no deletion of its own.
		expect(modelChanges([left, right], merged)).toEqual({ created: ['e'], updated: ['b'], deleted: [] });
	});

	test('generated_text_entries_are_no_models', () => {
		expect([...models({ 'A/B': {}, 'aphrodite/A/B': {}, 'koboldcpp/B': {} }).keys()]).toEqual(['A/B']);
	});
});
