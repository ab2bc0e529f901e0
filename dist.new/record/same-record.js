/** Tells whether two JSON texts hold the same value. Exact, where parsed numbers would be rounded. */
import { jsonTokens } from './json-tokens.js';
const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/**
 * Whether two valid JSON texts hold the same value. The order of keys, the spelling of strings and numbers (1.0 is 1,
 * -0 is 0) and blanks do not matter; numbers are compared as decimals, to the last digit. Of a key that is there
 * twice the last counts. Nesting may be of any depth.
 */
export function sameRecord(a, b) {
    if (a === b)
        return true;
    const known = new Map();
    return valueNumber(a, known) === valueNumber(b, known);
}
/** Gives equal values equal numbers: each container is named by the numbers of what is in it, from the inside out. */
function valueNumber(text, known) {
    const open = [];
    let last = -1;
    for (const token of jsonTokens(text)) {
        const container = open.at(-1);
        if (token === ',' || token === ':')
            continue;
        if (token === '{') {
            open.push({ members: new Map(), name: undefined });
        }
        else if (token === '[') {
            open.push({ items: [] });
        }
        else if (container && 'members' in container && container.name === undefined && token !== '}') {
            container.name = String(JSON.parse(token));
        }
        else {
            if (container && (token === '}' || token === ']')) {
                open.pop();
                last = numberOf(containerForm(container), known);
            }
            else {
                last = numberOf(scalarForm(token), known);
            }
            addTo(open.at(-1), last);
        }
    }
    return last;
}
function addTo(container, value) {
    if (container === undefined)
        return;
    if ('items' in container) {
        container.items.push(value);
    }
    else if (container.name !== undefined) {
        container.members.set(container.name, value);
        container.name = undefined;
    }
}
function numberOf(form, known) {
    const number = known.get(form) ?? known.size;
    known.set(form, number);
    return number;
}
function containerForm(container) {
    if ('items' in container)
        return `[${container.items.join()}]`;
    const names = [...container.members.keys()].sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${container.members.get(name)}`).join()}}`;
}
/** One form for all spellings of a string, number or word. */
function scalarForm(token) {
    if (token.startsWith('"'))
        return JSON.stringify(JSON.parse(token));
    const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(token) ?? [];
    const digits = (whole + fraction).replace(/^0+/, '');
    if (digits === '')
        return whole === '' ? token : '0';
    let end = digits.length;
    while (digits[end - 1] === '0')
        end--;
    const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - end);
    return `${sign}${digits.slice(0, end)}e${power}`;
}
//# sourceMappingURL=same-record.js.map