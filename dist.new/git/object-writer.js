/** What the two ways to write objects have in common: one file for each, or one pack for many. */
import { createHash } from 'node:crypto';
/** Git's own default for what is written often: the next levels take twice the time for a tenth of the size. */
export const DEFLATE_LEVEL = 1;
/** The name that git gives an object. */
export function objectId(format, type, body) {
    return createHash(format).update(`${type} ${body.length}\0`).update(body).digest('hex');
}
//# sourceMappingURL=object-writer.js.map