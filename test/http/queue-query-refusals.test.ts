/** What is wrong with a query or a path of the queue, item by item, in the words of the original (spec: service, section 5). */

import { describe, expect, test } from 'vitest';
import { type QueueClient, queueClient } from '../support/queue-client.ts';
import { queueForSuite } from '../support/queue-service.ts';
import { clipReference } from '../support/records.ts';
import { CAROL, type WriteAnswer } from '../support/write-service.ts';

const queue = await queueForSuite({ 'clip.json': clipReference('a') }, async ({ writesOf }) => {
	await writesOf(CAROL).post('clip', { name: 'b' });
});

type Item = Readonly<Record<string, unknown>>;

const at = (name: string, ...index: number[]) => ({ loc: ['query', name, ...index] });
const least = (name: string, ge: number, input: string): Item => ({
	type: 'greater_than_equal',
	...at(name),
	msg: `Input should be greater than or equal to ${ge}`,
	input,
	ctx: { ge },
});
const most = (name: string, le: number, input: string): Item => ({
	type: 'less_than_equal',
	...at(name),
	msg: `Input should be less than or equal to ${le}`,
	input,
	ctx: { le },
});
const notInteger = (loc: readonly (string | number)[], input: string): Item => ({
	type: 'int_parsing',
	loc,
	msg: 'Input should be a valid integer, unable to parse string as an integer',
	input,
});
const choice = (place: object, expected: string, input: string): Item => ({
	type: 'enum',
	...place,
	msg: `Input should be ${expected}`,
	input,
	ctx: { expected },
});
const tooLong = (name: string, max_length: number, input: string): Item => ({
	type: 'string_too_long',
	...at(name),
	msg: `String should have at most ${max_length} characters`,
	input,
	ctx: { max_length },
});

const STATUSES = "'pending', 'approved', 'applying', 'applied' or 'rejected'";
const CATEGORIES =
	"'blip', 'clip', 'codeformer', 'controlnet', 'controlnet_annotator', 'esrgan', 'gfpgan', 'safety_checker', " +
	"'image_generation', 'text_generation', 'video_generation', 'audio_generation', 'miscellaneous', 'lora' or 'ti'";

type Ask = (client: QueueClient) => Promise<WriteAnswer>;

/** What both lists ask of their queries. */
const LIST_ROWS: readonly (readonly [Record<string, string | readonly string[]>, readonly Item[]])[] = [
	[{ limit: '0' }, [least('limit', 1, '0')]],
	[{ limit: '-5' }, [least('limit', 1, '-5')]],
	[{ limit: '501' }, [most('limit', 500, '501')]],
	[{ limit: 'ten' }, [notInteger(['query', 'limit'], 'ten')]],
	[{ limit: '' }, [notInteger(['query', 'limit'], '')]],
	[{ limit: '1.5' }, [notInteger(['query', 'limit'], '1.5')]],
	[{ limit: '1e2' }, [notInteger(['query', 'limit'], '1e2')]],
	[{ limit: '0x10' }, [notInteger(['query', 'limit'], '0x10')]],
	[{ limit: ['10', '0'] }, [least('limit', 1, '0')]],
	[{ offset: '-1' }, [least('offset', 0, '-1')]],
	[{ offset: 'x' }, [notInteger(['query', 'offset'], 'x')]],
	[{ statuses: 'PENDING' }, [choice(at('statuses', 0), STATUSES, 'PENDING')]],
	[{ statuses: 'pending,approved' }, [choice(at('statuses', 0), STATUSES, 'pending,approved')]],
	[{ statuses: '' }, [choice(at('statuses', 0), STATUSES, '')]],
	[
		{ statuses: ['pending', 'x', 'applied', 'y'] },
		[choice(at('statuses', 1), STATUSES, 'x'), choice(at('statuses', 3), STATUSES, 'y')],
	],
	[{ categories: 'stable_diffusion' }, [choice(at('categories', 0), CATEGORIES, 'stable_diffusion')]],
	[{ categories: ['clip', 'Clip'] }, [choice(at('categories', 1), CATEGORIES, 'Clip')]],
	[
		{ limit: '0', offset: '-1', categories: 'x', statuses: 'y' },
		[
			choice(at('statuses', 0), STATUSES, 'y'),
			choice(at('categories', 0), CATEGORIES, 'x'),
			least('offset', 0, '-1'),
			least('limit', 1, '0'),
		],
	],
];

describe.each(['changes', 'mine'] as const)('%s', (list) => {
	test.each(LIST_ROWS)('refuses_%j', async (query, items) => {
		await expectRefused((client) => client[list](query), items);
	});
});

const ROWS: readonly (readonly [string, Ask, readonly Item[]])[] = [
	['changes of batch 0', (client) => client.changes({ batch_id: 0 }), [least('batch_id', 1, '0')]],
	['changes of batch x', (c) => c.changes({ batch_id: 'x' }), [notInteger(['query', 'batch_id'], 'x')]],
	[
		'changes of no name',
		(client) => client.changes({ model_name: '' }),
		[
			{
				type: 'string_too_short',
				...at('model_name'),
				msg: 'String should have at least 1 character',
				input: '',
				ctx: { min_length: 1 },
			},
		],
	],
	[
		'changes of a long name',
		(client) => client.changes({ model_name: 'x'.repeat(201) }),
		[tooLong('model_name', 200, 'x'.repeat(201))],
	],
	['a change of no number', (client) => client.change('abc'), [notInteger(['path', 'change_id'], 'abc')]],
	['a change of a fraction', (client) => client.change('1.5'), [notInteger(['path', 'change_id'], '1.5')]],
	['a diff of no number', (client) => client.diff('x'), [notInteger(['path', 'change_id'], 'x')]],
	['an apply of no number', (client) => client.apply('x'), [notInteger(['path', 'change_id'], 'x')]],
	[
		'no diffs',
		(client) => client.diffs([]),
		[{ type: 'missing', ...at('change_ids'), msg: 'Field required', input: null }],
	],
	[
		'diffs of no numbers',
		(client) => client.diffs([1, 'x', '2,3']),
		[notInteger(['query', 'change_ids', 1], 'x'), notInteger(['query', 'change_ids', 2], '2,3')],
	],
	[
		'too many diffs',
		(client) => client.diffs(Array.from({ length: 101 }, () => 1)),
		[
			{
				type: 'too_long',
				...at('change_ids'),
				msg: 'List should have at most 100 items after validation, not 101',
				input: Array.from({ length: 101 }, () => '1'),
				ctx: { field_type: 'List', max_length: 100, actual_length: 101 },
			},
		],
	],
	['a batch of no number', (client) => client.applyBatch('x'), [notInteger(['path', 'batch_id'], 'x')]],
	[
		'a long job id',
		(client) => client.applyBatch(1, { job_id: 'j'.repeat(121) }),
		[tooLong('job_id', 120, 'j'.repeat(121))],
	],
	[
		'a flag that is none',
		(client) => client.applyBatch(1, { atomic: 'perhaps' }),
		[
			{
				type: 'bool_parsing',
				...at('atomic'),
				msg: 'Input should be a valid boolean, unable to interpret input',
				input: 'perhaps',
			},
		],
	],
	['an audit of no batches', (c) => c.audit('batches', { limit: 0 }), [least('limit', 1, '0')]],
	['an audit of many batches', (c) => c.audit('batches', { limit: 51 }), [most('limit', 50, '51')]],
	['an audit from 0 on', (client) => client.audit('batches', { cursor: 0 }), [least('cursor', 1, '0')]],
	['an audit of batch x', (client) => client.audit('batches/x'), [notInteger(['path', 'batch_id'], 'x')]],
	[
		'net changes of batch x',
		(client) => client.audit('batches/x/net_changes'),
		[notInteger(['path', 'batch_id'], 'x')],
	],
	...['current', 'batches', 'batches/1', 'batches/1/net_changes'].map(
		(path) =>
			[
				`an audit of another domain: ${path}`,
				(client: QueueClient) => client.audit(path, { domain_override: 'LEGACY' }),
				[choice(at('domain_override'), "'legacy' or 'v2'", 'LEGACY')],
			] as const,
	),
];

test.each(ROWS)('%s', async (_title, ask, items) => {
	await expectRefused(ask, items);
});

test.each(['0', '-1', '1', '999', '99999999999999999999'])(
	'batch_%s_that_there_is_not_is_404',
	async (id) => {
		for (const path of [`batches/${id}`, `batches/${id}/net_changes`]) {
			const answer = await queue.as(CAROL).audit(path);
			expect([answer.status, answer.body]).toEqual([404, { detail: 'Batch not found' }]);
		}
	},
);

test('a_hundred_diffs_are_answered', async () => {
	const { status, body } = await queue.as(CAROL).diffs(Array.from({ length: 100 }, () => 1));
	expect(status).toBe(200);
	expect([body.diffs, body.errors]).toEqual([expect.objectContaining({ length: 100 }), []]);
});

test('a_name_of_200_characters_outside_the_basic_plane_is_not_too_long', async () => {
	const answer = await queue.as(CAROL).changes({ model_name: '\u{1F600}'.repeat(200) });
	expect([answer.status, answer.body.total]).toEqual([200, 0]);
});

test('nothing_is_told_about_a_query_to_those_who_show_no_key', async () => {
	const answer = await queueClient(queue.service, undefined).changes({ limit: 0 });
	expect([answer.status, answer.body]).toEqual([401, { detail: 'Not authenticated' }]);
});

async function expectRefused(ask: Ask, items: readonly Item[]): Promise<void> {
	const answer = await ask(queue.as(CAROL));
	expect(answer.status, answer.text).toBe(422);
	expect(answer.body).toEqual({ detail: items });
	const order = ['type', 'loc', 'msg', 'input', 'ctx'];
	for (const item of [answer.body.detail].flat()) {
		const keys = Object.keys(Object(item));
		expect(keys).toEqual(order.slice(0, keys.length));
	}
	expect(answer.headers.get('cache-control')).toBe('no-store');
}
