/**
 * Reads what somebody asks of the queue: the values, or everything that is wrong with them in the words of the original (spec:
 * pending queue, sections 4, 5 and 7; types are checked as sent, difference W7). Pure.
 */
import { CATEGORIES } from '../categories.js';
import { readSubmittedJson } from '../record/submitted-json.js';
import { choiceItem, valueErrorItem } from '../record/validation-items.js';
import { isEmptyFilter } from './change-filter.js';
import { STATUSES } from './pending-change.js';
/** Ids in one call, and a few fields. */
const MOST_MEMBERS = 100_000;
export const LONGEST_TITLE = 120;
export const LONGEST_REASON = 500;
export const LONGEST_JOB_ID = 120;
export const LONGEST_NAME = 200;
export const CATEGORY_NAMES = CATEGORIES.map(({ name }) => name);
export function readDecision(bytes) {
    return readBody(bytes, (fields) => {
        const rawTitle = fields.text('batch_title', { required: true, least: 1, most: LONGEST_TITLE });
        const approve = ascending(fields.integers('approved_ids'));
        const reject = ascending(fields.integers('rejected_ids'));
        const rawReason = fields.text('reject_reason', { most: LONGEST_REASON });
        return () => {
            const title = rawTitle?.trim() ?? '';
            const reason = rawReason?.trim() ?? '';
            if (approve.length + reject.length === 0)
                return 'Provide at least one approved or rejected change id.';
            const rejected = new Set(reject);
            const both = approve.filter((id) => rejected.has(id));
            if (both.length > 0)
                return `Change ids cannot be both approved and rejected: [${both.join(', ')}]`;
            if (reject.length > 0 && reason === '')
                return 'reject_reason is required when rejecting changes.';
            if (title === '')
                return 'batch_title must not be blank.';
            return { title, approve, reject, reason: reject.length > 0 ? reason : '' };
        };
    });
}
export function readApply(bytes) {
    return readBody(bytes, (fields) => {
        const jobId = fields.text('job_id', { most: LONGEST_JOB_ID })?.trim();
        return () => ({ jobId: jobId || undefined });
    });
}
export function readApplyMany(bytes) {
    return readBody(bytes, (fields) => {
        const ids = fields.integers('change_ids', { required: true, least: 1 });
        const jobId = fields.text('job_id', { most: LONGEST_JOB_ID })?.trim();
        const mixed = fields.flag('allow_mixed_batch');
        const atomic = fields.flag('atomic');
        return () => {
            if (ids.some((id) => id <= 0))
                return 'change_ids must be positive integers';
            return { ids: [...new Set(ids)], jobId: jobId || undefined, mixed, atomic };
        };
    });
}
export function readPurge(bytes) {
    return readBody(bytes, (fields) => {
        const statuses = fields.choices('statuses', STATUSES);
        const categories = fields.choices('categories', CATEGORY_NAMES);
        const modelName = fields.text('model_name', { most: LONGEST_NAME })?.trim() || undefined;
        const requestedBy = trimmed(fields.texts('requested_by'));
        const all = fields.flag('purge_all');
        const dryRun = fields.flag('dry_run');
        return () => {
            const filter = { statuses, categories, modelName, requestedBy };
            if (isEmptyFilter(filter) && !all) {
                return 'Provide at least one filter or set purge_all=true to clear the entire queue.';
            }
            return { filter, dryRun };
        };
    });
}
/** Without blanks around them; what is blank is left out. */
export function trimmed(texts) {
    return texts.map((text) => text.trim()).filter((text) => text !== '');
}
/** @param read takes the fields, then says what they come to, or a sentence about the whole that is wrong */
function readBody(bytes, read) {
    const json = readSubmittedJson(bytes, MOST_MEMBERS);
    if (!json.ok)
        return json;
    const fields = new BodyFields(json.value);
    const conclude = read(fields);
    if (fields.items.length > 0)
        return { ok: false, items: fields.items };
    const value = conclude();
    if (typeof value === 'string')
        return { ok: false, items: [valueErrorItem([], value, json.value)] };
    return { ok: true, value };
}
/** What the original calls a value of this type where a whole number is due, and what it says besides. */
const NO_INTEGER = new Map([
    ['number', ['int_from_float', ', got a number with a fractional part']],
    ['string', ['int_parsing', ', unable to parse string as an integer']],
]);
/** Takes fields off a body, and notes what is wrong with them. Null is as good as absent. */
class BodyFields {
    items = [];
    #body;
    constructor(body) {
        this.#body = body;
    }
    text(name, { required = false, least = 0, most }) {
        const value = this.#value(name, required, 'string_type', 'Input should be a valid string');
        if (value === undefined)
            return undefined;
        if (typeof value !== 'string') {
            this.#note([name], 'string_type', 'Input should be a valid string', value);
            return undefined;
        }
        const item = lengthItem(['body', name], value, least, most);
        if (item)
            this.items.push(item);
        return value;
    }
    flag(name) {
        const value = Object.hasOwn(this.#body, name) ? this.#body[name] : false;
        if (typeof value === 'boolean')
            return value;
        const isText = typeof value === 'string' || typeof value === 'number';
        const msg = 'Input should be a valid boolean';
        if (isText)
            this.#note([name], 'bool_parsing', `${msg}, unable to interpret input`, value);
        else
            this.#note([name], 'bool_type', msg, value);
        return false;
    }
    integers(name, { required = false, least = 0 } = {}) {
        const value = this.#list(name, required);
        if (value !== undefined && value.length < least) {
            const msg = `List should have at least ${least} item after validation, not ${value.length}`;
            const ctx = { field_type: 'List', min_length: least, actual_length: value.length };
            this.items.push({ type: 'too_short', loc: ['body', name], msg, input: value, ctx });
        }
        return (value ?? []).flatMap((item, index) => {
            if (Number.isSafeInteger(item))
                return Number(item);
            const msg = 'Input should be a valid integer';
            const [type, more] = NO_INTEGER.get(typeof item) ?? ['int_type', ''];
            this.#note([name, index], type, msg + more, item);
            return [];
        });
    }
    texts(name) {
        return (this.#list(name, false) ?? []).flatMap((item, index) => {
            if (typeof item === 'string')
                return item;
            this.#note([name, index], 'string_type', 'Input should be a valid string', item);
            return [];
        });
    }
    choices(name, choices) {
        return (this.#list(name, false) ?? []).flatMap((item, index) => {
            if (typeof item === 'string' && choices.includes(item))
                return item;
            this.items.push(choiceItem(['body', name, index], choices, item));
            return [];
        });
    }
    #list(name, required) {
        const value = this.#value(name, required, 'list_type', 'Input should be a valid list');
        if (value === undefined || Array.isArray(value))
            return value;
        this.#note([name], 'list_type', 'Input should be a valid list', value);
        return undefined;
    }
    /** @param type and words for a null where there must be something */
    #value(name, required, type, words) {
        const isThere = Object.hasOwn(this.#body, name);
        const value = isThere ? this.#body[name] : undefined;
        if (required && !isThere)
            this.#note([name], 'missing', 'Field required', this.#body);
        else if (required && value === null)
            this.#note([name], type, words, null);
        return value ?? undefined;
    }
    #note(path, type, msg, input) {
        this.items.push({ type, loc: ['body', ...path], msg, input });
    }
}
/** What is wrong with the length of a text, in characters; undefined when it is right. */
export function lengthItem(loc, text, least, most) {
    const { length } = [...text];
    const words = (count) => `${count} character${count === 1 ? '' : 's'}`;
    if (length < least) {
        const msg = `String should have at least ${words(least)}`;
        return { type: 'string_too_short', loc, msg, input: text, ctx: { min_length: least } };
    }
    if (most === undefined || length <= most)
        return undefined;
    const msg = `String should have at most ${words(most)}`;
    return { type: 'string_too_long', loc, msg, input: text, ctx: { max_length: most } };
}
function ascending(ids) {
    return [...new Set(ids)].filter((id) => id > 0).sort((a, b) => a - b);
}
//# sourceMappingURL=queue-requests.js.map