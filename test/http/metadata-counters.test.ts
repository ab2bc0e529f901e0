/** What the history says was done to the models of a category. */

import { execFileSync } from 'node:child_process';
import { describe, expect, test, vi } from 'vitest';
import { counted, history, T, totals, versions } from '../support/model-history.ts';
import { clipReference, textReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

describe('operations', () => {
	test.each(
		[
			{ title: 'first_models', contents: [versions({ a: 1, b: 1 })], expected: [2, 0, 0, 2] },
			{
				title: 'a_creation',
				contents: [versions({ a: 1 }), versions({ a: 1, b: 1 })],
				expected: [2, 0, 0, 2],
			},
			{ title: 'an_update', contents: [versions({ a: 1 }), versions({ a: 2 })], expected: [1, 1, 0, 1] },
			{
				title: 'a_deletion',
				contents: [versions({ a: 1, b: 1 }), versions({ b: 1 })],
				expected: [2, 0, 1, 1],
			},
			{
				title: 'several_in_one_commit',
				contents: [versions({ a: 1, b: 1, c: 1 }), versions({ a: 2, c: 1, d: 1, e: 1 })],
				expected: [5, 1, 1, 4],
			},
			{
				title: 'another_order_of_the_models_being_none',
				contents: [versions({ a: 1, b: 1 }), versions({ b: 1, a: 1 })],
				expected: [2, 0, 0, 2],
			},
			{
				title: 'another_order_of_the_fields_being_none',
				contents: ['{"a": {"name": "a", "n": 1}}', '{"a": {"n": 1, "name": "a"}}'],
				expected: [1, 0, 0, 1],
			},
			{
				title: 'other_white_space_being_none',
				contents: [versions({ a: 1, b: 1 }), JSON.stringify(JSON.parse(versions({ a: 1, b: 1 })))],
				expected: [2, 0, 0, 2],
			},
			{
				title: 'a_model_deleted_and_created_again',
				contents: [versions({ a: 1, b: 1 }), versions({ b: 1 }), versions({ a: 1, b: 1 })],
				expected: [3, 0, 1, 2],
			},
			{
				title: 'the_file_removed_and_added_again',
				contents: [versions({ a: 1, b: 1 }), null, versions({ a: 1 })],
				expected: [3, 0, 2, 1],
			},
			{ title: 'the_file_removed', contents: [versions({ a: 1, b: 1 }), null], expected: [2, 0, 2, 0] },
			{ title: 'all_models_deleted', contents: [versions({ a: 1, b: 1 }), '{}'], expected: [2, 0, 2, 0] },
			{
				title: 'a_broken_file_in_between_being_none',
				contents: [versions({ a: 1, b: 1 }), '{"a": ', versions({ a: 1, b: 2 })],
				expected: [2, 1, 0, 2],
			},
			{
				title: 'several_broken_files_in_between',
				contents: [versions({ a: 1 }), '{', '', '[1]', versions({ a: 1, b: 1 })],
				expected: [2, 0, 0, 2],
			},
			{ title: 'a_broken_file_at_first', contents: ['{', versions({ a: 1 })], expected: [1, 0, 0, 1] },
			{
				title: 'a_broken_file_at_last_whose_last_good_version_is_served',
				contents: [versions({ a: 1, b: 1 }), '{'],
				expected: [2, 0, 0, 2],
			},
		].map((row) => [row.title, row] as const),
	)('%s', async (_title, { contents, expected }) => {
		const repository = history('clip.json', contents);
		const service = await startTestService(repository);
		expect(await totals(service)).toEqual(expected);
		expect(await counted(service)).toMatchObject({
			last_updated: repository.lastCommitTime('clip.json'),
			initialization_time: T,
		});
	});

	test.each([
		[versions({ a: 1, b: 1, c: 1 }), 'create', 'c'],
		[versions({ a: 1, b: 2 }), 'update', 'b'],
		[versions({ b: 1 }), 'delete', 'a'],
		[versions({ b: 1, a: 1 }), 'create', 'b'],
		[
			'{ "a": { "name": "a", "type": "clip", "version": 1 }, "b": {"name":"b","type":"clip","version":1}}',
			'create',
			'b',
		],
		['{ broken', 'create', 'b'],
	])('the_last_one_after_%j_is_%s_%s', async (content, type, model) => {
		const service = await startTestService(history('clip.json', [versions({ a: 1, b: 1 }), content]));
		expect(await counted(service)).toMatchObject({
			last_operation_type: type,
			last_operation_model: model,
			last_updated: T + 60,
		});
	});

	test('a_commit_to_another_file_is_none', async () => {
		const repository = history('clip.json', [versions({ a: 1 })]);
		repository.commit({ 'blip.json': clipReference('x', 'y') }, 'Add blip', T + 600);
		const service = await startTestService(repository);
		expect(await totals(service)).toEqual([1, 0, 0, 1]);
		expect(await counted(service)).toMatchObject({ last_updated: T, last_operation_model: 'a' });
		expect(await totals(service, 'blip')).toEqual([2, 0, 0, 2]);
	});
});

describe('text models', () => {
	const twinOf = (text: string) => text.replace('"koboldcpp/M-7B": {', '"koboldcpp/M-7B": {"nsfw": true,');

	test.each(
		[
			{
				title: 'count_once_with_their_twins',
				contents: [textReference('A/M-7B', 'gpt2')],
				expected: [2, 0, 0, 2],
			},
			{
				title: 'deleted_with_their_twins_count_once',
				contents: [textReference('A/M-7B', 'gpt2'), textReference('gpt2')],
				expected: [2, 0, 1, 1],
			},
			{
				title: 'do_not_count_when_only_a_twin_changes',
				contents: [textReference('A/M-7B'), twinOf(textReference('A/M-7B'))],
				expected: [1, 0, 0, 1],
			},
		].map((row) => [row.title, row] as const),
	)('%s', async (_title, { contents, expected }) => {
		const service = await startTestService(history('db.json', contents));
		expect(await totals(service, 'text_generation')).toEqual(expected);
		const { last_operation_model } = await counted(service, 'text_generation');
		expect(last_operation_model).not.toMatch(/^(?:aphrodite|koboldcpp)\//);
	});
});

describe('counting goes on', () => {
	const settled = (service: TestService, expected: readonly number[]) =>
		vi.waitFor(async () => expect(await totals(service)).toEqual(expected), { timeout: 10_000 });

	test('while_the_service_runs', async () => {
		const repository = history('clip.json', [versions({ a: 1 })]);
		const service = await startTestService(repository);
		expect(await totals(service)).toEqual([1, 0, 0, 1]);
		repository.commit({ 'clip.json': versions({ a: 2 }) }, 'Update a', T + 60);
		await settled(service, [1, 1, 0, 1]);
		repository.commit({ 'clip.json': versions({ b: 1 }) }, 'Replace a', T + 120);
		await settled(service, [2, 1, 1, 1]);
	});

	test('where_the_process_before_left_it', async () => {
		const repository = history('clip.json', [versions({ a: 1 }), versions({ a: 2 })]);
		const first = await startTestService(repository);
		const before = await counted(first);
		await first.stop();
		const second = await startTestService(repository);
		expect(await counted(second)).toEqual(before);
		await second.stop();
		repository.commit({ 'clip.json': versions({ a: 2, b: 1 }) }, 'Add b', T + 120);
		const third = await startTestService(repository);
		expect(await totals(third)).toEqual([2, 1, 0, 2]);
	});

	test('from_the_start_where_history_was_rewritten', async () => {
		const repository = history('clip.json', [versions({ a: 1 }), versions({ a: 2 }), versions({ a: 3 })]);
		const service = await startTestService(repository);
		expect(await totals(service)).toEqual([1, 2, 0, 1]);
		repository.git('reset', '--quiet', '--hard', 'HEAD~2');
		await settled(service, [1, 0, 0, 1]);
		repository.commit({ 'clip.json': versions({ a: 1, z: 1 }) }, 'Another history', T + 600);
		await settled(service, [2, 0, 0, 2]);
		expect(await counted(service)).toMatchObject({ last_updated: T + 600, last_operation_model: 'z' });
	});

	test('through_more_versions_than_are_counted_at_once', async () => {
		const contents = Array.from({ length: 30 }, (_, index) => versions({ a: index }));
		const service = await startTestService(history('clip.json', contents));
		expect(await totals(service)).toEqual([1, 29, 0, 1]);
	});

	test('to_where_a_shallow_clone_ends', async () => {
		const origin = history('clip.json', [versions({ a: 1 }), versions({ a: 2 }), versions({ a: 2, b: 1 })]);
		const clone = TemporaryRepository.create();
		execFileSync('git', ['fetch', '--quiet', '--depth=2', `file://${origin.directory}`, 'main'], {
			cwd: clone.directory,
			stdio: 'ignore',
		});
		clone.git('reset', '--quiet', '--hard', 'FETCH_HEAD');
		const service = await startTestService(clone);
		expect(await totals(service)).toEqual([2, 0, 0, 2]);
		expect(await counted(service)).toMatchObject({ last_updated: T + 120, initialization_time: T + 60 });
	});
});
