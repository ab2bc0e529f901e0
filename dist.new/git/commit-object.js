/** Owns the text of a commit object. What users typed goes in as data that cannot be taken for anything else. Pure. */
/** The body of the commit object, UTF-8. */
export function renderCommit({ tree, parent, author, committer, subject, trailers }) {
    const lines = [
        `tree ${tree}`,
        ...(parent === undefined ? [] : [`parent ${parent}`]),
        `author ${signatureText(author)}`,
        `committer ${signatureText(committer)}`,
        '',
        oneLine(subject),
        '',
        ...trailers.map(([name, value]) => `${name}: ${trailerValue(value)}`),
        '',
    ];
    return Buffer.from(lines.join('\n'));
}
/**
 * A value as it stands behind its trailer's name: as it is, or as a JSON string when it holds what a line cannot (a line
 * break) or could be taken for one.
 */
export function trailerValue(value) {
    return NEEDS_QUOTES.test(value) ? escapeControls(JSON.stringify(value)) : value;
}
/** Undoes `trailerValue`. */
export function readTrailerValue(text) {
    if (!text.startsWith('"'))
        return text;
    try {
        const value = JSON.parse(text);
        return typeof value === 'string' ? value : text;
    }
    catch {
        return text;
    }
}
/** Whatever breaks a line for somebody, a blank at an end that git would trim, and what looks like a quoted value. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NEEDS_QUOTES = /^["\s]|\s$|^$|[\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;
/** The author's name and the subject as git shows them of such a commit, which is not always as they were given. */
export function shownTexts(name, subject) {
    return { author: shown(shownName(name)), subject: shown(oneLine(subject)) };
}
/** Git trims the end; half characters are not stored. */
function shown(text) {
    return Buffer.from(text).toString().replace(/ +$/, '');
}
function escapeControls(text) {
    return text.replace(CONTROLS, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
function oneLine(text) {
    return text.replace(CONTROLS, ' ');
}
function signatureText({ name, email, time }) {
    return `${shownName(name)} <${signaturePart(email).replace(/\s+/g, '')}> ${Math.floor(time)} +0000`;
}
function shownName(name) {
    return signaturePart(name) || 'unknown';
}
/** Git ends a name at `<`, a line at a break, and takes no dots, commas and quotes at the ends of either. */
function signaturePart(text) {
    return oneLine(text)
        .replace(/[<>]/g, '')
        .replace(/^[\s.,:;"'\\]+|[\s.,:;"'\\]+$/g, '')
        .slice(0, 200);
}
//# sourceMappingURL=commit-object.js.map