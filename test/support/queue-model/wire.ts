/** What the model of the queue answers, in the form of the wire. */

import { expect } from 'vitest';
import type { Answer, Json } from './asks.ts';
import { jobOf, type ModelChange, type Report, type Split } from './state.ts';

/** Unix seconds. */
export const TIME: unknown = expect.any(Number);

/** @param phrase part of the sentence that is answered */
export function refused(status: number, phrase: string): Answer {
	return { status, body: { detail: expect.stringContaining(phrase) } };
}

/** A body that is wrong as a whole. @param phrase part of what is said */
export function invalid(phrase: string): Answer {
	const msg = expect.stringContaining(phrase);
	const item = expect.objectContaining({ type: 'value_error', loc: ['body'], msg });
	return { status: 422, body: { detail: [item] } };
}

/** What an apply of several comes to. */
export function reportAnswer({ applied, failure, split }: Report): Answer {
	const failed = failure && {
		failed_change_id: failure.id,
		failed_error: expect.stringContaining(failure.phrase),
		failed_error_type: failure.type,
	};
	const records = applied.map((change) => wireRecord(change, false));
	return { status: failure?.status ?? 200, body: { applied: records, ...failed, ...splitFields(split) } };
}

export function splitFields(split: Split | null): Json {
	if (!split) return { batch_split_occurred: false };
	return {
		batch_split_occurred: true,
		batch_split_original_batch_id: split.from,
		batch_split_new_batch_id: split.to,
		batch_split_reassigned_count: split.count,
	};
}

/** A record of a change on the wire; what is null may be left out. */
export function wireRecord(change: ModelChange, nulls: boolean): Json {
	const { id, category, name, operation, user, status, decider, applier } = change;
	const approver = status === 'rejected' ? null : decider;
	const rejecter = status === 'rejected' ? decider : null;
	const isText = category === 'text_generation';
	const route = operation === 'update' && category === 'image_generation' ? 'update_legacy_model' : undefined;
	const tag = operation === 'delete' ? 'delete_legacy_model' : `${operation}_legacy_${category}_model`;
	const fields = {
		change_id: id,
		category,
		model_name: name,
		operation,
		payload: change.payload ?? change.before,
		requested_by: user.id,
		requested_username: user.username,
		requested_at: TIME,
		status,
		notes: null,
		batch_id: change.batch,
		batch_title: change.title,
		approved_by: approver?.id ?? null,
		approved_username: approver?.username ?? null,
		approved_at: approver && TIME,
		rejected_by: rejecter?.id ?? null,
		rejected_username: rejecter?.username ?? null,
		rejected_at: rejecter && TIME,
		reject_reason: change.reason,
		applied_at: applier && TIME,
		applied_by: applier?.id ?? null,
		applied_username: applier?.username ?? null,
		applied_job_id: jobOf(change),
		updated_at: TIME,
		request_metadata: { route: route ?? tag },
		related_models: isText ? [`aphrodite/${name}`, `koboldcpp/${name.replace(/^[^/]*\//, '')}`] : null,
	};
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => nulls || value !== null));
}
