/**
 * The one error type for things that go wrong in operation (a bad argument, a broken file, a repository that
 * git refuses). Anything else that is thrown is a programmer's error and is never translated.
 */

export type ErrorCode =
	| 'config-invalid'
	| 'not-a-directory'
	| 'not-a-repository'
	| 'bare-repository'
	| 'not-the-top'
	| 'unsafe-directory'
	| 'already-exists'
	| 'git-missing'
	| 'git-failed'
	| 'ref-unknown'
	| 'source-unusable'
	| 'import-conflict'
	| 'interrupted'
	| 'dirty-tree'
	| 'detached-head'
	| 'port-in-use'
	| 'listen-failed'
	| 'category-unknown'
	| 'category-empty'
	| 'model-not-found'
	| 'metadata-missing'
	| 'metadata-uncounted'
	| 'history-missing'
	| 'history-unread'
	| 'cursor-gone'
	| 'commit-unknown'
	| 'not-revertible'
	| 'revert-conflict'
	| 'mode-unsupported'
	| 'query-invalid'
	| 'path-unknown'
	| 'revision-unknown'
	| 'file-unknown'
	| 'file-too-large'
	| 'request-malformed'
	| 'push-refused'
	| 'ref-moved'
	| 'not-a-file'
	| 'repository-busy'
	| 'storage-failed'
	| 'outcome-unknown'
	| 'others-wrote'
	| 'change-unplanned'
	| 'writer-locked'
	| 'write-conflict'
	| 'reference-broken'
	| 'model-exists'
	| 'model-absent'
	| 'precondition-failed'
	| 'overloaded'
	| 'not-writable'
	| 'queue-unavailable'
	| 'record-invalid'
	| 'name-invalid'
	| 'backend-prefix'
	| 'body-too-large'
	| 'body-incomplete'
	| 'media-type-unsupported'
	| 'idempotency-reused'
	| 'key-missing'
	| 'key-invalid'
	| 'role-missing'
	| 'identity-unavailable'
	| 'keys-file-invalid'
	| 'rate-limited'
	| 'ledger-broken'
	| 'remote-unavailable'
	| 'remote-refused'
	| 'remote-diverged'
	| 'signature-invalid'
	| 'change-unknown'
	| 'change-state'
	| 'change-conflict'
	| 'apply-failed'
	| 'batch-unknown';

/** Structured facts that go with an error: into the log, and into the wire shape where it has a place for them. */
export type ErrorData = Readonly<Record<string, unknown>>;

export class AppError extends Error {
	readonly code: ErrorCode;
	readonly data: ErrorData;

	/** @param message one sentence for people that says what is wrong and, where it can, what to do next. */
	constructor(code: ErrorCode, message: string, data: ErrorData = {}, options?: ErrorOptions) {
		super(message, options);
		this.name = 'AppError';
		this.code = code;
		this.data = data;
	}
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
