/** Reads a user out of `name#id`. Pure. */
/** Characters of a name that is kept; more says nothing more and fills commits and logs. */
const NAME_LENGTH = 100;
/** What could break a line, an author line of git (`<`, `>`), the order of what is written, or its encoding. */
const HARMFUL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Surrogate}<>]/gu;
const ID = /^[^\s\p{C}<>]{1,64}$/u;
/**
 * The user that a username names: the id is what follows the last `#` (spec: service, 4), the name what precedes it, with
 * each harmful character as `_` and cut where it is too long. Undefined where there is no id.
 */
export function readUsername(text) {
    const at = text.lastIndexOf('#');
    const id = text.slice(at + 1);
    if (at === -1 || !ID.test(id))
        return undefined;
    // Cut before anything else looks at it, and by characters, as half of one is harmful itself.
    const start = [...text.slice(0, Math.min(at, NAME_LENGTH * 2))].slice(0, NAME_LENGTH).join('');
    const name = start.replace(HARMFUL, '_').trim();
    return { id, username: `${name || 'unknown'}#${id}` };
}
//# sourceMappingURL=username.js.map