import { describe, expect, test } from 'vitest';
import {
	appliedChange,
	approvedChange,
	type ChangeFacts,
	pendingChange,
	rejectedChange,
} from '../../test/support/pending-changes.ts';
import { diffChange, diffText, isOpen, sameState } from './change-diff.ts';
import type { PendingChange } from './pending-change.ts';

const OLD = '{"name":"x","nsfw":false,"size":9007199254740992}';
const NEW = '{"name":"x","nsfw":true,"size":9007199254740993}';

function shown(change: PendingChange, payload: string | null, before: string | null, current: string | null) {
	const text = diffText(diffChange(change, { payload, before }, current));
	return { text, fields: JSON.parse(text) };
}

describe('the diff of a change', () => {
	test('has every field in order, with numbers to the last digit', () => {
		const { text } = shown(pendingChange(7, { model_name: 'x' }), NEW, OLD, OLD);
		expect(text).toBe(
			'{"change_id":7,"category":"clip","model_name":"x","operation":"update",' +
				`"current_state":${OLD},"proposed_state":${NEW},"net_operation":"modified","field_diffs":[` +
				'{"field_path":"nsfw","old_value":false,"new_value":true,"change_type":"modified"},' +
				'{"field_path":"size","old_value":9007199254740992,"new_value":9007199254740993,"change_type":"modified"}],' +
				'"is_critical":true,"fields_added":[],"fields_removed":[],"fields_modified":["nsfw","size"],' +
				'"critical_fields":["nsfw"],"still_applies":true,"conflict":null}',
		);
	});

	test.each([
		['create', NEW, null, 'added'],
		['create', NEW, OLD, 'modified'],
		['create', NEW, NEW, 'modified'],
		['update', NEW, OLD, 'modified'],
		['update', NEW, null, 'added'],
		['update', '{"a":1,"b":true}', '{"b":1.0,"a":1}', 'unchanged'],
		['delete', null, OLD, 'deleted'],
		['delete', null, null, 'unchanged'],
	] as const)('of %s %s onto %s comes to %s', (operation, payload, current, net) => {
		const { fields } = shown(pendingChange(7, { operation }), payload, OLD, current);
		expect(fields.net_operation).toBe(net);
	});

	test('of a create lists every field as added, of a delete as removed', () => {
		const created = shown(pendingChange(7, { operation: 'create' }), OLD, null, null).fields;
		expect(created).toMatchObject({ current_state: null, fields_added: ['name', 'nsfw', 'size'] });
		const deleted = shown(pendingChange(7, { operation: 'delete' }), null, OLD, OLD).fields;
		expect(deleted).toMatchObject({
			proposed_state: null,
			fields_removed: ['name', 'nsfw', 'size'],
			fields_added: [],
			is_critical: true,
		});
	});

	test('is not critical where no field is', () => {
		const { fields } = shown(pendingChange(7), '{"name":"y"}', '{"name":"x"}', '{"name":"x"}');
		expect(fields).toMatchObject({ is_critical: false, critical_fields: [] });
	});
});

describe('whether a change still applies', () => {
	test.each([
		['pending', pendingChange(7), true],
		['approved', approvedChange(7, 2), true],
		['applied', appliedChange(7, 2), false],
		['rejected', rejectedChange(7, 2), false],
	])('a change that is %s', (_status, change, open) => {
		expect(isOpen(change)).toBe(open);
		expect(shown(change, NEW, OLD, OLD).fields).toMatchObject({ still_applies: open, conflict: null });
		const moved = shown(change, NEW, OLD, '{"name":"y"}').fields;
		expect(moved.still_applies).toBe(false);
		expect(moved.conflict === null).toBe(!open);
	});

	test('another spelling of the same record is no conflict', () => {
		const current = '{"size":9007199254740992.0,"nsfw":false,"name":"\\u0078"}';
		expect(shown(pendingChange(7), NEW, OLD, current).fields.conflict).toBeNull();
	});

	test.each([
		['1 for true', '{"nsfw":1}', '{"nsfw":true}'],
		['null for nothing', '{"a":null}', '{}'],
		['a number past what a double holds', '{"a":9007199254740992}', '{"a":9007199254740993}'],
		['a model that was gone and is there', null, '{}'],
		['a model that was there and is gone', '{}', null],
	])('%s is a conflict', (_what, before, current) => {
		expect(sameState(before, current)).toBe(false);
		expect(shown(pendingChange(7), NEW, before, current).fields.conflict).toEqual(expect.any(String));
	});

	const conflictOf = (before: string | null, current: string | null, facts: ChangeFacts = {}): string =>
		shown(pendingChange(7, facts), NEW, before, current).fields.conflict;

	test('the conflict names the model and both states, by the fields that differ', () => {
		const facts = { model_name: 'x', category: 'blip' };
		const sentence = conflictOf('{"a":1,"b":{"c":"old"},"d":[1]}', '{"a":1,"b":{"c":"new"},"e":5}', facts);
		expect(sentence).toContain("Model 'x' of category 'blip' has changed since change 7 was proposed");
		expect(sentence).toContain('then it was {"b.c":"old","d":[1],"e":null}');
		expect(sentence).toContain('now it is {"b.c":"new","d":null,"e":5}');
	});

	test('the conflict says what was not there, or is not any more', () => {
		expect(conflictOf(null, OLD)).toContain(`then it did not exist, now it is ${OLD}`);
		expect(conflictOf(OLD, null)).toContain(`then it was ${OLD}, now it does not exist`);
	});

	test('the conflict stays a sentence, however large the records are', () => {
		const huge = (mark: string) => JSON.stringify({ a: `${mark}\u{1F600}`.repeat(50_000) });
		const sentence = conflictOf(huge('x'), huge('y'));
		expect(sentence.length).toBeLessThan(3_000);
		expect(sentence).toContain('…');
		// Cut between characters and not within one.
		expect(Buffer.from(sentence).toString()).toBe(sentence);
	});

	test('the conflict says what the step is that is left', () => {
		expect(conflictOf(OLD, null)).toContain('Reject the change');
		const approved = shown(approvedChange(7, 2), NEW, OLD, null).fields.conflict;
		expect(approved).toContain('Purge the change');
	});
});
