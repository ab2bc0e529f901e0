/** Reads of references as they were, by `at`. */

import { describe, expect, test } from 'vitest';
import { rawRequest } from '../support/raw-request.ts';
import { clipReference } from '../support/records.ts';
import { serviceForSuite } from '../support/suite-service.ts';
import type { TemporaryRepository } from '../support/temporary-repository.ts';

const DAY = 86_400;
/** 2024-01-01 */
const BEGIN = 1_704_067_200;
const day = (number: number) => new Date((BEGIN + number * DAY) * 1000).toISOString().slice(0, 10);

const FIRST = clipReference('first');
const SECOND = clipReference('first', 'second');
const THIRD = clipReference('third');
const BETA = clipReference('beta');
const TEXT = '{"base/model-7B": {"name": "base/model-7B", "parameters": 7000000000}}';
const NEWER_TEXT = '{"other": {"name": "other"}}';

const commits: Record<string, string> = {};

/** A week of clip.json, a commit a day, with a bad one, an empty one and a removal. */
function prepare(repository: TemporaryRepository): void {
	const commit = (name: string, number: number, files: Record<string, string>) => {
		commits[name] = repository.commit(files, name, BEGIN + number * DAY);
	};
	repository.git('init', '--quiet', '--initial-branch=main');
	commit('first', 0, { 'clip.json': FIRST });
	commit('second', 2, { 'clip.json': SECOND, 'db.json': TEXT });
	repository.git('tag', 'v2');
	repository.git('tag', '2024-06-01');
	repository.git('checkout', '--quiet', '-b', 'zmodel/clip');
	commit('beta', 3, { 'clip.json': BETA });
	repository.git('checkout', '--quiet', 'main');
	commit('broken', 4, { 'clip.json': '{"half' });
	commit('empty', 5, { 'clip.json': '{}' });
	repository.remove('clip.json');
	commit('removed', 6, { 'blip.json': '{"B": {"name": "B"}}' });
	commit('third', 8, { 'clip.json': THIRD, 'db.json': NEWER_TEXT });
	repository.git('checkout', '--quiet', '-b', 'pending/1');
	commit('proposed', 9, { 'clip.json': clipReference('proposed') });
	repository.git('checkout', '--quiet', 'main');
}

const service = serviceForSuite(prepare, { writes: 'direct' });
const read = (path: string, headers = {}) =>
	rawRequest(service.url, `/api/model_references/v1/${path}`, { headers });
const at = (moment: string, path = 'clip') => read(`${path}?at=${encodeURIComponent(moment)}`);

describe('a category', () => {
	test.each<[string, () => string, string, string]>([
		['a tag', () => 'v2', SECOND, 'second'],
		['a whole ref', () => 'refs/tags/v2', SECOND, 'second'],
		['a branch', () => 'main', THIRD, 'third'],
		['a branch with a slash', () => 'zmodel/clip', BETA, 'beta'],
		['HEAD', () => 'HEAD', THIRD, 'third'],
		['a commit', () => commits.first ?? '', FIRST, 'first'],
		['a short id', () => commits.second?.slice(0, 7) ?? '', SECOND, 'second'],
		['the second of a commit', () => `${day(2)}T00:00:00Z`, SECOND, 'second'],
		['a second earlier', () => `${day(1)}T23:59:59Z`, FIRST, 'first'],
		['a day', () => day(3), SECOND, 'second'],
		['an offset', () => `${day(2)}T02:00:00+02:00`, SECOND, 'second'],
		['an offset a second earlier', () => `${day(2)}T01:59:59+02:00`, FIRST, 'first'],
		['the future', () => '2099-01-01', THIRD, 'third'],
		['a tag that is called like a date', () => '2024-06-01', SECOND, 'second'],
	])('is_there_as_it_was_at_%s', async (_title, moment, text, commit) => {
		const answer = await at(moment());
		expect([answer.status, answer.body.toString()]).toEqual([200, text]);
		expect(answer.headers['x-reference-commit']).toBe(commits[commit]);
		expect(answer.headers.etag).toBe(
			`"${service.repository.git('rev-parse', `${commits[commit]}:clip.json`)}"`,
		);
		expect(answer.headers['content-type']).toBe('application/json');
	});

	test('is_kept_for_ever_only_where_a_whole_commit_id_names_it', async () => {
		const cacheControl = async (moment: string) => (await at(moment)).headers['cache-control'];
		expect(await cacheControl(commits.first ?? '')).toBe('public, max-age=31536000, immutable');
		for (const moment of ['main', 'v2', day(3), commits.first?.slice(0, 8) ?? '']) {
			expect(await cacheControl(moment)).toBe('public, max-age=60, stale-while-revalidate=600');
		}
	});

	test('that_the_client_holds_is_not_sent_again', async () => {
		const { headers } = await at('v2');
		const answer = await read('clip?at=v2', { 'If-None-Match': headers.etag });
		expect([answer.status, answer.body.length]).toEqual([304, 0]);
		expect(answer.headers['x-reference-commit']).toBe(commits.second);
	});

	test('may_be_named_in_every_way_that_reads_take', async () => {
		for (const name of ['clip.json', 'clip']) expect((await at('v2', name)).body.toString()).toBe(SECOND);
		for (const name of ['db.json', 'text_generation', 'text_generation.json']) {
			expect((await at('v2', name)).body.toString()).toBe(TEXT);
		}
		expect((await at('v2', 'lora')).json()).toEqual({});
	});

	test.each<[string, () => string, string]>([
		[
			'before_it_was_there',
			() => '2023-12-31',
			'The history of clip.json begins only at 2024-01-01T00:00:00.000Z',
		],
		['while_it_was_empty', () => day(5), "Model category 'clip' not found or is empty"],
		[
			'at_a_commit_where_it_was_empty',
			() => commits.empty ?? '',
			"Model category 'clip' not found or is empty",
		],
		['while_it_was_removed', () => day(7), "Model category 'clip' not found or is empty"],
		['at_a_commit_without_it', () => commits.removed ?? '', "Model category 'clip' not found or is empty"],
		['at_no_branch', () => 'nothing', "No branch, tag or commit that is published here is called 'nothing'"],
		[
			'at_a_proposal',
			() => 'pending/1',
			"No branch, tag or commit that is published here is called 'pending/1'",
		],
		[
			'at_the_commit_of_a_proposal',
			() => commits.proposed ?? '',
			'No branch, tag or commit that is published here is called',
		],
	])('is_not_there_%s', async (_title, moment, detail) => {
		const answer = await at(moment());
		expect([answer.status, answer.json()]).toEqual([404, { detail: expect.stringContaining(detail) }]);
	});

	test.each<[string, () => string]>([
		['date', () => day(4)],
		['commit', () => commits.broken ?? ''],
	])('that_was_broken_at_a_%s_is_refused_and_its_bytes_are_named', async (_title, moment) => {
		const answer = await at(moment());
		expect(answer.status).toBe(409);
		const { detail } = answer.json() as { detail: string };
		expect(detail).toContain('not valid JSON');
		const [path = ''] = /\/raw\/\S+$/.exec(detail) ?? [];
		expect((await rawRequest(service.url, path)).body.toString()).toBe('{"half');
	});

	test.each(['', 'main~1', 'HEAD^', 'v2:clip.json', '2024-13-01', '2024-02-30', '2024-01-01T99:00', 'a b'])(
		'at_"%s"_is_a_mistake_that_is_named',
		async (moment) => {
			const answer = await at(moment);
			expect(answer.status).toBe(422);
			expect(answer.json()).toEqual({
				detail: [
					{
						type: 'value_error',
						loc: ['query', 'at'],
						msg: expect.stringContaining('a date such as'),
						input: moment,
						ctx: { error: {} },
					},
				],
			});
		},
	);

	test('without_at_is_what_it_is_now', async () => {
		expect((await read('clip')).body.toString()).toBe(THIRD);
		expect((await read('clip?att=v2')).body.toString()).toBe(THIRD);
	});
});

describe('the text reference', () => {
	test('has_its_groups_as_they_were_then', async () => {
		const answer = await read('text_generation?include_group=true&at=v2');
		expect(answer.status).toBe(200);
		const records = answer.json() as Record<string, Record<string, unknown>>;
		expect(Object.keys(records)).toEqual(['base/model-7B']);
		expect(records['base/model-7B']).toHaveProperty('text_model_group');
		const blob = service.repository.git('rev-parse', 'v2:db.json');
		expect(answer.headers.etag).toBe(`"${blob}-grouped"`);
	});

	test('with_a_bad_flag_is_refused', async () => {
		expect((await read('text_generation?include_group=maybe&at=v2')).status).toBe(422);
	});
});

describe('one model', () => {
	test('is_there_as_it_was', async () => {
		const answer = await at('v2', 'clip/model/second');
		expect(answer.status).toBe(200);
		expect(answer.json()).toMatchObject({ name: 'second' });
		expect(answer.headers['x-reference-commit']).toBe(commits.second);
		expect((await read('clip/model/second')).status).toBe(404);
		expect((await at('v2', 'text_generation/model/base%2Fmodel-7B')).json()).toMatchObject({
			name: 'base/model-7B',
		});
	});

	test('that_was_not_there_then_is_not_found', async () => {
		for (const moment of ['v2', commits.removed ?? '', day(7)]) {
			const answer = await at(moment, 'clip/model/third');
			expect([answer.status, answer.json()]).toEqual([
				404,
				{ detail: "Model 'third' not found in category 'clip'" },
			]);
		}
		expect((await at('v2', 'clip/model/__proto__')).status).toBe(404);
	});

	test('of_a_file_that_was_broken_is_refused', async () => {
		expect((await at(day(4), 'clip/model/first')).status).toBe(409);
	});

	test('at_a_mistake_is_refused', async () => {
		expect((await at('main~1', 'clip/model/first')).status).toBe(422);
		expect((await at('nothing', 'clip/model/first')).status).toBe(404);
	});
});
