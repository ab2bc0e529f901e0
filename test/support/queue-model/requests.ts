/** Steps of the model-based test as the routes put them to the writer, and its outcomes as the routes answer them. */

import { statusOf } from '../../../src/http/errors.ts';
import { type ChangeContent, type PendingChange, wireText } from '../../../src/queue/pending-change.ts';
import type { Change, WriteOutcome, WriteRequest } from '../../../src/writer/change.ts';
import { CAROL } from '../write-service.ts';
import { type Answer, type Apply, type ApplyBatch, type ApplyMany, ascending, type Step } from './asks.ts';
import type { QueueModel } from './model.ts';

/** Whether the routes would let a step through to the writer rather than answer it themselves. */
export function reachesWriter(step: Step, openBatch: number | undefined): boolean {
	switch (step.ask) {
		case 'write':
			return true;
		case 'decide': {
			const [yes, no] = [ascending(step.approve), ascending(step.reject)];
			return step.user === CAROL && yes.length + no.length > 0 && !yes.some((id) => no.includes(id));
		}
		case 'apply':
			return step.user === CAROL;
		case 'apply many':
			return step.user === CAROL && step.ids.every((id) => id > 0);
		case 'apply batch':
			return step.user === CAROL && step.job === null && step.batch === openBatch;
		case 'purge': {
			const { statuses, categories, requestedBy, modelName } = step.filter;
			const filters = [...statuses, ...categories, ...requestedBy, modelName.trim()];
			return step.user === CAROL && !step.dryRun && (step.all || filters.some((text) => text !== ''));
		}
	}
}

type Applying = Apply | ApplyMany | ApplyBatch;

/** @param model before the step */
export function writeRequest(step: Step, { policy, live }: QueueModel): WriteRequest {
	const { user: actor } = step;
	switch (step.ask) {
		case 'write': {
			const { category, operation, name: model, record } = step;
			const text = record && JSON.stringify(record);
			const change: Change = { category, operation, model, record: text, author: actor };
			return policy === 'by-role' && actor === CAROL ? change : { transition: 'propose', change };
		}
		case 'decide': {
			const { title, approve, reject, reason } = step;
			return {
				transition: 'decide',
				title,
				approve: ascending(approve),
				reject: ascending(reject),
				reason,
				actor,
			};
		}
		case 'apply':
		case 'apply many':
		case 'apply batch': {
			const atomic = step.ask !== 'apply' && step.atomic;
			return { transition: 'apply', target: targetOf(step), jobId: step.job ?? undefined, atomic, actor };
		}
		case 'purge': {
			const { statuses, ...filter } = step.filter;
			const chosen = statuses as readonly PendingChange['status'][];
			return {
				transition: 'purge',
				ids: live.map(({ id }) => id),
				filter: { ...filter, statuses: chosen },
				actor,
			};
		}
	}
}

function targetOf(step: Applying) {
	switch (step.ask) {
		case 'apply':
			return { ids: [step.id], mixed: true };
		case 'apply many':
			return { ids: [...new Set(step.ids)], mixed: step.mixed };
		case 'apply batch':
			return { batch: step.batch };
	}
}

/** An outcome as the routes answer it. */
export function answerOf(
	step: Step,
	outcome: WriteOutcome,
	contents: ReadonlyMap<number, ChangeContent>,
): Answer {
	const wire = (change: PendingChange, nulls: boolean): unknown => {
		const content = contents.get(change.change_id) ?? { payload: null, before: null };
		return JSON.parse(wireText(change, content, nulls));
	};
	switch (outcome.kind) {
		case 'refused':
			return { status: statusOf(outcome.code), body: { detail: outcome.message } };
		case 'applied':
		case 'unchanged': {
			if (outcome.record === null) return { status: 204, body: {} };
			const isNew = step.ask === 'write' && step.operation === 'create';
			return { status: isNew ? 201 : 200, body: JSON.parse(outcome.record) };
		}
		case 'reverted':
		case 'revert-proposed':
			throw new RangeError('the model asks for no reverts');
		case 'proposed':
			return { status: 202, body: wire(outcome.change, false) };
		case 'decided': {
			const { batch = null, approved, rejected } = outcome;
			const lists = {
				approved: approved.map((change) => wire(change, true)),
				rejected: rejected.map((change) => wire(change, true)),
			};
			return { status: 200, body: { batch_id: batch, batch_title: 'title' in step && step.title, ...lists } };
		}
		case 'applied-changes': {
			const { applied, failure, split } = outcome;
			const splits = {
				batch_split_occurred: split !== undefined,
				...(split && {
					batch_split_original_batch_id: split.original_batch_id,
					batch_split_new_batch_id: split.new_batch_id,
					batch_split_reassigned_count: split.reassigned_change_ids.length,
				}),
			};
			const records = applied.map((change) => wire(change, false));
			const status = failure ? statusOf(failure.code) : 200;
			if (step.ask === 'apply') {
				return { status, body: failure ? { detail: failure.error } : { record: records[0], ...splits } };
			}
			const failed = failure && {
				failed_change_id: failure.change_id,
				failed_error: failure.error,
				failed_error_type: failure.error_type,
			};
			return { status, body: { applied: records, ...failed, ...splits } };
		}
		case 'purged': {
			const { ids } = outcome;
			return { status: 200, body: { removed_count: ids.length, removed_change_ids: ids, dry_run: false } };
		}
	}
}
