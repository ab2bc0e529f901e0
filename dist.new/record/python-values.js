/**
 * Owns the three habits of Python that show in a grouped answer: what counts as true, how a value becomes text,
 * and in which order strings sort.
 */
/** Whether Python would take this JSON value for true: null, false, 0, and empty text, list and object are not. */
export function isTruthy(value) {
    if (typeof value === 'object' && value !== null)
        return Object.keys(value).length > 0;
    return Boolean(value);
}
/** The text of a JSON scalar as Python's `str` writes it. Lists and objects, which no tag is, give their JSON text. */
export function pythonText(value) {
    if (typeof value === 'string')
        return value;
    if (value === null || value === undefined)
        return 'None';
    if (value === true)
        return 'True';
    if (value === false)
        return 'False';
    return JSON.stringify(value);
}
/** Orders strings by code point; the built-in order is by UTF-16 unit, which puts astral characters too early. */
export function compareCodePoints(a, b) {
    const shorter = Math.min(a.length, b.length);
    let at = 0;
    while (at < shorter) {
        const left = a.codePointAt(at) ?? 0;
        const right = b.codePointAt(at) ?? 0;
        if (left !== right)
            return left - right;
        at += left > 0xffff ? 2 : 1;
    }
    return a.length - b.length;
}
//# sourceMappingURL=python-values.js.map