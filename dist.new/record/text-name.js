/**
 * Owns how the name of a text model is taken apart: size, version, quant, variant, date, and the base that is left.
 * The rules are those of the grouped text read (spec: include group, sections 2 and 3).
 */
import { BACKEND_PREFIXES } from '../categories.js';
// A letter is ASCII only; a digit and a word character are Unicode's, as in the patterns of the original.
const LETTER = 'a-zA-Z';
const DIGIT = String.raw `\p{Nd}`;
const DIGITS = `${DIGIT}+`;
const AFTER_NO_LETTER = `(?![${LETTER}])`;
const ALONE_BEFORE = `(?<![${LETTER}${DIGIT}])`;
const ALONE_AFTER = `(?![${LETTER}${DIGIT}])`;
const WORD = String.raw `[\p{L}\p{N}_]`;
// "Digits not preceded by a letter" may begin only at the first digit of a run, or at the second when a letter stands
// before the first. Any other beginning would end where these do; trying them all costs quadratic time on digit runs.
const SIZE_START = `(?:${ALONE_BEFORE}|(?<=[${LETTER}]${DIGIT}))`;
const words = (...choices) => new RegExp(`(?<!${WORD})(?:${choices.join('|')})(?!${WORD})`, 'iu');
const LEADING_VERSION = [new RegExp(`^${DIGITS}\\.${DIGITS}(?:\\.${DIGITS})?[-_]`, 'u')];
const SIZE = [
    new RegExp(`${SIZE_START}${DIGITS}(?:\\.${DIGIT}*)?[BMK]${DIGIT}*${AFTER_NO_LETTER}`, 'iu'),
    new RegExp(`${SIZE_START}${DIGITS}x${DIGITS}[BMK]${AFTER_NO_LETTER}`, 'iu'),
];
const VERSION = [
    new RegExp(`${ALONE_BEFORE}[vV]${DIGITS}(?:\\.${DIGITS})+${ALONE_AFTER}`, 'u'),
    new RegExp(`${ALONE_BEFORE}[vV]${DIGITS}(?![${LETTER}${DIGIT}.])`, 'u'),
];
const QUANT = [
    words('Q[2-8]_K(?:_[SMLH])?'),
    words('Q[2-8]_[01]'),
    words('Q[2-8]'),
    words('GGUF', 'GGML', 'GPTQ', 'AWQ', 'EXL2'),
    words('fp16', 'fp32', 'int8', 'int4'),
];
const VARIANT = [
    words('Instruct', 'Chat', 'Code', 'Base', 'Uncensored', 'Finetune', 'FT'),
    words('Thinking', 'Reasoning'),
    words('turbo', 'preview', 'latest'),
];
const DATE = [`${DIGIT}{2}-${DIGIT}{4}`, `${DIGIT}{4}-${DIGIT}{2}`, `${DIGIT}{4}`].map((date) => new RegExp(`${ALONE_BEFORE}${date}${ALONE_AFTER}`, 'u'));
const EVERY_QUANT = QUANT.map((pattern) => new RegExp(pattern, 'giu'));
// The lookbehind lets the trailing run be tried from its start only; without it a long inner run is quadratic.
const SEPARATORS_AT_ENDS = /^[-_ .]+|(?<![-_ .])[-_ .]+$/gu;
function tidyBase(rest) {
    return rest
        .replace(/-+/gu, '-')
        .replace(/_+/gu, '_')
        .replace(/ +/gu, ' ')
        .replace(/\.+/gu, '.')
        .replace(SEPARATORS_AT_ENDS, '');
}
/** Takes one name apart. Total: every string has an answer, in time linear in its length. */
export function parseTextModelName(text) {
    let rest = text;
    // Each token is cut out before the next is sought, so later patterns see what the cut has joined.
    const take = (patterns) => {
        for (const pattern of patterns) {
            const found = pattern.exec(rest);
            if (found === null)
                continue;
            rest = rest.slice(0, found.index) + rest.slice(found.index + found[0].length);
            return found[0];
        }
        return null;
    };
    const extras = [];
    const leading = take(LEADING_VERSION);
    if (leading !== null)
        extras.push({ type: 'LEADING_VERSION', value: leading.slice(0, -1) });
    const size = take(SIZE)?.toUpperCase() ?? null;
    const version = take(VERSION);
    const quant = take(QUANT)?.toUpperCase() ?? null;
    const variant = take(VARIANT);
    const date = take(DATE);
    if (date !== null)
        extras.push({ type: 'DATE', value: date });
    return { base: tidyBase(rest) || text, size, version, quant, variant, extras };
}
/** The name without any of its quant tokens, however many it has. */
export function withoutQuants(name) {
    return EVERY_QUANT.reduce((left, pattern) => left.replace(pattern, ''), name);
}
/** The group of a text_generation key: the base of its name without backend prefix and author. May be empty. */
export function textModelGroup(key) {
    const prefix = BACKEND_PREFIXES.find((known) => key.startsWith(known)) ?? '';
    const name = key.slice(prefix.length);
    return parseTextModelName(name.slice(name.indexOf('/') + 1)).base;
}
//# sourceMappingURL=text-name.js.map