/** Who gets pending branches and the ledger from `/references.git`: approvers by their key, or everybody by configuration. */

import { describe, expect, test } from 'vitest';
import { clone, gitClient, gitDone, refsOf } from '../support/git-client.ts';
import { startQueue, type TestQueue } from '../support/queue-service.ts';
import { rawRequest } from '../support/raw-request.ts';
import type { TestServiceOptions } from '../support/test-service.ts';
import { ALICE, CAROL, DAVE, type WriteService } from '../support/write-service.ts';

const PUBLIC = ['HEAD', 'refs/heads/main'];
const REVIEW = ['refs/heads/pending/1', 'refs/heads/pending/2', 'refs/horde/queue'];
const INFO = '/references.git/info/refs?service=git-upload-pack';

/** With two changes that wait for review. */
async function start(overrides: TestServiceOptions = {}): Promise<TestQueue> {
	const queue = await startQueue(undefined, overrides);
	await queue.propose('new', 'newer');
	return queue;
}

const urlOf = ({ url }: WriteService, key?: string) =>
	key === undefined
		? `${url}/references.git`
		: `${url.replace('://', `://reviewer:${encodeURIComponent(key)}@`)}/references.git`;

const basic = (key: string) => `Basic ${Buffer.from(`reviewer:${key}`).toString('base64')}`;
const sending = (key: string) => ['-c', `http.extraHeader=Authorization: ${basic(key)}`];

describe('an approver', () => {
	test('fetches_pending_branches_and_the_ledger_into_an_ordinary_clone', async () => {
		const { repository, service } = await start();
		const copy = await clone(urlOf(service, CAROL.key));
		expect(await gitDone(copy, 'for-each-ref', '--format=%(refname)', 'refs/remotes/origin')).toBe(
			'refs/remotes/origin/HEAD\nrefs/remotes/origin/main',
		);
		const refspecs = [
			'refs/heads/pending/*:refs/remotes/origin/pending/*',
			'refs/horde/queue:refs/horde/queue',
		];
		await gitDone(copy, 'fetch', '--quiet', 'origin', ...refspecs);
		for (const [here, there] of [
			['origin/pending/1', 'pending/1'],
			['origin/pending/2', 'pending/2'],
			['refs/horde/queue', 'refs/horde/queue'],
		] as const) {
			expect(await gitDone(copy, 'rev-parse', here)).toBe(repository.git('rev-parse', there));
		}
		expect(await gitDone(copy, 'diff', '--stat', 'main...origin/pending/1')).toMatch(/clip\.json/);
	});

	test.each([
		['pending/1', 'pending/1'],
		['refs/heads/pending/2', 'pending/2'],
		['refs/horde/*:refs/horde/*', 'refs/horde/queue'],
	])('is_asked_for_the_key_when_fetching_%s', async (refspec, there) => {
		const { repository, service } = await start();
		const copy = await clone(urlOf(service));
		const refused = await gitClient(copy, 'fetch', 'origin', refspec);
		expect(refused.code).toBe(128);
		expect(refused.stderr).toContain('could not read Username');
		await gitDone(copy, 'fetch', '--quiet', urlOf(service, CAROL.key), refspec);
		expect(await gitDone(copy, 'rev-parse', 'FETCH_HEAD')).toBe(repository.git('rev-parse', there));
	});

	test.each(['0', '2'])('sees_all_at_once_who_sends_the_key_unasked_in_version_%s', async (version) => {
		const { repository, service } = await start();
		const options = ['-c', `protocol.version=${version}`, ...sending(CAROL.key)];
		const refs = await refsOf(urlOf(service), ...options);
		expect([...refs.keys()]).toEqual([...PUBLIC, ...REVIEW]);
		const copy = await clone(urlOf(service), ...options, '--mirror');
		expect(await gitDone(copy, 'rev-parse', ...REVIEW)).toBe(repository.git('rev-parse', ...REVIEW));
		const id = repository.git('rev-parse', 'refs/horde/queue~1');
		await gitDone(copy, ...options, 'fetch', '--quiet', urlOf(service), id);
	});

	test('gets_what_is_shown_and_nothing_else_by_its_id', async () => {
		const { repository, service, approver } = await start();
		const rejected = repository.git('rev-parse', 'pending/1');
		await approver.reject(1);
		const copy = await clone(urlOf(service), ...sending(CAROL.key));
		expect(await gitDone(copy, 'branch', '--remotes')).not.toContain('pending/1');
		const { stderr } = await gitClient(copy, ...sending(CAROL.key), 'fetch', 'origin', rejected);
		expect(stderr).toContain(`not our ref ${rejected}`);
	});
});

describe('anybody else', () => {
	test('clones_without_being_asked_for_a_key', async () => {
		const { service } = await start();
		expect([...(await refsOf(urlOf(service))).keys()]).toEqual(PUBLIC);
		const answer = await rawRequest(service.url, INFO);
		expect(answer.status).toBe(200);
		expect(answer.headers).not.toHaveProperty('www-authenticate');
		const copy = await clone(urlOf(service));
		await gitDone(copy, 'fetch', '--quiet', 'origin', '+refs/heads/*:refs/remotes/origin/*');
		await gitDone(copy, 'fetch', '--quiet', '--tags');
	});

	test.each([
		['a wrong key', 'nobody’s', 401],
		['no key in the credentials', '', 401],
		['the key of a requestor', ALICE.key, 403],
		['the key of a user on no list', DAVE.key, 403],
	] as const)('with_%s_is_refused', async (_who, key, status) => {
		const { service } = await start();
		const headers = { Authorization: key === '' ? 'Basic Og==' : basic(key) };
		const answer = await rawRequest(service.url, INFO, { headers });
		expect(answer.status).toBe(status);
		expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
		expect(answer.headers['www-authenticate'] ?? '').toBe(
			status === 401 ? 'Basic realm="API key as the password"' : '',
		);
		expect(answer.body.toString()).not.toContain('refs/');
	});

	test('is_told_by_git_why_a_requestor_gets_no_pending_branches', async () => {
		const { service } = await start();
		const { code, stderr } = await gitClient('.', ...sending(ALICE.key), 'ls-remote', urlOf(service));
		expect(code).toBe(128);
		expect(stderr).toContain('remote: You are not on the pending queue approver list.');
	});

	test('is_not_helped_by_a_wrong_key_in_the_address', async () => {
		const { service } = await start();
		const copy = await clone(urlOf(service, 'wrong'));
		const { code, stderr } = await gitClient(copy, 'fetch', 'origin', 'pending/1');
		expect(code).toBe(128);
		expect(stderr).toContain('401');
	});

	test('who_guesses_keys_is_stopped_and_clones_go_on', async () => {
		const { service } = await start({ failuresPerAddress: 2 });
		const status = async (key: string) =>
			(await rawRequest(service.url, INFO, { headers: { Authorization: basic(key) } })).status;
		expect([await status('a'), await status('b'), await status('c')]).toEqual([401, 401, 429]);
		expect(await status(CAROL.key)).toBe(429);
		const copy = await clone(urlOf(service));
		// Being asked for a key is no failure.
		const other = await start({ failuresPerAddress: 2 });
		for (let times = 0; times < 5; times++) {
			const { stderr } = await gitClient(copy, 'fetch', urlOf(other.service), 'pending/1');
			expect(stderr).toContain('could not read Username');
		}
		expect([...(await refsOf(urlOf(other.service), ...sending(CAROL.key))).keys()]).toEqual([
			...PUBLIC,
			...REVIEW,
		]);
	});

	test('finds_no_key_in_the_log', async () => {
		const { service } = await start();
		await refsOf(urlOf(service), ...sending(CAROL.key));
		await gitClient('.', ...sending('wrong-key'), 'ls-remote', urlOf(service));
		const log = JSON.stringify(service.log);
		for (const key of [CAROL.key, 'wrong-key']) {
			expect(log).not.toContain(key);
			expect(log).not.toContain(basic(key).slice('Basic '.length));
		}
	});
});

describe('the setting --advertise', () => {
	test.each([
		[['refs/heads/pending/'], ['refs/heads/pending/1', 'refs/heads/pending/2']],
		[
			['refs/heads/pending/2', 'refs/horde/queue'],
			['refs/heads/pending/2', 'refs/horde/queue'],
		],
		[['refs/heads/next'], ['refs/heads/next']],
		[['refs/heads/ne', 'refs/heads/absent'], []],
	])('%j_shows_everybody_so_much_more', async (advertise, more) => {
		const { repository, service } = await start({ advertise });
		repository.git('branch', 'next');
		repository.git('branch', 'other');
		const refs = [...(await refsOf(urlOf(service))).keys()];
		expect(refs.toSorted()).toEqual([...PUBLIC, ...more].toSorted());
		const copy = await clone(urlOf(service));
		for (const ref of more) {
			await gitDone(copy, 'fetch', '--quiet', 'origin', ref);
			expect(await gitDone(copy, 'rev-parse', 'FETCH_HEAD')).toBe(repository.git('rev-parse', ref));
			await gitDone(copy, 'fetch', '--quiet', 'origin', repository.git('rev-parse', ref));
		}
	});

	test('still_asks_for_a_key_for_what_it_does_not_name', async () => {
		const { service } = await start({ advertise: ['refs/heads/pending/'] });
		const copy = await clone(urlOf(service));
		expect((await gitClient(copy, 'fetch', 'origin', 'refs/heads/pending/*:refs/p/*')).code).toBe(0);
		const { stderr } = await gitClient(copy, 'fetch', 'origin', 'refs/horde/queue');
		expect(stderr).toContain('could not read Username');
	});
});
