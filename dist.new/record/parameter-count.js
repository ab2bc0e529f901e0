/** Owns the number of parameters of a text model: exact, as billions in a table, and as the size tag. */
const BILLION = 1000000000n;
/** Decimals of a billion that a table's cell may have (spec: v1 writes, section 8). */
const MOST_PLACES = 10;
const JSON_NUMBER = /^(-?\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const DECIMAL = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
/** The whole number that a JSON number token stands for, however it is spelled (`7e9`); a fraction is cut off. */
export function wholeNumber(token) {
    const found = JSON_NUMBER.exec(token);
    // What JavaScript takes for infinite would fill the memory with its zeros.
    if (!found || !Number.isFinite(Number(token)))
        return undefined;
    const [, whole = '', fraction = '', exponent = '0'] = found;
    const digits = BigInt(whole + fraction);
    const shift = Number(exponent) - fraction.length;
    if (shift >= 0)
        return digits === 0n ? 0n : digits * 10n ** BigInt(shift);
    return -shift > whole.length + fraction.length ? 0n : digits / 10n ** BigInt(-shift);
}
/** The tag that a count gives a model: `13B`. Billions are rounded, a half to the even neighbour: 2.5 is `2B`. */
export function sizeTag(count) {
    const whole = count / BILLION;
    const doubledRest = (count % BILLION) * 2n;
    const up = doubledRest > BILLION || (doubledRest === BILLION && whole % 2n === 1n);
    return `${up ? whole + 1n : whole}B`;
}
/**
 * The count that readers of the table make of a cell: `int(float(cell) * 1e9)`, rounding errors included (4.1 gives
 * 4099999999). Undefined where that is no positive number.
 */
export function countOfBillions(cell) {
    if (!DECIMAL.test(cell))
        return undefined;
    const count = Math.trunc(Number(cell) * 1e9);
    return count >= 1 && Number.isFinite(count) ? BigInt(count) : undefined;
}
/**
 * The shortest cell of which `countOfBillions` makes this count; undefined where none of at most 10 decimals does. A tenth
 * decimal lifts what binary fractions would let fall below the count.
 */
export function billionsOfCount(count) {
    const lifted = count * 10n + 1n;
    const candidates = [decimal(count, 9).replace(/\.?0+$/, ''), decimal(lifted, MOST_PLACES)];
    return candidates.find((cell) => countOfBillions(cell) === count);
}
function decimal(digits, places) {
    const padded = String(digits).padStart(places + 1, '0');
    return `${padded.slice(0, -places)}.${padded.slice(-places)}`;
}
//# sourceMappingURL=parameter-count.js.map