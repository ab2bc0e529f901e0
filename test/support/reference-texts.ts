/** Generated references in every style that a file may be written in, and what any edit of one must hold to. */

import fc from 'fast-check';
import { type Node, parseTree } from 'jsonc-parser';
import { expect } from 'vitest';
import { editReference, type RecordEdit } from '../../src/record/edit-reference.ts';
import { parseReference, type ReferenceFile, referenceBytes } from '../../src/record/reference-file.ts';

/** A JSON value that remembers how its numbers are spelled and how its keys are ordered. */
export type Json =
	| { readonly scalar: string | { readonly text: string } }
	| { readonly items: readonly Json[] }
	| JsonObject;
export interface JsonObject {
	readonly members: readonly (readonly [string, Json])[];
}
export type Entries = readonly (readonly [string, JsonObject])[];

/** A style that holds throughout a file, as programs write. */
export interface RegularStyle {
	readonly shape: 'expanded' | 'record per line' | 'one line';
	readonly unit: string;
	readonly lineBreak: string;
	readonly colon: string;
	readonly ascii: boolean;
	readonly byteOrderMark: boolean;
	readonly end: string;
}

/** Any UTF-16 code units, so halves of pairs too; and names that trip programs. */
const anyString = fc.array(fc.oneof(fc.nat(0xffff), fc.integer({ min: 0x20, max: 0x7e })), { maxLength: 8 });
export const trickyName = fc.oneof(
	fc.constantFrom('__proto__', 'constructor', 'toString', '', '123', '0', '-1', 'a/b', 'é', '\u{1F600}'),
	fc.constantFrom('\ud800', '\udc00', 'x"y\\z', 'C:\\users\\', '\n\t\u0000\u007f', '\u2028', '} , {', 'name'),
	anyString.map((units) => String.fromCharCode(...units)),
);
const numberText = fc.constantFrom('0', '-0', '1.0', '1e400', '9007199254740993', '5214865159', '-2.50E-3');
const scalar = fc
	.oneof(
		trickyName,
		fc.oneof(numberText, fc.constantFrom('true', 'false', 'null')).map((text) => ({ text })),
	)
	.map((value) => ({ scalar: value }));

const { json, object } = fc.letrec<{ json: Json; object: JsonObject }>((tie) => ({
	json: fc.oneof(
		{ maxDepth: 3, depthSize: 'small' },
		scalar,
		fc.array(tie('json'), { maxLength: 3 }).map((items) => ({ items })),
		tie('object'),
	),
	object: fc
		.uniqueArray(fc.tuple(trickyName, tie('json')), { maxLength: 4, selector: ([name]) => name })
		.map((members) => ({ members })),
}));
export const anyJson = json;
export const anyRecord = object;
export const anyEntries: fc.Arbitrary<Entries> = fc.uniqueArray(fc.tuple(trickyName, object), {
	maxLength: 5,
	selector: ([name]) => name,
});

export const regularStyle: fc.Arbitrary<RegularStyle> = fc.record({
	shape: fc.constantFrom('expanded', 'record per line', 'one line'),
	unit: fc.constantFrom('\t', '  ', '    ', ' ', '\t\t'),
	lineBreak: fc.constantFrom('\n', '\r\n'),
	colon: fc.constantFrom(': ', ':', ' : '),
	ascii: fc.boolean(),
	byteOrderMark: fc.boolean(),
	end: fc.constantFrom('', '\n', '\r\n', '\n\n', ' '),
});

/** A string token; the escapes are those of Python. */
export function stringText(value: string, ascii: boolean): string {
	const quoted = JSON.stringify(value);
	if (!ascii) return quoted;
	const escaped = Array.from({ length: quoted.length }, (_, index) => {
		const unit = quoted.charCodeAt(index);
		return unit < 0x7f ? quoted.charAt(index) : `\\u${unit.toString(16).padStart(4, '0')}`;
	});
	return escaped.join('');
}

/** The JSON on one line. */
export function compactText(value: Json, colon = ':', ascii = false): string {
	const comma = colon.endsWith(' ') ? ', ' : ',';
	if ('scalar' in value) return scalarText(value.scalar, ascii);
	if ('items' in value) return `[${value.items.map((item) => compactText(item, colon, ascii)).join(comma)}]`;
	const members = value.members.map(
		([name, member]) => stringText(name, ascii) + colon + compactText(member, colon, ascii),
	);
	return `{${members.join(comma)}}`;
}

function scalarText(value: string | { readonly text: string }, ascii: boolean): string {
	return typeof value === 'string' ? stringText(value, ascii) : value.text;
}

function expandedText(value: Json, style: RegularStyle, indent: string): string {
	const inner = indent + style.unit;
	const wrap = (open: string, parts: readonly string[], close: string) =>
		parts.length === 0
			? open + close
			: open +
				parts.map((part) => style.lineBreak + inner + part).join(',') +
				style.lineBreak +
				indent +
				close;
	if ('scalar' in value) return scalarText(value.scalar, style.ascii);
	if ('items' in value) {
		return wrap(
			'[',
			value.items.map((item) => expandedText(item, style, inner)),
			']',
		);
	}
	const members = value.members.map(
		([name, member]) => stringText(name, style.ascii) + style.colon + expandedText(member, style, inner),
	);
	return wrap('{', members, '}');
}

/** A whole file, without its byte order mark. */
export function regularText(entries: Entries, style: RegularStyle): string {
	const { shape, unit, lineBreak, colon, ascii, end } = style;
	if (shape === 'expanded') return expandedText({ members: entries }, style, '') + end;
	if (shape === 'one line') return compactText({ members: entries }, colon, ascii) + end;
	if (entries.length === 0) return `{}${end}`;
	const records = entries.map(
		([name, record]) =>
			lineBreak + unit + stringText(name, ascii) + colon + compactText(record, colon, ascii),
	);
	return `{${records.join(',')}${lineBreak}}${end}`;
}

const blanks = fc.oneof(
	fc.constantFrom('', ' ', '\n', '\r\n', '\n  ', '\r\n\t', '\r', ' \n\n '),
	fc.string({ unit: fc.constantFrom(' ', '\t', '\r', '\n'), maxLength: 4 }),
);

/** Valid files as no program writes them: any blanks anywhere, any letter escaped, names that are there twice. */
export const wildText: fc.Arbitrary<string> = fc
	.tuple(
		fc.array(fc.tuple(trickyName, anyRecord), { maxLength: 4 }),
		fc.array(blanks, { minLength: 1, maxLength: 12 }),
		fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 12 }),
	)
	.map(([entries, gaps, escapes]) => {
		let turn = 0;
		const gap = () => gaps[turn++ % gaps.length] ?? '';
		const spell = (value: string) => {
			const plain = JSON.stringify(value).slice(1, -1);
			if (plain.includes('\\')) return `"${plain}"`;
			const units = Array.from({ length: plain.length }, (_, index) => {
				if (escapes[turn++ % escapes.length] !== 0) return plain.charAt(index);
				return `\\u${plain.charCodeAt(index).toString(16).toUpperCase().padStart(4, '0')}`;
			});
			// Half a pair next to an escaped half cannot be written as UTF-8.
			const text = units.join('');
			return /\p{Surrogate}/u.test(text) ? `"${plain}"` : `"${text}"`;
		};
		const write = (value: Json): string => {
			if ('scalar' in value) {
				return typeof value.scalar === 'string' ? spell(value.scalar) : value.scalar.text;
			}
			const parts =
				'items' in value
					? value.items.map((item) => gap() + write(item) + gap())
					: value.members.map(
							([name, member]) => `${gap()}${spell(name)}${gap()}:${gap()}${write(member)}${gap()}`,
						);
			const inner = parts.length === 0 ? gap() : parts.join(',');
			return 'items' in value ? `[${inner}]` : `{${inner}}`;
		};
		return gap() + write({ members: entries }) + gap();
	});

/** References that hold no model, as they may be written. */
export const emptyText: fc.Arbitrary<string> = fc
	.tuple(blanks, blanks, blanks)
	.map(([before, inside, after]) => `${before}{${inside}}${after}`);

export const anyFile: fc.Arbitrary<ReferenceFile> = fc
	.tuple(
		fc.oneof(
			fc.tuple(anyEntries, regularStyle).map(([entries, style]) => regularText(entries, style)),
			wildText,
			emptyText,
		),
		fc.boolean(),
	)
	.map(([text, byteOrderMark]) => readReference(text, byteOrderMark));

/** The file of this text, by way of its bytes. */
export function readReference(text: string, byteOrderMark = false): ReferenceFile {
	const parsed = parseReference(Buffer.from((byteOrderMark ? '\uFEFF' : '') + text));
	if (!parsed.ok) throw new Error(`${parsed.problem.message}: ${JSON.stringify(text)}`);
	return parsed.file;
}

/** The value of a JSON text with its keys in order, whatever they are called, and its numbers as spelled. */
export function orderedValue(text: string): unknown {
	const read = (node: Node): unknown => {
		const children = node.children ?? [];
		if (node.type === 'object')
			return {
				members: children.map(({ children: [key, value] = [] }) => [key?.value, value && read(value)]),
			};
		if (node.type === 'array') return { items: children.map(read) };
		if (node.type === 'number') return { number: text.slice(node.offset, node.offset + node.length) };
		return { value: node.value };
	};
	const root = parseTree(text);
	if (!root) throw new Error('no JSON');
	return read(root);
}

interface Entry {
	readonly name: string;
	/** JSON text of the record. */
	readonly record: string;
	/** Text of the whole member where it must not change. */
	readonly untouched?: string;
}

/** Edits the file and holds the result against the plainest model of a reference: a list of names and records. */
export function editAndCheck(file: ReferenceFile, edits: readonly RecordEdit[]): ReferenceFile {
	const frozen = JSON.stringify(file);
	const edited = editReference(file, edits);
	expect(JSON.stringify(file)).toBe(frozen);
	const parsed = parseReference(referenceBytes(edited));
	expect(parsed).toEqual({ ok: true, file: edited });
	const expected = edits.reduce(applied, entriesOf(file));
	const found = entriesOf(edited);
	expect(found.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
	for (const [index, { record, untouched }] of expected.entries()) {
		if (untouched !== undefined) expect(found[index]?.untouched).toBe(untouched);
		else expect(orderedValue(found[index]?.record ?? '')).toEqual(orderedValue(record));
	}
	const whole = Object.fromEntries(expected.map(({ name, record }) => [name, JSON.parse(record)]));
	expect(JSON.stringify(JSON.parse(edited.text) ?? {}).replace(/^\[\]$/, '{}')).toBe(JSON.stringify(whole));
	return edited;
}

function entriesOf({ text, records }: ReferenceFile): readonly Entry[] {
	return records.map(({ name, keyStart, start, end }) => ({
		name,
		record: text.slice(start, end),
		untouched: text.slice(keyStart, end),
	}));
}

function applied(entries: readonly Entry[], edit: RecordEdit): readonly Entry[] {
	const lastNamed = (name: string) => entries.findLastIndex((entry) => entry.name === name);
	if (edit.kind === 'delete') return entries.filter(({ name }) => name !== edit.name);
	const { name, record, after } = edit;
	const index = lastNamed(name);
	if (index >= 0) return entries.with(index, { name, record });
	const behind = after === undefined ? -1 : lastNamed(after);
	return entries.toSpliced(behind < 0 ? entries.length : behind + 1, 0, { name, record });
}
