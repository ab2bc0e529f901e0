import { describe, expect, test } from 'vitest';
import { appliedChange, type ChangeFacts } from '../../test/support/pending-changes.ts';
import { type AppliedChange, netChangesText } from './net-changes.ts';

/** @param event number of the event of applying it */
function applied(
	id: number,
	event: number,
	[before, payload]: readonly [before: string | null, payload: string | null],
	facts: ChangeFacts = {},
): AppliedChange {
	const change = appliedChange(id, 5, { model_name: 'x', ...facts, ledger: { apply_event: event } });
	return [change, { payload, before }];
}

function net(...changes: readonly AppliedChange[]) {
	return JSON.parse(netChangesText({ id: 5, title: 'Monday' }, changes, 1_800_000_000));
}

describe('the net changes of a batch', () => {
	test('of_nothing_are_none', () => {
		expect(net()).toEqual({
			batch_id: 5,
			batch_title: 'Monday',
			domain: 'legacy',
			model_changes: [],
			models_added: 0,
			models_modified: 0,
			models_deleted: 0,
			models_unchanged: 0,
			total_field_changes: 0,
			has_critical_changes: false,
			generated_at: 1_800_000_000,
		});
		expect(JSON.parse(netChangesText({ id: 5, title: null }, [], 1)).batch_title).toBeNull();
	});

	test.each([
		['added', null, '{"a":1,"b":{"c":2}}', ['a', 'b.c']],
		['modified', '{"a":1}', '{"a":2}', ['a']],
		['deleted', '{"a":1,"b":null}', null, ['a', 'b']],
		['unchanged', '{"a":1}', '{"a":true}', []],
		['unchanged', null, null, []],
	])('a_model_is_%s from %s to %s', (operation, before, after, paths) => {
		const { model_changes, ...facts } = net(applied(1, 12, [before, after]));
		expect(model_changes).toMatchObject([
			{ model_name: 'x', category: 'clip', net_operation: operation, is_critical: false },
		]);
		const [{ field_diffs, before_state, after_state }] = model_changes;
		expect(field_diffs.map(({ field_path }: { field_path: string }) => field_path)).toEqual(paths);
		expect(before_state).toEqual(JSON.parse(before ?? 'null'));
		expect(after_state).toEqual(JSON.parse(after ?? 'null'));
		expect(facts).toMatchObject({ [`models_${operation}`]: 1, total_field_changes: paths.length });
	});

	test('several_changes_of_a_model_are_one_from_the_first_applied_to_the_last', () => {
		const { model_changes } = net(
			// Proposed first and applied last.
			applied(1, 30, ['{"a":3}', '{"a":4}']),
			applied(2, 10, ['{"a":1}', '{"a":2}']),
			applied(3, 20, ['{"a":2}', '{"a":3}']),
		);
		expect(model_changes).toMatchObject([{ before_state: { a: 1 }, after_state: { a: 4 } }]);
	});

	test('what_came_and_went_again_is_unchanged', () => {
		const { model_changes } = net(applied(1, 10, [null, '{"a":1}']), applied(2, 20, ['{"a":1}', null]));
		expect(model_changes).toMatchObject([{ net_operation: 'unchanged', field_diffs: [] }]);
	});

	test('models_come_in_the_order_of_their_first_proposals_and_not_of_applying', () => {
		const { model_changes } = net(
			applied(4, 10, [null, '{}'], { model_name: 'b' }),
			applied(2, 20, [null, '{}'], { model_name: 'c' }),
			applied(3, 15, ['{}', '{"a":1}'], { model_name: 'b', category: 'blip' }),
			applied(1, 30, ['{}', '{"a":1}'], { model_name: 'b' }),
		);
		expect(model_changes).toMatchObject([
			{ category: 'clip', model_name: 'b' },
			{ category: 'clip', model_name: 'c' },
			{ category: 'blip', model_name: 'b' },
		]);
	});

	test('one_critical_change_makes_the_batch_critical', () => {
		const plain = applied(1, 10, ['{"a":1}', '{"a":2}']);
		const critical = applied(2, 20, ['{"nsfw":false}', '{"nsfw":true}'], { model_name: 'y' });
		expect(net(plain).has_critical_changes).toBe(false);
		expect(net(plain, critical)).toMatchObject({
			has_critical_changes: true,
			model_changes: [{ is_critical: false }, { is_critical: true }],
			total_field_changes: 2,
		});
	});

	test('numbers_stay_to_the_last_digit_and_names_may_be_anything', () => {
		const [before, after] = ['{"a":9007199254740992}', '{"a":9007199254740993,"__proto__":{"b":1.0}}'];
		const change = applied(1, 10, [before, after], { model_name: '__proto__' });
		const text = netChangesText({ id: 5, title: '"x"\n' }, [change], 1);
		expect(text).toContain(`"before_state":${before},"after_state":${after}`);
		expect(text).toContain(
			'{"field_path":"__proto__.b","old_value":null,"new_value":1.0,"change_type":"added"}',
		);
		expect(text).toContain('"model_name":"__proto__"');
	});
});
