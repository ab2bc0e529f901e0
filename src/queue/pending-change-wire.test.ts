import { describe, expect, test } from 'vitest';
import { FULL_CHANGE, PROPOSAL, pendingChange } from '../../test/support/pending-changes.ts';
import { routeTag, wireText } from './pending-change.ts';

describe('the record on the wire', () => {
	const content = { payload: '{"a":1.0}', before: '{"a":0}' };

	test('has every field in order, and null for what does not apply', () => {
		expect(Object.keys(JSON.parse(wireText(pendingChange(7), content, true)))).toEqual([
			...[
				'change_id',
				'category',
				'model_name',
				'operation',
				'payload',
				'requested_by',
				'requested_username',
			],
			...['requested_at', 'status', 'notes', 'batch_id', 'batch_title', 'approved_by', 'approved_username'],
			...['approved_at', 'rejected_by', 'rejected_username', 'rejected_at', 'reject_reason', 'applied_at'],
			...['applied_by', 'applied_username', 'applied_job_id', 'updated_at', 'request_metadata'],
			'related_models',
		]);
		expect(JSON.parse(wireText(pendingChange(7), content, true))).toMatchObject({
			notes: null,
			applied_at: null,
			related_models: null,
			request_metadata: { route: 'update_legacy_clip_model' },
		});
	});

	test('leaves out what does not apply where that is wanted, but nothing of the payload', () => {
		const text = wireText(pendingChange(7), { payload: '{"a":null,"b":1.0}', before: null }, false);
		expect(text).toBe(
			'{"change_id":7,"category":"clip","model_name":"Model 7","operation":"update","payload":{"a":null,"b":1.0},' +
				'"requested_by":"1","requested_username":"alice#1","requested_at":1700000007,"status":"pending",' +
				'"updated_at":1700000007,"request_metadata":{"route":"update_legacy_clip_model"}}',
		);
	});

	test('of a delete shows the record that is to go', () => {
		const change = pendingChange(7, { operation: 'delete' });
		const text = wireText(change, { payload: null, before: '{"a":9007199254740993}' }, false);
		expect(text).toContain('"payload":{"a":9007199254740993}');
	});

	test('has nothing of what only the ledger knows', () => {
		const text = wireText(FULL_CHANGE, content, true);
		expect(text).not.toContain('ledger');
		expect(text).not.toContain(PROPOSAL);
	});

	test('of a text model names its twins', () => {
		const change = pendingChange(7, { category: 'text_generation', model_name: 'A/B/C' });
		expect(JSON.parse(wireText(change, content, false)).related_models).toEqual([
			...['aphrodite/A/B/C', 'koboldcpp/B/C'],
		]);
	});

	test.each([
		['clip', 'create', 'create_legacy_clip_model'],
		['image_generation', 'create', 'create_legacy_image_generation_model'],
		['image_generation', 'update', 'update_legacy_model'],
		['text_generation', 'update', 'update_legacy_text_generation_model'],
		['image_generation', 'delete', 'delete_legacy_model'],
		['clip', 'delete', 'delete_legacy_model'],
	] as const)('of %s %s has the route %s', (category, operation, route) => {
		expect(routeTag({ category, operation })).toBe(route);
	});
});
