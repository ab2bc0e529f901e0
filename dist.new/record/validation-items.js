/**
 * Puts what is wrong with a submitted record into the items of a 422 answer: the types and words of the original service,
 * for every field that is wrong (spec: service, section 5; differences W7 to W9). Pure.
 */
import { isObject } from './schema-issues.js';
/** More say nothing more; a body of a megabyte can hold as many mistakes as it has members. */
const MOST_ITEMS = 200;
/** Which the original declares first, whatever the category; the rest follows in the order of the schema. */
const FIRST_FIELDS = [
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
const LAST_FIELDS = ['size_on_disk_bytes', 'optimization', 'requirements'];
const TYPE_WORDINGS = {
    string: { type: 'string_type', msg: 'Input should be a valid string' },
    integer: { type: 'int_type', msg: 'Input should be a valid integer' },
    number: { type: 'float_type', msg: 'Input should be a valid number' },
    boolean: { type: 'bool_type', msg: 'Input should be a valid boolean' },
    array: { type: 'list_type', msg: 'Input should be a valid list' },
    object: { type: 'dict_type', msg: 'Input should be a valid dictionary' },
};
const MODEL = {
    type: 'model_attributes_type',
    msg: 'Input should be a valid dictionary or object to extract fields from',
};
const FRACTION = {
    type: 'int_from_float',
    msg: 'Input should be a valid integer, got a number with a fractional part',
};
const NOT_FINITE = { type: 'finite_number', msg: 'Input should be a finite number' };
const INTEGER_TEXT = {
    type: 'int_parsing',
    msg: 'Input should be a valid integer, unable to parse string as an integer',
};
const BOOLEAN_TEXT = {
    type: 'bool_parsing',
    msg: 'Input should be a valid boolean, unable to interpret input',
};
/** What a setting or requirement may be, in the order in which the original tries and names them. */
const PARAMETER_ALTERNATIVES = [
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
export function validationItems(issues, record, fields) {
    const between = fields.filter((field) => !LAST_FIELDS.includes(field));
    const order = [...FIRST_FIELDS, ...between, ...LAST_FIELDS];
    const rank = ({ path }) => order.indexOf(String(path[0]));
    const items = [...issues].sort((a, b) => rank(a) - rank(b)).flatMap((issue) => itemsOf(issue, record));
    // Of a list with several bad pictures the list is named, and that once.
    const distinct = new Map(items.map((item) => [JSON.stringify([item.type, item.loc]), item]));
    return [...distinct.values()].slice(0, MOST_ITEMS);
}
/** A rule of content, as the original words them. */
export function valueErrorItem(path, message, input) {
    return item(['body', ...path], valueError(message), input);
}
/** A value that is none of a set, as the original words it. */
export function choiceItem(loc, choices, input) {
    const expected = listOf(choices.map((choice) => `'${choice}'`));
    return { type: 'enum', loc, msg: `Input should be ${expected}`, input, ctx: { expected } };
}
/** What is wrong with a body that is no object at all. */
export function notAnObjectItem(input) {
    if (input === undefined || input === null) {
        return { type: 'missing', loc: ['body'], msg: 'Field required', input: null };
    }
    return item(['body'], MODEL, input);
}
function itemsOf(issue, record) {
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
function item(loc, { type, msg, ctx }, input) {
    return { type, loc, msg, input, ...(ctx && { ctx }) };
}
function wordingOf({ path, keyword, message, allowed, expected, limit }, input) {
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
function valueError(message) {
    return { type: 'value_error', msg: `Value error, ${message}`, ctx: { error: {} } };
}
function wrongType(expected, input) {
    if (typeof input === 'number' && !Number.isFinite(input))
        return NOT_FINITE;
    if (expected === 'integer' && typeof input === 'number')
        return FRACTION;
    if (expected === 'integer' && typeof input === 'string')
        return INTEGER_TEXT;
    if (expected === 'boolean' && (typeof input === 'string' || typeof input === 'number'))
        return BOOLEAN_TEXT;
    return TYPE_WORDINGS[expected] ?? valueError(`should be ${expected}`);
}
/** Whether an object here has fields of its own rather than entries by name. */
function isModel(path) {
    return path[0] === 'config' && path.at(-1) !== 'embedded_component_hashes';
}
function valueAt(record, path) {
    return path.reduce((value, part) => {
        if (Array.isArray(value))
            return value[Number(part)];
        return isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
    }, record);
}
function listOf(words) {
    if (words.length < 2)
        return words.join('');
    return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
//# sourceMappingURL=validation-items.js.map