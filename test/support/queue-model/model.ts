/**
 * The queue as the specification has it, in memory and as plain as can be: it shares nothing with the program, so that the two
 * can be held against each other. It says what each step answers; `views.ts` says what can be seen.
 */

import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { CAROL } from '../write-service.ts';
import {
	type Answer,
	type Apply,
	type ApplyBatch,
	type ApplyMany,
	ascending,
	type Decide,
	type Filter,
	type Json,
	type Purge,
	type Step,
	type User,
	type Write,
} from './asks.ts';
import {
	eventOf,
	type Failure,
	firstModels,
	isDoneBy,
	type ModelChange,
	type ModelEvent,
	type Policy,
	problemOf,
	proposedChange,
	type Report,
	type Split,
	withRecord,
} from './state.ts';
import { invalid, refused, reportAnswer, splitFields, wireRecord } from './wire.ts';

export class QueueModel {
	policy: Policy;
	models = firstModels();
	/** Purged ones included, in the order of their ids. */
	readonly changes: ModelChange[] = [];
	readonly splits: { readonly event: number; readonly from: number; readonly to: number }[] = [];
	/** Ids of the changes that made a commit on the published branch, the first first. */
	readonly published: number[] = [];
	/** Commits of the ledger. */
	ledgerCommits = 0;
	#lastBatch = 0;
	#lastEvent = 0;

	constructor(policy: Policy) {
		this.policy = policy;
	}

	/** Changes that are not purged. */
	get live(): readonly ModelChange[] {
		return this.changes.filter(({ isPurged }) => !isPurged);
	}

	find(id: number): ModelChange | undefined {
		return this.live.find((change) => change.id === id);
	}

	/** The batch that approvals go to now. */
	get openBatch(): number | undefined {
		return this.live.filter(({ status }) => status === 'approved').map(({ batch }) => batch ?? 0)[0];
	}

	matching({ statuses, categories, modelName, requestedBy }: Filter): readonly ModelChange[] {
		const part = modelName.trim().toLowerCase();
		return this.live.filter(
			({ status, category, name, user }) =>
				(statuses.length === 0 || statuses.includes(status)) &&
				(categories.length === 0 || categories.includes(category)) &&
				(requestedBy.length === 0 || requestedBy.includes(user.id)) &&
				name.toLowerCase().includes(part),
		);
	}

	/** Does a step, and says what it answers. */
	take(step: Step): Answer {
		if (step.ask !== 'write' && step.user !== CAROL) return refused(403, 'approver list');
		switch (step.ask) {
			case 'write':
				return this.#write(step);
			case 'decide':
				return this.#decide(step);
			case 'apply':
				return this.#apply(step);
			case 'apply many':
				return this.#applyMany(step);
			case 'apply batch':
				return this.#applyBatch(step);
			case 'purge':
				return this.#purge(step);
		}
	}

	#write({ user, operation, category, name, record }: Write): Answer {
		const before = this.models[category].get(name) ?? null;
		if (operation === 'create' && before) return refused(409, 'already exists');
		if (operation === 'update' && !before) return refused(404, 'does not exist');
		if (operation === 'delete' && !before) return refused(404, 'not found');
		if (this.policy === 'by-role' && user === CAROL) {
			this.models = withRecord(this.models, category, name, record);
			if (record === null) return { status: 204, body: {} };
			return { status: operation === 'create' ? 201 : 200, body: record };
		}
		const id = this.changes.length + 1;
		const change = proposedChange({ id, category, name, operation, payload: record, before, user });
		this.#note(change, 'enqueue', user, { operation, category, model: name });
		this.changes.push(change);
		this.ledgerCommits++;
		return { status: 202, body: wireRecord(change, false) };
	}

	#decide({ user, title, reason, ...ids }: Decide): Answer {
		const [approve, reject] = [ascending(ids.approve), ascending(ids.reject)];
		const both = approve.filter((id) => reject.includes(id));
		if (approve.length + reject.length === 0) return invalid('Provide at least one approved or rejected');
		if (both.length > 0) return invalid(`cannot be both approved and rejected: [${both.join(', ')}]`);
		for (const id of [...approve, ...reject]) {
			const status = this.find(id)?.status;
			if (status === undefined) return refused(400, `Change ${id} does not exist.`);
			if (status !== 'pending') return refused(400, `Change ${id} is not pending (status=${status}).`);
		}
		const batch = approve.length === 0 ? null : (this.openBatch ?? ++this.#lastBatch);
		const decided = (of: readonly number[], status: 'approved' | 'rejected') =>
			of.flatMap((id) => {
				const change = this.find(id);
				if (!change) return [];
				Object.assign(change, { status, batch, title, decider: user, decisionBatch: batch });
				const head = { ...(batch !== null && { batch_id: batch }), batch_title: title };
				if (status === 'rejected') change.reason = reason;
				if (status === 'rejected') this.#note(change, 'reject', user, { ...head, reason });
				else this.#note(change, 'approve', user, head);
				return [wireRecord(change, true)];
			});
		const approved = decided(approve, 'approved');
		const rejected = decided(reject, 'rejected');
		this.ledgerCommits++;
		return { status: 200, body: { batch_id: batch, batch_title: title, approved, rejected } };
	}

	#apply({ user, id, job }: Apply): Answer {
		const { failure, applied, split } = this.#applyEach([id], job, user, false);
		if (failure) return refused(failure.status, failure.phrase);
		const [record] = applied.map((change) => wireRecord(change, false));
		return { status: 200, body: { record, ...splitFields(split) } };
	}

	#applyMany({ user, ids: given, job, mixed, atomic }: ApplyMany): Answer {
		if (given.some((id) => id <= 0)) return invalid('change_ids must be positive integers');
		const ids = [...new Set(given)];
		if (!mixed) {
			const unknown = ids.find((id) => !this.find(id));
			if (unknown !== undefined) return refused(404, `Change ${unknown} not found`);
			// What the same job has done before is no part of what this call would mix.
			const left = ids.flatMap((id) => this.find(id) ?? []).filter((change) => !isDoneBy(change, job));
			if (left.some(({ batch }) => batch === null)) return refused(400, 'not been approved in a batch');
			const batches = [...new Set(left.map(({ batch }) => batch ?? 0))].sort((a, b) => a - b);
			if (batches.length > 1) return refused(400, `Found batch IDs: [${batches.join(', ')}]`);
		}
		return reportAnswer(this.#applyEach(ids, job, user, atomic));
	}

	#applyBatch({ user, batch, job, atomic }: ApplyBatch): Answer {
		const members = this.live.filter((change) => change.batch === batch);
		if (members.length === 0) return refused(404, `No changes found for batch ${batch}`);
		const earlier = members.filter((change) => isDoneBy(change, job));
		const [first] = earlier.sort((a, b) => eventOf(a, 'apply') - eventOf(b, 'apply'));
		if (first) return reportAnswer({ applied: earlier, ...first.report });
		const ids = members.filter(({ status }) => status === 'approved').map(({ id }) => id);
		if (ids.length > 0) return reportAnswer(this.#applyEach(ids, job, user, atomic));
		if (members.every(({ status }) => status === 'applied')) {
			return reportAnswer({ applied: [], split: null, failure: null });
		}
		return refused(404, `No approved changes found in batch ${batch}`);
	}

	/** In order, up to the first that cannot be applied. */
	#applyEach(ids: readonly number[], job: string | null, user: User, atomic: boolean): Report {
		let { models } = this;
		let failure: Failure | null = null;
		let split: Split | null = null;
		const applied: ModelChange[] = [];
		const fresh: ModelChange[] = [];
		for (const id of ids) {
			const change = this.find(id);
			if (change && isDoneBy(change, job)) {
				applied.push(change);
				split ??= change.report.split;
				const earlier = change.report.failure;
				if (earlier && ids.includes(earlier.id)) failure ??= earlier;
				continue;
			}
			failure ??= problemOf(id, change, models);
			if (failure || !change) break;
			models = withRecord(models, change.category, change.name, change.payload);
			applied.push(change);
			fresh.push(change);
		}
		const [first] = fresh;
		if (!first || (failure && atomic)) {
			return { applied: applied.filter((change) => !fresh.includes(change)), failure, split };
		}
		this.models = models;
		for (const change of fresh) {
			Object.assign(change, { status: 'applied', applier: user, job });
			const job_id = job ?? expect.stringMatching(new RegExp(`^apply-${change.id}-[0-9a-f]{32}$`));
			this.#note(change, 'apply', user, { batch_id: change.batch, job_id });
			if (!isDeepStrictEqual(change.before, change.payload)) this.published.push(change.id);
		}
		const made = this.#splitOff(first.batch ?? 0);
		for (const change of fresh) change.report = { split: made, failure };
		this.ledgerCommits += made ? 2 : 1;
		return { applied, failure, split: made ?? split };
	}

	/** What is left approved in a batch goes to one of its own. */
	#splitOff(batch: number): Split | null {
		const left = this.live.filter((change) => change.status === 'approved' && change.batch === batch);
		if (left.length === 0) return null;
		const to = ++this.#lastBatch;
		this.splits.push({ event: ++this.#lastEvent, from: batch, to });
		for (const change of left) change.batch = to;
		return { from: batch, to, count: left.length };
	}

	#purge({ user, filter, all, dryRun }: Purge): Answer {
		const { statuses, categories, modelName, requestedBy } = filter;
		const isEmpty = statuses.length + categories.length + requestedBy.length === 0 && modelName.trim() === '';
		if (isEmpty && !all) return invalid('Provide at least one filter');
		const found = this.matching(filter);
		const ids = found.map(({ id }) => id);
		if (!dryRun && found.length > 0) this.ledgerCommits++;
		for (const change of dryRun ? [] : found) {
			change.isPurged = true;
			const { category, name: model } = change;
			const facts = { requested_by: change.user.id, purged_by_username: user.username };
			this.#note(change, 'purge', user, { category, ...facts, model });
		}
		return { status: 200, body: { removed_count: ids.length, removed_change_ids: ids, dry_run: dryRun } };
	}

	#note(change: ModelChange, action: ModelEvent['action'], { id: by }: User, facts: Json): void {
		change.events.push({ id: ++this.#lastEvent, action, by, facts: { ...facts, action } });
	}
}
