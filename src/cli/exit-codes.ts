/** What a command's exit code means; the README documents the same. */

import type { ErrorCode } from '../errors.ts';

export const EXIT = {
	ok: 0,
	/** What was looked at is not right: `validate` or `text check` found errors, `put` was given a bad record. */
	invalid: 1,
	/** The command line or the configuration is wrong. */
	usage: 2,
	/** The command is right, but what it was to work on is not: a repository, a source, a port. */
	failed: 3,
} as const;

const USAGE_ERRORS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
	'config-invalid',
	'ref-unknown',
	'category-unknown',
]);
const INVALID: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
	'record-invalid',
	'name-invalid',
	'backend-prefix',
]);

export function exitCodeOf(code: ErrorCode): number {
	if (INVALID.has(code)) return EXIT.invalid;
	return USAGE_ERRORS.has(code) ? EXIT.usage : EXIT.failed;
}
