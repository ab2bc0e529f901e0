import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeReferences } from './merge-references.ts';
import { parseReference } from './reference-file.ts';

function file(models: Readonly<Record<string, unknown>>) {
	const parsed = parseReference(Buffer.from(JSON.stringify(models, null, 4)));
	if (!parsed.ok) throw new Error('not a reference');
	return parsed.file;
}

function merged(base: object, here: object, there: object) {
	const { bytes, conflicts } = mergeReferences(file({ ...base }), file({ ...here }), file({ ...there }));
	return { models: JSON.parse(bytes.toString()), conflicts };
}

const a = { name: 'a' };
const b = { name: 'b' };

test.each<[string, object, object, object, object, string[]]>([
	['both add one', { a }, { a, b }, { a, c: {} }, { a, b, c: {} }, []],
	['both add the same', { a }, { a, b }, { a, b: { ...b } }, { a, b }, []],
	['both add another of one name', { a }, { a, b }, { a, b: { other: 1 } }, { a, b: { other: 1 } }, ['b']],
	['one changes and one removes others', { a, b }, { a: { x: 1 }, b }, { a }, { a: { x: 1 } }, []],
	['one changes what the other removes', { a, b }, { a: { x: 1 }, b }, { b }, { b }, ['a']],
	['one removes what the other changes', { a, b }, { b }, { a: { x: 1 }, b }, { a: { x: 1 }, b }, ['a']],
	['both remove the same', { a, b }, { b }, { b }, { b }, []],
	['only one does anything', { a }, { a }, { a: { x: 1 }, b }, { a: { x: 1 }, b }, []],
])('%s', (_case, base, here, there, models, conflicts) => {
	expect(merged(base, here, there)).toEqual({ models, conflicts });
});

test('bytes_of_what_nobody_here_touched_stay', () => {
	const there = Buffer.from('{\r\n\t"a": {"x": 1.0},\r\n\t"b": {"y": "\\u2014"}\r\n}\r\n');
	const parsed = parseReference(there);
	if (!parsed.ok) throw new Error('not a reference');
	const { bytes } = mergeReferences(file({ a: { x: 1 } }), file({ a: { x: 1 } }), parsed.file);
	expect(bytes).toEqual(there);
});

test('each_side_has_its_way_where_the_other_did_nothing', () => {
	const models = fc.dictionary(
		fc.constantFrom('a', 'b', 'c', '__proto__', 'd/e', '"'),
		fc.constantFrom(1, 2, 3).map((x) => ({ x })),
		{
			noNullPrototype: false,
		},
	);
	fc.assert(
		fc.property(models, models, models, (base, here, there) => {
			const result = mergeReferences(file(base), file(here), file(there));
			const found = JSON.parse(result.bytes.toString());
			const text = (of: object, name: string) =>
				JSON.stringify(Object.getOwnPropertyDescriptor(of, name)?.value);
			for (const name of new Set([base, here, there].flatMap((one) => Object.keys(one)))) {
				const [before, ours, theirs, after] = [base, here, there, found].map((one) => text(one, name));
				if (ours === before) expect(after).toBe(theirs);
				else if (theirs === before) expect(after).toBe(ours);
				else expect(result.conflicts.includes(name)).toBe(ours !== theirs);
			}
		}),
	);
});
