/** What the model of the queue keeps of changes and references. */

import { isDeepStrictEqual } from 'node:util';
import { FIRST_MODELS, type Json, type ModelCategory, type User, VARIANTS, type Write } from './asks.ts';

export type Policy = 'queue' | 'by-role';

/** Base records by name, in the order of the file. */
export type Models = Readonly<Record<ModelCategory, ReadonlyMap<string, Json>>>;

export interface ModelEvent {
	readonly id: number;
	readonly action: 'enqueue' | 'approve' | 'reject' | 'apply' | 'purge';
	readonly by: string;
	readonly facts: Json;
}

export interface Split {
	readonly from: number;
	readonly to: number;
	readonly count: number;
}

export interface Failure {
	readonly id: number;
	readonly status: number;
	/** Text that the sentence holds. */
	readonly phrase: string;
	readonly type: string;
}

export interface ModelChange {
	readonly id: number;
	readonly category: ModelCategory;
	readonly name: string;
	readonly operation: Write['operation'];
	readonly payload: Json | null;
	readonly before: Json | null;
	readonly user: User;
	readonly events: ModelEvent[];
	status: 'pending' | 'approved' | 'applied' | 'rejected';
	batch: number | null;
	title: string | null;
	decider: User | null;
	decisionBatch: number | null;
	reason: string | null;
	applier: User | null;
	/** As it was given; null for one that was made up. */
	job: string | null;
	/** What else the call said that applied it. */
	report: { readonly split: Split | null; readonly failure: Failure | null };
	isPurged: boolean;
}

export interface Report {
	readonly applied: readonly ModelChange[];
	readonly split: Split | null;
	readonly failure: Failure | null;
}

export function firstModels(): Models {
	const first = (category: ModelCategory) =>
		new Map(FIRST_MODELS[category].map((name) => [name, VARIANTS[0]?.(category, name) ?? {}]));
	return {
		clip: first('clip'),
		image_generation: first('image_generation'),
		text_generation: first('text_generation'),
	};
}

/** @param record null for none */
export function withRecord(
	models: Models,
	category: ModelCategory,
	name: string,
	record: Json | null,
): Models {
	const records = new Map(models[category]);
	if (record === null) records.delete(name);
	else records.set(name, record);
	return { ...models, [category]: records };
}

/** What the file of a category holds: each base followed by what is generated from it, a name that comes again where it was. */
export function publishedRecords(
	models: Models,
	category: ModelCategory,
): readonly (readonly [string, Json])[] {
	const records = new Map<string, Json>();
	for (const [name, record] of models[category]) {
		records.set(name, record);
		if (category !== 'text_generation') continue;
		const twins = [`aphrodite/${name}`, `koboldcpp/${name.split('/')[1] ?? name}`];
		for (const twin of twins) records.set(twin, { ...record, name: twin });
	}
	return [...records];
}

/** Number of the event in which something was done to a change; 0 where it was not. */
export function eventOf(change: ModelChange, ...actions: readonly ModelEvent['action'][]): number {
	return Math.max(0, ...change.events.filter(({ action }) => actions.includes(action)).map(({ id }) => id));
}

/** The job id that a change was applied with. */
export function jobOf({ events }: ModelChange): unknown {
	return events.find(({ action }) => action === 'apply')?.facts.job_id ?? null;
}

/** Whether a change was applied by this job. */
export function isDoneBy(change: ModelChange, job: string | null): boolean {
	return change.status === 'applied' && job !== null && change.job === job;
}

/** A change that was just proposed. */
export function proposedChange(
	facts: Pick<ModelChange, 'id' | 'category' | 'name' | 'operation' | 'payload' | 'before' | 'user'>,
): ModelChange {
	return {
		...facts,
		status: 'pending',
		batch: null,
		title: null,
		decider: null,
		decisionBatch: null,
		reason: null,
		applier: null,
		job: null,
		report: { split: null, failure: null },
		isPurged: false,
		events: [],
	};
}

/** Why a change cannot be applied to these models; null when it can. */
export function problemOf(id: number, change: ModelChange | undefined, models: Models): Failure | null {
	const fails = (status: number, type: string, phrase: string) => ({ id, status, phrase, type });
	if (!change) return fails(404, 'PendingChangeNotFoundError', `Change ${id} not found.`);
	const { status, category, name, before } = change;
	if (status !== 'approved') {
		return fails(400, 'PendingChangeStateError', `Change ${id} is not approved (status=${status}).`);
	}
	if (isDeepStrictEqual(models[category].get(name) ?? null, before)) return null;
	return fails(409, 'PendingChangeConflictError', 'has changed since');
}
