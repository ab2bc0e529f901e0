/** One write is one commit: who asked, what for, only that record's lines, and the next read shows it. */

import { describe, expect, test } from 'vitest';
import { clipReference, reference, textReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { BOB, startWriteService } from '../support/write-service.ts';

const V1 = '/api/model_references/v1';

const start = async (
	files: Readonly<Record<string, string | Buffer>> = { 'clip.json': clipReference('a') },
) => {
	const repository = TemporaryRepository.create(files);
	const service = await startWriteService(repository);
	return { repository, service };
};

describe('a model that is added', () => {
	test('is_answered_as_stored_and_is_what_location_leads_to', async () => {
		const { service } = await start();
		const added = await service.post('clip', { name: 'b/c d', description: 'x', version: null });
		expect(added.status).toBe(201);
		expect(added.headers.get('content-type')).toBe('application/json');
		const stored = { name: 'b/c d', type: 'clip', description: 'x', config: { files: [], download: [] } };
		expect(added.body).toEqual(stored);
		expect(added.headers.get('location')).toBe(`${V1}/clip/model/b/c%20d`);
		const found = await fetch(service.url + added.headers.get('location'));
		expect(found.status).toBe(200);
		expect(await found.json()).toEqual(stored);
	});

	test('has_a_location_under_the_prefix_by_which_the_request_came', async () => {
		const { service } = await start();
		const answer = await fetch(`${service.url}/model_references/v1/clip`, {
			method: 'POST',
			headers: { apikey: 'key-of-alice', 'Content-Type': 'application/json' },
			body: JSON.stringify({ name: 'é' }),
		});
		expect(answer.headers.get('location')).toBe('/model_references/v1/clip/model/%C3%A9');
	});

	test('is_a_commit_that_says_who_did_what', async () => {
		const { repository, service } = await start();
		const added = await service.as(BOB).post('clip', { name: 'b' });
		expect(repository.git('log', '-1', '--format=%H|%an|%ae|%cn|%s')).toBe(
			`${added.headers.get('x-reference-commit')}|bob#2|2@horde-users.invalid|horde-references|Add clip model b`,
		);
		expect(repository.git('log', '-1', '--format=%(trailers:only,unfold)').trim()).toBe(
			'Category: clip\nModel: b\nOperation: create',
		);
		expect(repository.git('diff', '--stat', 'HEAD~1')).toMatch(/1 file changed, \d+ insertions\(\+\)$/);
		expect(repository.git('status', '--porcelain')).toBe('');
	});

	test('is_in_the_next_read_with_the_tag_that_the_write_gave', async () => {
		const { repository, service } = await start();
		for (const name of ['b', 'c', 'd']) {
			const added = await service.post('clip', { name });
			const read = await service.get('clip', { 'Accept-Encoding': 'identity' });
			expect(Object.keys(read.body)).toContain(name);
			expect(read.headers.get('etag')).toBe(added.headers.get('etag'));
			expect(read.headers.get('etag')).toBe(`"${repository.git('rev-parse', 'HEAD:clip.json')}"`);
			const metadata = await service.get('metadata/clip/last_updated');
			expect(metadata.body).toMatchObject({ last_updated: repository.lastCommitTime('clip.json') });
		}
		const counted = await service.get('metadata/clip');
		expect(counted.body).toMatchObject({ last_operation_type: 'create', last_operation_model: 'd' });
		expect(counted.body).toMatchObject({ total_creates: 4, total_updates: 0, total_models: 4 });
	});

	test('may_be_the_first_of_its_category', async () => {
		const { repository, service } = await start();
		expect((await service.post('gfpgan', { name: 'b' })).status).toBe(201);
		expect(Object.keys((await service.get('gfpgan')).body)).toEqual(['b']);
		expect(repository.git('show', '--name-status', '--format=', 'HEAD')).toBe('A\tgfpgan.json');
	});

	test('that_is_there_already_is_refused', async () => {
		const { repository, service } = await start();
		const before = repository.git('rev-parse', 'HEAD');
		const again = await service.post('clip', { name: 'a' });
		expect(again.status).toBe(409);
		expect(again.body.detail).toMatch(/already exists in category 'clip'/);
		expect(repository.git('rev-parse', 'HEAD')).toBe(before);
	});
});

describe('a model that is replaced', () => {
	test('is_replaced_whole', async () => {
		const { repository, service } = await start({ 'clip.json': clipReference('a', 'b') });
		const put = await service.put('clip', { name: 'a', version: '2' });
		expect(put.status).toBe(200);
		expect(put.headers.get('location')).toBeNull();
		const read = (await service.get('clip')).body;
		expect(read.a).toEqual({ name: 'a', type: 'clip', version: '2', config: { files: [], download: [] } });
		expect(read.a).toEqual(put.body);
		expect(read.b).toEqual({ name: 'b', type: 'clip', description: 'About b' });
		expect(repository.git('log', '-1', '--format=%s')).toBe('Update clip model a');
	});

	test.each([
		['the_same', { name: 'a', type: 'clip', version: '1', config: { files: [], download: [] } }],
		[
			'the_same_in_another_order',
			{ config: { download: [], files: [] }, version: '1', type: 'clip', name: 'a' },
		],
		['the_same_without_its_defaults', { version: '1', name: 'a' }],
	])('by_%s_makes_no_commit_and_keeps_its_tag', async (_title, record) => {
		const { repository, service } = await start();
		const first = await service.put('clip', { name: 'a', version: '1' });
		const head = repository.git('rev-parse', 'HEAD');
		const second = await service.put('clip', record);
		expect(second.status).toBe(200);
		expect(second.body).toEqual(first.body);
		expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
		expect(second.headers.get('x-reference-commit')).toBeNull();
		expect(repository.git('rev-parse', 'HEAD')).toBe(head);
	});

	test('must_be_there', async () => {
		const { service } = await start();
		const absent = await service.put('clip', { name: 'b' });
		expect(absent.status).toBe(404);
		expect(absent.body.detail).toMatch(/'b' does not exist in category 'clip'/);
	});
});

describe('a model that is removed', () => {
	test.each(['plain', 'encoded'])('with_slashes_in_its_name_%s', async (how) => {
		const { repository, service } = await start({ 'clip.json': clipReference('a', 'b/c/d') });
		const name = how === 'plain' ? 'b/c/d' : 'b%2Fc%2Fd';
		const answer = await fetch(service.v1(`clip/model/${name}`), {
			method: 'DELETE',
			headers: { apikey: 'key-of-alice' },
		});
		expect(answer.status).toBe(204);
		expect(await answer.text()).toBe('');
		expect(answer.headers.get('etag')).toBe(`"${repository.git('rev-parse', 'HEAD:clip.json')}"`);
		expect(repository.git('show', 'HEAD:clip.json')).toBe(clipReference('a').trimEnd());
	});

	test('right_after_it_was_added_gives_the_bytes_back', async () => {
		const { repository, service } = await start();
		const before = repository.git('rev-parse', 'HEAD:');
		await service.post('clip', { name: 'b', tags: ['x'] });
		await service.delete('clip', 'b');
		expect(repository.git('rev-parse', 'HEAD:')).toBe(before);
	});

	test('as_the_last_one_leaves_an_empty_category', async () => {
		const { service } = await start();
		await service.delete('clip', 'a');
		expect((await service.get('clip')).status).toBe(404);
		expect((await service.post('clip', { name: 'b' })).status).toBe(201);
		expect((await service.get('clip')).status).toBe(200);
	});

	test('must_be_there_and_its_category_must_have_models', async () => {
		const { service } = await start();
		for (const [category, name] of [
			['clip', 'b'],
			['blip', 'b'],
			['lora', 'b'],
			['video_generation', 'b'],
		] as const) {
			const answer = await service.delete(category, name);
			expect(answer.status).toBe(404);
			expect(answer.body.detail).toBe(`Model '${name}' not found in category '${category}'`);
		}
		const unknown = await service.delete('stable_diffusion', 'b');
		expect(unknown.status).toBe(422);
		expect(unknown.body.detail).toMatchObject([{ type: 'enum', loc: ['path', 'model_category_name'] }]);
	});
});

describe('a text model', () => {
	test('comes_and_goes_with_its_twins_in_one_commit', async () => {
		const { repository, service } = await start({ 'db.json': textReference('A/M-7B') });
		const before = repository.git('rev-parse', 'HEAD:db.json');
		const added = await service.post('text_generation', { name: 'B/N-13B', parameters: 13e9 });
		expect(added.body).toMatchObject({
			name: 'B/N-13B',
			model_name: 'N-13B',
			tags: ['13B'],
			parameters: 13e9,
		});
		const names = ['A/M-7B', 'aphrodite/A/M-7B', 'koboldcpp/M-7B'];
		expect(Object.keys((await service.get('db.json')).body)).toEqual([
			...names,
			'B/N-13B',
			'aphrodite/B/N-13B',
			'koboldcpp/N-13B',
		]);
		await service.delete('text_generation', 'B/N-13B');
		expect(repository.git('rev-list', '--count', 'HEAD')).toBe('3');
		expect(repository.git('rev-parse', 'HEAD:db.json')).toBe(before);
	});

	test('is_in_the_table_too_where_the_repository_has_one', async () => {
		const table =
			'name,parameters_bn,display_name,url,baseline,description,style,tags,instruct_format,settings\n';
		const { repository, service } = await start({ 'db.json': '{}\n', 'models.csv': table });
		await service.post('text_generation', {
			name: 'B/N-7B',
			parameters: 7e9,
			description: 'a, "b"',
			nsfw: false,
		});
		expect(repository.git('show', 'HEAD:models.csv')).toBe(`${table}B/N-7B,7,,,,"a, ""b""",,,,`);
		expect(repository.git('show', '--name-only', '--format=', 'HEAD').split('\n')).toEqual([
			'db.json',
			'models.csv',
		]);
		const lost = await service.put('text_generation', {
			name: 'B/N-7B',
			parameters: 7e9,
			nsfw: true,
			extra: 1,
		});
		expect(lost.status).toBe(422);
		expect(lost.body.detail).toMatchObject([
			{ type: 'value_error', loc: ['body', 'nsfw'] },
			{ type: 'value_error', loc: ['body', 'extra'] },
		]);
		expect(repository.git('rev-list', '--count', 'HEAD')).toBe('2');
	});
});

describe('the file keeps its own style', () => {
	const record = { name: 'a', type: 'clip', description: 'x' };
	test.each([
		['tabs', `${JSON.stringify({ a: record }, null, '\t')}\n`, '\n\t"b": {\n\t\t"name": "b"'],
		[
			'two_spaces_and_no_final_line_break',
			JSON.stringify({ a: record }, null, 2),
			'\n  "b": {\n    "name": "b"',
		],
		['crlf', reference([['a', record]]).replaceAll('\n', '\r\n'), '\r\n    "b": {\r\n        "name": "b"'],
	])('%s', async (_title, text, expected) => {
		const { repository, service } = await start({ 'clip.json': text });
		await service.post('clip', { name: 'b' });
		const bytes = Buffer.from(await (await fetch(service.v1('clip'))).arrayBuffer()).toString();
		expect(bytes).toContain(expected);
		expect(bytes.startsWith(text.slice(0, text.lastIndexOf('}') - 2))).toBe(true);
		expect(bytes.endsWith(text.slice(-2))).toBe(true);
		await service.delete('clip', 'b');
		expect(await (await fetch(service.v1('clip'))).text()).toBe(text);
		expect(repository.git('status', '--porcelain')).toBe('');
	});
});

test('numbers_are_stored_as_they_were_sent', async () => {
	const { repository, service } = await start();
	const spelled = '[5214865159,1e400,-0,1.0,9007199254740993,1E+2]';
	const answer = await service.post('clip', `{"name":"b","x":${spelled},"__proto__":{"y":1.50}}`);
	expect(answer.status).toBe(201);
	expect(answer.text).toContain(`"x":${spelled},"__proto__":{"y":1.50}`);
	const stored = repository.git('show', 'HEAD:clip.json').replace(/\s/g, '');
	expect(stored).toContain(`"x":${spelled},"__proto__":{"y":1.50}`);
	const same = await service.put('clip', `{"name":"b","x":${spelled},"__proto__":{"y":1.5}}`);
	expect(same.headers.get('x-reference-commit')).toBeNull();
});

test('advice_that_refuses_nothing_is_in_a_header_and_in_the_log', async () => {
	const { service } = await start();
	const answer = await service.post('image_generation', { name: 'b', baseline: 'stable_diffusion_1' });
	expect(answer.status).toBe(201);
	expect(answer.body.baseline).toBe('stable diffusion 1');
	const codes = ['no-description', 'no-nsfw', 'no-showcase'];
	expect(answer.headers.get('x-reference-advice')).toBe(codes.join(', '));
	const line = service.log.find(({ msg }) => msg === 'write');
	expect(line).toMatchObject({ user: 'alice#1', model: 'b', advice: codes });
	expect(line?.requestId).toBe(answer.headers.get('x-request-id'));
});
