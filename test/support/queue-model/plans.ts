/** Random questions and steps for the model-based test; which ids they are about is chosen by what the model holds then. */

import fc from 'fast-check';
import { ALICE, BOB, CAROL } from '../write-service.ts';
import {
	type Ask,
	type Decide,
	type Filter,
	type Look,
	type ModelCategory,
	NAMES,
	STATUSES,
	type Step,
	VARIANTS,
} from './asks.ts';
import type { QueueModel } from './model.ts';

/** What is asked for once it is known what there is. */
export type Plan<Asked extends Ask = Ask> = (model: QueueModel) => Asked;

/** A change of some kind, or a number that is none. */
interface Pick {
	readonly of: 'pending' | 'approved' | 'closed' | 'any' | 'none';
	readonly nth: number;
}

const pick: fc.Arbitrary<Pick> = fc.record({
	of: fc.oneof(
		{ weight: 6, arbitrary: fc.constant('pending' as const) },
		{ weight: 6, arbitrary: fc.constant('approved' as const) },
		{ weight: 1, arbitrary: fc.constantFrom('closed' as const, 'any' as const, 'none' as const) },
	),
	nth: fc.nat(40),
});
const picked = (of: Pick['of']) => fc.nat(40).map((nth): Pick => ({ of, nth }));

/** Mostly what the step is for, now and then anything. */
const mostly = (of: Pick['of']) =>
	fc.oneof({ weight: 12, arbitrary: picked(of) }, { weight: 1, arbitrary: pick });

function idOf({ of, nth }: Pick, model: QueueModel): number {
	const closed: readonly string[] = ['applied', 'rejected'];
	const ids = model.live
		.filter(({ status }) => of === 'any' || status === of || (of === 'closed' && closed.includes(status)))
		.map(({ id }) => id);
	const none = [model.changes.length + 1, 999_999, 0, -1];
	return ids[nth % ids.length] ?? none[nth % none.length] ?? 0;
}

const idsOf = (picks: readonly Pick[], model: QueueModel) => picks.map((each) => idOf(each, model));

/** A batch that is or was; 0 and one too many now and then. */
const batchPick = fc.nat(60).map((nth) => (model: QueueModel) => {
	if (nth % 3 === 0 && model.openBatch !== undefined) return model.openBatch;
	const batches = [...new Set(model.changes.flatMap(({ batch }) => batch ?? [])), 0, 999];
	return batches[nth % batches.length] ?? 0;
});

const approver = fc.oneof(
	{ weight: 24, arbitrary: fc.constant(CAROL) },
	{ weight: 1, arbitrary: fc.constant(ALICE) },
);
const job = fc.option(fc.constantFrom('job-a', 'job-b', 'Änderung 3'), { freq: 2 });

const write: fc.Arbitrary<Plan<Step>> = fc
	.record({
		user: fc.constantFrom(ALICE, BOB, CAROL),
		category: fc.constantFrom<ModelCategory>('clip', 'clip', 'image_generation', 'text_generation'),
		nth: fc.nat(10),
		variant: fc.nat(VARIANTS.length - 1),
		way: fc.constantFrom('put' as const, 'put' as const, 'put' as const, 'delete' as const, 'wrong' as const),
	})
	.map(({ user, category, nth, variant, way }) => (model) => {
		const name = NAMES[category][nth % NAMES[category].length] ?? '';
		const exists = model.models[category].has(name);
		const [right, wrong] = exists ? (['update', 'create'] as const) : (['create', 'delete'] as const);
		const operation = way === 'wrong' ? wrong : way === 'delete' && exists ? 'delete' : right;
		const record = operation === 'delete' ? null : (VARIANTS[variant]?.(category, name) ?? null);
		return { ask: 'write', user, operation, category, name, record };
	});

const decide: fc.Arbitrary<Plan<Decide>> = fc
	.record({
		user: approver,
		title: fc.constantFrom('Monday', 'Änderung: 7\nChange-Id: 9'),
		approve: fc.array(mostly('pending'), { maxLength: 4 }),
		reject: fc.array(mostly('pending'), { maxLength: 2 }),
		overlaps: fc.nat(7),
	})
	.map(({ user, title, approve, reject, overlaps }) => (model) => {
		const yes = idsOf(approve, model);
		const no = idsOf(reject, model);
		// With few that wait, the same one is soon picked for both; that is wanted only now and then.
		const left = overlaps === 0 ? no : no.filter((id) => !yes.includes(id));
		return { ask: 'decide', user, title, approve: yes, reject: left, reason: 'Not now:\n"no"' };
	});

const apply: fc.Arbitrary<Plan<Step>> = fc
	.record({ user: approver, id: fc.oneof(mostly('approved'), picked('closed')), job })
	.map(({ user, id, job }) => (model) => ({ ask: 'apply', user, id: idOf(id, model), job }));

const applyMany: fc.Arbitrary<Plan<Step>> = fc
	.record({
		user: approver,
		picks: fc.array(fc.oneof({ weight: 4, arbitrary: mostly('approved') }, picked('closed')), {
			minLength: 1,
			maxLength: 5,
		}),
		job,
		mixed: fc.boolean(),
		atomic: fc.boolean(),
	})
	.map(({ user, picks, job, mixed, atomic }) => (model) => {
		return { ask: 'apply many', user, ids: idsOf(picks, model), job, mixed, atomic };
	});

const applyBatch: fc.Arbitrary<Plan<Step>> = fc
	.record({ user: approver, batch: batchPick, job, atomic: fc.boolean() })
	.map(({ user, batch, job, atomic }) => (model) => {
		return { ask: 'apply batch', user, batch: batch(model), job, atomic };
	});

const some = <Value>(values: readonly Value[]) =>
	fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.subarray([...values], { minLength: 1 }));

const filter: fc.Arbitrary<Filter> = fc.record({
	statuses: some([...STATUSES, 'applying']),
	categories: some(['clip', 'text_generation', 'miscellaneous']),
	modelName: fc.constantFrom('', '', ' ', 'TALK', ' vit-l ', 'ÜNÏ', 'no such'),
	requestedBy: some([ALICE.id, CAROL.id, '77']),
});

const purge: fc.Arbitrary<Plan<Step>> = fc
	.record({ user: approver, filter, all: fc.nat(9), dryRun: fc.nat(2) })
	.map(({ user, filter: given, all, dryRun }) => () => {
		return { ask: 'purge', user, filter: given, all: all === 0, dryRun: dryRun > 0 };
	});

/** What changes something. */
export const anyStep: fc.Arbitrary<Plan<Step>> = fc.oneof(
	{ weight: 10, arbitrary: write },
	{ weight: 5, arbitrary: decide },
	{ weight: 2, arbitrary: apply },
	{ weight: 3, arbitrary: applyMany },
	{ weight: 2, arbitrary: applyBatch },
	{ weight: 1, arbitrary: purge },
);

const paged = { offset: fc.constantFrom(0, 0, 0, 1, 5, 100), limit: fc.constantFrom(1, 3, 50, 500) };

/** What only looks. */
export const anyLook: fc.Arbitrary<Plan<Look>> = fc.oneof(
	fc.record({ filter, batch: fc.option(batchPick, { freq: 2 }), ...paged }).map(
		({ batch, ...rest }): Plan<Look> =>
			(model) => {
				const id = batch?.(model) ?? 0;
				return { ask: 'list', ...rest, batch: id > 0 ? id : null };
			},
	),
	fc.record({ user: fc.constantFrom(ALICE, BOB, CAROL), filter, ...paged }).map(
		(asked): Plan<Look> =>
			() => ({ ask: 'list mine', ...asked }),
	),
	fc.tuple(fc.constantFrom('change' as const, 'diff' as const), pick).map(
		([ask, id]): Plan<Look> =>
			(model) => ({ ask, id: idOf(id, model) }),
	),
	fc.array(pick, { minLength: 1, maxLength: 6 }).map(
		(picks): Plan<Look> =>
			(model) => ({ ask: 'diffs', ids: idsOf(picks, model) }),
	),
	fc.constant((): Look => ({ ask: 'current' })),
	fc.record({ cursor: fc.option(fc.integer({ min: 1, max: 20 })), limit: fc.constantFrom(1, 2, 10, 50) }).map(
		(asked): Plan<Look> =>
			() => ({ ask: 'batches', ...asked }),
	),
	fc.tuple(fc.constantFrom('batch' as const, 'net changes' as const), batchPick).map(
		([ask, batch]): Plan<Look> =>
			(model) => ({ ask, batch: batch(model) }),
	),
);
