/** Exceptions to what was recorded of batches: how changes are applied, audited and published. */

import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { listing } from './recorded-proposals.ts';
import {
	type Exception,
	expectSame,
	fieldPaths,
	MARX,
	ourAnswer,
	STORED_TEXT,
	withoutNulls,
} from './recorded-queue.ts';
import type { TemporaryRepository } from './temporary-repository.ts';

const wholeBatch: Exception = {
	because: 'Q1: nothing is left, so nothing is split',
	check: ({ body }, recorded) => {
		const { applied } = Object(ourAnswer(recorded.body));
		expectSame(body, { applied, batch_split_occurred: false });
	},
};
const asStored: Exception = {
	because: 'W6: no nulls are stored',
	check: ({ body }, { body: theirs }) =>
		expectSame(
			body,
			Object.fromEntries(
				Object.entries(Object(theirs)).map(([name, record]) => [name, withoutNulls(Object(record))]),
			),
		),
};
/** Batch 2, which theirs has as 2 and 3. */
const netOfTwo: Exception = {
	because: 'Q1 and Q8: both changes are in one batch, and what they did is told',
	check: ({ body }) => {
		expect(body).toMatchObject({
			...{ batch_id: 2, models_added: 0, models_modified: 1, models_deleted: 1, models_unchanged: 0 },
			model_changes: [
				{
					...{ model_name: 'Deliberate', net_operation: 'deleted', before_state: { version: '2' } },
					...{ after_state: null, is_critical: true },
				},
				{
					...{ model_name: 'Anything Diffusion', net_operation: 'modified' },
					after_state: { description: 'Changed description' },
				},
			],
		});
		const { model_changes: models, total_field_changes: total } = Object(body);
		expect(total).toBe(models[0].field_diffs.length + models[1].field_diffs.length);
	},
};

export const BATCH_EXCEPTIONS: Readonly<Record<string, Exception>> = {
	'098': wholeBatch,
	'102': wholeBatch,
	'103': asStored,
	'108': {
		because: 'Q1: nothing was split off',
		check: ({ body }, recorded) => {
			const { changes, ...counts } = Object(body);
			const { changes: theirs } = Object(ourAnswer(recorded.body));
			expect(counts).toMatchObject({ batch_id: 3, approved_by: '1', total_change_count: 3 });
			expect(counts).toMatchObject({
				...{ approved_change_count: 2, applied_change_count: 2, rejected_change_count: 1 },
			});
			expectSame([changes[0], changes[2]], theirs);
			expect(changes[1]).toMatchObject({
				change_id: 9,
				status: 'applied',
				applied_job_id: 'job-9',
				batch_id: 3,
			});
		},
	},
	'109': {
		because: 'Q1: nothing was split off',
		check: ({ body }, recorded) => {
			const [first, second] = Object(body).model_changes;
			expectSame([first], Object(ourAnswer(recorded.body)).model_changes);
			expect(second).toMatchObject({ model_name: 'Golden clip', net_operation: 'added', is_critical: true });
			const total = first.field_diffs.length + second.field_diffs.length;
			expect(body).toMatchObject({ models_added: 2, models_unchanged: 0, total_field_changes: total });
		},
	},
	'110': {
		because: 'W9 and W11: change 6 is another one',
		check: ({ body }, { body: theirs }) => {
			expect(body).toMatchObject({ batch_id: 4, batch_title: 'text', rejected: [] });
			const [[ours], [recorded]] = [Object(body).approved, Object(theirs).approved];
			expect(Object.keys(ours)).toEqual(Object.keys(recorded));
			expect(ours).toMatchObject({ change_id: 6, operation: 'delete', status: 'approved', batch_id: 4 });
			expect(ours).toMatchObject({ approved_by: '1', approved_username: 'alice#1' });
		},
	},
	'111': {
		because: 'Q5: its model has moved meanwhile',
		status: 409,
		before: editMarx,
		check: ({ body }) =>
			expect(Object(body).detail).toMatch(/Marx-3B-V3.*then it was .*finetuned.*now it is .*tuned/),
	},
	'112': {
		because: 'Q5: its model has moved meanwhile',
		status: 409,
		check: ({ body }, { body: theirs }) => {
			const { failed_error: error, ...report } = Object(body);
			expect(error).toMatch(/Marx-3B-V3.*then .*now /);
			expect(Object.keys(Object(body))).toEqual(Object.keys(Object(theirs)));
			expect(report).toEqual({
				...{ applied: [], failed_change_id: 6, failed_error_type: 'PendingChangeConflictError' },
				batch_split_occurred: false,
			});
		},
	},
	'119': listing(0, [11], 'Q9: what was purged is not pending; '),
	'122': {
		because: 'Q1: each batch is split once, when some of it is applied',
		check: ({ body }, recorded) => {
			const { batches, ...rest } = Object(body);
			const theirs = Object(ourAnswer(recorded.body)).batches;
			expect(rest).toEqual({ domain: 'legacy', next_cursor: null });
			expectSame([batches[0], batches[3]], [theirs[0], theirs[5]]);
			for (const batch of batches) expect(Object.keys(batch)).toEqual(Object.keys(theirs[0]));
			expect(batches).toHaveLength(4);
			const counts = ['batch_id', 'approved_change_count', 'rejected_change_count', 'applied_change_count'];
			expect(batches.slice(1, 3).map((batch: object) => counts.map((name) => Object(batch)[name]))).toEqual([
				[3, 2, 1, 2],
				[2, 2, 0, 2],
			]);
		},
	},
	'127': {
		because: 'Q1: both changes that were left over are in one batch',
		check: ({ body }, recorded) => {
			const [first, second] = Object(body).changes;
			expectSame([first], Object(ourAnswer(recorded.body)).changes);
			expect(second).toMatchObject({ change_id: 4, status: 'applied', batch_id: 2, applied_job_id: 'job-8' });
			expect(body).toMatchObject({
				...{ batch_id: 2, approved_by: null, approved_at: null, batch_title: 'first batch' },
				...{ approved_change_count: 2, applied_change_count: 2, total_change_count: 2 },
			});
		},
	},
	'128': {
		because: 'Q8: right for the first event as well',
		check: ({ body }, recorded) => {
			const { model_changes, ...counts } = Object(body);
			const [{ after_state: after }] = Object(recorded.body).model_changes;
			const paths = fieldPaths(after);
			expect(model_changes).toEqual([
				{
					...{ model_name: 'Golden One', category: 'image_generation', net_operation: 'added' },
					...{ before_state: null, after_state: after, is_critical: true },
					field_diffs: paths.map((path) =>
						expect.objectContaining({ field_path: path, change_type: 'added' }),
					),
				},
			]);
			expect(counts).toMatchObject({
				...{ models_added: 1, models_unchanged: 0, total_field_changes: paths.length },
				has_critical_changes: true,
			});
		},
	},
	'129': netOfTwo,
	'130': netOfTwo,
	'133': {
		because: 'R4: derived from git',
		check: ({ body }, { body: theirs }) => {
			expect(Object.keys(Object(body))).toEqual(Object.keys(Object(theirs)));
			expect(body).toMatchObject({ last_operation_type: 'update', backend_type: 'GitWorkingTree' });
			expect(body).toMatchObject({ last_operation_model: 'Anything Diffusion' });
		},
	},
	'144': {
		because: 'R1: the bytes of the file',
		check: ({ body }) => {
			expect(Object(body)).toHaveProperty([MARX]);
			expect(Object(body)).not.toHaveProperty([STORED_TEXT.name]);
		},
	},
	'146': {
		because: 'W10: a write destroys no store',
		check: ({ body }, { body: theirs }) => {
			for (const [name, record] of Object.entries(Object(theirs))) expect(Object(body)[name]).toEqual(record);
			expect(Object(body)).toHaveProperty([MARX]);
		},
	},
	'148': asStored,
};

/** A maintainer rewords the model in both files that describe it. */
function editMarx(repository: TemporaryRepository): void {
	const files = ['db.json', 'models.csv'].map((file) => {
		const text = readFileSync(repository.path(file), 'utf8');
		return [
			file,
			text.replaceAll('finetuned on EverythingLM Data V3', 'tuned on EverythingLM Data V3'),
		] as const;
	});
	repository.commit(Object.fromEntries(files), 'Reword a model');
}
