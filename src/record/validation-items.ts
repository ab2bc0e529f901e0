/**
 * Puts what is wrong with a submitted record into the items of a 422 answer: the types and words of the original service,
 * for every field that is wrong (spec: service, section 5; differences W7 to W9). Pure.
 */

import { isObject, type SchemaIssue } from './schema-issues.ts';

/** One item of a validation error, keys in wire order. */
export interface ValidationItem {
	readonly type: string;
	readonly loc: readonly (string | number)[];
	readonly msg: string;
	readonly input?: unknown;
	readonly ctx?: Readonly<Record<string, unknown>>;
}

type Wording = Pick<ValidationItem, 'type' | 'msg' | 'ctx'>;

/** More say nothing more; a body of a megabyte can hold as many mistakes as it has members. */
const MOST_ITEMS = 200;

/** Which the original declares first, whatever the category; the rest follows in the order of the schema. */
const FIRST_FIELDS: readonly string[] = [
	'name',
	'type',
	'description',
	'version',
	'style',
	'nsfw',
	'download_all',
	'config',
	'available',
	'features_not_supported',
];

/** Which the original declares last, where a category has them. */
const LAST_FIELDS: readonly string[] = ['size_on_disk_bytes', 'optimization', 'requirements'];

const TYPE_WORDINGS: Readonly<Record<string, Wording>> = {
	string: { type: 'string_type', msg: 'Input should be a valid string' },
	integer: { type: 'int_type', msg: 'Input should be a valid integer' },
	number: { type: 'float_type', msg: 'Input should be a valid number' },
	boolean: { type: 'bool_type', msg: 'Input should be a valid boolean' },
	array: { type: 'list_type', msg: 'Input should be a valid list' },
	object: { type: 'dict_type', msg: 'Input should be a valid dictionary' },
};
const MODEL: Wording = {
	type: 'model_attributes_type',
	msg: 'Input should be a valid dictionary or object to extract fields from',
};
const FRACTION: Wording = {
	type: 'int_from_float',
	msg: 'Input should be a valid integer, got a number with a fractional part',
};
const NOT_FINITE: Wording = { type: 'finite_number', msg: 'Input should be a finite number' };
const INTEGER_TEXT: Wording = {
	type: 'int_parsing',
	msg: 'Input should be a valid integer, unable to parse string as an integer',
};
const BOOLEAN_TEXT: Wording = {
	type: 'bool_parsing',
	msg: 'Input should be a valid boolean, unable to interpret input',
};

/** What a setting or requirement may be, in the order in which the original tries and names them. */
const PARAMETER_ALTERNATIVES: readonly (readonly [name: string, type: string])[] = [
	['int', 'integer'],
	['float', 'number'],
	['str', 'string'],
	['list[int]', 'array'],
	['list[float]', 'array'],
	['list[str]', 'array'],
	['bool', 'boolean'],
];

/**
 * The items for these issues of a record, in the order of its fields.
 * @param fields names of the category's fields in the order of its schema
 */
export function validationItems(
	issues: readonly SchemaIssue[],
	record: unknown,
	fields: readonly string[],
): ValidationItem[] {
	const between = fields.filter((field) => !LAST_FIELDS.includes(field));
	const order = [...FIRST_FIELDS, ...between, ...LAST_FIELDS];
	const rank = ({ path }: SchemaIssue) => order.indexOf(String(path[0]));
	const items = [...issues].sort((a, b) => rank(a) - rank(b)).flatMap((issue) => itemsOf(issue, record));
	// Of a list with several bad pictures the list is named, and that once.
	const distinct = new Map(items.map((item) => [JSON.stringify([item.type, item.loc]), item]));
	return [...distinct.values()].slice(0, MOST_ITEMS);
}

/** A rule of content, as the original words them. */
export function valueErrorItem(
	path: readonly (string | number)[],
	message: string,
	input: unknown,
): ValidationItem {
	return item(['body', ...path], valueError(message), input);
}

/** A value that is none of a set, as the original words it. */
export function choiceItem(
	loc: ValidationItem['loc'],
	choices: readonly string[],
	input: unknown,
): ValidationItem {
	const expected = listOf(choices.map((choice) => `'${choice}'`));
	return { type: 'enum', loc, msg: `Input should be ${expected}`, input, ctx: { expected } };
}

/** What is wrong with a body that is no object at all. */
export function notAnObjectItem(input: unknown): ValidationItem {
	if (input === undefined || input === null) {
		return { type: 'missing', loc: ['body'], msg: 'Field required', input: null };
	}
	return item(['body'], MODEL, input);
}

function itemsOf(issue: SchemaIssue, record: unknown): ValidationItem[] {
	const { path, keyword } = issue;
	const at = ['body', ...path];
	if (keyword === 'required') {
		const wording = { type: 'missing', msg: 'Field required' };
		return [item(at, wording, valueAt(record, path.slice(0, -1)))];
	}
	const input = valueAt(record, path);
	if (keyword === 'anyOf') {
		return PARAMETER_ALTERNATIVES.map(([name, type]) => item([...at, name], wrongType(type, input), input));
	}
	// The original names the whole list.
	if (keyword === 'not' && path[0] === 'showcases') {
		return [item(['body', 'showcases'], valueError(issue.message), valueAt(record, ['showcases']))];
	}
	return [item(at, wordingOf(issue, input), input)];
}

/** Keys in the order of the wire. */
function item(loc: ValidationItem['loc'], { type, msg, ctx }: Wording, input: unknown): ValidationItem {
	return { type, loc, msg, input, ...(ctx && { ctx }) };
}

function wordingOf(
	{ path, keyword, message, allowed, expected, limit }: SchemaIssue,
	input: unknown,
): Wording {
	switch (keyword) {
		case 'type': {
			const type = expected?.find((candidate) => candidate !== 'null') ?? '';
			return type === 'object' && isModel(path) ? MODEL : wrongType(type, input);
		}
		case 'enum':
		case 'const': {
			const choices = listOf((allowed ?? []).map((choice) => `'${String(choice)}'`));
			return { type: 'literal_error', msg: `Input should be ${choices}`, ctx: { expected: choices } };
		}
		case 'minimum':
			return {
				type: 'greater_than_equal',
				msg: `Input should be greater than or equal to ${limit}`,
				ctx: { ge: limit },
			};
		default:
			return valueError(message);
	}
}

function valueError(message: string): Wording {
	return { type: 'value_error', msg: `Value error, ${message}`, ctx: { error: {} } };
}

function wrongType(expected: string, input: unknown): Wording {
	if (typeof input === 'number' && !Number.isFinite(input)) return NOT_FINITE;
	if (expected === 'integer' && typeof input === 'number') return FRACTION;
	if (expected === 'integer' && typeof input === 'string') return INTEGER_TEXT;
	if (expected === 'boolean' && (typeof input === 'string' || typeof input === 'number')) return BOOLEAN_TEXT;
	return TYPE_WORDINGS[expected] ?? valueError(`should be ${expected}`);
}

/** Whether an object here has fields of its own rather than entries by name. */
function isModel(path: readonly (string | number)[]): boolean {
	return path[0] === 'config' && path.at(-1) !== 'embedded_component_hashes';
}

function valueAt(record: unknown, path: readonly (string | number)[]): unknown {
	return path.reduce<unknown>((value, part) => {
		if (Array.isArray(value)) return value[Number(part)];
		return isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
	}, record);
}

function listOf(words: readonly string[]): string {
	if (words.length < 2) return words.join('');
	return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
