/**
 * Puts records into the text of a reference and takes them out, and touches nothing else: every other record keeps its
 * bytes, and the ranges of the result follow from those of the file, so that no edit costs a parse.
 */
import { DEFAULT_UNIT, firstRecordStyle, keepsToAscii, lineBreakNear, styleAt } from './file-style.js';
import { jsonString, renderJson } from './render-json.js';
export { sameRecord } from './same-record.js';
/**
 * The file after these edits, one after the other; itself when they change nothing. New text is indented, broken into
 * lines, spaced and escaped as the file does it at that place.
 *
 * Deleting what was just created gives the bytes back, with one exception: a file that is `null` or an empty list
 * becomes an object with the first record, and stays one (`{}` between the blanks that were there).
 */
export function editReference(file, edits) {
    const ascii = keepsToAscii(file.text);
    const replacements = edits.flatMap((edit) => replacementOf(file, edit, ascii) ?? []);
    if (replacements.length === edits.length)
        return replaceAll(file, replacements);
    let edited = file;
    for (const edit of edits) {
        edited = edit.kind === 'put' ? put(edited, edit, ascii) : deleteAll(edited, edit.name);
    }
    return edited;
}
/** The replacement that an edit comes down to; undefined where it is any other edit. */
function replacementOf(file, edit, ascii) {
    const index = edit.kind === 'put' ? lastNamed(file.records, edit.name) : -1;
    if (edit.kind !== 'put' || index < 0)
        return undefined;
    return { index, text: renderJson(edit.record, styleAt(file, index).layout, ascii) };
}
/** In one pass over the text: one for each would copy the whole of it each time. */
function replaceAll(file, replacements) {
    const { text, records, byteOrderMark } = file;
    // Of two for one record the later counts.
    const byIndex = new Map(replacements.map((replacement) => [replacement.index, replacement]));
    const pieces = [];
    let done = 0;
    let moved = 0;
    const ranges = records.map((range, index) => {
        const replacement = byIndex.get(index);
        const here = moved === 0 ? range : shifted(range, moved);
        if (!replacement)
            return here;
        pieces.push(text.slice(done, range.start), replacement.text);
        done = range.end;
        moved += replacement.text.length - (range.end - range.start);
        return { ...here, end: here.start + replacement.text.length };
    });
    const edited = [...pieces, text.slice(done)].join('');
    return edited === text ? file : { text: edited, records: ranges, byteOrderMark };
}
function put(file, edit, ascii) {
    const { name, record, after } = edit;
    const { records } = file;
    const replacement = replacementOf(file, edit, ascii);
    if (replacement)
        return replaceAll(file, [replacement]);
    if (records.length === 0)
        return putFirst(asObject(file), name, record, ascii);
    const named = after === undefined ? -1 : lastNamed(records, after);
    const previous = named < 0 ? records.length - 1 : named;
    const start = records[previous]?.end ?? 0;
    const style = styleAt(file, previous);
    const member = renderMember(name, record, style, ascii);
    const added = shifted(member.range, start + style.separator.length);
    const text = style.separator + member.text;
    return splice(file, { start, end: start, text, index: previous + 1, removed: 0, added });
}
/**
 * Blanks in an empty object that begin with a line break serve as the end of the record's last line; others are kept
 * behind one of our own. So that a deletion can tell the two, the indent is a tab in the one case and spaces in the other.
 */
function putFirst(file, name, record, ascii) {
    const start = file.text.indexOf('{') + 1;
    const lineBreak = lineBreakNear(file.text, start);
    const isBroken = /^\r?\n/.test(file.text.slice(start));
    const style = firstRecordStyle(lineBreak, isBroken ? '\t' : DEFAULT_UNIT);
    const member = renderMember(name, record, style, ascii);
    const added = shifted(member.range, start + style.separator.length);
    const text = style.separator + member.text + (isBroken ? '' : lineBreak);
    return splice(file, { start, end: start, text, index: 0, removed: 0, added });
}
function deleteAll(file, name) {
    let left = file;
    for (let index = lastNamed(left.records, name); index >= 0; index = lastNamed(left.records, name)) {
        left = splice(left, { ...cut(left, index), index, removed: 1 });
    }
    return left;
}
/** What goes with a record: all since the one before; for the first, all up to the next. Undoes what `put` does. */
function cut({ text, records }, index) {
    const previous = records[index - 1];
    const { keyStart, end } = records[index] ?? { keyStart: 0, end: 0 };
    if (previous)
        return { start: previous.end, end, text: '' };
    const next = records[index + 1];
    if (next)
        return { start: keyStart, end: next.keyStart, text: '' };
    const open = text.indexOf('{') + 1;
    const close = text.lastIndexOf('}');
    const blanks = text.slice(end, close);
    const isOwn = /^\r?\n\t$/.test(text.slice(open, keyStart));
    return { start: open, end: close, text: isOwn ? blanks : blanks.replace(/^\r?\n/, '') };
}
/** `null` and an empty list, which count as empty references, as the empty object that they mean. */
function asObject(file) {
    const content = file.text.trim();
    return content.startsWith('{') ? file : { ...file, text: file.text.replace(content, '{}') };
}
function renderMember(name, record, { colon, layout }, ascii) {
    const head = jsonString(name, ascii) + colon;
    const text = head + renderJson(record, layout, ascii);
    return { text, range: { name, keyStart: 0, start: head.length, end: text.length } };
}
function splice(file, { start, end, text, index, removed, added }) {
    const { records, byteOrderMark } = file;
    const moved = text.length - (end - start);
    return {
        text: file.text.slice(0, start) + text + file.text.slice(end),
        records: [
            ...records.slice(0, index),
            ...(added ? [added] : []),
            ...records.slice(index + removed).map((range) => shifted(range, moved)),
        ],
        byteOrderMark,
    };
}
function shifted({ name, keyStart, start, end }, by) {
    return { name, keyStart: keyStart + by, start: start + by, end: end + by };
}
function lastNamed(records, name) {
    return records.findLastIndex((record) => record.name === name);
}
//# sourceMappingURL=edit-reference.js.map