/** Takes values off a query, and tells everything that is wrong with them in one answer, in the words of the original. */
import { lengthItem } from '../queue/queue-requests.js';
import { choiceItem } from '../record/validation-items.js';
import { itemsError } from './errors.js';
export class QueryValues {
    #query;
    #items = [];
    constructor({ query }) {
        this.#query = query;
    }
    /** To be called when all values were taken. @throws AppError `query-invalid` for what was wrong with any of them */
    finish() {
        if (this.#items.length > 0)
            throw itemsError('query-invalid', this.#items);
    }
    /** Every value of a parameter that may be repeated. */
    texts(name) {
        const value = Object.hasOwn(this.#query, name) ? this.#query[name] : undefined;
        return value === undefined ? [] : [value].flat().map(String);
    }
    choices(name, choices) {
        return this.texts(name).flatMap((text, index) => {
            const choice = choices.find((known) => known === text);
            if (choice === undefined)
                this.#items.push(choiceItem(['query', name, index], choices, text));
            return choice ?? [];
        });
    }
    /** Of several values the last counts, here and below. */
    choice(name, choices) {
        const text = this.texts(name).at(-1);
        const choice = choices.find((known) => known === text);
        if (text !== undefined && choice === undefined) {
            this.#items.push(choiceItem(['query', name], choices, text));
        }
        return choice;
    }
    text(name, least, most) {
        const text = this.texts(name).at(-1);
        const item = text === undefined ? undefined : lengthItem(['query', name], text, least, most);
        if (item)
            this.#items.push(item);
        return text;
    }
    /** A whole commit id. */
    commit(name) {
        const text = this.texts(name).at(-1);
        if (text === undefined || /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text))
            return text;
        const pattern = '^([0-9a-f]{40}|[0-9a-f]{64})$';
        const msg = `String should match pattern '${pattern}'`;
        this.#items.push({
            type: 'string_pattern_mismatch',
            loc: ['query', name],
            msg,
            input: text,
            ctx: { pattern },
        });
        return undefined;
    }
    integer(name, bounds) {
        const text = this.texts(name).at(-1);
        return text === undefined ? undefined : this.#integer(['query', name], text, bounds);
    }
    /** A list of whole numbers that must be there. @param most how many there may be */
    integers(name, most) {
        const texts = this.texts(name);
        if (texts.length === 0) {
            this.#items.push({ type: 'missing', loc: ['query', name], msg: 'Field required', input: null });
        }
        if (texts.length > most) {
            const msg = `List should have at most ${most} items after validation, not ${texts.length}`;
            const ctx = { field_type: 'List', max_length: most, actual_length: texts.length };
            this.#items.push({ type: 'too_long', loc: ['query', name], msg, input: texts, ctx });
            return [];
        }
        return texts.flatMap((text, index) => this.#integer(['query', name, index], text, {}) ?? []);
    }
    flag(name) {
        const text = this.texts(name).at(-1);
        if (text === undefined)
            return false;
        const value = booleanOf(text);
        if (value === undefined) {
            const msg = 'Input should be a valid boolean, unable to interpret input';
            this.#items.push({ type: 'bool_parsing', loc: ['query', name], msg, input: text });
        }
        return value ?? false;
    }
    #integer(loc, text, { least, most }) {
        const value = integerOf(text);
        if (value === undefined)
            this.#items.push(notAnInteger(loc, text));
        else if (least !== undefined && value < least) {
            const msg = `Input should be greater than or equal to ${least}`;
            this.#items.push({ type: 'greater_than_equal', loc, msg, input: text, ctx: { ge: least } });
        }
        else if (most !== undefined && value > most) {
            const msg = `Input should be less than or equal to ${most}`;
            this.#items.push({ type: 'less_than_equal', loc, msg, input: text, ctx: { le: most } });
        }
        return value;
    }
}
/** A whole number in a path. @throws AppError `query-invalid` */
export function pathInteger(request, name) {
    const given = request.params[name];
    const text = Array.isArray(given) ? given.join('/') : (given ?? '');
    const value = integerOf(text);
    if (value === undefined)
        throw itemsError('query-invalid', [notAnInteger(['path', name], text)]);
    return value;
}
function notAnInteger(loc, input) {
    const msg = 'Input should be a valid integer, unable to parse string as an integer';
    return { type: 'int_parsing', loc, msg, input };
}
/** As the original parses it: blanks around it, a sign, underscores between digits and zeros behind a dot are all right. */
function integerOf(text) {
    const [, sign = '', digits = ''] = /^\s*([+-]?)(\d+(?:_\d+)*)(?:\.0*)?\s*$/.exec(text) ?? [];
    return digits === '' ? undefined : Number(sign + digits.replaceAll('_', ''));
}
const TRUE = new Set(['true', '1', 'yes', 'y', 'on', 't']);
const FALSE = new Set(['false', '0', 'no', 'n', 'off', 'f']);
/** Undefined for what is neither. */
function booleanOf(text) {
    const value = text.toLowerCase();
    if (TRUE.has(value))
        return true;
    return FALSE.has(value) ? false : undefined;
}
//# sourceMappingURL=query-values.js.map