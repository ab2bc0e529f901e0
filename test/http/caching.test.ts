/** What a read tells caches, and that its bytes are the file's, whichever way the answer is found. */

import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { lastingHeaders } from '../support/raw-request.ts';
import { clipReference, textReference } from '../support/records.ts';
import { holding, serviceForSuite } from '../support/suite-service.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startTestService } from '../support/test-service.ts';
import { BY_WAY, WAYS } from '../support/ways.ts';

const CLIP = '/api/model_references/v1/clip';
const COMMITTED = 1_700_000_000;

const service = serviceForSuite(
	holding({ 'clip.json': clipReference('a', 'b', 'c'), 'db.json': textReference('A/M-7B') }, COMMITTED),
);

const blobOf = (repository: TemporaryRepository, file: string) =>
	repository.git('hash-object', '--no-filters', file);

describe.each(BY_WAY)('a read answered %s', (_title, { ask }) => {
	test.each([
		['identity', ''],
		['gzip', '-gzip'],
		['br', '-br'],
	])('has_the_git_blob_id_as_its_tag_in_%s', async (coding, suffix) => {
		const answer = await ask(service.url, CLIP, { 'Accept-Encoding': coding });
		expect(answer.headers.etag).toBe(`"${blobOf(service.repository, 'clip.json')}${suffix}"`);
	});

	test('was_last_modified_when_it_was_committed', async () => {
		const answer = await ask(service.url, CLIP);
		expect(answer.headers['last-modified']).toBe('Tue, 14 Nov 2023 22:13:20 GMT');
		expect(service.repository.lastCommitTime('clip.json')).toBe(COMMITTED);
	});

	test('may_be_cached_for_a_minute_unless_configured_otherwise', async () => {
		const answer = await ask(service.url, CLIP);
		expect(answer.headers['cache-control']).toBe('public, max-age=60, stale-while-revalidate=600');
	});

	test('varies_with_the_accepted_codings_and_the_origin', async () => {
		for (const coding of ['identity', 'gzip', 'identity;q=0']) {
			const answer = await ask(service.url, CLIP, { 'Accept-Encoding': coding });
			expect(answer.headers.vary?.toLowerCase().split(', ').sort()).toEqual(['accept-encoding', 'origin']);
		}
	});

	test.each([
		['gzip', gunzipSync],
		['br', brotliDecompressSync],
	] as const)('decodes_from_%s_to_the_bytes_of_the_file', async (coding, decode) => {
		const answer = await ask(service.url, CLIP, { 'Accept-Encoding': coding });
		expect(answer.headers['content-encoding']).toBe(coding);
		expect(answer.headers['content-length']).toBe(String(answer.body.length));
		expect(answer.body.length).toBeLessThan(clipReference('a', 'b', 'c').length);
		expect(decode(answer.body).toString()).toBe(clipReference('a', 'b', 'c'));
	});

	test('is_whole_when_a_range_is_asked_for', async () => {
		const answer = await ask(service.url, CLIP, { Range: 'bytes=0-3' });
		expect(answer.status).toBe(200);
		expect(answer.body.toString()).toBe(clipReference('a', 'b', 'c'));
		expect(answer.headers['content-range']).toBeUndefined();
	});

	test.each(['identity', 'gzip', 'br', 'identity;q=0'])(
		'has_the_same_headers_for_head_accepting_%s',
		async (coding) => {
			const headers = { 'Accept-Encoding': coding };
			const whole = await ask(service.url, CLIP, headers);
			const head = await ask(service.url, CLIP, headers, 'HEAD');
			expect(head.status).toBe(whole.status);
			expect(head.body.length).toBe(0);
			expect(lastingHeaders(head.headers)).toEqual(lastingHeaders(whole.headers));
		},
	);
});

test.each(['clip', 'clip.json', 'lora', 'ti.json', 'db.json', 'text_generation?include_group=true'])(
	'%s_has_the_same_status_headers_and_body_by_all_ways',
	async (name) => {
		for (const coding of ['identity', 'gzip', 'br', '*;q=0']) {
			const [first, ...others] = await Promise.all(
				WAYS.map(async ({ ask }) => {
					const path = `/api/model_references/v1/${name}`;
					const { status, headers, body } = await ask(service.url, path, { 'Accept-Encoding': coding });
					// Said to whoever sends an Origin, and to nobody else.
					const { 'access-control-allow-credentials': _credentials, ...common } = lastingHeaders(headers);
					return { status, headers: common, body: body.toString('hex') };
				}),
			);
			for (const other of others) expect(other).toEqual(first);
		}
	},
);

test('cache_control_is_as_configured', async () => {
	const repository = TemporaryRepository.create({
		'clip.json': clipReference('a'),
		'db.json': textReference('A/M-7B'),
	});
	const running = await startTestService(repository, { cacheControl: 'private, max-age=5' });
	for (const { ask } of WAYS) {
		for (const path of ['clip', 'lora', 'text_generation?include_group=1', 'clip/model/a']) {
			const answer = await ask(running.url, `/api/model_references/v1/${path}`);
			expect(answer.headers['cache-control']).toBe('private, max-age=5');
		}
	}
});

test('an_error_is_not_to_be_cached', async () => {
	for (const path of ['blip', 'nonsense', 'clip/model/nope']) {
		const response = await fetch(service.v1(path));
		expect(response.ok).toBe(false);
		expect(response.headers.get('cache-control')).toBe('no-store');
	}
});

test.each([
	['a_carriage_return_in_every_line', '{\r\n  "a": {\r\n    "name": "a"\r\n  }\r\n}\r\n'],
	['a_byte_order_mark', '\uFEFF{"a": {"name": "a"}}\n'],
	['mixed_indentation_and_tabs', '{\n\t"a": {\n      "name": "a",\n \t "n":   2.0}\n,"b":\t{}}\n\n\n'],
	['no_line_break_at_the_end', '{"a":{"name":"a"}}'],
	['escapes_and_plain_characters', '{"\\u00e9é": {"name": "\\ud83d\\ude00😀\\/", "n": 1e2}}'],
	['a_name_twice', '{"a": {"n": 1}, "a": {"n": 2}}'],
])('bytes_are_kept_in_a_file_with_%s', async (_title, text) => {
	const bytes = Buffer.from(text);
	const repository = TemporaryRepository.create({ 'clip.json': bytes });
	const running = await startTestService(repository);
	for (const { ask } of WAYS) {
		const plain = await ask(running.url, CLIP);
		expect(plain.status).toBe(200);
		expect(plain.body.toString('hex')).toBe(bytes.toString('hex'));
		expect(plain.headers.etag).toBe(`"${blobOf(repository, 'clip.json')}"`);
	}
	const coded = await fetch(running.v1('clip'), { headers: { 'Accept-Encoding': 'gzip, br' } });
	expect(Buffer.from(await coded.arrayBuffer()).toString('hex')).toBe(bytes.toString('hex'));
});

test('the_tag_and_the_date_follow_an_edit_before_and_after_its_commit', async () => {
	const repository = TemporaryRepository.create({});
	repository.commit({ 'clip.json': clipReference('a') }, 'Add a', COMMITTED);
	const running = await startTestService(repository);
	repository.write('clip.json', clipReference('a', 'b'));
	const tag = `"${blobOf(repository, 'clip.json')}"`;
	await running.until('clip', (_response, body) => body === clipReference('a', 'b'));
	const { headers } = await WAYS[0].ask(running.url, CLIP);
	expect(headers.etag).toBe(tag);
	expect(headers['last-modified']).not.toBe('Tue, 14 Nov 2023 22:13:20 GMT');
	repository.commit({}, 'Add b', COMMITTED + 60);
	await running.until(
		'clip',
		({ headers: now }) => now.get('last-modified') === 'Tue, 14 Nov 2023 22:14:20 GMT',
	);
	expect((await WAYS[0].ask(running.url, CLIP)).headers.etag).toBe(tag);
});

test('a_commit_dated_in_the_future_does_not_make_the_answer_so', async () => {
	const repository = TemporaryRepository.create();
	repository.commit({ 'clip.json': clipReference('a') }, 'Add a', Math.floor(Date.now() / 1000) + 86_400);
	const running = await startTestService(repository);
	for (const { ask } of WAYS) {
		const { headers } = await ask(running.url, CLIP);
		expect(Date.parse(headers['last-modified'] ?? '')).toBeLessThanOrEqual(Date.parse(headers.date ?? ''));
	}
});
