/** What `/references.git` makes of requests that no git would send, and of the ways in which git may send its own. */

import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { answerTo, fetchBody, HEADERS, LIST_BODY, pkt, UPLOAD_PACK } from '../support/clone-request.ts';
import { clone, gitDone } from '../support/git-client.ts';
import { rawRequest } from '../support/raw-request.ts';
import { clipReference } from '../support/records.ts';
import { serviceForSuite } from '../support/suite-service.ts';

const INFO = '/references.git/info/refs?service=git-upload-pack';
const TAGS = 1500;

/** With so many tags, each on a commit of its own, that git sends long requests. */
const service = serviceForSuite((repository) => {
	repository.git('init', '--quiet', '--initial-branch=main');
	repository.commit({ 'clip.json': clipReference('a') }, 'Add references');
	const commits = Array.from(
		{ length: TAGS },
		(_, index) => `commit refs/tags/t${index}\ncommitter Side <> ${index} +0000\ndata 0\n`,
	);
	execFileSync('git', ['fast-import', '--quiet'], { cwd: repository.directory, input: commits.join('\n') });
});
const url = () => `${service.url}/references.git`;
const head = () => service.repository.git('rev-parse', 'HEAD');

describe('the beginning', () => {
	test('of_version_2_is_what_we_can_do', async () => {
		const answer = await rawRequest(service.url, INFO, { headers: { 'Git-Protocol': 'version=2' } });
		expect(answer.status).toBe(200);
		expect(answer.headers['content-type']).toBe('application/x-git-upload-pack-advertisement');
		expect(answer.headers['cache-control']).toBe('no-cache, no-store');
		expect(answer.headers['x-content-type-options']).toBe('nosniff');
		const body = answer.body.toString();
		expect(body).toMatch(/^000eversion 2\n/);
		expect(body).toMatch(/fetch=[\w -]*shallow[\w -]*filter/);
		expect(body).not.toContain('ref-in-want');
	});

	test.each([undefined, 'version=1', 'version=0'])('of_%s_is_headed_and_names_the_refs', async (version) => {
		const headers = version === undefined ? {} : { 'Git-Protocol': version };
		const body = (await rawRequest(service.url, INFO, { headers })).body.toString();
		expect(body.startsWith('001e# service=git-upload-pack\n0000')).toBe(true);
		expect(body).toContain(`${head()} HEAD\0`);
	});

	test.each([
		'$(touch x)',
		'version=2 ; true',
		'version=2, version=2',
		'../../etc/passwd',
		'version=2%0aGIT_DIR=/',
		'x'.repeat(5000),
		'version=3',
		'object-format=sha256:agent=x',
	])('answers_to_the_version_%j_as_to_none', async (version) => {
		const answer = await rawRequest(service.url, INFO, { headers: { 'Git-Protocol': version } });
		expect(answer.status).toBe(200);
		expect(answer.body.toString()).toMatch(/^001e# service=git-upload-pack\n/);
	});

	test('takes_the_best_of_several_versions', async () => {
		const answer = await rawRequest(service.url, INFO, { headers: { 'Git-Protocol': 'x=y:version=2' } });
		expect(answer.body.toString()).toMatch(/^000eversion 2\n/);
	});

	test.each([
		['', 404],
		['?service=', 404],
		['?service=git-upload-archive', 404],
		['?service=git-upload-pack&service=git-upload-pack', 404],
		['?service=../git-upload-pack', 404],
		['?service=git-receive-pack', 403],
	])('with_the_query_%j_is_%i', async (query, status) => {
		const answer = await rawRequest(service.url, `/references.git/info/refs${query}`);
		expect(answer.status).toBe(status);
		expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
	});

	test('has_no_body_for_head', async () => {
		const answer = await rawRequest(service.url, INFO, { method: 'HEAD' });
		expect(answer.status).toBe(200);
		expect(answer.body).toHaveLength(0);
	});
});

describe('paths', () => {
	test.each([
		'/references.git',
		'/references.git/',
		'/references.git/HEAD',
		'/references.git/config',
		'/references.git/objects/info/packs',
		'/references.git/objects/../config',
		'/references.git/info%2Frefs',
		'/references.git/..%2f.git/config',
		'/references/info/refs?service=git-upload-pack',
		'/other.git/info/refs?service=git-upload-pack',
	])('%s_is_not_found', async (path) => {
		expect((await rawRequest(service.url, path)).status).toBe(404);
	});

	test.each([
		['GET', UPLOAD_PACK, 'POST, OPTIONS'],
		['PUT', UPLOAD_PACK, 'POST, OPTIONS'],
		['POST', INFO, 'GET, HEAD, OPTIONS'],
		['DELETE', '/references.git/git-receive-pack', 'POST, OPTIONS'],
	])('%s_of_%s_is_not_allowed', async (method, path, allowed) => {
		const answer = await rawRequest(service.url, path, { method });
		expect(answer.status).toBe(405);
		expect(answer.headers.allow).toBe(allowed);
		expect((await rawRequest(service.url, path, { method: 'OPTIONS' })).headers.allow).toBe(allowed);
	});

	test('a_push_is_refused_also_by_itself', async () => {
		const answer = await rawRequest(service.url, '/references.git/git-receive-pack', { method: 'POST' });
		expect(answer.status).toBe(403);
		expect(answer.body.toString()).toMatch(/^This repository takes no pushes\./);
	});
});

describe('a request for objects', () => {
	test('is_answered_by_a_pack', async () => {
		const answer = await answerTo(service.url, fetchBody(head()));
		expect(answer.status).toBe(200);
		expect(answer.headers['content-type']).toBe('application/x-git-upload-pack-result');
		expect(answer.headers['cache-control']).toBe('no-cache, no-store');
		expect(answer.body).toMatch(/^000dpackfile\n/);
		expect(answer.body).toContain('PACK');
	});

	test.each([
		['gzip', gzipSync],
		['GZIP', gzipSync],
	] as const)('may_be_compressed_by_%s', async (coding, compress) => {
		const headers = { ...HEADERS, 'Content-Encoding': coding };
		const answer = await answerTo(service.url, compress(LIST_BODY), headers);
		expect(answer.body).toContain(`${head()} HEAD`);
	});

	test('may_come_in_pieces', async () => {
		const pieces = [...LIST_BODY].map((letter) => Buffer.from(letter));
		expect((await answerTo(service.url, pieces)).body).toContain(`${head()} HEAD`);
	});

	test.each([
		['nothing', ''],
		['an end alone, as git tries a connection', '0000'],
	])('may_be_%s', async (_what, body) => {
		expect(await answerTo(service.url, body)).toMatchObject({ status: 200, body: '' });
	});

	test.each([
		['is_no_packet_line', 'hello', 400],
		['ends_in_a_line', LIST_BODY.slice(0, -6), 400],
		['has_a_command_of_its_own', `${pkt('command=object-info')}0001${pkt('size')}0000`, 400],
		['wants_a_ref_by_its_name', `${pkt('command=fetch')}0001${pkt('want HEAD\n')}0000`, 400],
		['wants_an_id_that_is_too_short', fetchBody('abc'), 400],
	])('that_%s_is_refused', async (_what, body, status) => {
		const answer = await answerTo(service.url, body);
		expect(answer.status).toBe(status);
		expect(answer.body).toMatch(/^This is no request of git's smart protocol: .+\n$/);
	});

	test.each([['0'.repeat(40)], ['f'.repeat(40)], ['1'.repeat(64)]])(
		'for_%s_which_is_not_there_is_answered_in_the_words_of_git',
		async (id) => {
			const answer = await answerTo(service.url, fetchBody(head(), id));
			expect(answer).toMatchObject({ status: 200, body: pkt(`ERR upload-pack: not our ref ${id}`) });
		},
	);

	test.each([
		['a_body_that_is_too_large', Buffer.alloc(10 * 1024 * 1024 + 1, '0'), {}, 413],
		[
			'a_body_that_is_too_large_once_inflated',
			gzipSync(Buffer.alloc(200 * 1024 * 1024)),
			{ 'Content-Encoding': 'gzip' },
			413,
		],
		['a_body_that_is_not_what_it_says', LIST_BODY, { 'Content-Encoding': 'gzip' }, 400],
		[
			'a_body_whose_compressed_form_is_cut_off',
			gzipSync(LIST_BODY).subarray(0, -12),
			{ 'Content-Encoding': 'gzip' },
			400,
		],
		['a_coding_that_is_unknown', LIST_BODY, { 'Content-Encoding': 'compress' }, 415],
		['another_type', LIST_BODY, { 'Content-Type': 'application/json' }, 415],
		['no_type', LIST_BODY, { 'Content-Type': '' }, 415],
	])('with_%s_is_refused', async (_what, body, headers, status) => {
		const answer = await answerTo(service.url, body, { ...HEADERS, ...headers });
		expect(answer.status).toBe(status);
		expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
	});

	test('that_upload_pack_ends_on_is_a_failure_and_no_empty_answer', async () => {
		const broken = `${pkt('command=fetch')}0001${pkt('filter nonsense:of=mine')}${pkt(`want ${head()}`)}0000`;
		const answer = await answerTo(service.url, broken);
		expect(answer).toMatchObject({
			status: 200,
			body: pkt('ERR upload-pack: it cannot answer this request'),
		});
	});
});

describe('git itself', () => {
	test.each(['0', '2'])('sends_what_is_long_compressed_or_in_pieces_in_version_%s', async (version) => {
		const configuration = ['-c', `protocol.version=${version}`];
		// So many wants make 75 KB: compressed by default, and in pieces where they are longer than the buffer.
		for (const more of [[], ['-c', 'http.postBuffer=66000']]) {
			const copy = await clone(url(), ...configuration, ...more);
			expect((await gitDone(copy, 'tag')).split('\n')).toHaveLength(TAGS);
			expect(await gitDone(copy, 'rev-parse', 'HEAD')).toBe(head());
			await gitDone(copy, ...configuration, ...more, 'fetch', '--quiet');
		}
	});
});
