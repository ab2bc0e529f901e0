/**
 * Reads the bytes that somebody submitted as JSON: what they hold, or what is wrong with them as items of a 422 answer. The
 * text is kept beside the value, as values forget how numbers were spelled.
 */

import { type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { findDuplicateKeys } from './duplicate-keys.ts';
import { isObject } from './schema-issues.ts';
import { notAnObjectItem, type ValidationItem, valueErrorItem } from './validation-items.ts';

export type SubmittedJson =
	| { readonly ok: true; readonly text: string; readonly value: Readonly<Record<string, unknown>> }
	| { readonly ok: false; readonly items: readonly ValidationItem[] };

/** Levels of objects and lists; real records have four. What is deeper could exhaust the stack of whoever reads it. */
const DEEPEST = 32;

/** A byte order mark in front is skipped, as JSON parsers may (RFC 8259, 8.1). */
const decoder = new TextDecoder('utf-8', { fatal: true });

/** The one object in these bytes. Names that one object has twice are refused: one of the two values would be lost. */
export function readSubmittedJson(bytes: Uint8Array): SubmittedJson {
	let text: string;
	try {
		text = decoder.decode(bytes);
	} catch {
		return refused(invalid(0, 'the body is not UTF-8'));
	}
	if (text.trim() === '') return refused(notAnObjectItem(null));
	if (nestsTooDeep(text))
		return refused(valueErrorItem([], `must not nest deeper than ${DEEPEST} levels`, {}));
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return refused(syntaxItem(text));
	}
	if (!isObject(value)) return refused(notAnObjectItem(value));
	const twice = findDuplicateKeys(text).map(({ name, path }) =>
		valueErrorItem(
			path.at(-1) === name ? path : [...path, name],
			'is there twice, and only one could be kept',
			name,
		),
	);
	return twice.length > 0 ? { ok: false, items: twice.slice(0, 20) } : { ok: true, text, value };
}

function refused(item: ValidationItem): SubmittedJson {
	return { ok: false, items: [item] };
}

function invalid(offset: number, error: string): ValidationItem {
	return { type: 'json_invalid', loc: ['body', offset], msg: 'JSON decode error', input: {}, ctx: { error } };
}

/** JSON.parse tells no place that can be relied on; the tolerant parser does. */
function syntaxItem(text: string): ValidationItem {
	const errors: ParseError[] = [];
	parseTree(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
	const [first] = errors;
	if (!first) return invalid(0, 'not valid JSON');
	const words = printParseErrorCode(first.error).replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
	return invalid(first.offset, words.toLowerCase());
}

/** Counts brackets outside strings, without recursion, in a text that need not be JSON. */
function nestsTooDeep(text: string): boolean {
	let depth = 0;
	for (const [token] of text.matchAll(STRING_OR_BRACKET)) {
		if (token === '{' || token === '[') depth++;
		else if (token === '}' || token === ']') depth--;
		if (depth > DEEPEST) return true;
	}
	return false;
}

const STRING_OR_BRACKET = /"(?:[^"\\]|\\.)*"|[[\]{}]/gs;
