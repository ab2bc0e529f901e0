/** What a change would do to its model as it is now, field by field (spec: pending queue, section 6; difference Q7). */

import { describe, expect, test } from 'vitest';
import { proposalOf, startQueue, type TestQueue } from '../support/queue-service.ts';
import { reference, textReference } from '../support/records.ts';

const CONFIG = {
	files: [{ path: 'a.pt' }],
	download: [{ file_name: 'a.pt', file_url: 'https://example.org/a.pt' }],
};
const A = {
	name: 'a',
	type: 'clip',
	description: 'About a',
	config: CONFIG,
	'x.y': { z: 1 },
	n: { deep: [1] },
};

const start = () =>
	startQueue({
		'clip.json': reference([
			['a', A],
			['b', { name: 'b', type: 'clip' }],
		]),
		'db.json': textReference('A/M-7B'),
	});

const KEYS = [
	...['change_id', 'category', 'model_name', 'operation', 'current_state', 'proposed_state', 'net_operation'],
	...['field_diffs', 'is_critical', 'fields_added', 'fields_removed', 'fields_modified'],
	...['critical_fields', 'still_applies', 'conflict'],
];
const added = (field_path: string, new_value: unknown) => ({
	...{ field_path, old_value: null, new_value, change_type: 'added' },
});
const removed = (field_path: string, old_value: unknown) => ({
	...{ field_path, old_value, new_value: null, change_type: 'removed' },
});
const modified = (field_path: string, old_value: unknown, new_value: unknown) => ({
	...{ field_path, old_value, new_value, change_type: 'modified' },
});

/** The diff of what alice proposes for a clip model. */
async function diffOfPut({ service, approver }: TestQueue, record: object | string) {
	const answer = await approver.diff(proposalOf(await service.put('clip', record)));
	expect(answer.status, answer.text).toBe(200);
	return answer;
}

describe('the diff of', () => {
	test('a_create_adds_every_field_in_the_order_of_the_record', async () => {
		const { service, approver } = await start();
		await service.post('clip', { name: 'c', version: '1', empty: {}, far: { b: null, a: { k: [] } } });
		const { body } = await approver.diff(1);
		expect(Object.keys(body)).toEqual(KEYS);
		expect(body).toMatchObject({
			change_id: 1,
			operation: 'create',
			current_state: null,
			net_operation: 'added',
		});
		expect(body.field_diffs).toEqual([
			added('name', 'c'),
			added('type', 'clip'),
			added('version', '1'),
			added('config.files', []),
			added('config.download', []),
			added('far.b', null),
			added('far.a.k', []),
		]);
		const paths = ['name', 'type', 'version', 'config.files', 'config.download', 'far.b', 'far.a.k'];
		expect(body).toMatchObject({ fields_added: paths, fields_removed: [], fields_modified: [] });
		expect(body).toMatchObject({ is_critical: true, critical_fields: ['config.download'] });
		expect(body).toMatchObject({ still_applies: true, conflict: null });
		expect(body.proposed_state).toEqual((await approver.change(1)).body.payload);
	});

	test('an_update_tells_what_is_added_removed_and_modified_in_the_order_of_names', async () => {
		const queue = await start();
		const config = { files: CONFIG.files, download: [] };
		const record = { name: 'a', nsfw: true, version: '2', config, 'x.y': { w: { v: 2 } }, n: { deep: [2] } };
		const { body } = await diffOfPut(queue, record);
		expect(body.field_diffs).toEqual([
			modified('config.download', CONFIG.download, []),
			removed('description', 'About a'),
			modified('n.deep', [1], [2]),
			added('nsfw', true),
			added('version', '2'),
			added('x.y.w.v', 2),
			removed('x.y.z', 1),
		]);
		expect(body).toMatchObject({
			...{ net_operation: 'modified', current_state: A, still_applies: true, conflict: null },
			...{ fields_added: ['nsfw', 'version', 'x.y.w.v'], fields_removed: ['description', 'x.y.z'] },
			...{ fields_modified: ['config.download', 'n.deep'] },
			...{ is_critical: true, critical_fields: ['config.download', 'nsfw'] },
		});
	});

	test('an_update_that_changes_nothing_is_unchanged', async () => {
		const { body } = await diffOfPut(await start(), A);
		expect(body).toMatchObject({ net_operation: 'unchanged', field_diffs: [], is_critical: false });
		expect(body).toMatchObject({ still_applies: true, critical_fields: [] });
	});

	test('what_is_the_same_to_python_is_no_difference', async () => {
		const queue = await start();
		const stored = '{"name":"b","type":"clip","config":{"files":[],"download":[]},"f":1,"l":[true],"z":null}';
		queue.repository.commit({ 'clip.json': `{"b": ${stored}}` }, 'Edit by hand');
		await queue.service.until('clip', (_response, text) => text.includes('"z":null'));
		const { body } = await diffOfPut(queue, '{"name":"b","f":1.0,"l":[1e0]}');
		expect(body.field_diffs).toEqual([]);
		const other = await diffOfPut(queue, '{"name":"b","f":true,"l":[1, 0]}');
		expect(other.body.field_diffs).toEqual([modified('l', [true], [1, 0])]);
	});

	test('numbers_are_shown_to_their_last_digit_and_as_they_are_spelled', async () => {
		const { text } = await diffOfPut(await start(), '{"name":"b","big":9007199254740993,"f":1.0}');
		expect(text).toContain('"new_value":9007199254740993');
		expect(text).toContain('"big":9007199254740993,"f":1.0');
	});

	test('fields_are_in_the_order_of_code_points', async () => {
		const { body } = await diffOfPut(await start(), { ...A, '\uffee': 1, '\u{1F600}': 1, B: 1, Ab: 1, é: 1 });
		expect(body.fields_added).toEqual(['Ab', 'B', 'é', '\uffee', '\u{1F600}']);
	});

	test('a_delete_removes_every_field_and_proposes_nothing', async () => {
		const { service, approver } = await start();
		const id = proposalOf(await service.delete('clip', 'a'));
		const { body } = await approver.diff(id);
		expect(body).toMatchObject({ net_operation: 'deleted', current_state: A, proposed_state: null });
		expect(body.field_diffs).toEqual([
			removed('name', 'a'),
			removed('type', 'clip'),
			removed('description', 'About a'),
			removed('config.files', CONFIG.files),
			removed('config.download', CONFIG.download),
			removed('x.y.z', 1),
			removed('n.deep', [1]),
		]);
		expect(body).toMatchObject({
			is_critical: true,
			critical_fields: ['config.download'],
			still_applies: true,
		});
	});

	test('a_text_model_is_that_of_its_base_record', async () => {
		const { service, approver } = await start();
		const id = proposalOf(
			await service.put('text_generation', { name: 'A/M-7B', parameters: 13_000_000_000 }),
		);
		const { body } = await approver.diff(id);
		expect(body).toMatchObject({
			model_name: 'A/M-7B',
			net_operation: 'modified',
			current_state: { parameters: 7_000_000_000 },
			proposed_state: { parameters: 13_000_000_000, tags: ['13B'] },
			critical_fields: expect.arrayContaining(['nsfw', 'parameters']),
		});
	});
});

test('several_diffs_come_in_the_order_asked_for_and_as_often', async () => {
	const { service, approver } = await start();
	await service.put('clip', { ...A, version: '1' });
	await service.delete('clip', 'b');
	await service.post('clip', { name: 'c' });
	await approver.purge({ model_name: 'c' });
	const { status, body, text } = await approver.diffs([2, 999, 1, 2, 3, -4]);
	expect(status).toBe(200);
	expect(Object.keys(body)).toEqual(['diffs', 'total', 'errors']);
	const [one, two] = [(await approver.diff(1)).text, (await approver.diff(2)).text];
	expect(text).toContain(`{"diffs":[${two},${one},${two}],"total":6,"errors":[`);
	const error = { error: 'Change not found', error_type: 'NotFound' };
	expect(body.errors).toEqual([999, 3, -4].map((change_id) => ({ change_id, ...error })));
});
