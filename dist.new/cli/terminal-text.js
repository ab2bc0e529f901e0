/** Texts that anybody may have typed, and times, as a terminal is shown them. Pure. */
/** What could move a cursor, turn the order of what is shown, or is half of a character. */
const HARMFUL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Surrogate}]/gu;
/** A text on one line: what could move a terminal's cursor is escaped. */
export function escapedText(text) {
    return text.replace(HARMFUL, escaped);
}
/** The same for a text that may have several lines. */
export function escapedLines(text) {
    return text.replace(HARMFUL, (unit) => (unit === '\n' || unit === '\t' ? unit : escaped(unit)));
}
/** Width of a column; `--json` has the whole. Characters. */
const WIDEST = 60;
/** A text in a table: escaped, and cut where it is long. */
export function cellText(text) {
    const plain = escapedText(text);
    const characters = [...plain];
    return characters.length > WIDEST ? `${characters.slice(0, WIDEST - 1).join('')}…` : plain;
}
/** @param time unix seconds */
export function dateText(time) {
    return new Date(time * 1000).toISOString().replace('.000Z', 'Z');
}
function escaped(unit) {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
//# sourceMappingURL=terminal-text.js.map