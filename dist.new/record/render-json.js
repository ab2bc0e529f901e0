/** Spells a JSON text anew in a given layout, as Python's json.dumps would; numbers and the order of keys stay. */
import { jsonTokens } from './json-tokens.js';
import { wireString } from './wire-json.js';
/**
 * The JSON text in this layout; empty objects and lists stay on one line.
 * @param text valid JSON
 * @param ascii whether all but printable ASCII is escaped
 */
export function renderJson(text, layout, ascii) {
    let rendered = '';
    let depth = 0;
    let opened = false;
    const newLine = () => layout.lineStart + layout.unit.repeat(depth);
    for (const token of jsonTokens(text)) {
        if (token === '}' || token === ']') {
            depth--;
            rendered += opened ? token : newLine() + token;
            opened = false;
            continue;
        }
        if (opened)
            rendered += newLine();
        opened = token === '{' || token === '[';
        if (opened)
            depth++;
        if (token === ',')
            rendered += layout.comma + newLine();
        else if (token === ':')
            rendered += layout.colon;
        else
            rendered += token.startsWith('"') ? jsonString(JSON.parse(token), ascii) : token;
    }
    return rendered;
}
/** A string as a JSON token. Half a surrogate pair is always escaped: UTF-8 cannot hold it. */
export function jsonString(value, ascii) {
    return ascii ? wireString(value) : JSON.stringify(value);
}
//# sourceMappingURL=render-json.js.map