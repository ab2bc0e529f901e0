/**
 * What the ledger says of one proposed change, and its file form. Names are those of the wire, so that whoever reads the
 * ledger with git finds what the API shows (spec: pending queue, section 1). Pure.
 */

import { findCategory } from '../categories.ts';
import { AppError, type ErrorCode } from '../errors.ts';
import { fieldsText, recordFields } from '../record/record-fields.ts';
import { renderJson } from '../record/render-json.ts';
import { isObject } from '../record/schema-issues.ts';
import { relatedModels } from '../record/text-variants.ts';
import type { Operation } from '../store/model-history.ts';
import { factsProblem, isCount } from './ledger-facts.ts';
import { LEDGER_REF } from './ledger-layout.ts';

/** In the order of the wire. Nothing is stored as `applying`: a change either is applied or is not (differences, Q3). */
export const STATUSES = ['pending', 'approved', 'applying', 'applied', 'rejected'] as const;
export type Status = (typeof STATUSES)[number];

/** Times are unix seconds; users are ids, with their `name#id` beside. What does not apply is absent. */
export interface PendingChange {
	readonly change_id: number;
	readonly category: string;
	/** Of a text model the base name. */
	readonly model_name: string;
	readonly operation: Operation;
	readonly requested_by: string;
	readonly requested_username: string;
	readonly requested_at: number;
	readonly status: Exclude<Status, 'applying'>;
	/** What a reviewer should look at. */
	readonly notes?: string;
	readonly batch_id?: number;
	readonly batch_title?: string;
	readonly approved_by?: string;
	readonly approved_username?: string;
	readonly approved_at?: number;
	readonly rejected_by?: string;
	readonly rejected_username?: string;
	readonly rejected_at?: number;
	readonly reject_reason?: string;
	readonly applied_at?: number;
	readonly applied_by?: string;
	readonly applied_username?: string;
	readonly applied_job_id?: string;
	readonly updated_at: number;
	readonly ledger: LedgerFacts;
}

/** What only the ledger knows of a change. */
export interface LedgerFacts {
	/** The commit that `pending/<change_id>` was made with. */
	readonly proposal: string;
	/** Numbers of the events, in the order of all events of the ledger. */
	readonly enqueue_event: number;
	readonly decision_event?: number;
	/** Batch that it was approved or rejected in; a split may have moved it since. */
	readonly decision_batch?: number;
	/** The split that moved it to its batch. */
	readonly moved_event?: number;
	readonly apply_event?: number;
	/** The commit on the published branch; absent where there was nothing to change. */
	readonly applied_commit?: string;
	/** What the call that applied it answered besides: asked again with the same job id, it answers the same. */
	readonly job_split?: BatchSplit;
	readonly job_failure?: ApplyFailure;
	readonly purged?: {
		readonly event: number;
		readonly at: number;
		readonly by: string;
		readonly username: string;
	};
	/** Digests of the idempotency key that it was proposed with, and of the request. */
	readonly idempotency?: { readonly key: string; readonly request: string };
}

/** Approved changes that a call left over went to a batch of their own. */
export interface BatchSplit {
	readonly event: number;
	readonly original_batch_id: number;
	readonly new_batch_id: number;
	readonly reassigned_change_ids: readonly number[];
}

/** The change at which a call stopped. */
export interface ApplyFailure {
	readonly change_id: number;
	readonly error: string;
	readonly error_type: ApplyErrorType;
	/** Code of the error, from which its status follows. */
	readonly code: ErrorCode;
}

export type ApplyErrorType =
	| 'PendingChangeNotFoundError'
	| 'PendingChangeStateError'
	| 'PendingChangeConflictError'
	| 'PendingChangeBackendError';

/** Records that a change is about, as one-line JSON. They never change, so they are kept apart from its state. */
export interface ChangeContent {
	/** What is proposed; null for a delete. */
	readonly payload: string | null;
	/** The model's record when the change was proposed; null where there was none. */
	readonly before: string | null;
}

/** Numbers that were given last; none is ever given twice. */
export interface Counters {
	readonly last_change_id: number;
	readonly last_batch_id: number;
	readonly last_event_id: number;
}

export const NO_COUNTERS: Counters = { last_change_id: 0, last_batch_id: 0, last_event_id: 0 };

const PRETTY = { lineStart: '\n', unit: '  ', comma: ',', colon: ': ' };

export function changeText(change: PendingChange): string {
	return `${JSON.stringify(change, null, 2)}\n`;
}

export function contentText({ payload, before }: ChangeContent): string {
	const fields = new Map([
		['payload', payload ?? 'null'],
		['before', before ?? 'null'],
	]);
	return `${renderJson(fieldsText(fields), PRETTY, false)}\n`;
}

export function countersText(counters: Counters): string {
	return `${JSON.stringify(counters, null, 2)}\n`;
}

/**
 * @param where says which object the text comes from, for people
 * @throws AppError `ledger-broken` that names it
 */
export function readChange(text: string, id: number, where: () => string): PendingChange {
	const change = parsed(text, where);
	const problem = problemOf(change, id);
	if (problem !== undefined) throw brokenLedger(where(), problem);
	return change as unknown as PendingChange;
}

/** Throws as `readChange`. */
export function readContent(text: string, where: () => string): ChangeContent {
	parsed(text, where);
	const fields = recordFields(text);
	const record = (name: string) => {
		const value = fields.get(name);
		if (value === 'null') return null;
		if (!value?.startsWith('{')) throw brokenLedger(where(), `${name} must be a record or null`);
		return value;
	};
	return { payload: record('payload'), before: record('before') };
}

/** Throws as `readChange`. */
export function readCounters(text: string, where: () => string): Counters {
	const counters = parsed(text, where);
	for (const name of Object.keys(NO_COUNTERS)) {
		if (!isCount(counters[name])) throw brokenLedger(where(), `${name} must be a number that was given out`);
	}
	return counters as unknown as Counters;
}

/** For whatever in the ledger is not as this program writes it. */
export function brokenLedger(where: string, problem: string): AppError {
	return new AppError(
		'ledger-broken',
		`The ledger of the queue is damaged: ${where}: ${problem}. Put ${LEDGER_REF} back to a good commit; ` +
			`git reflog show ${LEDGER_REF} and git log ${LEDGER_REF} tell which there are`,
	);
}

/**
 * For a ledger that was there a moment ago.
 * @param last the commit that it was at
 */
export function goneLedger(last: string): AppError {
	return new AppError(
		'ledger-broken',
		`The ledger of the queue is gone: ${LEDGER_REF} was at ${last}. Put it back with: git update-ref ${LEDGER_REF} ${last}; ` +
			'or start the service anew, to begin a new one',
	);
}

function parsed(text: string, where: () => string): Readonly<Record<string, unknown>> {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw brokenLedger(where(), 'not JSON');
	}
	if (!isObject(value)) throw brokenLedger(where(), 'not an object');
	return value;
}

const REQUIRED_TEXTS = ['category', 'model_name', 'requested_by', 'requested_username'] as const;
const OPTIONAL_TEXTS = [
	'notes',
	'batch_title',
	'approved_by',
	'approved_username',
	'rejected_by',
	'rejected_username',
	'reject_reason',
	'applied_by',
	'applied_username',
	'applied_job_id',
] as const;
const OPTIONAL_COUNTS = ['batch_id', 'approved_at', 'rejected_at', 'applied_at'] as const;
const OPERATIONS: ReadonlySet<unknown> = new Set(['create', 'update', 'delete']);
const STORED_STATUSES: ReadonlySet<unknown> = new Set(STATUSES.filter((status) => status !== 'applying'));

function problemOf(change: Readonly<Record<string, unknown>>, id: number): string | undefined {
	if (change.change_id !== id) return `change_id must be ${id}`;
	for (const name of REQUIRED_TEXTS) if (typeof change[name] !== 'string') return `${name} must be a text`;
	for (const name of OPTIONAL_TEXTS) {
		if (change[name] !== undefined && typeof change[name] !== 'string') return `${name} must be a text`;
	}
	for (const name of OPTIONAL_COUNTS) {
		if (change[name] !== undefined && !isCount(change[name])) return `${name} must be a number`;
	}
	if (!findCategory(String(change.category))) return `there is no category '${String(change.category)}'`;
	if (!OPERATIONS.has(change.operation)) return 'operation must be create, update or delete';
	if (!STORED_STATUSES.has(change.status)) return 'status must be pending, approved, applied or rejected';
	if (!isCount(change.requested_at) || !isCount(change.updated_at)) {
		return 'requested_at and updated_at must be unix seconds';
	}
	if (change.status === 'approved' && change.batch_id === undefined)
		return 'an approved change has a batch_id';
	return factsProblem(change.ledger);
}

/** What the API calls the route by which a change came. */
export function routeTag({ category, operation }: Pick<PendingChange, 'category' | 'operation'>): string {
	if (operation === 'delete') return 'delete_legacy_model';
	// The original has this one name that leaves the category out.
	if (operation === 'update' && category === 'image_generation') return 'update_legacy_model';
	return `${operation}_legacy_${category}_model`;
}

/** The twins that go with a text model; null for others. */
export function relatedModelsOf({
	category,
	model_name,
}: Pick<PendingChange, 'category' | 'model_name'>): readonly string[] | null {
	return category === 'text_generation' ? relatedModels(model_name) : null;
}

/**
 * The record as the wire has it, as JSON text.
 * @param nulls whether absent fields are told as null, or left out
 */
export function wireText(change: PendingChange, { payload, before }: ChangeContent, nulls: boolean): string {
	const {
		change_id,
		category,
		model_name,
		operation,
		requested_by,
		requested_username,
		requested_at,
		status,
		notes,
		batch_id,
		batch_title,
		approved_by,
		approved_username,
		approved_at,
		rejected_by,
		rejected_username,
		rejected_at,
		reject_reason,
		applied_at,
		applied_by,
		applied_username,
		applied_job_id,
		updated_at,
	} = change;
	const head = { change_id, category, model_name, operation };
	const rest = {
		requested_by,
		requested_username,
		requested_at,
		status,
		notes,
		batch_id,
		batch_title,
		approved_by,
		approved_username,
		approved_at,
		rejected_by,
		rejected_username,
		rejected_at,
		reject_reason,
		applied_at,
		applied_by,
		applied_username,
		applied_job_id,
		updated_at,
		request_metadata: { route: routeTag(change) },
		related_models: relatedModelsOf(change) ?? undefined,
	};
	const text = (fields: object) =>
		Object.entries(fields)
			.filter(([, value]) => nulls || value !== undefined)
			.map(([name, value]) => `"${name}":${JSON.stringify(value ?? null)}`)
			.join();
	const record = payload ?? before;
	const middle = record === null && !nulls ? '' : `"payload":${record ?? 'null'},`;
	return `{${text(head)},${middle}${text(rest)}}`;
}
