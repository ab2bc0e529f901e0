import { expect, test } from 'vitest';
import type { RefUpdate } from '../git/ref-transactions.ts';
import { planRest } from './half-push.ts';

const MAIN = { ref: 'refs/heads/main', from: 'm1', to: 'm2' };
const LEDGER = { ref: 'refs/horde/queue', from: 'q1', to: 'q2' };
/** The branch of a proposal that the push takes away as its change is applied. */
const GOES = { ref: 'refs/heads/pending/1', from: 'p', to: undefined };
/** The branch of a proposal that the push makes. */
const COMES = { ref: 'refs/heads/pending/1', from: undefined, to: 'p' };

/** What is to move once the remote has these refs moved, and those put elsewhere by others. */
async function restOf(
	updates: readonly RefUpdate[],
	moved: readonly RefUpdate[],
	byOthers: Readonly<Record<string, string>> = {},
): Promise<Record<string, string | undefined>> {
	const now = new Map<string, string>();
	for (const update of updates) {
		const at = byOthers[update.ref] ?? (moved.includes(update) ? update.to : update.from);
		if (at !== undefined) now.set(update.ref, at);
	}
	const wantsBranch = updates.includes(COMES) ? 'q2' : 'q1';
	const rest = await planRest({
		updates,
		now,
		// What others have built on it has a plus behind.
		isIn: async (older, newer) => older !== undefined && newer?.startsWith(older) === true,
		proposalIn: async (ledger) => (ledger?.startsWith(wantsBranch) ? 'p' : undefined),
	});
	return Object.fromEntries(rest.map(({ ref, to }) => [ref.replace(/^refs\/(heads|horde)\//, ''), to]));
}

const APPLY = [MAIN, LEDGER, GOES];
const PROPOSE = [COMES, LEDGER];

test.each<[string, readonly RefUpdate[], readonly RefUpdate[], Record<string, string>, object]>([
	['an application of which nothing moved', APPLY, [], {}, {}],
	['an application that is whole', APPLY, APPLY, {}, {}],
	['only the published branch moved', APPLY, [MAIN], {}, { queue: 'q2', 'pending/1': undefined }],
	['only the ledger moved', APPLY, [LEDGER], {}, { main: 'm2', 'pending/1': undefined }],
	['only the branch of the proposal went', APPLY, [GOES], {}, { 'pending/1': 'p' }],
	[
		'others went on from the published branch',
		APPLY,
		[],
		{ [MAIN.ref]: 'm2+' },
		{ queue: 'q2', 'pending/1': undefined },
	],
	['others moved the ledger first', APPLY, [MAIN], { [LEDGER.ref]: 'q1+' }, {}],
	['others moved the published branch first', APPLY, [], { [MAIN.ref]: 'm1+' }, {}],
	['a proposal of which nothing moved', PROPOSE, [], {}, {}],
	['the branch of a proposal came', PROPOSE, [COMES], {}, { queue: 'q2' }],
	['the ledger has a proposal without its branch', PROPOSE, [LEDGER], {}, { 'pending/1': 'p' }],
	['others took the number first', PROPOSE, [COMES], { [LEDGER.ref]: 'q1+' }, { 'pending/1': undefined }],
	['others put the branch elsewhere', PROPOSE, [LEDGER], { [COMES.ref]: 'x' }, {}],
])('%s', async (_case, updates, moved, byOthers, rest) => {
	expect(await restOf(updates, moved, byOthers)).toEqual(rest);
});
