/** Committed files at any revision, under /raw and at the URLs that GitHub has for the originals. */

import { createHash } from 'node:crypto';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { rawRequest } from '../support/raw-request.ts';
import { clipReference } from '../support/records.ts';
import { serviceForSuite } from '../support/suite-service.ts';
import type { TemporaryRepository } from '../support/temporary-repository.ts';
import { BY_WAY } from '../support/ways.ts';

const IMAGES = '/Haidra-Org/AI-Horde-image-model-reference';
/** Large enough for a coding to be of use. */
const CLIP = clipReference('a', 'b', 'c', 'd', 'e', 'f');
const OLD = clipReference('old');
const FEATURE = clipReference('feature');
const HTML = '<script>alert(1)</script>\n';
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]);

let old = '';
let head = '';
let proposal = '';
let dropped = '';

/** What a maintainer may have: every kind of name and file that is awkward. */
function prepare(repository: TemporaryRepository): void {
	const git = (...args: string[]) => repository.git(...args);
	git('init', '--quiet', '--initial-branch=main');
	old = repository.commit({ 'clip.json': OLD }, 'Add clip');
	git('tag', 'v1');
	git('tag', '-a', '-m', 'One', 'v1.annotated');
	git('tag', '-a', '-m', 'Of a tag', 'of-a-tag', 'v1.annotated');
	git('tag', 'of-a-blob', `${old}:clip.json`);
	git('tag', 'of-a-tree', `${old}^{tree}`);
	git('tag', 'release/2023', old);
	head = repository.commit(
		{
			'clip.json': CLIP,
			'models.csv': 'name,size\r\n"a ""quoted"" one",1\r\n',
			'README.md': '# References\n',
			'page.html': HTML,
			'picture.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
			'picture.png': PNG,
			'data.bin': PNG,
			'latin1.txt': Buffer.from('caf\xe9\n', 'latin1'),
			LICENSE: 'Free\n',
			refs: 'a file named refs\n',
			'deep/er/file.json': '{"deep": {}}',
			'with space.txt': 'blank\n',
			'100%.txt': 'per cent\n',
			'🐎 horse.txt': 'horse\n',
			'%2e%2e.txt': 'dots\n',
			'empty.txt': '',
		},
		'Change clip',
	);
	git('branch', 'feature/x');
	git('checkout', '--quiet', 'feature/x');
	repository.commit({ 'clip.json': FEATURE }, 'Change it on a branch');
	git('checkout', '--quiet', 'main');
	git('branch', 'both', old);
	git('tag', 'both', head);
	git('branch', 'deadbeef', old);
	git('branch', 'refs', old);
	git('checkout', '--quiet', '-b', 'pending/1');
	proposal = repository.commit({ 'secret.json': '{"secret": {}}' }, 'Propose');
	git('checkout', '--quiet', 'main');
	dropped = repository.commit({ 'dropped.json': '{}' }, 'Dropped');
	git('reset', '--quiet', '--hard', head);
	git('update-ref', 'refs/horde/queue', proposal);
	git('pack-refs', '--all');
}

// Without a queue, as there is no ledger behind its ref.
const service = serviceForSuite(prepare, { writes: 'direct' });
const ask = (path: string, headers = {}) => rawRequest(service.url, path, { headers });

describe('a file', () => {
	test.each([
		['main/clip.json', CLIP],
		['refs/heads/main/clip.json', CLIP],
		['HEAD/clip.json', CLIP],
		['feature/x/clip.json', FEATURE],
		['refs/heads/feature/x/clip.json', FEATURE],
		['v1/clip.json', OLD],
		['refs/tags/v1/clip.json', OLD],
		['v1.annotated/clip.json', OLD],
		['of-a-tag/clip.json', OLD],
		['release/2023/clip.json', OLD],
		['both/clip.json', OLD],
		['refs/tags/both/clip.json', CLIP],
		['deadbeef/clip.json', OLD],
		['refs/clip.json', OLD],
		['main/refs', 'a file named refs\n'],
		['main/LICENSE', 'Free\n'],
		['main/deep/er/file.json', '{"deep": {}}'],
		['main/with%20space.txt', 'blank\n'],
		['main/100%25.txt', 'per cent\n'],
		['main/%F0%9F%90%8E%20horse.txt', 'horse\n'],
		['main/%252e%252e.txt', 'dots\n'],
		['main/empty.txt', ''],
		['main/deep%2Fer%2ffile.json', '{"deep": {}}'],
		['feature%2Fx/clip.json', FEATURE],
	])('at_%s_is_there', async (path, text) => {
		for (const prefix of ['/raw', '/api/raw', IMAGES, `/api${IMAGES}`]) {
			const answer = await ask(`${prefix}/${path}`);
			expect([answer.status, answer.body.toString()]).toEqual([200, text]);
		}
	});

	test('is_found_by_whole_and_short_commit_ids_in_any_case', async () => {
		for (const id of [old, old.slice(0, 4), old.slice(0, 7), old.toUpperCase(), old.slice(0, 39)]) {
			expect((await ask(`/raw/${id}/clip.json`)).body.toString()).toBe(OLD);
		}
		expect((await ask(`/raw/${head}/clip.json`)).body.toString()).toBe(CLIP);
	});

	test('of_a_wholly_named_commit_is_kept_for_ever_and_any_other_as_long_as_is_configured', async () => {
		const cacheControl = async (name: string) =>
			(await ask(`/raw/${name}/clip.json`)).headers['cache-control'];
		expect(await cacheControl(old)).toBe('public, max-age=31536000, immutable');
		for (const name of ['main', 'v1', 'HEAD', old.slice(0, 12)]) {
			expect(await cacheControl(name)).toBe('public, max-age=60, stale-while-revalidate=600');
		}
	});

	test.each([
		['clip.json', 'application/json'],
		['models.csv', 'text/csv; charset=utf-8'],
		['README.md', 'text/markdown; charset=utf-8'],
		['page.html', 'text/plain; charset=utf-8'],
		['picture.svg', 'text/plain; charset=utf-8'],
		['picture.png', 'image/png'],
		['data.bin', 'application/octet-stream'],
		['latin1.txt', 'text/plain'],
		['LICENSE', 'text/plain; charset=utf-8'],
	])('%s_is_%s_and_can_run_nothing', async (file, type) => {
		const { headers, body } = await ask(`/raw/main/${file}`);
		expect(headers['content-type']).toBe(type);
		expect(headers['x-content-type-options']).toBe('nosniff');
		expect(headers['content-security-policy']).toBe("default-src 'none'; sandbox");
		expect(headers['x-reference-commit']).toBe(head);
		expect(headers['last-modified']).toBeUndefined();
		const stored = service.repository.git('rev-parse', `${head}:${file}`);
		expect(headers.etag).toBe(`"${stored}"`);
		expect(body.length).toBe(Number(service.repository.git('cat-file', '-s', stored)));
	});
});

describe('there_is_nothing', () => {
	test.each([
		'main',
		'main/',
		'main//clip.json',
		'main/nothing.json',
		'main/deep',
		'main/deep/er/',
		'main/deep/er/file.json/more',
		'main/clip.json/',
		'main/./clip.json',
		'main/../clip.json',
		'main/deep/../clip.json',
		'main/%2e%2e/clip.json',
		'main/..%2f..%2f..%2fetc/passwd',
		'main/%2fetc%2fpasswd',
		'main/..%5cclip.json',
		'main/.git/config',
		'main/clip.json%00',
		'main/clip.json%0d%0aX:%20y',
		'main/%ff',
		'main:clip.json/x',
		'main%0a/clip.json',
		'main~1/clip.json',
		'HEAD^/clip.json',
		'HEAD@%7B0%7D/clip.json',
		':/Change/clip.json',
		'-/clip.json',
		'--help/clip.json',
		'refs/heads/main',
		'refs/heads/nothing/clip.json',
		'refs/clip.jso',
		'heads/main/clip.json',
		'of-a-blob/clip.json',
		'of-a-tree/clip.json',
		'pending/1/secret.json',
		'pending/1/clip.json',
		'refs/heads/pending/1/secret.json',
		'refs/horde/queue/secret.json',
		'horde/queue/secret.json',
		'__proto__/clip.json',
		'constructor/clip.json',
		'0000000000000000000000000000000000000000/clip.json',
		'abc/clip.json',
	])('at_%s', async (path) => {
		for (const prefix of ['/raw', '/api/raw', IMAGES]) {
			const answer = await ask(`${prefix}/${path}`);
			expect([answer.status, path]).toEqual([404, path]);
			expect(answer.json()).toEqual({ detail: expect.any(String) });
			expect(answer.headers['cache-control']).not.toContain('max-age');
		}
	});

	test('by_the_ids_of_proposals_of_what_was_dropped_and_of_other_objects', async () => {
		const tree = service.repository.git('rev-parse', `${head}^{tree}`);
		const blob = service.repository.git('rev-parse', `${head}:clip.json`);
		const tag = service.repository.git('rev-parse', 'v1.annotated');
		for (const id of [proposal, dropped, tree, blob, tag, proposal.slice(0, 10), dropped.slice(0, 10)]) {
			const answers = await Promise.all(
				['clip.json', 'secret.json', 'dropped.json'].map((file) => ask(`/raw/${id}/${file}`)),
			);
			expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
		}
	});

	test('and_what_is_hidden_is_answered_like_what_never_was', async () => {
		const never = 'f'.repeat(40);
		const details = await Promise.all(
			[never, proposal, dropped].map(async (id) =>
				JSON.stringify((await ask(`/raw/${id}/clip.json`)).json()).replaceAll(id, 'ID'),
			),
		);
		expect(new Set(details).size).toBe(1);
	});
});

describe('whatever a client makes up', () => {
	test('it_is_given_nothing_but_files_that_are_published', async () => {
		const { repository } = service;
		const tips = ['main', 'feature/x', 'both', 'refs/heads/refs', 'refs/tags/v1'];
		const listed = repository.git('rev-list', '--objects', ...tips).split('\n');
		const published = new Set(listed.map((line) => line.slice(0, 40)));
		const part = fc.constantFrom(
			...[
				'main',
				'feature',
				'x',
				'refs',
				'heads',
				'tags',
				'v1',
				'HEAD',
				'pending',
				'1',
				'horde',
				'queue',
				'both',
			],
			...[
				'clip.json',
				'secret.json',
				'dropped.json',
				'deep',
				'er',
				'file.json',
				'README.md',
				'raw',
				'.git',
				'config',
			],
			...[
				'..',
				'.',
				'',
				'%2e%2e',
				'%2f',
				'%5c',
				'%00',
				'%0a',
				'%25',
				'%',
				'~1',
				'^',
				'@%7Bu%7D',
				'-',
				'etc',
				'passwd',
			],
			...[
				old,
				head,
				proposal,
				dropped,
				proposal.slice(0, 8),
				dropped.slice(0, 8),
				old.slice(0, 6),
				'deadbeef',
			],
		);
		const glue = fc.constantFrom('/', '/', '/', '', '%2f', ':');
		const text = fc.array(fc.tuple(part, glue), { maxLength: 7 }).map((parts) => parts.flat().join(''));
		const prefix = fc.constantFrom(
			'/raw/',
			'/api/raw/',
			`${IMAGES}/`,
			'/raw/main/',
			'/raw/HEAD/',
			`/raw/${head}/`,
		);
		let found = 0;
		await fc.assert(
			fc.asyncProperty(prefix, text, async (start, rest) => {
				const answer = await ask(start + rest);
				if (answer.status === 404) return;
				expect(answer.status).toBe(200);
				const blob = createHash('sha1')
					.update(`blob ${answer.body.length}\0`)
					.update(answer.body)
					.digest('hex');
				expect(published).toContain(blob);
				expect(published).toContain(answer.headers['x-reference-commit']);
				found++;
			}),
			{ numRuns: 1500, examples: [['/raw/', 'main/clip.json']] },
		);
		expect(found).toBeGreaterThan(0);
	});
});

describe('the urls of github', () => {
	test('take_names_in_any_case_and_any_query', async () => {
		for (const path of [
			'/haidra-org/ai-horde-IMAGE-model-reference/main/clip.json',
			'/Haidra-Org/AI-Horde-text-model-reference/main/clip.json?token=x',
			`${IMAGES}/raw/main/clip.json`,
			`${IMAGES}/raw/refs/heads/main/clip.json`,
		]) {
			expect((await ask(path)).body.toString()).toBe(CLIP);
		}
	});

	test('are_only_those_of_configured_repositories', async () => {
		for (const path of [
			'/Haidra-Org/Other/main/clip.json',
			'/Haidra-Org/main/clip.json',
			'/x/y/main/clip.json',
		]) {
			const answer = await ask(path);
			expect([answer.status, answer.json()]).toEqual([404, { detail: 'Not Found' }]);
		}
	});

	test('hide_nothing_of_the_api', async () => {
		expect((await ask('/model_references/v1/clip')).status).toBe(200);
		expect((await ask('/model_references/v1/raw')).status).toBe(422);
	});
});

describe.each(BY_WAY)('%s', (_title, way) => {
	let etag = '';
	beforeAll(async () => {
		etag = `"${service.repository.git('rev-parse', `${head}:clip.json`)}"`;
	});

	test.each([
		['br', brotliDecompressSync],
		['gzip', gunzipSync],
	])('goes_out_as_%s_under_a_tag_of_its_own', async (coding, decode) => {
		const answer = await way.ask(service.url, '/raw/main/clip.json', { 'Accept-Encoding': coding });
		expect(answer.headers['content-encoding']).toBe(coding);
		expect(answer.headers.etag).toBe(`${etag.slice(0, -1)}-${coding}"`);
		expect(answer.headers.vary).toBe('Origin, Accept-Encoding');
		expect(decode(answer.body).toString()).toBe(CLIP);
		const held = { 'Accept-Encoding': coding, 'If-None-Match': answer.headers.etag };
		expect((await way.ask(service.url, '/raw/main/clip.json', held)).status).toBe(304);
	});

	test('a_client_that_holds_the_bytes_is_told_so', async () => {
		const asked = [{ 'If-None-Match': etag }, { 'If-None-Match': `W/${etag}` }, { 'If-None-Match': '*' }];
		for (const headers of asked) {
			const answer = await way.ask(service.url, '/raw/main/clip.json', headers);
			expect(answer.status).toBe(304);
			expect(answer.body.length).toBe(0);
			expect(answer.headers.etag).toBe(etag);
			expect(answer.headers['cache-control']).toContain('max-age=60');
		}
		const other = await way.ask(service.url, '/raw/main/clip.json', { 'If-None-Match': '"other"' });
		expect(other.status).toBe(200);
	});

	test('head_has_the_headers_and_no_body', async () => {
		const got = await way.ask(service.url, '/raw/main/clip.json');
		const head = await way.ask(service.url, '/raw/main/clip.json', {}, 'HEAD');
		expect(head.status).toBe(200);
		expect(head.body.length).toBe(0);
		for (const name of ['etag', 'content-length', 'content-type', 'cache-control', 'vary']) {
			expect(head.headers[name]).toBe(got.headers[name]);
		}
	});

	test('a_client_that_takes_nothing_that_there_is_gets_406_and_one_that_expects_others_412', async () => {
		const none = await way.ask(service.url, '/raw/main/clip.json', { 'Accept-Encoding': 'identity;q=0' });
		expect(none.status).toBe(406);
		const other = await way.ask(service.url, '/raw/main/clip.json', { 'If-Match': '"other"' });
		expect([other.status, other.json()]).toEqual([412, { detail: expect.stringContaining('The file has') }]);
	});
});

describe('methods', () => {
	test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s_is_refused_with_those_that_there_are', async (method) => {
		for (const path of ['/raw/main/clip.json', `${IMAGES}/main/clip.json`]) {
			await ask(path);
			const answer = await rawRequest(service.url, path, { method });
			expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
		}
	});

	test('options_names_them', async () => {
		const answer = await rawRequest(service.url, '/raw/main/clip.json', { method: 'OPTIONS' });
		expect([answer.status, answer.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS']);
	});
});
