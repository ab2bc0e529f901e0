import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	appliedChange,
	approvedChange,
	FULL_CHANGE,
	pendingChange,
	rejectedChange,
} from '../../test/support/pending-changes.ts';
import { anyRecord, compactText } from '../../test/support/reference-texts.ts';
import { AppError } from '../errors.ts';
import {
	changeText,
	contentText,
	countersText,
	type PendingChange,
	readChange,
	readContent,
	readCounters,
	wireText,
} from './pending-change.ts';

const WHERE = 'refs/horde/queue:changes/00/00/7.json (blob abc)';
const where = () => WHERE;

const AWKWARD = [
	'',
	'line\nbreak',
	'Change-Id: 7\nApproved-By: mallory#9',
	'\u{1F600} ünï "quoted" \\ \u0000\u2028',
	'</script>',
	'x'.repeat(65_536),
];

/** The change with another value at a place, or without it. */
function broken(path: readonly string[], value?: unknown, change: PendingChange = FULL_CHANGE): string {
	const copy: Record<string, unknown> = JSON.parse(JSON.stringify(change));
	const holder = path.slice(0, -1).reduce<Record<string, unknown>>((at, name) => Object(at[name]), copy);
	const last = path.at(-1) ?? '';
	if (value === undefined) delete holder[last];
	else holder[last] = value;
	return JSON.stringify(copy);
}

function expectRefusal(read: () => unknown, problem: string): void {
	const refusal = expect.objectContaining({
		code: 'ledger-broken',
		message: expect.stringContaining(problem),
	});
	expect(read).toThrow(refusal);
	expect(read).toThrow(expect.objectContaining({ message: expect.stringContaining(WHERE) }));
}

describe('the state of a change', () => {
	test.each([
		['pending', pendingChange(7)],
		['approved', approvedChange(7, 2)],
		['rejected', rejectedChange(7, 2)],
		['rejected by itself', rejectedChange(7, undefined)],
		['applied', appliedChange(7, 2)],
		['with everything', FULL_CHANGE],
	])('%s reads back as it was', (_what, change) => {
		expect(readChange(changeText(change), 7, where)).toEqual(change);
	});

	test.each(AWKWARD)('reads back with the text %j in every field that takes one', (text) => {
		const { category, model_name: _name, ...rest } = FULL_CHANGE;
		const change: PendingChange = {
			...rest,
			category,
			model_name: text,
			requested_by: text,
			requested_username: text,
			notes: text,
			batch_title: text,
			approved_username: text,
			applied_username: text,
			applied_job_id: text,
			reject_reason: text,
		};
		expect(readChange(changeText(change), 7, where)).toEqual(change);
	});

	test('is a line for each fact, so that git shows what changed', () => {
		expect(changeText(pendingChange(7)).split('\n').slice(0, 3)).toEqual([
			...['{', '  "change_id": 7,', '  "category": "clip",'],
		]);
	});

	test.each([
		['', 'not JSON'],
		['{"change_id": 7', 'not JSON'],
		['<<<<<<< HEAD', 'not JSON'],
		['null', 'not an object'],
		['[]', 'not an object'],
		['7', 'not an object'],
		['{}', 'change_id must be 7'],
	])('%j is refused by the name of the object', (text, problem) => {
		expectRefusal(() => readChange(text, 7, where), problem);
	});

	test('of another change is refused', () => {
		expectRefusal(() => readChange(changeText(pendingChange(8)), 7, where), 'change_id must be 7');
	});

	const required = ['category', 'model_name', 'requested_by', 'requested_username'];
	const optional = [
		...['notes', 'batch_title', 'approved_by', 'approved_username', 'rejected_by', 'rejected_username'],
		...['reject_reason', 'applied_by', 'applied_username', 'applied_job_id'],
	];
	const counts = ['batch_id', 'approved_at', 'rejected_at', 'applied_at'];
	const notCounts = ['1', -1, 1.5, null, 2 ** 53];

	test.each([
		...required.flatMap((name) => [undefined, null, 5, {}].map((value) => [[name], value] as const)),
		...optional.flatMap((name) => [null, 5, []].map((value) => [[name], value] as const)),
		...counts.flatMap((name) => notCounts.map((value) => [[name], value] as const)),
		...['requested_at', 'updated_at'].flatMap((name) =>
			[undefined, ...notCounts].map((value) => [[name], value] as const),
		),
		...[undefined, 'applying', 'APPLIED', 5, null].map((value) => [['status'], value] as const),
		...[undefined, 'rename', null].map((value) => [['operation'], value] as const),
		...['', 'CLIP', '__proto__'].map((value) => [['category'], value] as const),
		...[undefined, null, 'x', []].map((value) => [['ledger'], value] as const),
		...[undefined, '', 'main'].map((value) => [['ledger', 'proposal'], value] as const),
	])('with %j as %j is refused by the name of the object', (path, value) => {
		const named = path.at(-1) === 'category' ? 'category' : (path.at(-1) ?? '');
		expectRefusal(() => readChange(broken(path, value), 7, where), named);
	});

	test('approved without a batch is refused', () => {
		expectRefusal(
			() => readChange(broken(['batch_id'], undefined, approvedChange(7, 2)), 7, where),
			'an approved change has a batch_id',
		);
	});

	test('that is read is whole, whatever was done to its text', () => {
		const places = fc.constantFrom(...placesIn(FULL_CHANGE, []));
		const values = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constant(undefined));
		fc.assert(
			fc.property(places, values, (path, value) => {
				try {
					const change = readChange(broken(path, value), 7, where);
					expect(JSON.parse(changeText(change))).toEqual(JSON.parse(broken(path, value)));
					JSON.parse(wireText(change, { payload: '{}', before: null }, true));
				} catch (error) {
					expect(error).toBeInstanceOf(AppError);
					expect(error).toMatchObject({ code: 'ledger-broken', message: expect.stringContaining(WHERE) });
				}
			}),
		);
	});
});

function placesIn(value: object, path: readonly string[]): readonly (readonly string[])[] {
	return Object.entries(value).flatMap(([name, inner]) => {
		const here = [...path, name];
		return typeof inner === 'object' ? [here, ...placesIn(inner, here)] : [here];
	});
}

describe('the records of a change', () => {
	test.each([
		['no record', null],
		['an integer past what a double holds', '{"size":9007199254740993}'],
		['numbers as they are spelled', '{"a":1.0,"b":-0,"c":1e400,"d":5214865159,"e":1E+2}'],
		['a field called __proto__', '{"__proto__":{"a":1},"constructor":null}'],
		['half of a pair', String.raw`{"a":"\ud800","\udc00":1}`],
		['the order of fields', '{"b":1,"a":{"2":1,"1":[]},"10":{},"9":[[],{}]}'],
		['blanks and line breaks in texts', '{"a":"  two\\n\\tlines  ","b":" : , { } "}'],
		['64 KB of text', JSON.stringify({ a: 'ü{'.repeat(32_768) })],
		['a record within a record', '{"payload":{"payload":null},"before":"null"}'],
	])('%s reads back to the letter', (_what, record) => {
		for (const content of [
			{ payload: record, before: null },
			{ payload: null, before: record },
			{ payload: record, before: record },
		]) {
			expect(readContent(contentText(content), where)).toEqual(content);
		}
	});

	test('texts read back as the same texts, however they were escaped', () => {
		const content = { payload: String.raw`{"a":"\u00E9\/\ud83d\ude00 \"\\"}`, before: null };
		expect(readContent(contentText(content), where).payload).toBe(String.raw`{"a":"é/😀 \"\\"}`);
	});

	test('any record reads back to the letter', () => {
		fc.assert(
			fc.property(anyRecord, fc.option(anyRecord), (a, b) => {
				const content = { payload: compactText(a), before: b && compactText(b) };
				expect(readContent(contentText(content), where)).toEqual(content);
			}),
		);
	});

	test.each([
		['{', 'not JSON'],
		['[]', 'not an object'],
		['{}', 'payload must be a record or null'],
		['{"payload":null}', 'before must be a record or null'],
		['{"payload":[],"before":null}', 'payload must be a record or null'],
		['{"payload":null,"before":"{}"}', 'before must be a record or null'],
		['{"payload":null,"before":7}', 'before must be a record or null'],
	])('%s is refused by the name of the object', (text, problem) => {
		expectRefusal(() => readContent(text, where), problem);
	});
});

describe('the numbers that were given last', () => {
	const counters = { last_change_id: 7, last_batch_id: 0, last_event_id: 12 };

	test('read back as they were', () => {
		expect(readCounters(countersText(counters), where)).toEqual(counters);
	});

	test.each(['last_change_id', 'last_batch_id', 'last_event_id'])(
		'without a right %s are refused',
		(name) => {
			for (const value of [undefined, null, '7', -1, 0.5, 2 ** 53]) {
				const text = JSON.stringify({ ...counters, [name]: value });
				expectRefusal(() => readCounters(text, where), `${name} must be a number`);
			}
		},
	);
});
