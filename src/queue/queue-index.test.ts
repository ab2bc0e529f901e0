import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	appliedChange,
	approvedChange,
	type ChangeFacts,
	pendingChange,
	rejectedChange,
} from '../../test/support/pending-changes.ts';
import type { ChangeFilter } from './change-filter.ts';
import type { PendingChange } from './pending-change.ts';
import { QueueIndex } from './queue-index.ts';

const CATEGORIES = ['clip', 'blip', 'text_generation'];
const USERS = ['1', '2', '33'];
const NAMES = ['Alpha/One', 'alpha two', 'İstanbul', 'ONE', '{"a": 1}', 'é\u{1F600}', '__proto__'];

/** What stays the same of a change for good. */
function facts(id: number): ChangeFacts {
	const pick = (values: readonly string[], by: number) => values[Math.floor(id / by) % values.length] ?? '';
	return { category: pick(CATEGORIES, 1), requested_by: pick(USERS, 2), model_name: pick(NAMES, 3) };
}

interface State {
	readonly id: number;
	readonly status: PendingChange['status'];
	readonly batch: number;
	readonly isPurged: boolean;
}

function changeOf({ id, status, batch, isPurged }: State): PendingChange {
	const purged = { event: id * 10 + 5, at: 1, by: '3', username: 'carol#3' };
	const own = { ...facts(id), ledger: isPurged ? { purged } : {} };
	switch (status) {
		case 'pending':
			return pendingChange(id, own);
		case 'approved':
			return approvedChange(id, batch, own);
		case 'applied':
			return appliedChange(id, batch, own);
		case 'rejected':
			return rejectedChange(id, batch === 0 ? undefined : batch, own);
	}
}

const anyState = (ids: number): fc.Arbitrary<State> =>
	fc.record({
		id: fc.integer({ min: 1, max: ids }),
		status: fc.constantFrom('pending', 'approved', 'applied', 'rejected'),
		batch: fc.nat(3),
		isPurged: fc.nat(4).map((nth) => nth === 0),
	});

const some = <Value>(...values: readonly Value[]) => fc.array(fc.constantFrom(...values), { maxLength: 3 });

const anyFilter: fc.Arbitrary<ChangeFilter> = fc.record(
	{
		statuses: some('pending', 'approved', 'applying', 'applied', 'rejected'),
		categories: some(...CATEGORIES, 'miscellaneous'),
		requestedBy: some(...USERS, '4'),
		batchId: fc.option(fc.nat(4), { nil: undefined }),
		modelName: fc.constantFrom(
			undefined,
			'',
			'  ',
			'one',
			' ALPHA ',
			'i̇s',
			'É',
			'{',
			'a\nb',
			'__proto__',
			'no',
		),
	},
	{ requiredKeys: [] },
);

/** The rule of the specification, on everything there is. */
function plainMatches(changes: Iterable<PendingChange>, filter: ChangeFilter): readonly PendingChange[] {
	const { statuses = [], categories = [], requestedBy = [], batchId, modelName = '' } = filter;
	const part = modelName.trim().toLowerCase();
	return [...changes]
		.filter(
			(change) =>
				!change.ledger.purged &&
				(statuses.length === 0 || statuses.includes(change.status)) &&
				(categories.length === 0 || categories.includes(change.category)) &&
				(requestedBy.length === 0 || requestedBy.includes(change.requested_by)) &&
				(batchId === undefined || change.batch_id === batchId) &&
				change.model_name.toLowerCase().includes(part),
		)
		.sort((a, b) => a.change_id - b.change_id);
}

function expectAsPlain(
	index: QueueIndex,
	changes: ReadonlyMap<number, PendingChange>,
	filter: ChangeFilter,
	[offset, limit]: readonly [number, number],
): void {
	const found = plainMatches(changes.values(), filter);
	const page = index.page(filter, offset, limit);
	expect(page.total).toBe(found.length);
	expect(ids(page.items)).toEqual(ids(found.slice(offset, offset + limit)));
	expect(ids(index.matching(filter))).toEqual(ids(found));
}

function ids(changes: readonly PendingChange[]): readonly number[] {
	return changes.map(({ change_id }) => change_id);
}

describe('QueueIndex', () => {
	test('finds_what_a_look_at_every_change_would_after_any_updates', () => {
		const updates = fc.array(anyState(12), { maxLength: 40 });
		const bounds = fc.tuple(fc.nat(8), fc.integer({ min: 1, max: 8 }));
		fc.assert(
			fc.property(
				updates,
				fc.array(fc.tuple(anyFilter, bounds), { minLength: 1, maxLength: 5 }),
				(states, asked) => {
					const index = new QueueIndex();
					const changes = new Map<number, PendingChange>();
					for (const state of states) {
						const change = changeOf(state);
						index.put(change);
						changes.set(state.id, change);
					}
					for (const [filter, page] of asked) expectAsPlain(index, changes, filter, page);
					const all = [...changes.values()];
					expect(index.size).toBe(all.filter(({ ledger }) => !ledger.purged).length);
					for (let id = 1; id <= 12; id++) {
						const change = changes.get(id);
						expect(index.known(id)).toBe(change);
						expect(index.get(id)).toBe(change?.ledger.purged ? undefined : change);
					}
					const batches = new Set(all.flatMap(({ batch_id = [] }) => batch_id));
					expect(index.batchIds()).toEqual([...batches].sort((a, b) => b - a));
					for (const batch of [...batches, 99]) {
						const members = all.filter(({ batch_id }) => batch_id === batch);
						expect(ids(index.inBatch(batch))).toEqual(ids(members).toSorted((a, b) => a - b));
					}
				},
			),
			{ numRuns: 300 },
		);
	});

	test('finds_them_among_thousands_in_whatever_way_is_the_quickest', () => {
		const index = new QueueIndex();
		const changes = new Map<number, PendingChange>();
		// Put out of order, as nothing says that they come in it.
		for (let step = 0; step < 4_000; step++) {
			const id = ((step * 1_237) % 4_000) + 1;
			const status = (['pending', 'approved', 'applied', 'rejected'] as const)[id % 7] ?? 'applied';
			const change = changeOf({ id, status, batch: id % 3, isPurged: id % 11 === 0 });
			index.put(change);
			changes.set(id, change);
		}
		const bounds = fc.tuple(fc.nat(4_100), fc.integer({ min: 1, max: 500 }));
		fc.assert(
			fc.property(anyFilter, bounds, (filter, page) => {
				expectAsPlain(index, changes, filter, page);
			}),
		);
	});

	test('a_page_past_the_end_is_empty_and_tells_the_total', () => {
		const index = new QueueIndex();
		for (const id of [1, 2, 3]) index.put(pendingChange(id));
		expect(index.page({}, Number.MAX_SAFE_INTEGER, 500)).toEqual({ items: [], total: 3 });
		expect(index.page({ statuses: ['pending'] }, 3, 1)).toEqual({ items: [], total: 3 });
	});

	test('the_first_approval_of_a_batch_is_its_decision_however_the_states_come', () => {
		const decisions = [
			rejectedChange(1, 5, { ledger: { decision_event: 9 }, rejected_by: '7' }),
			approvedChange(2, 5, { ledger: { decision_event: 20 }, approved_by: '8' }),
			approvedChange(3, 5, { ledger: { decision_event: 11 }, approved_by: '9' }),
			// A split has taken it elsewhere since; it was decided in the batch all the same.
			approvedChange(4, 6, {
				ledger: { decision_event: 10, decision_batch: 5, moved_event: 30 },
				approved_by: '3',
			}),
		];
		fc.assert(
			fc.property(fc.shuffledSubarray(decisions, { minLength: 4 }), (order) => {
				const index = new QueueIndex();
				for (const change of order) index.put(change);
				expect(index.firstDecision(5)).toMatchObject({ event: 10, isApproval: true, by: '3' });
				expect(index.firstDecision(6)).toBeUndefined();
			}),
		);
	});

	test('where_nothing_was_approved_the_first_rejection_is_the_decision', () => {
		const index = new QueueIndex();
		index.put(rejectedChange(2, 5, { ledger: { decision_event: 9 }, rejected_by: '8' }));
		index.put(rejectedChange(1, 5, { ledger: { decision_event: 8 }, rejected_by: '7' }));
		expect(index.firstDecision(5)).toMatchObject({ event: 8, isApproval: false, by: '7' });
	});
});
