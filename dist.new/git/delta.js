/**
 * Describes one version of a text by another, as packs do: what both begin and end with is copied, what lies between is
 * inserted. (Format: git documentation, "gitformat-pack", deltified representation.) Pure.
 */
const LONGEST_COPY = 0xffffff;
const LONGEST_INSERT = 0x7f;
/** Bytes that are compared in one go. */
const STRIDE = 4096;
/** @returns undefined where the two have too little in common for it to pay */
export function delta(base, target) {
    const { start, end } = commonEnds(base, target);
    const middle = target.subarray(start, target.length - end);
    if (middle.length > target.length / 2)
        return undefined;
    return Buffer.concat([
        varint(base.length),
        varint(target.length),
        ...copies(0, start),
        ...inserts(middle),
        ...copies(base.length - end, end),
    ]);
}
/** How many bytes two versions begin with alike and, of the rest, end with alike. */
export function commonEnds(a, b) {
    const start = commonStart(a, b);
    return { start, end: commonEnd(a, b, Math.min(a.length, b.length) - start) };
}
function commonStart(a, b) {
    const most = Math.min(a.length, b.length);
    let at = 0;
    while (at + STRIDE <= most && a.compare(b, at, at + STRIDE, at, at + STRIDE) === 0)
        at += STRIDE;
    while (at < most && a[at] === b[at])
        at++;
    return at;
}
function commonEnd(a, b, most) {
    let length = 0;
    const same = (from, to) => a.compare(b, b.length - to, b.length - from, a.length - to, a.length - from) === 0;
    while (length + STRIDE <= most && same(length, length + STRIDE))
        length += STRIDE;
    while (length < most && a[a.length - 1 - length] === b[b.length - 1 - length])
        length++;
    return length;
}
/** Seven bits a byte, the lowest first. */
function varint(value) {
    const bytes = [];
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80))
        bytes.push((rest % 0x80) | 0x80);
    return Buffer.from([...bytes, rest]);
}
function copies(from, length) {
    const commands = [];
    for (let done = 0; done < length; done += LONGEST_COPY) {
        commands.push(copy(from + done, Math.min(LONGEST_COPY, length - done)));
    }
    return commands;
}
/** The first byte tells which bytes of offset and size follow; those that are zero do not. */
function copy(offset, size) {
    const bytes = Buffer.alloc(7);
    bytes.writeUInt32LE(offset, 0);
    bytes.writeUIntLE(size, 4, 3);
    const given = [...bytes.entries()].filter(([, byte]) => byte !== 0);
    const flags = given.reduce((sum, [position]) => sum | (1 << position), 0x80);
    return Buffer.from([flags, ...given.map(([, byte]) => byte)]);
}
function inserts(bytes) {
    const commands = [];
    for (let at = 0; at < bytes.length; at += LONGEST_INSERT) {
        const part = bytes.subarray(at, at + LONGEST_INSERT);
        commands.push(Buffer.from([part.length]), part);
    }
    return commands;
}
//# sourceMappingURL=delta.js.map