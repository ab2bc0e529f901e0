/**
 * A record as the ordered texts of its top-level fields. Writes work on this form because parsed values forget what was
 * sent: how a number was spelled (3.0, integers past 2^53), the order of keys, a field called `__proto__`.
 */
import { scanMembers } from './members.js';
/** The fields of one JSON object, blanks outside strings dropped. Of a name that is there twice the last counts. */
export function recordFields(text) {
    const members = scanMembers(text, text.indexOf('{'));
    return new Map(members.map(({ name, start, end }) => [name, compactJson(text.slice(start, end))]));
}
/** Plain values as fields; those that are undefined are left out. */
export function valueFields(values) {
    return Object.entries(values).flatMap(([name, value]) => value === undefined ? [] : [[name, JSON.stringify(value)]]);
}
/** The object with these fields, on one line. */
export function fieldsText(fields) {
    return `{${Array.from(fields, ([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
}
/** A valid JSON text without the blanks between its tokens; strings and numbers stay as they are spelled. */
export function compactJson(text) {
    return text.replace(STRING_OR_BLANKS, (token) => (token.startsWith('"') ? token : ''));
}
const STRING_OR_BLANKS = /"[^"\\]*(?:\\.[^"\\]*)*"|[ \t\r\n]+/g;
//# sourceMappingURL=record-fields.js.map