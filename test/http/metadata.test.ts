/** When the categories last changed, by the word of git, and the shape in which it is told. */

import { describe, expect, test, vi } from 'vitest';
import { rawRequest } from '../support/raw-request.ts';
import { clipReference, reference, textReference } from '../support/records.ts';
import { serviceForSuite } from '../support/suite-service.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

const FIELDS = [
	'category',
	'last_updated',
	'last_operation_type',
	'last_operation_model',
	'total_creates',
	'total_updates',
	'total_deletes',
	'total_models',
	'initialization_time',
	'last_successful_operation',
	'error_count',
	'metadata_schema_version',
	'backend_type',
];

const T = 1_600_000_000;

const read = async (service: Pick<TestService, 'v1'>, path: string): Promise<unknown> => {
	const response = await fetch(service.v1(`metadata/${path}`));
	expect(response.status).toBe(200);
	expect(response.headers.get('content-type')).toBe('application/json');
	return response.json();
};

describe('a repository with several categories', () => {
	const service = serviceForSuite((repository) => {
		repository.git('init', '--quiet', '--initial-branch=main');
		repository.commit({ 'clip.json': clipReference('a') }, 'Add clip', T);
		repository.commit({ 'stable_diffusion.json': reference([['m', { name: 'm' }]]) }, 'Add images', T + 900);
		repository.commit({ 'db.json': textReference('A/M-7B', 'A/N-7B') }, 'Add text', T + 200);
		repository.commit({ 'clip.json': clipReference('a', 'b') }, 'Add b', T + 300);
		repository.commit({ 'lora.json': '{}' }, 'Add an external category', T + 400);
		repository.commit({ 'models.csv': 'name\n', 'README.md': 'x' }, 'Add no category', T + 5000);
		// Served, but nothing that a commit ever touched.
		repository.write('blip.json', clipReference('untracked'));
	});
	const COMMITTED = [
		['clip', 'clip.json', T + 300],
		['image_generation', 'stable_diffusion.json', T + 900],
		['text_generation', 'db.json', T + 200],
		['lora', 'lora.json', T + 400],
	] as const;

	test.each(COMMITTED)('%s_was_last_updated_when_git_log_says', async (category, file, time) => {
		expect(service.repository.lastCommitTime(file)).toBe(time);
		expect(await read(service, `${category}/last_updated`)).toEqual({ category, last_updated: time });
		expect(await read(service, category)).toMatchObject({
			category,
			last_updated: time,
			last_successful_operation: time,
		});
	});

	test('overall_it_is_the_maximum_over_the_categories_and_not_the_newest_commit', async () => {
		expect(await read(service, 'last_updated')).toEqual({ last_updated: T + 900 });
	});

	test('a_category_has_every_field_in_the_frozen_order', async () => {
		const answer = await rawRequest(service.url, '/api/model_references/v1/metadata/clip');
		expect(answer.body.toString()).toBe(
			JSON.stringify({
				category: 'clip',
				last_updated: T + 300,
				last_operation_type: 'create',
				last_operation_model: 'b',
				total_creates: 2,
				total_updates: 0,
				total_deletes: 0,
				total_models: 2,
				initialization_time: T,
				last_successful_operation: T + 300,
				error_count: 0,
				metadata_schema_version: '1.0.0',
				backend_type: 'GitWorkingTree',
			}),
		);
	});

	test('the_map_holds_the_committed_categories_in_enum_order', async () => {
		const all = await read(service, 'metadata');
		expect(Object.keys(Object(all))).toEqual(['clip', 'image_generation', 'text_generation', 'lora']);
		for (const [category, metadata] of Object.entries(Object(all))) {
			expect(Object.keys(Object(metadata))).toEqual(FIELDS);
			expect(metadata).toEqual(await read(service, category));
		}
	});

	test('nulls_are_there_for_a_category_without_an_operation', async () => {
		expect(await read(service, 'lora')).toEqual({
			category: 'lora',
			last_updated: T + 400,
			last_operation_type: null,
			last_operation_model: null,
			total_creates: 0,
			total_updates: 0,
			total_deletes: 0,
			total_models: 0,
			initialization_time: T + 400,
			last_successful_operation: T + 400,
			error_count: 0,
			metadata_schema_version: '1.0.0',
			backend_type: 'GitWorkingTree',
		});
	});

	test.each(['blip', 'codeformer', 'video_generation', 'ti'])(
		'%s_which_no_commit_ever_touched_has_none',
		async (category) => {
			for (const path of [category, `${category}/last_updated`]) {
				const response = await fetch(service.v1(`metadata/${path}`));
				expect(response.status).toBe(404);
				expect(await response.json()).toEqual({
					detail: `No legacy metadata found for category ${category}`,
				});
			}
		},
	);

	test('an_untracked_file_is_served_nonetheless', async () => {
		expect(await (await fetch(service.v1('blip'))).text()).toBe(clipReference('untracked'));
	});

	test('both_prefixes_answer_the_same', async () => {
		for (const path of ['last_updated', 'metadata', 'clip', 'clip/last_updated']) {
			const [bare, prefixed] = await Promise.all(
				['', '/api'].map((prefix) =>
					rawRequest(service.url, `${prefix}/model_references/v1/metadata/${path}`),
				),
			);
			expect(bare?.status).toBe(200);
			expect(bare?.body.toString()).toBe(prefixed?.body.toString());
		}
	});
});

test('a_repository_without_a_commit_has_no_date_and_no_metadata', async () => {
	const repository = TemporaryRepository.create();
	repository.write('clip.json', clipReference('a'));
	const service = await startTestService(repository);
	expect((await fetch(service.v1('clip'))).status).toBe(200);
	expect(await read(service, 'last_updated')).toEqual({ last_updated: null });
	expect(await read(service, 'metadata')).toEqual({});
	expect((await fetch(service.v1('metadata/clip'))).status).toBe(404);

	repository.commit({}, 'The first commit', T);
	await vi.waitFor(async () => expect(await read(service, 'last_updated')).toEqual({ last_updated: T }), {
		timeout: 10_000,
	});
	expect(await read(service, 'clip')).toMatchObject({ last_updated: T, total_creates: 1 });
});

test('a_commit_made_by_hand_moves_all_four', async () => {
	const repository = TemporaryRepository.create();
	repository.commit({ 'clip.json': clipReference('a') }, 'Add a', T);
	const service = await startTestService(repository);
	expect(await read(service, 'last_updated')).toEqual({ last_updated: T });
	expect(await read(service, 'clip')).toMatchObject({ total_creates: 1, last_operation_model: 'a' });

	repository.commit({ 'clip.json': clipReference('a', 'b') }, 'Add b', T + 60);
	await vi.waitFor(
		async () => expect(await read(service, 'last_updated')).toEqual({ last_updated: T + 60 }),
		{ timeout: 10_000 },
	);
	const expected = {
		last_updated: T + 60,
		initialization_time: T,
		total_creates: 2,
		total_models: 2,
		last_operation_model: 'b',
	};
	expect(await read(service, 'clip/last_updated')).toEqual({ category: 'clip', last_updated: T + 60 });
	expect(await read(service, 'clip')).toMatchObject(expected);
	expect(await read(service, 'metadata')).toMatchObject({ clip: expected });
});

test('an_edit_that_is_not_committed_is_no_operation_but_shows_in_the_number_of_models', async () => {
	const repository = TemporaryRepository.create();
	repository.commit({ 'clip.json': clipReference('a') }, 'Add a', T);
	const service = await startTestService(repository);
	repository.write('clip.json', clipReference('a', 'b', 'c'));
	await service.until('clip', (_response, body) => body === clipReference('a', 'b', 'c'));
	expect(await read(service, 'clip')).toMatchObject({ last_updated: T, total_creates: 1, total_models: 3 });
});

test('the_newest_commit_counts_even_if_its_date_is_older', async () => {
	const repository = TemporaryRepository.create();
	repository.commit({ 'clip.json': clipReference('a') }, 'Add a', T);
	repository.commit({ 'clip.json': clipReference('b') }, 'Replace a', T - 500);
	expect(repository.lastCommitTime('clip.json')).toBe(T - 500);
	const service = await startTestService(repository);
	expect(await read(service, 'clip/last_updated')).toEqual({ category: 'clip', last_updated: T - 500 });
});
