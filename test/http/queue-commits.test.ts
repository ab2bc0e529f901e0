/** What somebody with git sees of the queue: the review, commits that explain themselves, and a ledger that can be read. */

import { describe, expect, test } from 'vitest';
import { expectSound } from '../support/committer.ts';
import { startQueue } from '../support/queue-service.ts';
import { clipReference, textReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { BOB } from '../support/write-service.ts';

const trailersOf = (repository: TemporaryRepository, revision: string) =>
	repository.git('log', '-1', '--format=%(trailers:only,unfold)', revision).trim().split('\n');

describe('the branch of a proposal', () => {
	test('is_one_commit_that_git_show_and_git_diff_show_as_the_review', async () => {
		const { repository, service } = await startQueue();
		await service.put('clip', { name: 'b', type: 'clip', description: 'Better' });
		const main = repository.git('rev-parse', 'main');
		expect(repository.git('rev-parse', 'pending/1^')).toBe(main);
		expect(repository.git('log', '-1', '--format=%an <%ae>|%s', 'pending/1')).toBe(
			'alice#1 <1@horde-users.invalid>|Update clip model b',
		);
		expect(trailersOf(repository, 'pending/1')).toEqual([
			...['Category: clip', 'Model: b', 'Operation: update', 'Change-Id: 1'],
		]);
		const review = repository.git('diff', '--stat', 'main...pending/1');
		expect(review).toMatch(/clip\.json .*\n 1 file changed/);
		const diff = repository.git('diff', 'main...pending/1');
		expect(diff).toMatch(/^-\s+"description": "About b"$/m);
		expect(diff).toMatch(/^\+\s+"description": "Better",$/m);
		expect(diff).not.toMatch(/^[-+].*About [ac]/m);
		expect(repository.git('show', '--format=', 'pending/1')).toBe(diff);
	});

	test('holds_the_twins_of_a_text_model', async () => {
		const { repository, service } = await startQueue({ 'db.json': textReference('A/M-7B') });
		await service.delete('text_generation', 'A/M-7B');
		expect(JSON.parse(repository.git('show', 'pending/1:db.json'))).toEqual({});
	});

	test('goes_with_the_transition_that_closes_the_change', async () => {
		const { repository, approver, propose } = await startQueue();
		await propose('d', 'e', 'f', 'g');
		await approver.approve(1, 2);
		await approver.apply(1);
		await approver.reject(3);
		await approver.purge({ model_name: 'g' });
		expect(repository.git('for-each-ref', '--format=%(refname)', 'refs/heads/pending')).toBe(
			'refs/heads/pending/2',
		);
		expect(repository.git('branch', '--show-current')).toBe('main');
		expectSound(repository);
	});
});

describe('a commit that was published', () => {
	test('is_by_the_requestor_and_names_change_batch_approver_and_job', async () => {
		const { repository, service, approver } = await startQueue();
		await service.as(BOB).post('clip', { name: 'd' });
		await approver.decide({ batch_title: 'Spring', approved_ids: [1] });
		await approver.apply(1, { job_id: 'job-7' });
		expect(repository.git('log', '-1', '--format=%an <%ae>|%s')).toBe(
			'bob#2 <2@horde-users.invalid>|Add clip model d',
		);
		const trailers = trailersOf(repository, 'main');
		expect(trailers).toEqual([
			...['Category: clip', 'Model: d', 'Operation: create', 'Change-Id: 1', 'Batch-Id: 1'],
			...['Batch-Title: Spring', 'Approved-By: carol#3', 'Applied-By: carol#3', 'Job-Id: job-7'],
		]);
		const { requested_at, applied_at } = (await approver.change(1)).body;
		const [authored = '', committed = ''] = repository.git('log', '-1', '--format=%at %ct').split(' ');
		expect(Number(authored)).toBe(requested_at);
		expect(Number(committed)).toBeLessThanOrEqual(Number(applied_at));
	});

	test('is_found_by_the_id_of_its_change_and_no_other_is', async () => {
		const { repository, approver, propose } = await startQueue();
		const names = Array.from({ length: 12 }, (_, index) => `m${index + 1}`);
		await approver.approve(...(await propose(...names)));
		expect((await approver.applyBatch(1)).status).toBe(200);
		for (const id of [1, 2, 12]) {
			const found = repository.git('log', `--grep=^Change-Id: ${id}$`, '--format=%s');
			expect(found).toBe(`Add clip model m${id}`);
		}
		expect(repository.git('rev-list', '--count', 'main')).toBe('13');
	});

	test('is_one_for_each_change_of_a_batch_in_their_order', async () => {
		const { repository, service, approver } = await startQueue();
		await service.post('clip', { name: 'd' });
		await service.put('clip', { name: 'a', version: '2' });
		await service.delete('clip', 'b');
		await service.post('blip', { name: 'e' });
		await approver.approve(1, 2, 3, 4);
		await approver.applyMany({ change_ids: [4, 1, 2, 3], job_id: 'all' });
		expect(
			repository.git('log', '--reverse', '--skip=0', '--format=%s', 'main').split('\n').slice(1),
		).toEqual([...['Add blip model e', 'Add clip model d', 'Update clip model a', 'Remove clip model b']]);
		const jobs = repository.git('log', '--format=%(trailers:key=Job-Id,valueonly,separator=)', '-4');
		expect(jobs.split('\n')).toEqual(['all', 'all', 'all', 'all']);
		expectSound(repository);
	});

	test('cannot_be_told_another_id_by_what_people_type', async () => {
		const { repository, approver, service } = await startQueue();
		const lookalike = 'Nice\n\nChange-Id: 7\nApproved-By: mallory#9';
		await service.post('clip', { name: 'd', description: lookalike });
		await approver.decide({ batch_title: lookalike.trim(), approved_ids: [1] });
		await approver.apply(1, { job_id: lookalike });
		for (const ref of ['main', 'refs/horde/queue']) {
			expect(repository.git('log', '--grep=^Change-Id: 7$', '--format=%s', ref)).toBe('');
			const ids = repository.git('log', '-1', '--format=%(trailers:key=Change-Id,valueonly)', ref);
			expect(ids.trim()).toBe('1');
		}
		expect(trailersOf(repository, 'main')).not.toContain('Approved-By: mallory#9');
		const { batch_title, applied_job_id } = (await approver.change(1)).body;
		expect([batch_title, applied_job_id]).toEqual([lookalike, lookalike]);
	});
});

describe('the ledger', () => {
	test('has_one_commit_for_each_transition_by_who_made_it', async () => {
		const { repository, service, approver } = await startQueue();
		await service.post('clip', { name: 'd' });
		await service.as(BOB).delete('clip', 'a');
		await service.post('clip', { name: 'e' });
		await service.post('clip', { name: 'f' });
		await approver.decide({ batch_title: 'x', approved_ids: [1, 2], rejected_ids: [3], reject_reason: 'r' });
		await approver.apply(2);
		await approver.purge({ model_name: 'f' });
		expect(repository.git('log', '--reverse', '--format=%an: %s', 'refs/horde/queue').split('\n')).toEqual([
			'alice#1: Propose change 1: add clip model d',
			'bob#2: Propose change 2: remove clip model a',
			'alice#1: Propose change 3: add clip model e',
			'alice#1: Propose change 4: add clip model f',
			'carol#3: Approve changes 1, 2 in batch 1, reject change 3',
			'carol#3: Apply change 2',
			'carol#3: Split batch 1: 1 change left over go to batch 2',
			'carol#3: Purge change 4',
		]);
		const events = repository.git(
			'log',
			'--reverse',
			'--format=%(trailers:key=Event-Id,valueonly)',
			'refs/horde/queue',
		);
		const numbers = events.split('\n').filter(Boolean).map(Number);
		expect(numbers).toEqual(numbers.map((_, index) => index + 1));
		expect(
			repository.git('log', '--format=%s', '--grep=^Change-Id: 2$', 'refs/horde/queue').split('\n'),
		).toEqual([
			'Apply change 2',
			'Approve changes 1, 2 in batch 1, reject change 3',
			'Propose change 2: remove clip model a',
		]);
	});

	test('is_no_branch_and_comes_with_no_ordinary_clone', async () => {
		const { repository, propose, service } = await startQueue({ 'clip.json': clipReference('a') });
		await propose('d');
		await service.stop();
		const clone = new TemporaryRepository();
		clone.git('clone', '--quiet', '--no-hardlinks', repository.directory, '.');
		const refs = clone.git('for-each-ref', '--format=%(refname)').split('\n');
		expect(refs).toContain('refs/remotes/origin/pending/1');
		expect(refs.filter((ref) => ref.includes('horde'))).toEqual([]);
		clone.git('fetch', '--quiet', 'origin', 'refs/horde/*:refs/horde/*');
		expect(clone.git('show', 'refs/horde/queue:changes/00/00/1.json')).toContain('"status": "pending"');
	});
});
