/**
 * Owns what a row of `models.csv` says about a text model and which row a record gives. A record is what its row gives back,
 * so whatever a row cannot give back, it cannot carry (spec: v1 reads, section 4, and v1 writes, section 8).
 */
import { billionsOfCount, countOfBillions, sizeTag, wholeNumber } from './parameter-count.js';
import { compactJson } from './record-fields.js';
import { sameRecord } from './same-record.js';
import { automaticDisplayName, completeTextRecord, DEFAULT_STYLE, stringField, tagsField, } from './text-record.js';
import { pythonCompactJson } from './wire-json.js';
export const TEXT_COLUMNS = [
    'name',
    'parameters_bn',
    'display_name',
    'url',
    'baseline',
    'description',
    'style',
    'tags',
    'instruct_format',
    'settings',
];
/** The cells that come nearest to a stored record. */
export function cellsOfRecord(fields) {
    const name = stringField(fields, 'name');
    const displayName = stringField(fields, 'display_name');
    const tags = tagsField(fields);
    const style = stringField(fields, 'style');
    const count = wholeNumber(fields.get('parameters') ?? '');
    const addedTags = new Set([style, count === undefined ? '' : sizeTag(count)]);
    const settings = fields.get('settings');
    return {
        name,
        parameters_bn: (count === undefined ? undefined : billionsOfCount(count)) ?? '',
        display_name: displayName === automaticDisplayName(name) ? '' : displayName,
        url: stringField(fields, 'url'),
        baseline: stringField(fields, 'baseline'),
        description: stringField(fields, 'description'),
        style: style === DEFAULT_STYLE && !tags.includes(style) ? '' : style,
        tags: tags.filter((tag) => !addedTags.has(tag)).join(', '),
        instruct_format: stringField(fields, 'instruct_format'),
        settings: settings === undefined ? '' : pythonCompactJson(settings),
    };
}
/** The base record that is generated from a row, or why there is none. */
export function recordOfCells(cells) {
    const count = countOfBillions(cells.parameters_bn);
    if (cells.name.trim() === '')
        return { ok: false, message: 'the row has no name' };
    if (cells.name.includes('://'))
        return { ok: false, message: 'the name is a URL, so the row is skipped' };
    if (count === undefined) {
        return {
            ok: false,
            message: `parameters_bn is ${JSON.stringify(cells.parameters_bn)}, no positive number`,
        };
    }
    const settings = settingsOfCell(cells.settings);
    if (settings === undefined)
        return { ok: false, message: 'settings is not a JSON object' };
    const tags = cells.tags.split(',').map((tag) => tag.trim());
    const texts = [
        'name',
        'display_name',
        'url',
        'baseline',
        'description',
        'style',
        'instruct_format',
    ];
    const fields = completeTextRecord(new Map([
        ...texts.map((column) => [column, JSON.stringify(cells[column])]),
        ['parameters', String(count)],
        ['tags', JSON.stringify(tags.filter((tag) => tag !== ''))],
        ['settings', settings],
    ]));
    return { ok: true, fields };
}
/** Names of the fields whose values differ between two records, in the order of the first, then of the second. */
export function differingFields(a, b) {
    return [...new Set([...a.keys(), ...b.keys()])].filter((name) => !isSameField(a.get(name), b.get(name)));
}
function isSameField(a, b) {
    return a !== undefined && b !== undefined && sameRecord(a, b);
}
/** The settings of a cell as compact JSON, `{}` for an empty one; undefined when it holds anything but an object. */
function settingsOfCell(cell) {
    if (cell.trim() === '')
        return '{}';
    try {
        const value = JSON.parse(cell);
        if (typeof value !== 'object' || value === null || Array.isArray(value))
            return undefined;
    }
    catch {
        return undefined;
    }
    return compactJson(cell);
}
//# sourceMappingURL=text-row.js.map