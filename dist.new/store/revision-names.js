/**
 * Decides what a name of a revision may mean, and where in `<name>/<path>` it ends. Names are only ever compared with the refs
 * that are known, never given to git. Pure.
 */
/** An object id, or the beginning of one: four digits are the least that git takes. */
const ID = /^[0-9a-f]{4,64}$/i;
/** Where refs of a short name are looked for: git prefers a branch to a tag. */
const PREFIXES = ['', 'refs/heads/', 'refs/tags/'];
/** Deeper than this no name goes, and a hostile URL is not looked at for long. */
const MOST_SEGMENTS = 64;
/**
 * What the beginning of `<name>/<path>` may mean, the most likely first. As for git, a whole id goes before any ref, and a ref
 * before the beginning of an id. Names may hold slashes, but there is no branch `a` beside a branch `a/b`: of the refs
 * under one prefix at most one fits.
 * @param refs ids of objects by whole name: `refs/heads/main`, `HEAD`
 * @param idLength digits of a whole id
 */
export function splitName(refs, text, idLength) {
    const ends = slashes(text);
    const first = text.slice(0, ends[0] ?? 0);
    const id = ID.test(first) && first.length <= idLength ? first.toLowerCase() : undefined;
    const kind = id?.length === idLength ? 'whole-id' : 'short-id';
    const byId = id === undefined ? [] : [{ kind, id, path: text.slice(first.length + 1) }];
    const byRef = PREFIXES.flatMap((prefix) => {
        for (const end of ends) {
            const object = refs.get(prefix + text.slice(0, end));
            if (object !== undefined)
                return [{ kind: 'ref', id: object, path: text.slice(end + 1) }];
        }
        return [];
    });
    return kind === 'whole-id' ? [...byId, ...byRef] : [...byRef, ...byId];
}
function slashes(text) {
    const found = [];
    for (let at = text.indexOf('/'); at >= 0 && found.length < MOST_SEGMENTS; at = text.indexOf('/', at + 1)) {
        found.push(at);
    }
    return found;
}
//# sourceMappingURL=revision-names.js.map