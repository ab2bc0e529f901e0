import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes, items, sentence, value } from '../../test/support/queue-bodies.ts';
import { lengthItem, readApply, readApplyMany, readDecision, readPurge, trimmed } from './queue-requests.ts';

const READERS = { readDecision, readApply, readApplyMany, readPurge };

describe.each(Object.entries(READERS))('%s', (_name, read) => {
	test.each([
		['', 'missing'],
		['  \n', 'missing'],
		['null', 'missing'],
		['{', 'json_invalid'],
		['{"a":1,}', 'json_invalid'],
		['[]', 'model_attributes_type'],
		['"text"', 'model_attributes_type'],
		['{"a":1,"a":2}', 'value_error'],
	])('refuses the body %j', (text, type) => {
		expect(items(read(bytes(text)))).toMatchObject([{ type }]);
	});

	test('refuses a body that is not UTF-8', () => {
		expect(items(read(Buffer.from([0x7b, 0xff, 0x7d])))).toMatchObject([{ type: 'json_invalid' }]);
	});
});

describe('a decision', () => {
	const decision = (body: object) => readDecision(bytes({ batch_title: 'Monday', ...body }));

	test('is read with its ids sorted, each once, and those that cannot be left out', () => {
		const body = { approved_ids: [3, 1, 3, 0, -5, 2], rejected_ids: [9, 8, 9], reject_reason: ' no ' };
		expect(value(decision({ ...body, batch_title: '  Monday ', unknown: {} }))).toEqual({
			title: 'Monday',
			approve: [1, 2, 3],
			reject: [8, 9],
			reason: 'no',
		});
	});

	test('has no reason where nothing is rejected', () => {
		expect(value(decision({ approved_ids: [1], rejected_ids: null, reject_reason: 'why' }))).toMatchObject({
			reject: [],
			reason: '',
		});
	});

	test.each([
		['Provide at least one approved or rejected change id.', {}],
		['Provide at least one approved or rejected change id.', { approved_ids: [0, -1], rejected_ids: [] }],
		['Provide at least one approved or rejected change id.', { batch_title: ' ', approved_ids: [] }],
		[
			'Change ids cannot be both approved and rejected: [2, 10]',
			{ approved_ids: [10, 2, 1], rejected_ids: [2, 10], batch_title: ' ' },
		],
		['reject_reason is required when rejecting changes.', { rejected_ids: [1], batch_title: ' ' }],
		['reject_reason is required when rejecting changes.', { rejected_ids: [1], reject_reason: ' \n' }],
		['reject_reason is required when rejecting changes.', { rejected_ids: [1], reject_reason: null }],
		['batch_title must not be blank.', { approved_ids: [1], batch_title: '\t ' }],
	])('is refused by the first that is wrong: %s', (words, body) => {
		expect(sentence(decision(body))).toBe(`Value error, ${words}`);
	});

	test('tells everything that is wrong with its fields at once, before it looks at the whole', () => {
		const body = { approved_ids: [1, '2', 1.5, null, [3]], rejected_ids: {}, reject_reason: 5 };
		expect(items(readDecision(bytes(body)))).toMatchObject([
			{ type: 'missing', loc: ['body', 'batch_title'], msg: 'Field required', input: body },
			{ type: 'int_parsing', loc: ['body', 'approved_ids', 1], input: '2' },
			{ type: 'int_from_float', loc: ['body', 'approved_ids', 2], input: 1.5 },
			{ type: 'int_type', loc: ['body', 'approved_ids', 3], input: null },
			{ type: 'int_type', loc: ['body', 'approved_ids', 4], input: [3] },
			{ type: 'list_type', loc: ['body', 'rejected_ids'], input: {} },
			{ type: 'string_type', loc: ['body', 'reject_reason'], input: 5 },
		]);
	});

	test.each([
		['batch_title', null, { type: 'string_type', input: null }],
		['batch_title', '', { type: 'string_too_short', ctx: { min_length: 1 } }],
		['batch_title', 'x'.repeat(121), { type: 'string_too_long', ctx: { max_length: 120 } }],
		['reject_reason', 'x'.repeat(501), { type: 'string_too_long', ctx: { max_length: 500 } }],
	])('is refused with the %s %j', (name, text, item) => {
		expect(items(decision({ rejected_ids: [1], reject_reason: 'no', [name]: text }))).toMatchObject([
			{ loc: ['body', name], ...item },
		]);
	});

	test('has texts as long as they may be, in characters and not in units', () => {
		const body = {
			batch_title: '\u{1F600}'.repeat(120),
			rejected_ids: [1],
			reject_reason: '\u{1F600}'.repeat(500),
		};
		expect(value(decision(body))).toMatchObject({ title: body.batch_title, reason: body.reject_reason });
	});

	test('takes an integer in whatever way it is spelled, and none that is too large to be one', () => {
		expect(value(readDecision(bytes('{"batch_title":"x","approved_ids":[1.0,2e1]}'))).approve).toEqual([
			1, 20,
		]);
		const large = '{"batch_title":"x","approved_ids":[9007199254740993,1e400]}';
		expect(items(readDecision(bytes(large)))).toMatchObject([{ loc: ['body', 'approved_ids', 0] }, {}]);
	});

	test('of many thousand ids is read', () => {
		const approved_ids = Array.from({ length: 50_000 }, (_, index) => 50_000 - index);
		expect(value(decision({ approved_ids })).approve.at(-1)).toBe(50_000);
	});

	test('never approves and rejects the same, whatever is asked for', () => {
		const ids = fc.array(fc.integer({ min: -2, max: 6 }), { maxLength: 5 });
		fc.assert(
			fc.property(ids, ids, (approved_ids, rejected_ids) => {
				const read = decision({ approved_ids, rejected_ids, reject_reason: 'no' });
				const wanted = new Set([...approved_ids, ...rejected_ids].filter((id) => id > 0));
				const overlaps = approved_ids.some((id) => id > 0 && rejected_ids.includes(id));
				expect(read.ok).toBe(wanted.size > 0 && !overlaps);
				if (!read.ok) return;
				const { approve, reject } = read.value;
				expect(new Set([...approve, ...reject])).toEqual(wanted);
				expect(approve.length + reject.length).toBe(wanted.size);
			}),
		);
	});
});

describe('an application of one change', () => {
	test.each([
		[{}, undefined],
		[{ job_id: null }, undefined],
		[{ job_id: ' \t' }, undefined],
		[{ job_id: ' nightly ', unknown: 1 }, 'nightly'],
		[{ job_id: 'x'.repeat(120) }, 'x'.repeat(120)],
	])('%j', (body, jobId) => {
		expect(value(readApply(bytes(body)))).toEqual({ jobId });
	});

	test('is refused with a job id that is too long or no text', () => {
		expect(items(readApply(bytes({ job_id: 'x'.repeat(121) })))).toMatchObject([
			{ type: 'string_too_long', loc: ['body', 'job_id'] },
		]);
		expect(items(readApply(bytes({ job_id: 5 })))).toMatchObject([{ type: 'string_type' }]);
	});
});

describe('an application of many changes', () => {
	test('keeps the order of the ids, each once', () => {
		expect(value(readApplyMany(bytes({ change_ids: [3, 1, 3, 2, 1] })))).toEqual({
			ids: [3, 1, 2],
			jobId: undefined,
			mixed: false,
			atomic: false,
		});
		const all = { change_ids: [1], job_id: ' j ', allow_mixed_batch: true, atomic: true };
		expect(value(readApplyMany(bytes(all)))).toEqual({ ids: [1], jobId: 'j', mixed: true, atomic: true });
	});

	test.each([[[0]], [[1, -1]]])('refuses the ids %j', (change_ids) => {
		expect(sentence(readApplyMany(bytes({ change_ids })))).toBe(
			'Value error, change_ids must be positive integers',
		);
	});

	test.each([
		[{}, { type: 'missing', loc: ['body', 'change_ids'] }],
		[{ change_ids: null }, { type: 'list_type', loc: ['body', 'change_ids'] }],
		[{ change_ids: [] }, { type: 'too_short', ctx: { field_type: 'List', min_length: 1, actual_length: 0 } }],
		[
			{ change_ids: [1], atomic: null },
			{ type: 'bool_type', loc: ['body', 'atomic'] },
		],
		[
			{ change_ids: [1], atomic: 'yes' },
			{ type: 'bool_parsing', loc: ['body', 'atomic'] },
		],
		[
			{ change_ids: [1], allow_mixed_batch: 1 },
			{ type: 'bool_parsing', loc: ['body', 'allow_mixed_batch'] },
		],
	])('refuses %j', (body, item) => {
		expect(items(readApplyMany(bytes(body)))).toMatchObject([item]);
	});
});

describe('texts', () => {
	test('are trimmed, and blank ones left out', () => {
		expect(trimmed([' a ', '', '\t', 'b'])).toEqual(['a', 'b']);
	});

	test.each([
		['', 0, undefined, undefined],
		['', 1, undefined, 'String should have at least 1 character'],
		['a', 2, undefined, 'String should have at least 2 characters'],
		['ab', 0, 1, 'String should have at most 1 character'],
		['\u{1F600}', 1, 1, undefined],
	])('%j of %d to %s characters', (text, least, most, msg) => {
		expect(lengthItem(['query', 'x'], text, least, most)?.msg).toBe(msg);
	});
});
