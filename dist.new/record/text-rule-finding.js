/** What a check of the text rule can find, and the one question about order that its two halves share. */
/** The first of the names that is not where it should be, and what should stand there. Names of one list only are left out. */
export function firstMisplaced(found, due) {
    const [inFound, inDue] = [new Set(found), new Set(due)];
    const expected = due.filter((name) => inFound.has(name));
    const actual = found.filter((name) => inDue.has(name));
    const at = actual.findIndex((name, index) => name !== expected[index]);
    const [name, other] = [actual[at], expected[at]];
    return name === undefined || other === undefined ? undefined : [name, other];
}
//# sourceMappingURL=text-rule-finding.js.map