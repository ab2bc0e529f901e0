/** Owns how a file writes its records: line breaks, indents, spaces and escapes, read off the records that are there. */
/** The opening brace, the blanks behind it, the first key, and its colon with the blanks around it. */
const FIRST_MEMBER = /\{([ \t\r\n]*)"[^"\\]*(?:\\.[^"\\]*)*"([ \t\r\n]*:[ \t\r\n]*)/y;
const DEFAULT_COLON = ': ';
/** That of the original service. */
export const DEFAULT_UNIT = '    ';
/**
 * The style of the record at this index, or of one to be put behind it: that of the record itself where it shows one,
 * else of its neighbours. Keys that were indented by hand do not mislead, the closing brace counts.
 */
export function styleAt(file, index) {
    const { text, records } = file;
    const near = [index, index - 1, index + 1, 0].flatMap((candidate) => records[candidate] ?? []);
    const [record] = near;
    if (record === undefined)
        throw new RangeError(`there is no record ${index}`);
    const colon = onOneLine(text.slice(record.keyStart, record.start).replace(/^.*"/s, ''));
    const members = near.flatMap((candidate) => firstMember(text, candidate) ?? []);
    const inner = members[0] ? onOneLine(members[0].colon) : colon;
    const before = blanksBefore(text, record.keyStart);
    const lineBreak = lineBreakNear(text, record.start);
    const between = index === 0 ? spaceLike(colon) : before;
    const ownLine = (indent) => (hasLineBreak(before) ? `,${lineBreak}${indent}` : `,${between}`);
    if (!isExpanded(file)) {
        const layout = { lineStart: '', unit: '', comma: `,${spaceLike(inner)}`, colon: inner };
        return { separator: ownLine(lastLine(before)), colon, layout };
    }
    const keyIndent = hasLineBreak(before) ? lastLine(before) : '';
    const indents = near.flatMap((candidate) => indentsOf(text, candidate) ?? []);
    const { base, unit } = indents.find((candidate) => candidate.unit !== '') ??
        indents[0] ?? { base: keyIndent, unit: keyIndent || DEFAULT_UNIT };
    const layout = { lineStart: lineBreak + base, unit, comma: ',', colon: inner };
    return { separator: ownLine(base), colon, layout };
}
/** The style of the first record of an object: on lines of its own, indented by this unit. */
export function firstRecordStyle(lineBreak, unit) {
    const lineStart = lineBreak + unit;
    const layout = { lineStart, unit, comma: ',', colon: DEFAULT_COLON };
    return { separator: lineStart, colon: DEFAULT_COLON, layout };
}
/** The first line break from the offset on; where there is none, that of the rest of the text, and a line feed at last. */
export function lineBreakNear(text, offset) {
    const behind = text.indexOf('\n', offset);
    const feed = behind < 0 ? text.indexOf('\n') : behind;
    return text[feed - 1] === '\r' ? '\r\n' : '\n';
}
/** Whether a file keeps to ASCII on purpose: it has escapes for what is beyond printable ASCII, and nothing raw. */
export function keepsToAscii(text) {
    for (let at = text.indexOf('\\u'); at >= 0; at = text.indexOf('\\u', at + 2)) {
        let backslashes = 1;
        while (text[at - backslashes] === '\\')
            backslashes++;
        if (backslashes % 2 === 0)
            continue;
        const unit = escapedUnit(text, at);
        // Half a pair has no other spelling, so it says nothing of the file.
        const isHalf = unit >= 0xd800 && unit <= 0xdfff;
        if (unit > 0x7e && (!isHalf || isPair(unit, escapedUnit(text, at + 6)))) {
            return Buffer.byteLength(text) === text.length;
        }
    }
    return false;
}
function escapedUnit(text, at) {
    return text.startsWith('\\u', at) ? Number.parseInt(text.slice(at + 2, at + 6), 16) : Number.NaN;
}
function isPair(high, low) {
    return high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff;
}
/** Whether records are spread over lines: those that hold anything or, if none does, the file around them. */
function isExpanded({ text, records }) {
    let lineBreak = -1;
    let allEmpty = true;
    for (const { start, end } of records) {
        if (lineBreak < start)
            lineBreak = indexOfLineBreak(text, start);
        if (lineBreak < end)
            return true;
        allEmpty &&= blanksBefore(text, end - 1).length === end - start - 2;
    }
    return allEmpty && indexOfLineBreak(text, text.indexOf('{')) < (records.at(-1)?.start ?? 0);
}
/** Past the end where there is none. */
function indexOfLineBreak(text, from) {
    const feed = text.indexOf('\n', from);
    return feed < 0 ? text.length : feed;
}
function firstMember(text, record) {
    FIRST_MEMBER.lastIndex = record.start;
    const [, blanks, colon] = FIRST_MEMBER.exec(text) ?? [];
    return blanks === undefined || colon === undefined ? undefined : { blanks, colon };
}
/** Undefined for a record that does not stand on lines of its own, or whose lines do not nest. */
function indentsOf(text, record) {
    const inner = firstMember(text, record)?.blanks ?? '';
    const closing = blanksBefore(text, record.end - 1);
    if (!hasLineBreak(inner) || !hasLineBreak(closing))
        return undefined;
    const base = lastLine(closing);
    const indent = lastLine(inner);
    return indent.startsWith(base) ? { base, unit: indent.slice(base.length) } : undefined;
}
function blanksBefore(text, offset) {
    let start = offset;
    while (text.charCodeAt(start - 1) <= 0x20)
        start--;
    return text.slice(start, offset);
}
function hasLineBreak(blanks) {
    return blanks.includes('\n');
}
function lastLine(blanks) {
    return blanks.slice(blanks.lastIndexOf('\n') + 1);
}
function onOneLine(colon) {
    return hasLineBreak(colon) ? DEFAULT_COLON : colon;
}
/** Who leaves a space behind colons leaves one behind commas. */
function spaceLike(colon) {
    return colon.endsWith(':') ? '' : ' ';
}
//# sourceMappingURL=file-style.js.map