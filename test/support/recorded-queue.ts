/**
 * Takes what was recorded of the original's queue to what ours must answer: numbers that our differences shift, records as we
 * store them, and a mark in the place of every value that no two runs have in common.
 */

import { expect } from 'vitest';
import type { TemporaryRepository } from './temporary-repository.ts';

export interface Recorded {
	readonly request: {
		readonly method: string;
		readonly path: string;
		readonly headers: Readonly<Record<string, string>>;
		readonly body?: unknown;
	};
	readonly status: number;
	/** Absent where it is a whole reference: of those only a digest was kept. */
	readonly body?: unknown;
}

export interface Answer {
	readonly status: number;
	readonly body: unknown;
}

/** Where ours answers otherwise, on purpose. */
export interface Exception {
	/** Row of the differences, or the point of the issue that adds something. */
	readonly because: string;
	/** Ours, where it is another one. */
	readonly status?: number;
	check(answer: Answer, recorded: Recorded): void;
	/** What happens meanwhile. */
	before?(repository: TemporaryRepository): void;
	/** The body in the form that we take; what that is answered agrees with the recording. */
	readonly again?: object;
}

type Fields = Readonly<Record<string, unknown>>;

/** Whose deletion takes the number of a change that we refuse. */
export const MARX = 'acrastt/Marx-3B-V3';

/** A text model as it is stored (W16), where the original answers what it was sent. */
export const STORED_TEXT = {
	name: 'golden/Tiny-7B',
	model_name: 'Tiny-7B',
	baseline: 'mistral',
	parameters: 7_000_000_000,
	description: 't',
	version: '1',
	style: 'generalist',
	nsfw: false,
	display_name: 'Tiny 7B',
	url: 'https://huggingface.co/golden/Tiny-7B',
	tags: ['7B', 'generalist', 'x'],
	settings: { temperature: 0.7 },
};

/** The original took one change that we refuse (W9) and could not take two that we take (W11): later ones come one later. */
function ourChange(theirs: number): number {
	return theirs > 6 && theirs < 900 ? theirs + 1 : theirs;
}

/** Calls that apply a whole batch split it there (Q1), so that there are more batches. */
const OUR_BATCHES: ReadonlyMap<number, number> = new Map([
	[3, 2],
	[4, 3],
	[5, 3],
	[6, 4],
	[7, 5],
	[8, 6],
	[9, 7],
]);

function ourBatch(theirs: number): number {
	return OUR_BATCHES.get(theirs) ?? theirs;
}

const CHANGE_NAMES: ReadonlySet<string> = new Set([
	...['change_id', 'failed_change_id', 'removed_change_ids'],
	...['approved_ids', 'rejected_ids', 'change_ids'],
]);
const BATCH_NAMES: ReadonlySet<string> = new Set([
	...['batch_id', 'batch_split_original_batch_id', 'batch_split_new_batch_id', 'next_cursor'],
]);
const TIME_NAMES: ReadonlySet<string> = new Set([
	...['requested_at', 'approved_at', 'rejected_at', 'applied_at', 'updated_at'],
	...['timestamp', 'generated_at', 'last_updated'],
]);
/** The original counts what happens to models as events of the same series. */
const EVENT_NAMES: ReadonlySet<string> = new Set(['event_id', 'last_event_id']);
const RECORD_NAMES: ReadonlySet<string> = new Set([
	...['payload', 'current_state', 'proposed_state', 'before_state', 'after_state'],
]);
const SENTENCE_NAMES: ReadonlySet<string> = new Set(['detail', 'msg']);

/** The path of a request of theirs with the numbers that things have here. */
export function ourPath(path: string): string {
	const changes = renumbered(path, /(\/changes\/|change_ids=)(\d+)/g, ourChange);
	return renumbered(changes, /(\/apply_batch\/|\/batches\/|cursor=)(\d+)/g, ourBatch);
}

/** The same for a body, of a request or of an answer. */
export function ourNumbers(body: unknown): unknown {
	return walk(body, (name, value) => {
		if (typeof value === 'number' && CHANGE_NAMES.has(name)) return ourChange(value);
		if (typeof value === 'number' && BATCH_NAMES.has(name)) return ourBatch(value);
		return typeof value === 'string' && SENTENCE_NAMES.has(name) ? ourSentence(value) : value;
	});
}

/** What ours has to answer where theirs answered this. */
export function ourAnswer(body: unknown): unknown {
	return walk(ourNumbers(body), (name, value) => {
		if (!isObject(value)) return value;
		if (RECORD_NAMES.has(name)) return value.name === STORED_TEXT.name ? STORED_TEXT : withoutNulls(value);
		if (Array.isArray(value.model_changes)) return { ...value, total_field_changes: fieldCount(value) };
		return Array.isArray(value.field_diffs) ? withoutNullFields(value) : value;
	});
}

/** The answers are the same, in all their fields and their order, but for what cannot be. */
export function expectSame(ours: unknown, theirs: unknown): void {
	expect(comparable(ours)).toEqual(comparable(theirs));
	expect(JSON.stringify(comparable(ours))).toBe(JSON.stringify(comparable(theirs)));
}

/** What a client reads an error by; sentences that are not about the queue are ours to write. */
export function errorShape(body: unknown): unknown {
	const { detail } = Object(body);
	return Array.isArray(detail) ? detail.map(({ type, loc }) => ({ type, loc })) : typeof detail;
}

/** An answer without these changes in its lists. */
export function apartFrom(ids: readonly number[], body: unknown): Fields {
	const isMeant = (item: unknown) => ids.includes(Number(isObject(item) ? item.change_id : item));
	const rest = walk(body, (_name, value) =>
		Array.isArray(value) ? value.filter((item) => !isMeant(item)) : value,
	);
	return Object(rest);
}

/** What is absent is not stored, not even as null (W6). */
export function withoutNulls(record: Fields): Fields {
	return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}

/** Paths of all fields of a record, as a diff names them. */
export function fieldPaths(record: unknown, prefix = ''): readonly string[] {
	return Object.entries(Object(record)).flatMap(([name, value]) =>
		isObject(value) ? fieldPaths(value, `${prefix}${name}.`) : [prefix + name],
	);
}

/** With marks for what cannot be equal, and without the notes that are ours alone (W17). */
function comparable(body: unknown): unknown {
	return walk(body, (name, value) => {
		if (TIME_NAMES.has(name) && typeof value === 'number') return 'a time';
		if (EVENT_NAMES.has(name) && typeof value === 'number') return 'a number of an event';
		if (name.endsWith('job_id') && /^apply-\d+-[0-9a-f]{32}$/.test(String(value)))
			return 'a token of its own';
		return name === 'notes' && (value === null || typeof value === 'string') ? undefined : value;
	});
}

function ourSentence(sentence: string): string {
	const list = (numbers: string, ours: (theirs: number) => number) =>
		numbers
			.split(', ')
			.map((number) => ours(Number(number)))
			.join(', ');
	return renumbered(renumbered(sentence, /(Change )(\d+)/g, ourChange), /(in batch )(\d+)/g, ourBatch)
		.replace(/(?<=batch IDs: \[)[\d, ]+/, (numbers) => list(numbers, ourBatch))
		.replace(/(?<=rejected: \[)[\d, ]+/, (numbers) => list(numbers, ourChange));
}

function renumbered(text: string, pattern: RegExp, ours: (theirs: number) => number): string {
	return text.replace(pattern, (_all, before: string, number: string) => before + ours(Number(number)));
}

/** A null that was never stored is no field that was added or removed (W6). */
function withoutNullFields(diff: Fields): Fields {
	const fields = [diff.field_diffs].flat().filter((field) => {
		const { old_value, new_value } = Object(field);
		return old_value !== null || new_value !== null;
	});
	const paths = (type: string) =>
		fields.filter((field) => Object(field).change_type === type).map((field) => Object(field).field_path);
	const lists = 'fields_added' in diff && {
		fields_added: paths('added'),
		fields_removed: paths('removed'),
		fields_modified: paths('modified'),
	};
	return { ...diff, field_diffs: fields, ...lists };
}

function fieldCount({ model_changes: changes }: Fields): number {
	return [changes].flat().reduce<number>((sum, change) => sum + Object(change).field_diffs.length, 0);
}

/** @param change takes each value after all that it holds, and the name nearest above it; undefined leaves it out */
function walk(body: unknown, change: (name: string, value: unknown) => unknown, name = ''): unknown {
	if (Array.isArray(body)) {
		return change(
			name,
			body.map((item) => walk(item, change, name)),
		);
	}
	if (!isObject(body)) return change(name, body);
	const entries = Object.entries(body)
		.map(([key, value]) => [key, walk(value, change, key)] as const)
		.filter(([, value]) => value !== undefined);
	return change(name, Object.fromEntries(entries));
}

function isObject(value: unknown): value is Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
