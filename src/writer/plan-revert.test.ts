import { describe, expect, test } from 'vitest';
import type { RevertStep } from '../store/reverts.ts';
import type { Revert } from './change.ts';
import { planRevert, revertMessage } from './plan-revert.ts';

const step = (model: string, left: string | null, before: string | null): RevertStep => ({
	category: 'clip',
	model,
	left,
	before,
});

const revertOf = (...steps: readonly RevertStep[]): Revert => ({
	reverts: 'c0ffee',
	subject: 'Do it',
	steps,
	author: { id: '1', username: 'a#1' },
});

describe('planRevert', () => {
	test.each([
		['a model that was added goes', step('a', '{}', null), '{}', [['delete', null]]],
		['one that was removed comes back', step('a', null, '{"n":1.0}'), null, [['create', '{"n":1.0}']]],
		[
			'one that was changed is as before',
			step('a', '{"n":2}', '{"n":1}'),
			'{"n":2}',
			[['update', '{"n":1}']],
		],
		[
			'spelling does not matter',
			step('a', '{"n":2,"m":1}', '{}'),
			'{ "m": 1.0, "n": 2 }',
			[['update', '{}']],
		],
		['what is as before already is left alone', step('a', '{"n":2}', '{"n":1}'), '{"n":1.0}', []],
		['what is gone already is left alone', step('a', '{}', null), null, []],
	] as const)('%s', (_title, one, current, expected) => {
		const changes = planRevert(revertOf(one), () => current);
		expect('kind' in changes ? changes : changes.map(({ operation, record }) => [operation, record])).toEqual(
			expected,
		);
	});

	test.each([
		['one that was changed since', step('a', '{"n":2}', '{"n":1}'), '{"n":3}'],
		['one that was removed since', step('a', '{"n":2}', '{"n":1}'), null],
		['one that was added again since', step('a', null, '{"n":1}'), '{"n":2}'],
		[
			'one that differs beyond what numbers hold',
			step('a', '{"n":9007199254740993}', null),
			'{"n":9007199254740992}',
		],
	])('%s is in the way of all', (_title, moved, current) => {
		const good = step('good', '{"v":1}', null);
		const plan = planRevert(revertOf(good, moved), ({ model }) => (model === 'good' ? '{"v":1}' : current));
		expect(plan).toMatchObject({ kind: 'refused', code: 'revert-conflict' });
		expect('kind' in plan && plan.message).toContain("model 'a' of category 'clip'");
	});

	test('names twenty of many that are in the way', () => {
		const steps = Array.from({ length: 25 }, (_, index) => step(`m${index}`, '{}', null));
		const plan = planRevert(revertOf(...steps), () => '{"x":1}');
		expect('kind' in plan && plan.message).toMatch(/'m19' of category 'clip', and 5 more;/);
	});
});

test('the commit of a revert names its one model, and of several none', () => {
	const changes = planRevert(revertOf(step('a', '{}', null), step('b', '{}', null)), () => '{}');
	if ('kind' in changes) throw new Error(changes.message);
	expect(revertMessage(revertOf(), changes)).toEqual({
		subject: 'Revert "Do it"',
		trailers: [['Reverts', 'c0ffee']],
	});
	expect(revertMessage(revertOf(), changes.slice(0, 1)).trailers).toEqual([
		['Category', 'clip'],
		['Model', 'a'],
		['Operation', 'delete'],
		['Reverts', 'c0ffee'],
	]);
});
