/**
 * Owns the one-line JSON form that Python's `json.dumps` gives by default: `", "` and `": "` between tokens, ASCII only.
 * It is made from the tokens of a JSON text, not from parsed values, because those forget how a number was written
 * (3.0, integers past 2^53) and reorder keys that look like integers.
 */
/** Deeper text is refused, so that hostile nesting cannot exhaust the stack. Python gives up at a like depth. */
const DEEPEST = 500;
/** A string token that stands in wire form already, as nearly all do. */
const PLAIN_STRING = /^"[ !#-[\]-~]*"$/;
const TOKEN_START = /[^\s,:]/g;
const SCALAR_END = /[\s,\]}]/g;
const NOT_PRINTABLE_ASCII = /[\u007f-\uffff]/g;
/** A string as a JSON token. Like Python, and unlike JSON.stringify, it escapes all but printable ASCII. */
export function wireString(value) {
    return JSON.stringify(value).replace(NOT_PRINTABLE_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
/** The object that has these members. */
export function wireObject(members) {
    return `{${Array.from(members, ([name, value]) => `${name}: ${value}`).join(', ')}}`;
}
/**
 * Any JSON text in wire form. Numbers stay as written. A name that an object repeats keeps its first place and takes
 * its last value, as in Python. A leading byte order mark is skipped.
 * @throws SyntaxError when the text is not JSON, or nests too deep
 */
export function pythonCompactJson(text) {
    return renderValue(new TokenCursor(text), 0);
}
/**
 * The records of a reference file by key (decoded, unlike the names inside), in document order.
 * Null when the text is not JSON, nests too deep, or is anything but an object of objects.
 */
export function readWireRecords(text) {
    try {
        const tokens = new TokenCursor(text);
        if (tokens.kind !== '{')
            return null;
        const records = new Map();
        const notRecords = new Set();
        forEachMember(tokens, (name) => {
            const key = JSON.parse(name);
            const isRecord = tokens.kind === '{';
            if (isRecord)
                notRecords.delete(key);
            else
                notRecords.add(key);
            records.set(key, isRecord ? readObject(tokens, 1) : new Map([['', renderValue(tokens, 1)]]));
        });
        return notRecords.size === 0 ? records : null;
    }
    catch (error) {
        if (error instanceof SyntaxError)
            return null;
        throw error;
    }
}
/**
 * Stands on one token of a text that is known to be JSON, so it may step over commas and colons unread: in an object,
 * names and values simply alternate. The readers below start on the first token of a value and end on its last.
 */
class TokenCursor {
    #text;
    #start = 0;
    #end = 0;
    constructor(text) {
        this.#text = text.startsWith('\ufeff') ? text.slice(1) : text;
        JSON.parse(this.#text); // Whatever is not JSON ends here.
        this.advance();
    }
    /** The first character of the token, which tells the kinds of token apart. */
    get kind() {
        return this.#text.charAt(this.#start);
    }
    /** The token as written. */
    get source() {
        return this.#text.slice(this.#start, this.#end);
    }
    /** Steps to the next token and says its kind. */
    advance() {
        this.#start = indexOfMatch(TOKEN_START, this.#text, this.#end);
        this.#end = this.#endOfToken();
        return this.kind;
    }
    #endOfToken() {
        if ('{}[]'.includes(this.kind))
            return this.#start + 1;
        if (this.kind !== '"')
            return indexOfMatch(SCALAR_END, this.#text, this.#start);
        let quote = this.#text.indexOf('"', this.#start + 1);
        while (isEscaped(this.#text, quote))
            quote = this.#text.indexOf('"', quote + 1);
        return quote + 1;
    }
}
function indexOfMatch(pattern, text, from) {
    pattern.lastIndex = from;
    return pattern.exec(text)?.index ?? text.length;
}
function isEscaped(text, at) {
    let backslashes = 0;
    while (text.charAt(at - 1 - backslashes) === '\\')
        backslashes++;
    return backslashes % 2 === 1;
}
function renderValue(tokens, depth) {
    if (depth > DEEPEST)
        throw new SyntaxError(`JSON nests deeper than ${DEEPEST} levels`);
    switch (tokens.kind) {
        case '{':
            return wireObject(readObject(tokens, depth));
        case '[':
            return renderList(tokens, depth);
        case '"':
            return renderString(tokens);
        default:
            return tokens.source;
    }
}
function readObject(tokens, depth) {
    const members = new Map();
    forEachMember(tokens, (name) => members.set(name, renderValue(tokens, depth + 1)));
    return members;
}
function forEachMember(tokens, readValue) {
    while (tokens.advance() !== '}') {
        const name = renderString(tokens);
        tokens.advance();
        readValue(name);
    }
}
function renderList(tokens, depth) {
    const items = [];
    while (tokens.advance() !== ']')
        items.push(renderValue(tokens, depth + 1));
    return `[${items.join(', ')}]`;
}
function renderString(tokens) {
    const { source } = tokens;
    return PLAIN_STRING.test(source) ? source : wireString(JSON.parse(source));
}
//# sourceMappingURL=wire-json.js.map