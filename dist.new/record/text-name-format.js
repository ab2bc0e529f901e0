/**
 * Owns the `name_format` of a text model group: how the names of its members are put together
 * (spec: include group, section 5).
 */
import { parseTextModelName, withoutQuants } from './text-name.js';
/** The format shared by these keys, full and in document order. A backend prefix counts as an author. */
export function describeNameFormat(keys) {
    const authors = new Set();
    const names = [];
    for (const key of keys) {
        const slash = key.indexOf('/');
        if (slash >= 0)
            authors.add(key.slice(0, slash));
        names.push(key.slice(slash + 1));
    }
    const separator = commonSeparator(names);
    const partOrder = richestPartOrder(names);
    const [author] = authors;
    return {
        separator,
        part_order: partOrder,
        author_included: authors.size > 0,
        common_author: authors.size === 1 && author !== undefined ? author : null,
        template: (authors.size > 0 ? '{author}/' : '') + partOrder.map((part) => `{${part}}`).join(separator),
    };
}
function commonSeparator(names) {
    let surplus = 0;
    for (const name of names) {
        for (const character of withoutQuants(name)) {
            if (character === '_')
                surplus++;
            else if (character === '-')
                surplus--;
        }
    }
    return surplus > 0 ? '_' : '-';
}
/** The parts of the name that has most of them, the first such name deciding, in the order it writes them. */
function richestPartOrder(names) {
    let richest;
    for (const name of names) {
        const parsed = parseTextModelName(name);
        const parts = countParts(parsed);
        if (richest === undefined || parts > richest.parts)
            richest = { name, parsed, parts };
    }
    return richest === undefined ? [] : partOrder(richest.name, richest.parsed);
}
function countParts({ size, variant, version, quant, extras }) {
    return [size, variant, version, quant].filter((part) => part !== null).length + extras.length;
}
/** A part that is not found whole is left out: usually the base, when a token stood in its middle. */
function partOrder(name, parsed) {
    const candidates = [
        ['base', parsed.base],
        ['size', parsed.size],
        ['variant', parsed.variant],
        ['version', parsed.version],
        ['quant', parsed.quant],
        ...parsed.extras.map(({ type, value }) => [`extra:${type}`, value]),
    ];
    const lowered = name.toLowerCase();
    return candidates
        .map(([part, value]) => ({ part, at: value ? lowered.indexOf(value.toLowerCase()) : -1 }))
        .filter(({ at }) => at >= 0)
        .sort((a, b) => a.at - b.at)
        .map(({ part }) => part);
}
//# sourceMappingURL=text-name-format.js.map