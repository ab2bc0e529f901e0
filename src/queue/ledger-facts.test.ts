import { describe, expect, test } from 'vitest';
import { appliedChange, FULL_CHANGE, pendingChange } from '../../test/support/pending-changes.ts';
import { factsProblem } from './ledger-facts.ts';

/** The facts with another value at a place, or without it. */
function broken(path: readonly string[], value: unknown): object {
	const copy: Record<string, unknown> = JSON.parse(JSON.stringify(FULL_CHANGE.ledger));
	const holder = path.slice(0, -1).reduce<Record<string, unknown>>((at, name) => Object(at[name]), copy);
	const last = path.at(-1) ?? '';
	if (value === undefined) delete holder[last];
	else holder[last] = value;
	return copy;
}

describe('what the ledger alone knows of a change', () => {
	test.each([
		['little', pendingChange(7)],
		['more', appliedChange(7, 2)],
		['everything', FULL_CHANGE],
	])('is right when it is %s', (_what, { ledger }) => {
		expect(factsProblem(ledger)).toBeUndefined();
	});

	test('may hold what a later version adds', () => {
		expect(factsProblem({ ...FULL_CHANGE.ledger, later: { a: [1] } })).toBeUndefined();
	});

	test.each([undefined, null, 'x', 5, []])('is not %j', (ledger) => {
		expect(factsProblem(ledger)).toBe('ledger must be an object');
	});

	const notCounts = ['1', -1, 1.5, null, 2 ** 53];

	test.each([
		...[undefined, '', 'main', 'A'.repeat(40), 5].map((value) => [['proposal'], value] as const),
		...[undefined, ...notCounts].map((value) => [['enqueue_event'], value] as const),
		...['decision_event', 'decision_batch', 'moved_event', 'apply_event'].flatMap((name) =>
			notCounts.map((value) => [[name], value] as const),
		),
		...['main', '', null].map((value) => [['applied_commit'], value] as const),
		...['job_split', 'job_failure', 'purged', 'idempotency'].flatMap((name) =>
			[null, true, 'x', [], {}].map((value) => [[name], value] as const),
		),
		...['event', 'original_batch_id', 'new_batch_id', 'reassigned_change_ids'].flatMap((name) =>
			[undefined, 'x', ['x'], null].map((value) => [['job_split', name], value] as const),
		),
		...['change_id', 'error', 'error_type', 'code'].flatMap((name) =>
			[undefined, null, []].map((value) => [['job_failure', name], value] as const),
		),
		...['event', 'at', 'by', 'username'].flatMap((name) =>
			[undefined, null, []].map((value) => [['purged', name], value] as const),
		),
		...['key', 'request'].flatMap((name) =>
			[undefined, 5].map((value) => [['idempotency', name], value] as const),
		),
	])('with %j as %j is told by its name', (path, value) => {
		expect(factsProblem(broken(path, value))).toMatch(
			new RegExp(`^ledger\\.${path.join('\\.')}\\b.* must be `),
		);
	});
});
