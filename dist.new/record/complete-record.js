/**
 * Completes a submitted record to the one that is stored: defaults and order of fields from its schema, nothing that says
 * nothing, and nothing lost that was sent (spec: v1 writes, section 6; differences W5 and W6). Pure.
 */
import { scanItems } from './members.js';
import { wholeNumber } from './parameter-count.js';
import { fieldsText, recordFields } from './record-fields.js';
/** Spellings of a baseline that are understood, and the one that is published for each. */
const BASELINES = new Map([
    ['stable_diffusion_1', '"stable diffusion 1"'],
    ['stable_diffusion_2_768', '"stable diffusion 2"'],
    ['stable_diffusion_2_512', '"stable diffusion 2 512"'],
]);
const FILE_FIELDS = ['path', 'md5sum', 'sha256sum', 'file_type', 'content_hash'];
const DOWNLOAD_FIELDS = ['file_name', 'file_path', 'file_url'];
/**
 * The record to store for a valid submission in any category but text_generation; completing it again changes nothing.
 * Known fields come in the order of the rules, unknown ones after them as sent.
 */
export function completeRecord(fields, rules) {
    const given = new Map([...fields].filter(([, text]) => text !== 'null'));
    const stored = new Map();
    for (const [name, rule] of rules) {
        const text = given.get(name) ?? rule.standard;
        if (text !== undefined)
            stored.set(name, storedForm(name, text, rule));
    }
    for (const [name, text] of given)
        if (!stored.has(name))
            stored.set(name, text);
    return stored;
}
function storedForm(name, text, { isInteger }) {
    if (name === 'config')
        return completeConfig(text);
    if (name === 'baseline')
        return BASELINES.get(JSON.parse(text)) ?? text;
    // Programs in other languages take 7e9 for a fraction.
    return isInteger ? String(wholeNumber(text) ?? text) : text;
}
/** `files` and `download` are always there. */
function completeConfig(text) {
    const { known, unknown } = split(text, ['files', 'download', 'embedded_component_hashes']);
    const hashes = known.get('embedded_component_hashes');
    return fieldsText(new Map([
        ['files', completeEntries(known.get('files'), FILE_FIELDS)],
        ['download', completeEntries(known.get('download'), DOWNLOAD_FIELDS)],
        ...(hashes === undefined ? [] : [['embedded_component_hashes', hashes]]),
        ...unknown,
    ]));
}
function completeEntries(list, names) {
    if (list === undefined)
        return '[]';
    const entries = scanItems(list, 0).map(({ start, end }) => {
        const { known, unknown } = split(list.slice(start, end), names);
        return fieldsText(new Map([...known, ...unknown]));
    });
    return `[${entries.join(',')}]`;
}
/** The known fields that say something, in their order, and the unknown ones as sent. */
function split(text, names) {
    const fields = recordFields(text);
    const known = new Map();
    for (const name of names) {
        const value = fields.get(name);
        if (value !== undefined && value !== 'null')
            known.set(name, value);
    }
    return { known, unknown: new Map([...fields].filter(([name]) => !names.includes(name))) };
}
//# sourceMappingURL=complete-record.js.map