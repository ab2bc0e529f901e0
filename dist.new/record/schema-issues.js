/** Puts what ajv found wrong with a record into words for people. Pure: errors in, sentences out. */
/** Broken rules of content that the schemas word themselves, in the annotation `x-requirement`. */
const WORDED_BY_SCHEMA = new Set(['pattern', 'not', 'anyOf']);
const TYPE_NAMES = {
    string: 'a string',
    integer: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    array: 'a list',
    object: 'an object',
    null: 'null',
};
/** Everything that the errors say, each thing once. */
export function schemaIssues(errors, record) {
    return errors.filter(isTelling).map((error) => issueOf(error, record));
}
/** Whether an error says something that no other error of the same value says better. */
function isTelling(error) {
    // The alternatives of an anyOf fail one by one; the anyOf itself names them all.
    if (/\/anyOf\/\d+\//.test(error.schemaPath))
        return false;
    // Where the values are listed, the list says more than the type does.
    return error.keyword !== 'type' || !('const' in ruleOf(error) || 'enum' in ruleOf(error));
}
function issueOf(error, record) {
    const path = pathOf(error.instancePath, record);
    const { keyword } = error;
    switch (keyword) {
        case 'required':
            return { path: [...path, error.params.missingProperty], keyword, message: 'is required' };
        case 'additionalProperties': {
            const { properties } = ruleOf(error);
            const allowed = isObject(properties) ? Object.keys(properties).sort() : [];
            const message = `is not a known field; the known ones are ${list(allowed, 'and')}`;
            return { path: [...path, error.params.additionalProperty], keyword, message, allowed };
        }
        case 'enum':
        case 'const': {
            const allowed = keyword === 'enum' ? error.params.allowedValues : [error.params.allowedValue];
            const message = `must be ${list(allowed.map(quote), 'or')}, not ${quote(error.data)}`;
            return { path, keyword, message, allowed };
        }
        case 'type':
            return { path, keyword, message: sentence(error), expected: [error.params.type].flat() };
        case 'minimum':
            return { path, keyword, message: sentence(error), limit: error.params.limit };
        default:
            return { path, keyword, message: sentence(error) };
    }
}
function sentence(error) {
    const requirement = ruleOf(error)['x-requirement'];
    if (WORDED_BY_SCHEMA.has(error.keyword) && typeof requirement === 'string')
        return requirement;
    switch (error.keyword) {
        case 'type':
            return wrongType([error.params.type].flat(), error.data);
        case 'minLength':
            return 'must not be empty';
        case 'maxLength':
            return `must have at most ${error.params.limit} characters`;
        case 'minimum':
            return `must be ${error.params.limit} or more, not ${quote(error.data)}`;
        default:
            return error.message ?? `breaks the rule ${error.keyword}`;
    }
}
function wrongType(expected, found) {
    const wanted = list(expected.map((type) => TYPE_NAMES[type] ?? type), 'or');
    // A number where only whole ones will do is worth showing: "a whole number, not a number" is a riddle.
    const given = typeof found === 'number' ? (expected.includes('integer') ? quote(found) : 'a number') : kindOf(found);
    return `must be ${wanted}, not ${given}`;
}
function kindOf(value) {
    if (value === null)
        return 'null';
    if (typeof value === 'boolean')
        return String(value);
    return TYPE_NAMES[Array.isArray(value) ? 'array' : typeof value] ?? typeof value;
}
/** The schema object that holds the broken rule; ajv gives it with every error when it is verbose. */
function ruleOf(error) {
    return isObject(error.parentSchema) ? error.parentSchema : {};
}
/** A JSON pointer as a path into this record, which tells the numbers of list entries from names made of digits. */
function pathOf(pointer, record) {
    const path = [];
    let at = record;
    for (const token of pointer.split('/').slice(1)) {
        const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
        if (Array.isArray(at)) {
            path.push(Number(name));
            at = at[Number(name)];
        }
        else {
            path.push(name);
            at = isObject(at) ? at[name] : undefined;
        }
    }
    return path;
}
/** For a record that is no object at all. */
export function notAnObject(record) {
    return { path: [], keyword: 'type', message: wrongType(['object'], record) };
}
/** A value in a sentence: long ones are cut, as a message is no place for a whole record. */
function quote(value) {
    // JSON has no word for the number that 1e999 is read as, and would say null.
    const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
    return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
function list(words, conjunction) {
    if (words.length < 2)
        return words.join('');
    return `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1)}`;
}
export function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
//# sourceMappingURL=schema-issues.js.map