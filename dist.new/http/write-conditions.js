/** Reads the headers that make a write conditional or safe to repeat (spec: differences, W14 and W15). Pure. */
import { itemsError } from './errors.js';
/** The tags of an If-Match header, `*` for any; undefined when there is none, empty when it names nothing. */
export function entityTags(header) {
    if (header === undefined)
        return undefined;
    if (header.trim() === '*')
        return ['*'];
    // A weak tag never matches here (RFC 9110, 13.1.1), so what stands before its quotes is taken with it.
    return header.match(/(?:W\/)?"[^"]*"/g) ?? [];
}
/** @throws AppError `query-invalid` for what cannot be a key */
export function idempotencyKey(header) {
    if (header === undefined)
        return undefined;
    if (/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(header))
        return header;
    throw itemsError('query-invalid', [
        {
            type: 'value_error',
            loc: ['header', 'idempotency-key'],
            msg: 'Value error, an idempotency key has 1 to 255 printable ASCII characters',
            input: header,
        },
    ]);
}
//# sourceMappingURL=write-conditions.js.map