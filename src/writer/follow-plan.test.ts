import { describe, expect, test } from 'vitest';
import { type SharedRef, sharedRefs } from '../git/shared-refs.ts';
import { type Ancestry, planFollow } from './follow-plan.ts';

/** Commits are words: `ab` grew from `a`, and `axb` from `ax`; `z` is of another history. */
const ANCESTRY: Ancestry = {
	isAncestor: async (older, newer) => newer.startsWith(older),
	areRelated: async (a, b) => a[0] === b[0],
};

const MAIN = 'refs/heads/main';
const LEDGER = 'refs/horde/queue';
const SYNCED = 'refs/horde/synced/heads/main';

async function planOf(ref: string, here?: string, there?: string, synced?: string) {
	const shared: SharedRef = { ref, here, there, synced };
	return planFollow([shared], MAIN, ANCESTRY);
}

describe('the published branch', () => {
	test.each<[string, string | undefined, string | undefined, string | undefined, string]>([
		['both are alike', 'a', 'a', 'a', ''],
		['both are alike for the first time', 'a', 'a', undefined, 'agree a'],
		['the remote went on', 'a', 'ab', 'a', 'take ab agree ab'],
		['the remote went on before the first time', 'a', 'ab', undefined, 'take ab agree ab'],
		['ours went on', 'ab', 'a', 'a', 'ahead ab'],
		['ours went on before the first time', 'ab', 'a', undefined, 'agree a ahead ab'],
		['there is nothing here', undefined, 'a', undefined, 'take a agree a'],
		['there is nothing there', 'a', undefined, undefined, 'ahead a'],
		['both went on', 'ab', 'ac', 'a', 'join'],
		['both went on before the first time', 'ab', 'ac', undefined, 'trouble'],
		['they have nothing in common', 'a', 'z', undefined, 'trouble'],
		['the remote was rewritten', 'ab', 'ac', 'ab', 'take ac agree ac'],
		['the remote was put back', 'abc', 'a', 'abc', 'take a agree a'],
		['the remote was rewritten under work of ours', 'abc', 'ad', 'ab', 'trouble'],
		['the remote was put back under work of ours', 'abc', 'a', 'ab', 'trouble'],
		['ours was put back by hand', 'a', 'ab', 'ab', 'take ab'],
		['the remote took ours and more', 'ab', 'abc', 'a', 'take abc agree abc'],
		['the remote took a part of ours', 'abcd', 'ab', 'a', 'agree ab ahead abcd'],
		['the branch of the remote is gone', 'a', undefined, 'a', 'trouble'],
	])('%s', async (_case, here, there, synced, expected) => {
		const { moves, ahead, join, troubles } = await planOf(MAIN, here, there, synced);
		const words = [
			...moves.filter(({ ref }) => ref === MAIN).map(({ to }) => `take ${to}`),
			...moves.filter(({ ref }) => ref === SYNCED).map(({ to }) => `agree ${to}`),
			...ahead.map(({ to }) => `ahead ${to}`),
			...(join ? ['join'] : []),
			...troubles.map(() => 'trouble'),
		];
		expect(words.join(' ')).toBe(expected);
		for (const { ref, from } of moves) expect(from).toBe(ref === MAIN ? here : synced);
		for (const { from } of ahead) expect(from).toBe(there);
	});
});

describe('other refs', () => {
	test.each<[string, string, string | undefined, string | undefined, string | undefined, string]>([
		['a ledger goes where the remote is', LEDGER, 'a', 'ab', 'a', 'take ab'],
		['a ledger that went on goes to the remote', LEDGER, 'ab', 'a', 'a', 'ahead ab'],
		['a new ledger goes to the remote', LEDGER, 'a', undefined, undefined, 'ahead a'],
		['ledgers that both went on are trouble', LEDGER, 'ab', 'ac', 'a', 'trouble'],
		['a ledger that is gone at the remote is trouble', LEDGER, 'a', undefined, 'a', 'trouble'],
		['a proposal comes', 'refs/heads/pending/1', undefined, 'a', undefined, 'take a'],
		[
			'a proposal that is gone at the remote goes',
			'refs/heads/pending/1',
			'a',
			undefined,
			'a',
			'take undefined',
		],
		['a proposal goes to the remote', 'refs/heads/pending/1', 'a', undefined, undefined, 'ahead a'],
		[
			'a proposal that is done here goes at the remote',
			'refs/heads/pending/1',
			undefined,
			'a',
			'a',
			'ahead undefined',
		],
		['a branch comes', 'refs/heads/zmodel', undefined, 'a', undefined, 'take a'],
		['a branch that is gone at the remote goes', 'refs/heads/zmodel', 'a', undefined, 'a', 'take undefined'],
		['a branch of somebody here stays', 'refs/heads/mine', 'a', undefined, undefined, ''],
		['a branch with work of somebody here stays', 'refs/heads/zmodel', 'ab', 'ac', 'a', ''],
		['a branch that was taken away here stays away', 'refs/heads/zmodel', undefined, 'a', 'a', ''],
		['a tag comes', 'refs/tags/v1', undefined, 'a', undefined, 'take a'],
		['a tag that was put elsewhere follows', 'refs/tags/v1', 'a', 'b', 'a', 'take b'],
		['a tag of somebody here stays', 'refs/tags/v1', 'b', 'a', undefined, ''],
	])('%s', async (_case, ref, here, there, synced, expected) => {
		const { moves, ahead, troubles } = await planOf(ref, here, there, synced);
		const words = [
			...moves.filter((move) => move.ref === ref).map(({ to }) => `take ${to}`),
			...ahead.map(({ to }) => `ahead ${to}`),
			...troubles.map(() => 'trouble'),
		];
		expect(words.join(' ')).toBe(expected);
	});
});

test('refs_are_told_by_where_they_are_kept', () => {
	const listing = [
		'refs/heads/main a',
		'refs/horde/queue b',
		'refs/horde/remote/heads/main c',
		'refs/horde/remote/horde/queue d',
		'refs/horde/remote/horde/queue-of-somebody e',
		'refs/horde/synced/heads/main f',
		'refs/horde/synced/tags/v1 g',
		'refs/horde/imported/x/main h',
	].map((line) => line.split(' ') as [string, string]);
	expect(sharedRefs(new Map(listing))).toEqual([
		{ ref: 'refs/heads/main', here: 'a', there: 'c', synced: 'f' },
		{ ref: 'refs/horde/queue', here: 'b', there: 'd', synced: undefined },
		{ ref: 'refs/tags/v1', here: undefined, there: undefined, synced: 'g' },
	]);
});
