/** Which changes a listing shows, in which order and form (spec: pending queue, sections 1 and 3). */

import { describe, expect, test } from 'vitest';
import type { Query } from '../support/queue-client.ts';
import { proposalOf, queueForSuite } from '../support/queue-service.ts';
import { clipReference, textReference } from '../support/records.ts';
import { ALICE, BOB, CAROL, DAVE } from '../support/write-service.ts';

const EVERY = [1, 2, 3, 4, 5, 6, 7];

const queue = await queueForSuite(
	{ 'clip.json': clipReference('a', 'b'), 'db.json': textReference('A/M-7B') },
	async ({ as, writesOf }) => {
		const [alice, bob, carol] = [ALICE, BOB, CAROL].map(writesOf);
		const proposed = [
			await alice?.post('clip', { name: 'Alpha One' }),
			await bob?.post('clip', { name: 'alpha two' }),
			await alice?.post('blip', { name: 'Beta' }),
			await carol?.delete('clip', 'a'),
			await bob?.post('text_generation', { name: 'Auth/Gamma-7B', parameters: 7_000_000_000 }),
			await alice?.put('clip', { name: 'b', version: '2' }),
			await alice?.post('esrgan', { name: 'Delta' }),
		];
		expect(proposed.map((answer) => answer && proposalOf(answer))).toEqual(EVERY);
		const approver = as(CAROL);
		await approver.approve(1, 3, 6);
		await approver.apply(1, { job_id: 'a job' });
		await approver.reject(2);
	},
);

const ROWS: readonly (readonly [string, Query, readonly number[]])[] = [
	['nothing', {}, EVERY],
	['one status', { statuses: 'pending' }, [4, 5, 7]],
	['several statuses', { statuses: ['rejected', 'approved'] }, [2, 3, 6]],
	['the same status twice', { statuses: ['applied', 'applied'] }, [1]],
	['the status that nothing is stored in', { statuses: 'applying' }, []],
	['every status', { statuses: ['pending', 'approved', 'applying', 'applied', 'rejected'] }, EVERY],
	['one category', { categories: 'clip' }, [1, 2, 4, 6]],
	['several categories', { categories: ['text_generation', 'blip'] }, [3, 5]],
	['a category without changes', { categories: 'gfpgan' }, []],
	['a category that nobody writes', { categories: 'lora' }, []],
	['a batch', { batch_id: 2 }, [3, 6]],
	['a batch that there is not', { batch_id: 9 }, []],
	['a batch given twice, of which the last counts', { batch_id: [2, 1] }, [1]],
	['a part of a name', { model_name: 'lpha' }, [1, 2]],
	['a part of a name in another case', { model_name: 'ALPHA T' }, [2]],
	['a part of a name with a slash', { model_name: 'auth/g' }, [5]],
	['a part of a name with blanks around it', { model_name: '  beta\t' }, [3]],
	['a part of a name within it blanks', { model_name: 'a o' }, [1]],
	['a name of blanks, which is none', { model_name: '   ' }, EVERY],
	['what no name holds', { model_name: 'alpha%' }, []],
	['a user', { requested_by: 2 }, [2, 5]],
	['several users', { requested_by: ['3', '1'] }, [1, 3, 4, 6, 7]],
	['a user with blanks around', { requested_by: ' 2 ' }, [2, 5]],
	['a blank user beside another', { requested_by: ['', ' ', '2'] }, [2, 5]],
	['a blank user, who is none', { requested_by: '' }, EVERY],
	['a list of users with commas, who is nobody', { requested_by: '1,2' }, []],
	['part of a user', { requested_by: 'alice#1' }, []],
	['a status and a category', { statuses: 'pending', categories: 'clip' }, [4]],
	['a category and a user', { categories: ['clip', 'esrgan'], requested_by: 1 }, [1, 6, 7]],
	['a status and a user', { statuses: ['pending', 'rejected'], requested_by: 2 }, [2, 5]],
	['a name and a status', { model_name: 'alpha', statuses: 'rejected' }, [2]],
	['a batch and a name', { batch_id: 2, model_name: 'b' }, [3, 6]],
	[
		'everything at once',
		{ statuses: 'approved', categories: 'clip', batch_id: 2, model_name: 'B', requested_by: 1 },
		[6],
	],
	['what excludes each other', { statuses: 'applied', batch_id: 2 }, []],
	['unknown parameters', { status: 'pending', category: 'clip', q: 'x', 'statuses[]': 'pending' }, EVERY],
];

describe('the list of', () => {
	test.each(ROWS)('%s', async (_title, query, ids) => {
		const { status, body } = await queue.as(DAVE).changes(query);
		expect(status).toBe(200);
		expect([body.items].flat().map((item) => Object(item).change_id)).toEqual(ids);
		expect(body).toMatchObject({ total: ids.length, offset: 0, limit: 50 });
	});
});

describe('a page', () => {
	test.each([
		[{ limit: 2 }, [1, 2], 7],
		[{ limit: 2, offset: 2 }, [3, 4], 7],
		[{ offset: 5 }, [6, 7], 7],
		[{ offset: 7 }, [], 7],
		[{ offset: 100_000, limit: 500 }, [], 7],
		[{ limit: 500 }, EVERY, 7],
		[{ limit: 1, offset: 1, statuses: ['pending'] }, [5], 3],
		[{ limit: 2, offset: 1, statuses: ['pending', 'rejected'] }, [4, 5], 4],
		[{ limit: 1, offset: 1, model_name: 'alpha' }, [2], 2],
		[{ limit: 1, offset: 1, batch_id: 2 }, [6], 2],
		[{ limit: 2, offset: 3, requested_by: ['1', '2'] }, [5, 6], 6],
		[{ limit: [5, 1], offset: ['3', '0'] }, [1], 7],
		[{ limit: ' +2 ', offset: '1.0' }, [2, 3], 7],
		[{ limit: '1_0', offset: 6 }, [7], 7],
	] as const)('of_%j', async (query, ids, total) => {
		const { body } = await queue.as(DAVE).changes(query);
		expect([body.items].flat().map((item) => Object(item).change_id)).toEqual(ids);
		expect(Object.keys(body)).toEqual(['items', 'total', 'offset', 'limit']);
		expect(body.total).toBe(total);
		expect(Number.isInteger(body.offset) && Number.isInteger(body.limit)).toBe(true);
	});
});

describe('my changes', () => {
	test.each([
		[ALICE, {}, [1, 3, 6, 7]],
		[BOB, {}, [2, 5]],
		[CAROL, {}, [4]],
		[ALICE, { statuses: ['approved', 'pending'] }, [3, 6, 7]],
		[ALICE, { categories: ['clip', 'blip'] }, [1, 3, 6]],
		[ALICE, { statuses: 'approved', categories: 'clip' }, [6]],
		[ALICE, { limit: 2, offset: 1 }, [3, 6]],
		[ALICE, { requested_by: 2 }, [1, 3, 6, 7]],
		[ALICE, { batch_id: 1, model_name: 'beta' }, [1, 3, 6, 7]],
		[ALICE, { batch_id: 'x', model_name: '' }, [1, 3, 6, 7]],
	] as const)('of_%o_by_%j', async (user, query, ids) => {
		const { status, body } = await queue.as(user).mine(query);
		expect(status).toBe(200);
		expect([body.items].flat().map((item) => Object(item).change_id)).toEqual(ids);
	});

	test('count_what_is_not_on_the_page', async () => {
		const { body } = await queue.as(ALICE).mine({ limit: 2 });
		expect(body).toMatchObject({ total: 4, offset: 0, limit: 2 });
	});
});

const FIELDS = [
	...['change_id', 'category', 'model_name', 'operation', 'payload', 'requested_by', 'requested_username'],
	...['requested_at', 'status', 'notes', 'batch_id', 'batch_title', 'approved_by', 'approved_username'],
	...['approved_at', 'rejected_by', 'rejected_username', 'rejected_at', 'reject_reason', 'applied_at'],
	...['applied_by', 'applied_username', 'applied_job_id', 'updated_at', 'request_metadata', 'related_models'],
];

describe('a change', () => {
	test('is_shown_with_every_field_in_one_order', async () => {
		const { body } = await queue.as(DAVE).changes();
		for (const item of [body.items].flat()) expect(Object.keys(Object(item))).toEqual(FIELDS);
	});

	test.each([1, 2, 3, 4, 5, 6, 7])('%i_is_shown_by_itself_as_in_the_list', async (id) => {
		const [one, list] = [await queue.as(DAVE).change(id), await queue.as(DAVE).changes()];
		expect(one.status).toBe(200);
		expect(one.text).toBe(JSON.stringify([list.body.items].flat()[id - 1]));
	});

	test('that_was_applied_tells_who_did_what', async () => {
		const { body } = await queue.as(DAVE).change(1);
		const time = expect.any(Number);
		const nobody = { rejected_by: null, rejected_username: null, rejected_at: null, reject_reason: null };
		expect(body).toEqual({
			...{ change_id: 1, category: 'clip', model_name: 'Alpha One', operation: 'create', status: 'applied' },
			payload: { name: 'Alpha One', type: 'clip', config: { files: [], download: [] } },
			...{ requested_by: '1', requested_username: 'alice#1', requested_at: time },
			...{ notes: 'There is no description.', batch_id: 1, batch_title: 'A batch' },
			...{ approved_by: '3', approved_username: 'carol#3', approved_at: time, ...nobody },
			...{ applied_by: '3', applied_username: 'carol#3', applied_at: time, applied_job_id: 'a job' },
			...{ updated_at: time, request_metadata: { route: 'create_legacy_clip_model' }, related_models: null },
		});
	});

	test('to_delete_a_model_shows_its_record', async () => {
		const { body } = await queue.as(DAVE).change(4);
		expect(body.payload).toEqual({ name: 'a', type: 'clip', description: 'About a' });
		expect(body.request_metadata).toEqual({ route: 'delete_legacy_model' });
		expect(body.notes).toBeNull();
	});

	test('of_a_text_model_names_its_twins', async () => {
		const { body } = await queue.as(DAVE).change(5);
		expect(body.related_models).toEqual(['aphrodite/Auth/Gamma-7B', 'koboldcpp/Gamma-7B']);
		expect(body.payload).toMatchObject({ name: 'Auth/Gamma-7B', tags: ['7B'] });
	});

	test.each([0, -1, 8, 999, '+99', '99999999999999999999'])('%s_is_not_found', async (id) => {
		for (const answer of [await queue.as(DAVE).change(id), await queue.as(DAVE).diff(id)]) {
			expect([answer.status, answer.body]).toEqual([404, { detail: 'Change not found' }]);
		}
	});
});
