/** What a command's exit code means; the README documents the same. */
export const EXIT = {
    ok: 0,
    /** What was looked at is not right: `validate` or `text check` found errors, `put` was given a bad record. */
    invalid: 1,
    /** The command line or the configuration is wrong. */
    usage: 2,
    /** The command is right, but what it was to work on is not: a repository, a source, a port. */
    failed: 3,
};
const USAGE_ERRORS = new Set([
    'config-invalid',
    'ref-unknown',
    'category-unknown',
]);
const INVALID = new Set([
    'record-invalid',
    'name-invalid',
    'backend-prefix',
]);
export function exitCodeOf(code) {
    if (INVALID.has(code))
        return EXIT.invalid;
    return USAGE_ERRORS.has(code) ? EXIT.usage : EXIT.failed;
}
//# sourceMappingURL=exit-codes.js.map