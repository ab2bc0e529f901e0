/** Histories that are no line: counted, and dated, as `git log -- <file>` shows them. */

import { describe, expect, test } from 'vitest';
import { counted, T, totals, versions } from '../support/model-history.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startTestService } from '../support/test-service.ts';

describe('merges', () => {
	/** Ten models, far enough apart in the file for git to merge changes of different ones. */
	const ten = (changed: Readonly<Record<string, number>> = {}) =>
		versions({ a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1, i: 1, j: 1, ...changed });

	/** Main and a side branch from one commit, each with a commit, and the merge of both. */
	function merged(
		side: Readonly<Record<string, string>>,
		main: Readonly<Record<string, string>>,
		resolution: Readonly<Record<string, string>> = {},
	): TemporaryRepository {
		const repository = TemporaryRepository.create();
		repository.commit({ 'clip.json': ten() }, 'Add ten', T);
		repository.git('switch', '--quiet', '--create', 'side');
		repository.commit(side, 'On the side', T + 60);
		repository.git('switch', '--quiet', 'main');
		repository.commit(main, 'On main', T + 120);
		try {
			repository.git('merge', '--quiet', '--no-ff', '--no-commit', 'side');
		} catch {
			// A conflict: the resolution is what gets committed.
		}
		repository.commit(resolution, 'Merge side', T + 180);
		expect(repository.git('log', '-1', '--format=%P').split(' ')).toHaveLength(2);
		return repository;
	}

	test.each(
		[
			{
				title: 'of_a_side_branch_that_alone_touched_the_file_follow_that_branch',
				repository: () => merged({ 'clip.json': ten({ a: 2 }) }, { 'blip.json': clipReference('x') }),
				expected: [10, 1, 0, 10],
				time: T + 60,
			},
			{
				title: 'of_a_side_branch_that_did_not_touch_the_file_stay_on_main',
				repository: () => merged({ 'blip.json': clipReference('x') }, { 'clip.json': ten({ a: 2 }) }),
				expected: [10, 1, 0, 10],
				time: T + 120,
			},
			{
				title: 'of_changes_to_different_models_count_each_once',
				repository: () => merged({ 'clip.json': ten({ a: 2 }) }, { 'clip.json': ten({ j: 2 }) }),
				expected: [10, 2, 0, 10],
				time: T + 180,
			},
			{
				title: 'with_a_resolution_of_their_own_count_that_too',
				repository: () =>
					merged(
						{ 'clip.json': ten({ a: 2 }) },
						{ 'clip.json': ten({ a: 3 }) },
						{ 'clip.json': ten({ a: 4 }) },
					),
				expected: [10, 3, 0, 10],
				time: T + 180,
			},
			{
				title: 'that_take_one_side_whole_follow_that_side',
				repository: () =>
					merged(
						{ 'clip.json': ten({ a: 2 }) },
						{ 'clip.json': ten({ a: 3, b: 3 }) },
						{ 'clip.json': ten({ a: 2 }) },
					),
				expected: [10, 1, 0, 10],
				time: T + 60,
			},
		].map((row) => [row.title, row] as const),
	)('%s', async (_title, { repository: make, expected, time }) => {
		const repository = make();
		expect(repository.lastCommitTime('clip.json')).toBe(time);
		const service = await startTestService(repository);
		expect(await counted(service)).toMatchObject({ last_updated: time, initialization_time: T });
		expect(await totals(service)).toEqual(expected);
	});
});
