/** What people are told over HTTP while a maintainer works in the repository by hand. */

import { expect, test } from 'vitest';
import { expectQueueSound } from '../support/queue-invariants.ts';
import { clipReference } from '../support/records.ts';
import { reviewer } from '../support/reviewer.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { CAROL, startWriteService } from '../support/write-service.ts';

/** Proposals 1 to 3 to clip, of which 1 and 2 are approved, and 4 to blip, approved. */
async function start() {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const service = await startWriteService(repository, { writes: 'queue' });
	const alice = reviewer(service);
	for (const model of ['b', 'c', 'd']) await alice.propose(model);
	await alice.propose('x', {}, 'blip');
	const carol = reviewer(service.as(CAROL));
	await carol.decide({ approve: [1, 2, 4] });
	return { repository, service, alice, carol };
}

test('a_proposal_that_is_checked_out_refuses_writes_with_the_way_out_and_reads_go_on', async () => {
	const { repository, service, carol } = await start();
	repository.git('switch', '--quiet', 'pending/1');
	const refused = {
		status: 503,
		body: { detail: expect.stringMatching(/HEAD names the proposal pending\/1, .* switch <branch>$/) },
	};
	expect(await service.post('clip', { name: 'e' })).toMatchObject(refused);
	for (const answer of [
		carol.apply(1),
		carol.applyAll([1, 2]),
		carol.applyBatch(1),
		carol.decide({ reject: [3] }),
		carol.purge(),
	]) {
		expect(await answer).toMatchObject(refused);
	}
	expect((await service.get('clip.json')).status).toBe(200);
	expect((await carol.list()).body.total).toBe(4);
	expect((await carol.diff(3)).status).toBe(200);
	repository.git('switch', '--quiet', 'main');
	expect((await carol.applyBatch(1)).status).toBe(200);
	expectQueueSound(repository);
});

test('a_branch_that_is_called_pending_refuses_proposals_and_says_how_to_rename_it', async () => {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	repository.git('branch', 'pending');
	const service = await startWriteService(repository, { writes: 'queue' });
	expect(await service.post('clip', { name: 'b' })).toMatchObject({
		status: 503,
		body: { detail: expect.stringContaining('git branch -m pending <name>') },
	});
	repository.git('branch', '-m', 'pending', 'another');
	expect(await service.post('clip', { name: 'b' })).toMatchObject({ status: 202, body: { change_id: 1 } });
});

test('a_branch_that_holds_something_else_is_409_and_says_what_can_be_done', async () => {
	const { repository, carol } = await start();
	repository.git('switch', '--quiet', 'pending/1');
	repository.commit({ 'clip.json': clipReference('theirs') }, 'Theirs');
	repository.git('switch', '--quiet', 'main');
	const told = expect.stringMatching(
		/^The branch pending\/1 was changed by hand: .*git branch -f pending\/1 \w{40}/,
	);
	expect(await carol.apply(1)).toMatchObject({ status: 409, body: { detail: told } });
	expect(await carol.applyAll([2, 1, 4])).toMatchObject({
		status: 409,
		body: { applied: [{ change_id: 2 }], failed_change_id: 1, failed_error: told },
	});
	expect(await carol.purge({ model_name: 'b' })).toMatchObject({
		status: 200,
		body: { removed_change_ids: [1] },
	});
	expectQueueSound(repository, { branches: [1] });
});

test('a_file_with_edits_is_409_for_its_category_alone', async () => {
	const { repository, carol } = await start();
	repository.write('clip.json', clipReference('a', 'mine'));
	const told = expect.stringMatching(/^clip\.json has edits that are not committed/);
	expect(await carol.apply(1)).toMatchObject({ status: 409, body: { detail: told } });
	expect(await carol.applyAll([4, 1, 2])).toMatchObject({
		status: 409,
		body: { applied: [{ change_id: 4 }], failed_change_id: 1, failed_error: told },
	});
	repository.git('checkout', '--quiet', '--', 'clip.json');
	expect((await carol.applyAll([1, 2])).status).toBe(200);
	expectQueueSound(repository);
});

test('a_published_branch_that_was_put_back_leaves_a_queue_that_can_be_read_and_used', async () => {
	const { repository, service, alice, carol } = await start();
	const before = (await service.get('clip.json')).text;
	expect((await carol.apply(1)).status).toBe(200);
	repository.git('reset', '--quiet', '--hard', 'HEAD~1');
	await service.until('clip.json', (_response, body) => body === before);
	expect(await carol.statusOf(1)).toBe('applied');
	expect((await carol.diff(1)).body).toMatchObject({ current_state: null, net_operation: 'added' });
	for (const view of ['current', 'batches', 'batches/1', 'batches/1/net_changes']) {
		expect((await service.get(`pending_queue/audit/${view}`)).status, view).toBe(200);
	}
	const again = await alice.propose('b');
	await carol.decide({ approve: [again] });
	expect((await carol.apply(again)).status).toBe(200);
	expect((await service.get('clip/model/b')).status).toBe(200);
	expectQueueSound(repository, { published: true });
});
