/** Says what is wrong with what the ledger alone knows of a change: anybody may have edited it by hand. Pure. */

import { isObject } from '../record/schema-issues.ts';

/** Name of a fact, what it must be, and whether it is that. */
type Check = readonly [name: string, words: string, holds: (value: unknown) => boolean];

const count = (name: string): Check => [name, 'a number', isCount];
const text = (name: string): Check => [name, 'a text', (value) => typeof value === 'string'];
const commit = (name: string): Check => [
	name,
	'a commit id',
	(value) => typeof value === 'string' && /^[0-9a-f]{40,64}$/.test(value),
];
const counts = (name: string): Check => [
	name,
	'numbers',
	(value) => Array.isArray(value) && value.every(isCount),
];

const REQUIRED = [commit('proposal'), count('enqueue_event')];
const OPTIONAL = [
	...['decision_event', 'decision_batch', 'moved_event', 'apply_event'].map(count),
	commit('applied_commit'),
];

/** Each is there as a whole or not at all. */
const GROUPS: readonly (readonly [name: string, facts: readonly Check[]])[] = [
	[
		'job_split',
		[...['event', 'original_batch_id', 'new_batch_id'].map(count), counts('reassigned_change_ids')],
	],
	['job_failure', [count('change_id'), ...['error', 'error_type', 'code'].map(text)]],
	['purged', [...['event', 'at'].map(count), ...['by', 'username'].map(text)]],
	['idempotency', ['key', 'request'].map(text)],
];

/** @returns undefined for facts as this program writes them */
export function factsProblem(ledger: unknown): string | undefined {
	if (!isObject(ledger)) return 'ledger must be an object';
	for (const check of REQUIRED) if (!holds(ledger, check)) return problem('ledger', check);
	for (const check of OPTIONAL) {
		if (ledger[check[0]] !== undefined && !holds(ledger, check)) return problem('ledger', check);
	}
	for (const [name, facts] of GROUPS) {
		const group = ledger[name];
		if (group === undefined) continue;
		if (!isObject(group)) return `ledger.${name} must be an object`;
		for (const check of facts) if (!holds(group, check)) return problem(`ledger.${name}`, check);
	}
	return undefined;
}

function holds(facts: Readonly<Record<string, unknown>>, [name, , test]: Check): boolean {
	return test(facts[name]);
}

function problem(where: string, [name, words]: Check): string {
	return `${where}.${name} must be ${words}`;
}

export function isCount(value: unknown): value is number {
	return Number.isSafeInteger(value) && Number(value) >= 0;
}
