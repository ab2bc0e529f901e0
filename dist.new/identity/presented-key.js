/** What may be done with a key that somebody presents: nothing that would tell it. */
import { createHmac, randomBytes } from 'node:crypto';
/** Printable, and what a header can carry (latin-1). */
const PRESENTABLE = /^[\x20-\x7e\xa0-\xff]{1,200}$/;
/** Whether anybody could have such a key, so that it is worth a look-up. */
export function isPresentable(key) {
    return PRESENTABLE.test(key);
}
/** Stand-ins for keys in memory: equal for equal keys, and worthless outside of this process, whose secret makes them. */
export class KeyFingerprints {
    #secret = randomBytes(32);
    of(key) {
        return createHmac('sha256', this.#secret).update(key).digest('base64');
    }
}
//# sourceMappingURL=presented-key.js.map