/**
 * Completes a submitted text_generation record to the one that is stored: defaults, computed fields, tags, order of fields
 * (spec: v1 writes, section 8). Unlike the original it loses nothing that was sent.
 */
import { sizeTag, wholeNumber } from './parameter-count.js';
import { compareCodePoints } from './python-values.js';
import { modelPart } from './text-variants.js';
/** Order of the fields in a stored record; those that are not known come after, as sent. The schema has the same order. */
export const TEXT_FIELD_ORDER = [
    'name',
    'model_name',
    'baseline',
    'parameters',
    'description',
    'version',
    'style',
    'nsfw',
    'display_name',
    'url',
    'tags',
    'instruct_format',
    'settings',
    'type',
    'download_all',
    'config',
    'available',
    'features_not_supported',
];
export const DEFAULT_STYLE = 'generalist';
/** What a field says that is absent, null or empty; the repository's own `defaults.json` says the same. */
const DEFAULTS = new Map([
    ['baseline', '""'],
    ['description', '""'],
    ['version', '"1"'],
    ['style', `"${DEFAULT_STYLE}"`],
    ['nsfw', 'false'],
]);
/** Fields that say nothing when they are empty; an empty list or text anywhere else may mean something. */
const EMPTY_IS_ABSENT = new Set([
    ...DEFAULTS.keys(),
    'display_name',
    'url',
    'tags',
    'instruct_format',
    'settings',
]);
const EMPTY = new Set(['""', '[]', '{}']);
/**
 * The record to store for a valid submission; completing it again changes nothing. Values stay as spelled, but for
 * `parameters` (an integer spelled `7e9` becomes its digits) and `tags`.
 */
export function completeTextRecord(fields) {
    const given = new Map([...fields].filter(([name, text]) => !isAbsent(name, text)));
    const name = stringField(given, 'name');
    const count = wholeNumber(given.get('parameters') ?? '');
    const tags = completeTags(given, count);
    const displayName = automaticDisplayName(name);
    const computed = new Map([
        ...DEFAULTS,
        ...(displayName === '' ? [] : [['display_name', JSON.stringify(displayName)]]),
        ...given,
        ['model_name', JSON.stringify(modelPart(name))],
        ...(count === undefined ? [] : [['parameters', String(count)]]),
        ...(tags.length === 0 ? [] : [['tags', JSON.stringify(tags)]]),
    ]);
    return inOrder(computed, given.keys());
}
/** The display name of a model that was given none. */
export function automaticDisplayName(name) {
    return modelPart(name)
        .replace(/[-_ ]+/g, ' ')
        .trim();
}
/** A field that is a string; empty where it is absent or anything else. */
export function stringField(fields, name) {
    const text = fields.get(name);
    const value = text?.startsWith('"') ? JSON.parse(text) : '';
    return typeof value === 'string' ? value : '';
}
/** The tags of a record; what is no string is no tag. */
export function tagsField(fields) {
    const value = JSON.parse(fields.get('tags') ?? '[]');
    return Array.isArray(value) ? value.filter((tag) => typeof tag === 'string') : [];
}
function completeTags(given, count) {
    const style = stringField(given, 'style');
    const size = count === undefined ? '' : sizeTag(count);
    const sent = tagsField(given);
    const addsStyle = !isDefaultStyleAsRead(given, sent, style, size);
    const tags = [...sent.map((tag) => (tag === style ? tag : tag.trim())), addsStyle ? style : '', size];
    return [...new Set(tags)].filter((tag) => tag !== '').sort(compareCodePoints);
}
/**
 * A style that is sent becomes a tag, a style that is filled in does not. A stored record no longer tells the two apart, so
 * one that is sent back as it was read, computed fields and all, keeps the tags it has.
 */
function isDefaultStyleAsRead(given, sent, style, size) {
    const isComputed = stringField(given, 'model_name') === modelPart(stringField(given, 'name'));
    return style === DEFAULT_STYLE && given.has('model_name') && isComputed && sent.includes(size);
}
function isAbsent(name, text) {
    return text === 'null' || (EMPTY_IS_ABSENT.has(name) && EMPTY.has(text));
}
function inOrder(fields, asSent) {
    const ordered = new Map();
    for (const name of [...TEXT_FIELD_ORDER, ...asSent]) {
        const text = fields.get(name);
        if (text !== undefined)
            ordered.set(name, text);
    }
    return ordered;
}
//# sourceMappingURL=text-record.js.map