/** What is wrong with a body that is sent to the queue, item by item, in the words of the original (spec: service, section 5). */

import { describe, expect, test } from 'vitest';
import type { QueueClient } from '../support/queue-client.ts';
import { queueForSuite } from '../support/queue-service.ts';
import { clipReference } from '../support/records.ts';
import { CAROL, type WriteAnswer } from '../support/write-service.ts';

const queue = await queueForSuite({ 'clip.json': clipReference('a') }, async ({ writesOf }) => {
	for (const name of ['b', 'c']) await writesOf(CAROL).post('clip', { name });
});

type Item = Readonly<Record<string, unknown>>;
type Post = (client: QueueClient, body: object | string) => Promise<WriteAnswer>;

const in_ = (...path: (string | number)[]) => ({ loc: ['body', ...path] });
const missing = (name: string, input: object): Item => ({
	type: 'missing',
	...in_(name),
	msg: 'Field required',
	input,
});
const wrong = (type: string, path: readonly (string | number)[], words: string, input: unknown): Item => ({
	type,
	...in_(...path),
	msg: `Input should be a valid ${words}`,
	input,
});
const noText = (path: readonly (string | number)[], input: unknown) =>
	wrong('string_type', path, 'string', input);
const noList = (name: string, input: unknown) => wrong('list_type', [name], 'list', input);
const noFlag = (name: string, input: unknown) => wrong('bool_type', [name], 'boolean', input);
const long = (name: string, max_length: number, input: string): Item => ({
	type: 'string_too_long',
	...in_(name),
	msg: `String should have at most ${max_length} characters`,
	input,
	ctx: { max_length },
});
const ofTheWhole = (sentence: string, input: object): Item => ({
	type: 'value_error',
	...in_(),
	msg: `Value error, ${sentence}`,
	input,
	ctx: { error: {} },
});
const choice = (path: readonly (string | number)[], expected: string, input: unknown): Item => ({
	type: 'enum',
	...in_(...path),
	msg: `Input should be ${expected}`,
	input,
	ctx: { expected },
});

const POSTS: Readonly<Record<string, Post>> = {
	batches: (client, body) => client.decide(body),
	'one apply': (client, body) => client.apply(1, body),
	apply: (client, body) => client.applyMany(body),
	purge: (client, body) => client.purge(body),
};

describe.each(Object.entries(POSTS))('%s', (_name, post) => {
	const attributes = 'Input should be a valid dictionary or object to extract fields from';
	test.each([
		['', [{ type: 'missing', ...in_(), msg: 'Field required', input: null }]],
		[' \n', [{ type: 'missing', ...in_(), msg: 'Field required', input: null }]],
		['null', [{ type: 'missing', ...in_(), msg: 'Field required', input: null }]],
		['[1]', [{ type: 'model_attributes_type', ...in_(), msg: attributes, input: [1] }]],
		['"x"', [{ type: 'model_attributes_type', ...in_(), msg: attributes, input: 'x' }]],
	] as const)('refuses_a_body_%j', async (body, items) => {
		await expectRefused((client) => post(client, body), items);
	});

	test('refuses_what_is_not_json_and_tells_where', async () => {
		const { status, body } = await post(queue.as(CAROL), '{"a": 1,}');
		expect(status).toBe(422);
		expect(body).toEqual({
			detail: [
				{
					...{ type: 'json_invalid', ...in_(8), msg: 'JSON decode error', input: {} },
					ctx: { error: expect.any(String) },
				},
			],
		});
	});

	test('refuses_a_field_that_is_there_twice', async () => {
		const { status, body } = await post(queue.as(CAROL), '{"job_id":"a","job_id":"b"}');
		expect(status).toBe(422);
		expect(body).toMatchObject({ detail: [{ type: 'value_error', ...in_('job_id') }] });
	});
});

const EMPTY = 'Provide at least one approved or rejected change id.';
const NO_FILTER = 'Provide at least one filter or set purge_all=true to clear the entire queue.';
const STATUSES = "'pending', 'approved', 'applying', 'applied' or 'rejected'";

/** The whole body is the input of an item about it. */
const whole = (body: object, sentence: string) => [body, [ofTheWhole(sentence, body)]] as const;

const DECISIONS: readonly (readonly [object, readonly Item[]])[] = [
	[{}, [missing('batch_title', {})]],
	[{ approved_ids: [1] }, [missing('batch_title', { approved_ids: [1] })]],
	[{ batch_title: null, approved_ids: [1] }, [noText(['batch_title'], null)]],
	[{ batch_title: 5, approved_ids: [1] }, [noText(['batch_title'], 5)]],
	[
		{ batch_title: '', approved_ids: [1] },
		[
			{
				type: 'string_too_short',
				...in_('batch_title'),
				msg: 'String should have at least 1 character',
				input: '',
				ctx: { min_length: 1 },
			},
		],
	],
	[{ batch_title: 'x'.repeat(121), approved_ids: [1] }, [long('batch_title', 120, 'x'.repeat(121))]],
	[{ batch_title: 'x', approved_ids: 1 }, [noList('approved_ids', 1)]],
	[{ batch_title: 'x', approved_ids: { 0: 1 } }, [noList('approved_ids', { 0: 1 })]],
	[
		{ batch_title: 'x', approved_ids: [1, '2', 3.5, true, null] },
		[
			wrong('int_parsing', ['approved_ids', 1], 'integer, unable to parse string as an integer', '2'),
			wrong('int_from_float', ['approved_ids', 2], 'integer, got a number with a fractional part', 3.5),
			wrong('int_type', ['approved_ids', 3], 'integer', true),
			wrong('int_type', ['approved_ids', 4], 'integer', null),
		],
	],
	[{ batch_title: 'x', rejected_ids: [1], reject_reason: 5 }, [noText(['reject_reason'], 5)]],
	[
		{ batch_title: 'x', rejected_ids: [1], reject_reason: 'r'.repeat(501) },
		[long('reject_reason', 500, 'r'.repeat(501))],
	],
	[
		{ batch_title: 1, approved_ids: 2, rejected_ids: [{}], reject_reason: 3 },
		[
			noText(['batch_title'], 1),
			noList('approved_ids', 2),
			wrong('int_type', ['rejected_ids', 0], 'integer', {}),
			noText(['reject_reason'], 3),
		],
	],
	whole({ batch_title: 'x' }, EMPTY),
	whole({ batch_title: 'x', approved_ids: null, rejected_ids: null, reject_reason: null }, EMPTY),
	whole({ batch_title: 'x', approved_ids: [0, -1], rejected_ids: [] }, EMPTY),
	whole({ batch_title: ' ', approved_ids: [] }, EMPTY),
	whole(
		{ batch_title: ' ', approved_ids: [2, 1, 3], rejected_ids: [3, 2] },
		'Change ids cannot be both approved and rejected: [2, 3]',
	),
	whole({ batch_title: ' ', rejected_ids: [1] }, 'reject_reason is required when rejecting changes.'),
	whole(
		{ batch_title: 'x', approved_ids: [2], rejected_ids: [1], reject_reason: ' \t' },
		'reject_reason is required when rejecting changes.',
	),
	whole({ batch_title: ' \n ', approved_ids: [1] }, 'batch_title must not be blank.'),
];

test.each(DECISIONS)('batches_refuse_%j', async (body, items) => {
	await expectRefused((client) => client.decide(body), items);
});

test.each<readonly [object, readonly Item[]]>([
	[{ job_id: 5 }, [noText(['job_id'], 5)]],
	[{ job_id: 'j'.repeat(121) }, [long('job_id', 120, 'j'.repeat(121))]],
])('an_apply_refuses_%j', async (body, items) => {
	await expectRefused((client) => client.apply(1, body), items);
});

const APPLICATIONS: readonly (readonly [object, readonly Item[]])[] = [
	[{}, [missing('change_ids', {})]],
	[{ change_ids: null }, [noList('change_ids', null)]],
	[{ change_ids: '1' }, [noList('change_ids', '1')]],
	[
		{ change_ids: [] },
		[
			{
				type: 'too_short',
				...in_('change_ids'),
				msg: 'List should have at least 1 item after validation, not 0',
				input: [],
				ctx: { field_type: 'List', min_length: 1, actual_length: 0 },
			},
		],
	],
	whole({ change_ids: [1, 0] }, 'change_ids must be positive integers'),
	whole({ change_ids: [-1] }, 'change_ids must be positive integers'),
	[
		{ change_ids: ['x'], job_id: 1, allow_mixed_batch: 'perhaps', atomic: null },
		[
			wrong('int_parsing', ['change_ids', 0], 'integer, unable to parse string as an integer', 'x'),
			noText(['job_id'], 1),
			wrong('bool_parsing', ['allow_mixed_batch'], 'boolean, unable to interpret input', 'perhaps'),
			noFlag('atomic', null),
		],
	],
];

test.each(APPLICATIONS)('an_apply_of_several_refuses_%j', async (body, items) => {
	await expectRefused((client) => client.applyMany(body), items);
});

const PURGES: readonly (readonly [object, readonly Item[]])[] = [
	whole({}, NO_FILTER),
	whole({ dry_run: true }, NO_FILTER),
	whole({ statuses: [], categories: [], requested_by: [' '], model_name: '  ', purge_all: false }, NO_FILTER),
	[{ statuses: 'pending' }, [noList('statuses', 'pending')]],
	[{ statuses: ['pending', 'PENDING'] }, [choice(['statuses', 1], STATUSES, 'PENDING')]],
	[{ statuses: [1] }, [choice(['statuses', 0], STATUSES, 1)]],
	[
		{ categories: ['stable_diffusion'] },
		[expect.objectContaining({ type: 'enum', ...in_('categories', 0) })],
	],
	[{ model_name: 5 }, [noText(['model_name'], 5)]],
	[{ model_name: 'n'.repeat(201) }, [long('model_name', 200, 'n'.repeat(201))]],
	[{ requested_by: '2' }, [noList('requested_by', '2')]],
	[{ requested_by: ['1', 2] }, [noText(['requested_by', 1], 2)]],
	[
		{ purge_all: 1, dry_run: [] },
		[wrong('bool_parsing', ['purge_all'], 'boolean, unable to interpret input', 1), noFlag('dry_run', [])],
	],
];

test.each(PURGES)('a_purge_refuses_%j', async (body, items) => {
	await expectRefused((client) => client.purge(body), items);
});

test('nothing_of_this_changed_the_queue', async () => {
	const { body } = await queue.as(CAROL).changes({ statuses: 'pending' });
	expect(body.total).toBe(2);
	expect(queue.service.repository.git('rev-list', '--count', 'refs/horde/queue')).toBe('2');
});

async function expectRefused(
	ask: (client: QueueClient) => Promise<WriteAnswer>,
	items: readonly Item[],
): Promise<void> {
	const answer = await ask(queue.as(CAROL));
	expect(answer.status, answer.text).toBe(422);
	expect(answer.body).toEqual({ detail: items });
	const order = ['type', 'loc', 'msg', 'input', 'ctx'];
	for (const item of [answer.body.detail].flat()) {
		const keys = Object.keys(Object(item));
		expect(keys).toEqual(order.slice(0, keys.length));
	}
}
