/** What is seen of the model of the queue: listings, diffs and the audit trail. */

import type { Answer, Ask } from './asks.ts';
import { auditOf, membersOf, netChangesOf, summaryOf } from './audit.ts';
import { diffOf } from './diff.ts';
import type { QueueModel } from './model.ts';
import type { ModelChange } from './state.ts';
import { refused, TIME, wireRecord } from './wire.ts';

/** What is answered; a step is done at that. */
export function expectedAnswer(model: QueueModel, asked: Ask): Answer {
	switch (asked.ask) {
		case 'list': {
			const { batch } = asked;
			const found = model
				.matching({ ...asked.filter })
				.filter((change) => (batch ?? change.batch) === change.batch);
			return page(found, asked);
		}
		case 'list mine': {
			const filter = { ...asked.filter, requestedBy: [asked.user.id], modelName: '' };
			return page(model.matching(filter), asked);
		}
		case 'change': {
			const change = model.find(asked.id);
			return change ? { status: 200, body: wireRecord(change, true) } : refused(404, 'Change not found');
		}
		case 'diff': {
			const change = model.find(asked.id);
			return change ? { status: 200, body: diffOf(model, change) } : refused(404, 'Change not found');
		}
		case 'diffs': {
			const found = asked.ids.map((id) => [id, model.find(id)] as const);
			const diffs = found.flatMap(([, change]) => (change ? diffOf(model, change) : []));
			const unknown = found.filter(([, change]) => !change).map(([id]) => id);
			const errors = unknown.map((change_id) => ({
				change_id,
				error: 'Change not found',
				error_type: 'NotFound',
			}));
			return { status: 200, body: { diffs, total: found.length, errors } };
		}
		case 'current': {
			const pending = model.live.filter(({ status }) => status === 'pending').reverse();
			const facts = { domain: 'legacy', total_pending: pending.length, generated_at: TIME };
			return { status: 200, body: { ...facts, pending_changes: pending.map(auditOf) } };
		}
		case 'batches': {
			const { cursor, limit } = asked;
			const all = new Set(model.changes.flatMap(({ batch }) => batch ?? []));
			const ids = [...all].sort((a, b) => b - a).filter((id) => cursor === null || id < cursor);
			const shown = ids.slice(0, limit);
			const next_cursor = ids.length > limit ? shown.at(-1) : null;
			const batches = shown.map((id) => summaryOf(model, id));
			return { status: 200, body: { domain: 'legacy', batches, next_cursor } };
		}
		case 'batch': {
			const members = membersOf(model, asked.batch);
			if (members.length === 0) return refused(404, 'Batch not found');
			return { status: 200, body: { ...summaryOf(model, asked.batch), changes: members.map(auditOf) } };
		}
		case 'net changes':
			return netChangesOf(model, asked.batch);
		default:
			return model.take(asked);
	}
}

function page(found: readonly ModelChange[], { offset, limit }: { offset: number; limit: number }): Answer {
	const items = found.slice(offset, offset + limit).map((change) => wireRecord(change, true));
	return { status: 200, body: { items, total: found.length, offset, limit } };
}
