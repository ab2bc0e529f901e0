/** The audit trail of the model of the queue. */

import { isDeepStrictEqual } from 'node:util';
import type { Answer, Json } from './asks.ts';
import { compare, criticalOf } from './diff.ts';
import type { QueueModel } from './model.ts';
import { eventOf, jobOf, type ModelChange } from './state.ts';
import { refused, TIME } from './wire.ts';

export function auditOf(change: ModelChange): Json {
	const { id, status, operation, category, name, user, decider, applier } = change;
	const approver = status === 'rejected' ? null : decider;
	const rejecter = status === 'rejected' ? decider : null;
	return {
		change_id: id,
		status,
		operation,
		category,
		model_name: name,
		requested_by: user.id,
		requested_at: TIME,
		approved_by: approver?.id ?? null,
		approved_at: approver && TIME,
		rejected_by: rejecter?.id ?? null,
		rejected_at: rejecter && TIME,
		reject_reason: change.reason,
		applied_by: applier?.id ?? null,
		applied_at: applier && TIME,
		applied_job_id: jobOf(change),
		batch_id: change.batch,
		batch_title: change.title,
		events: change.events.map(({ id: event_id, action, by, facts }) => ({
			event_id,
			timestamp: TIME,
			action,
			logical_user_id: by,
			payload: { change_id: id, ...facts },
		})),
	};
}

export function membersOf({ changes }: QueueModel, batch: number): readonly ModelChange[] {
	return changes.filter((change) => change.batch === batch);
}

export function summaryOf(model: QueueModel, batch: number): Json {
	const members = membersOf(model, batch);
	const count = (status: ModelChange['status']) =>
		members.filter((change) => change.status === status).length;
	const decided = (change: ModelChange) =>
		change.decisionBatch === batch ? eventOf(change, 'approve', 'reject') : 0;
	// Whoever approved first in the batch, also where a split has taken the change away since.
	const [first] = model.changes
		.filter((change) => change.decisionBatch === batch && eventOf(change, 'approve') > 0)
		.sort((a, b) => decided(a) - decided(b));
	const telling = (change: ModelChange) => Math.max(decided(change), eventOf(change, 'apply'));
	const [newest] = [...members].sort((a, b) => telling(b) - telling(a));
	const splits = model.splits.filter(({ from, to }) => from === batch || to === batch);
	const events = [
		...members.map((change) => Math.max(telling(change), eventOf(change, 'purge'))),
		...splits.map(({ event }) => event),
	];
	return {
		batch_id: batch,
		batch_title: newest?.title,
		approved_by: first?.decider?.id ?? null,
		approved_at: first ? TIME : null,
		applied_at: count('applied') > 0 ? TIME : null,
		approved_change_count: members.length - count('rejected'),
		rejected_change_count: count('rejected'),
		applied_change_count: count('applied'),
		total_change_count: members.length,
		last_event_id: Math.max(...events),
	};
}

export function netChangesOf(model: QueueModel, batch: number): Answer {
	const members = membersOf(model, batch);
	if (members.length === 0) return refused(404, 'Batch not found');
	const applied = members.filter(({ status }) => status === 'applied');
	const keys = [...new Set(applied.map(keyOf))];
	const models = keys.map((key) => netChangeOf(applied.filter((change) => keyOf(change) === key)));
	const count = (operation: string) =>
		models.filter(({ net_operation }) => net_operation === operation).length;
	const { batch_id, batch_title } = summaryOf(model, batch);
	const body = {
		...{ batch_id, batch_title, domain: 'legacy', model_changes: models, generated_at: TIME },
		models_added: count('added'),
		models_modified: count('modified'),
		models_deleted: count('deleted'),
		models_unchanged: count('unchanged'),
		total_field_changes: models.reduce((sum, { field_diffs }) => sum + field_diffs.length, 0),
		has_critical_changes: models.some(({ is_critical }) => is_critical),
	};
	return { status: 200, body };
}

function keyOf({ category, name }: ModelChange): string {
	return `${category}/${name}`;
}

/** @param changes of one model */
function netChangeOf(changes: readonly ModelChange[]) {
	const inOrder = [...changes].sort((a, b) => eventOf(a, 'apply') - eventOf(b, 'apply'));
	const [first] = inOrder;
	if (!first) throw new Error('a net change is that of some change');
	const before_state = first.before;
	const after_state = inOrder.at(-1)?.payload ?? null;
	const fields = compare(before_state, after_state, '');
	return {
		model_name: first.name,
		category: first.category,
		net_operation: netStateOf(before_state, after_state),
		before_state,
		after_state,
		field_diffs: fields,
		is_critical: criticalOf(first.category, fields).length > 0,
	};
}

function netStateOf(before: Json | null, after: Json | null): string {
	if (isDeepStrictEqual(before, after)) return 'unchanged';
	if (!before) return 'added';
	return after ? 'modified' : 'deleted';
}
