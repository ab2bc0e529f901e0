/** What a batch came to, model by model (spec: pending queue, section 8; difference Q8). */

import { expect, test } from 'vitest';
import { proposalOf, startQueue } from '../support/queue-service.ts';
import { clipReference, reference, textReference } from '../support/records.ts';
import { CAROL } from '../support/write-service.ts';

const TIME = expect.any(Number);
const CONFIG = { files: [], download: [] };
const list = (value: unknown) => [value].flat().map(Object);

const COUNTS = [
	'models_added',
	'models_modified',
	'models_deleted',
	'models_unchanged',
	'total_field_changes',
];
const KEYS = [
	...[
		'batch_id',
		'batch_title',
		'domain',
		'model_changes',
		...COUNTS,
		'has_critical_changes',
		'generated_at',
	],
];
const MODEL_KEYS = [
	...['model_name', 'category', 'net_operation', 'before_state', 'after_state', 'field_diffs', 'is_critical'],
];

const counts = (...[added, modified, deleted, unchanged, fields]: readonly number[]) => ({
	...{ models_added: added, models_modified: modified, models_deleted: deleted },
	...{ models_unchanged: unchanged, total_field_changes: fields },
});

test('of_models_that_were_there_before_the_queue_are_right', async () => {
	const { service, approver } = await startQueue({
		'clip.json': clipReference('a', 'b'),
		'miscellaneous.json': reference([
			['m', { name: 'm', type: 'layer_diffuse', version: '1', config: CONFIG }],
		]),
	});
	await service.put('miscellaneous', { name: 'm', version: '2' });
	await service.delete('clip', 'a');
	await service.post('clip', { name: 'c' });
	await service.put('clip', { name: 'b', description: 'About b' });
	await approver.decide({ batch_title: 'All of it', approved_ids: [1, 2, 3, 4] });
	expect((await approver.applyMany({ change_ids: [4, 3, 2, 1] })).status).toBe(200);

	const { status, body } = await approver.audit('batches/1/net_changes');
	expect(status).toBe(200);
	expect(Object.keys(body)).toEqual(KEYS);
	expect(body).toMatchObject({ batch_id: 1, batch_title: 'All of it', domain: 'legacy', generated_at: TIME });
	expect(body).toMatchObject({ ...counts(1, 2, 1, 0, 10), has_critical_changes: true });
	const [misc, a, c, b] = list(body.model_changes);
	for (const model of list(body.model_changes)) expect(Object.keys(model)).toEqual(MODEL_KEYS);
	expect(misc).toEqual({
		...{ model_name: 'm', category: 'miscellaneous', net_operation: 'modified', is_critical: false },
		before_state: { name: 'm', type: 'layer_diffuse', version: '1', config: CONFIG },
		after_state: { name: 'm', type: 'layer_diffuse', version: '2', config: CONFIG },
		field_diffs: [{ field_path: 'version', old_value: '1', new_value: '2', change_type: 'modified' }],
	});
	expect(a).toEqual({
		...{ model_name: 'a', category: 'clip', net_operation: 'deleted', is_critical: false },
		...{ before_state: { name: 'a', type: 'clip', description: 'About a' }, after_state: null },
		field_diffs: [
			{ field_path: 'name', old_value: 'a', new_value: null, change_type: 'removed' },
			{ field_path: 'type', old_value: 'clip', new_value: null, change_type: 'removed' },
			{ field_path: 'description', old_value: 'About a', new_value: null, change_type: 'removed' },
		],
	});
	expect(c).toMatchObject({
		...{ model_name: 'c', net_operation: 'added', before_state: null, is_critical: true },
		after_state: { name: 'c', type: 'clip', config: CONFIG },
	});
	expect(list(c.field_diffs).map(({ field_path }) => field_path)).toEqual([
		...['name', 'type', 'config.files', 'config.download'],
	]);
	expect(b).toMatchObject({ model_name: 'b', net_operation: 'modified', is_critical: true });
	expect(list(b.field_diffs).map(({ field_path, change_type }) => [field_path, change_type])).toEqual([
		['config.files', 'added'],
		['config.download', 'added'],
	]);
});

test('tell_one_model_once_whatever_was_done_to_it', async () => {
	const { service, approver } = await startQueue(undefined, { writes: 'by-role' });
	const carol = service.as(CAROL);
	const version = (name: string, is: string) => ({ name, version: is });
	// Each second change was proposed on what the first, proposed later, makes of the model.
	await carol.put('clip', version('a', 'middle'));
	expect(proposalOf(await service.put('clip', version('a', 'last')))).toBe(1);
	await carol.put('clip', version('a', 'first'));
	expect(proposalOf(await service.put('clip', version('a', 'middle')))).toBe(2);

	await carol.put('clip', version('b', 'other'));
	expect(proposalOf(await service.put('clip', version('b', 'same')))).toBe(3);
	await carol.put('clip', version('b', 'same'));
	expect(proposalOf(await service.put('clip', version('b', 'other')))).toBe(4);

	await carol.post('clip', { name: 'd' });
	expect(proposalOf(await service.delete('clip', 'd'))).toBe(5);
	await carol.delete('clip', 'd');
	expect(proposalOf(await service.post('clip', { name: 'd' }))).toBe(6);

	await approver.approve(1, 2, 3, 4, 5, 6);
	const applied = await approver.applyMany({ change_ids: [2, 1, 4, 3, 6, 5] });
	expect(applied.status, applied.text).toBe(200);
	const { body } = await approver.audit('batches/1/net_changes');
	expect(list(body.model_changes)).toMatchObject([
		{
			...{ model_name: 'a', net_operation: 'modified', is_critical: false },
			...{ before_state: { version: 'first' }, after_state: { version: 'last' } },
			field_diffs: [{ field_path: 'version', old_value: 'first', new_value: 'last' }],
		},
		{
			...{ model_name: 'b', net_operation: 'unchanged', is_critical: false, field_diffs: [] },
			...{ before_state: { version: 'same' }, after_state: { version: 'same' } },
		},
		{ model_name: 'd', net_operation: 'unchanged', before_state: null, after_state: null, field_diffs: [] },
	]);
	expect(body).toMatchObject({ ...counts(0, 1, 0, 2, 1), has_critical_changes: false });
});

test('are_only_those_of_changes_that_were_applied', async () => {
	const { approver, propose } = await startQueue();
	await propose('d', 'e', 'f');
	await approver.decide({ batch_title: 'x', approved_ids: [1, 2], rejected_ids: [3], reject_reason: 'r' });
	const nothing = (await approver.audit('batches/1/net_changes')).body;
	expect(nothing).toMatchObject({ model_changes: [], ...counts(0, 0, 0, 0, 0), has_critical_changes: false });
	await approver.apply(1);
	const models = async (batch: number) => {
		const { body } = await approver.audit(`batches/${batch}/net_changes`);
		return list(body.model_changes).map(({ model_name }) => model_name);
	};
	expect([await models(1), await models(2)]).toEqual([['d'], []]);
	await approver.apply(2);
	expect([await models(1), await models(2)]).toEqual([['d'], ['e']]);
	await approver.purge({ purge_all: true });
	expect([await models(1), await models(2)]).toEqual([['d'], ['e']]);
});

test('do_not_change_with_what_came_after_the_batch', async () => {
	const { repository, service, approver } = await startQueue();
	await service.put('clip', { name: 'a', version: '2' });
	await approver.approve(1);
	await approver.applyBatch(1);
	const before = list((await approver.audit('batches/1/net_changes')).body.model_changes);
	await service.delete('clip', 'a');
	await approver.approve(2);
	await approver.applyBatch(2);
	await service.stop();
	const later = await startQueue(repository);
	const { body } = await later.approver.audit('batches/1/net_changes');
	expect(list(body.model_changes)).toEqual(before);
	const second = (await later.approver.audit('batches/2/net_changes')).body;
	expect(list(second.model_changes)).toMatchObject([
		{ model_name: 'a', net_operation: 'deleted', before_state: { version: '2' }, after_state: null },
	]);
});

test('of_a_batch_that_comes_later_are_not_kept_as_not_found', async () => {
	const { approver, propose } = await startQueue();
	await propose('d');
	expect((await approver.audit('batches/1/net_changes')).status).toBe(404);
	await approver.approve(1);
	expect((await approver.audit('batches/1/net_changes')).status).toBe(200);
});

test('of_a_text_model_are_those_of_its_base_record', async () => {
	const { service, approver } = await startQueue({ 'db.json': textReference('A/M-7B') });
	await service.put('text_generation', { name: 'A/M-7B', parameters: 9_000_000_000 });
	await approver.approve(1);
	await approver.applyBatch(1);
	const { body } = await approver.audit('batches/1/net_changes');
	expect(body).toMatchObject({ models_modified: 1, has_critical_changes: true });
	expect(list(body.model_changes)).toMatchObject([
		{ model_name: 'A/M-7B', before_state: { parameters: 7e9 }, after_state: { parameters: 9e9 } },
	]);
});

test('show_numbers_as_they_are_spelled', async () => {
	const { service, approver } = await startQueue();
	await service.post('clip', '{"name":"d","big":9007199254740993,"f":1.0}');
	await approver.approve(1);
	await approver.applyBatch(1);
	const { text } = await approver.audit('batches/1/net_changes');
	expect(text).toContain('"big":9007199254740993,"f":1.0}');
	expect(text).toContain('"new_value":9007199254740993');
});
