/** A primary with a remote: what is new there comes here, what is written here goes there, and nothing of either is lost. */

import { createHmac } from 'node:crypto';
import { chmodSync, renameSync, symlinkSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { clipReference } from '../support/records.ts';
import { createRemote, shownSync, untilInStep, untilSync } from '../support/shared-remote.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startWriteService } from '../support/write-service.ts';

const REFERENCE = { 'clip.json': clipReference('a', 'b') };
const SOON = { timeout: 20_000, interval: 25 };

test('what_the_remote_has_is_served_from_the_first_answer_on', async () => {
	const remote = createRemote(REFERENCE);
	const repository = remote.clone();
	remote.commitElsewhere({ 'clip.json': clipReference('a', 'b', 'c') });
	const service = await startWriteService(repository, { remote: remote.url });
	expect((await service.get('clip.json')).text).toBe(clipReference('a', 'b', 'c'));
	expect(repository.git('status', '--porcelain')).toBe('');
	expect(await shownSync(service)).toMatchObject({ state: 'ok', trouble: null, unsynced_commits: 0 });
});

test('a_write_goes_to_the_remote', async () => {
	const remote = createRemote(REFERENCE);
	const repository = remote.clone();
	const service = await startWriteService(repository, { remote: remote.url });
	expect((await service.post('clip', { name: 'new' })).status).toBe(201);
	await vi.waitFor(() => expect(remote.at()).toBe(repository.git('rev-parse', 'HEAD')), SOON);
	await untilInStep(service);
});

test('one_write_after_the_other_goes_to_the_remote_without_a_look_at_it', async () => {
	const remote = createRemote(REFERENCE);
	const repository = remote.clone();
	const service = await startWriteService(repository, { remote: remote.url, pullEvery: 3600 });
	await untilInStep(service);
	for (const name of ['x', 'y', 'z']) {
		expect((await service.post('clip', { name })).status).toBe(201);
		await vi.waitFor(() => expect(remote.at()).toBe(repository.git('rev-parse', 'HEAD')), SOON);
		await untilInStep(service);
	}
	expect(service.log.filter(({ level }) => Number(level) >= 40)).toEqual([]);
});

test('the_timer_brings_what_is_new', async () => {
	const remote = createRemote(REFERENCE);
	const service = await startWriteService(remote.clone(), { remote: remote.url, pullEvery: 1 });
	remote.commitElsewhere({ 'clip.json': clipReference('a', 'b', 'c') });
	await service.until('clip.json', (_response, body) => body === clipReference('a', 'b', 'c'));
});

test('a_signed_webhook_brings_what_is_new_and_an_unsigned_one_does_not', async () => {
	const remote = createRemote(REFERENCE);
	const service = await startWriteService(remote.clone(), {
		remote: remote.url,
		pullEvery: 3600,
		webhookSecret: 'a secret',
	});
	remote.commitElsewhere({ 'clip.json': clipReference('a', 'b', 'c') });
	const body = '{"ref": "refs/heads/main", "ü": "\\u0000"}';
	const send = (signature: string | undefined, sent: string = body) =>
		fetch(`${service.url}/api/webhook`, {
			method: 'POST',
			headers: { 'Content-Type': 'application/json', ...(signature && { 'X-Hub-Signature-256': signature }) },
			body: sent,
		});
	const signature = `sha256=${createHmac('sha256', 'a secret').update(body).digest('hex')}`;
	for (const wrong of [
		undefined,
		'',
		'sha256=',
		`${signature.slice(0, -1)}!`,
		`sha1=${signature.slice(7)}`,
	]) {
		expect((await send(wrong)).status).toBe(401);
	}
	expect((await send(signature, `${body} `)).status).toBe(401);
	expect((await service.get('clip.json')).text).toBe(clipReference('a', 'b'));
	expect((await send(signature)).status).toBe(202);
	await service.until('clip.json', (_response, text) => text === clipReference('a', 'b', 'c'));
});

test('without_a_secret_there_is_no_webhook', async () => {
	const remote = createRemote(REFERENCE);
	const service = await startWriteService(remote.clone(), { remote: remote.url });
	const response = await fetch(`${service.url}/webhook`, { method: 'POST', body: '{}' });
	expect(response.status).toBe(404);
	expect(await response.json()).toEqual({
		detail: expect.stringContaining('HORDE_REFERENCES_WEBHOOK_SECRET'),
	});
});

test('models_added_here_and_at_the_remote_meanwhile_are_both_kept', async () => {
	const remote = createRemote(REFERENCE);
	const repository = remote.clone();
	const service = await startWriteService(repository, { remote: remote.url, pullEvery: 3600 });
	remote.commitElsewhere({ 'clip.json': clipReference('a', 'b', 'theirs') });
	expect((await service.post('clip', { name: 'ours' })).status).toBe(201);
	await vi.waitFor(() => expect(remote.at()).toBe(repository.git('rev-parse', 'HEAD')), SOON);
	const names = Object.keys(JSON.parse((await service.get('clip.json')).text));
	expect(new Set(names)).toEqual(new Set(['a', 'b', 'theirs', 'ours']));
	expect(repository.git('status', '--porcelain')).toBe('');
	expect(repository.git('fsck', '--no-dangling')).toBe('');
	await untilInStep(service);
});

test('the_same_model_changed_on_both_sides_is_told_and_nothing_is_lost', async () => {
	const remote = createRemote(REFERENCE);
	const repository = remote.clone();
	const service = await startWriteService(repository, { remote: remote.url, pullEvery: 1 });
	const theirs = JSON.stringify({
		...JSON.parse(clipReference('a', 'b')),
		new: { name: 'new', description: 'theirs' },
	});
	remote.commitElsewhere({ 'clip.json': theirs });
	// Whichever comes first: the pull, and then there is no conflict, or the write.
	renameSync(remote.bare.path('refs'), remote.bare.path('refs.away'));
	expect((await service.post('clip', { name: 'new', description: 'ours' })).status).toBe(201);
	renameSync(remote.bare.path('refs.away'), remote.bare.path('refs'));
	await untilSync(service, ({ state, trouble }) => {
		expect(state).toBe('diverged');
		expect(trouble).toContain('new of clip.json');
	});
	expect(JSON.parse((await service.get('clip/model/new')).text)).toMatchObject({ description: 'ours' });
	expect(remote.bare.git('show', 'main:clip.json')).toBe(theirs);
	repository.git('pull', '--quiet', '--no-rebase', '-X', 'ours', 'origin', 'main');
	await untilInStep(service);
	await vi.waitFor(() => expect(remote.at()).toBe(repository.git('rev-parse', 'HEAD')), SOON);
});

test('while_the_remote_is_gone_reads_and_writes_go_on_and_are_made_up_for', async () => {
	const remote = createRemote(REFERENCE);
	const repository = remote.clone();
	const service = await startWriteService(repository, { remote: remote.url, pullEvery: 1 });
	await untilInStep(service);
	renameSync(remote.bare.directory, `${remote.bare.directory}.away`);
	for (const name of ['x', 'y']) expect((await service.post('clip', { name })).status).toBe(201);
	await untilSync(service, ({ state, unsynced_commits, trouble }) => {
		expect({ state, unsynced_commits }).toEqual({ state: 'down', unsynced_commits: 2 });
		expect(trouble).toContain(remote.bare.directory);
	});
	renameSync(`${remote.bare.directory}.away`, remote.bare.directory);
	await untilInStep(service);
	expect(remote.at()).toBe(repository.git('rev-parse', 'HEAD'));
});

test('a_rewritten_history_of_the_remote_is_followed_where_nothing_here_is_lost', async () => {
	const remote = createRemote(REFERENCE);
	const repository = remote.clone();
	const service = await startWriteService(repository, { remote: remote.url, pullEvery: 1 });
	remote.commitElsewhere({ 'clip.json': clipReference('a', 'b', 'mistake') });
	await service.until('clip.json', (_response, body) => body.includes('mistake'));
	await untilInStep(service);
	const elsewhere = remote.clone();
	elsewhere.git('reset', '--quiet', '--hard', 'HEAD~1');
	const rewritten = elsewhere.commit({ 'clip.json': clipReference('a', 'b', 'right') }, 'Rewrite');
	elsewhere.git('push', '--quiet', '--force', 'origin', 'main');
	await service.until('clip.json', (_response, body) => body === clipReference('a', 'b', 'right'));
	expect(repository.git('rev-parse', 'HEAD')).toBe(rewritten);
});

test('edits_that_are_not_committed_are_in_the_way_and_stay', async () => {
	const remote = createRemote(REFERENCE);
	const repository = remote.clone();
	const service = await startWriteService(repository, { remote: remote.url, pullEvery: 1 });
	repository.write('clip.json', clipReference('a', 'edited'));
	const commit = remote.commitElsewhere({ 'clip.json': clipReference('a', 'b', 'c') });
	await untilSync(service, ({ state, trouble }) => {
		expect(state).toBe('diverged');
		expect(trouble).toContain('clip.json');
	});
	expect(repository.git('show', ':clip.json')).toBe(clipReference('a', 'b').trimEnd());
	repository.git('checkout', '--', 'clip.json');
	await untilInStep(service);
	expect(repository.git('rev-parse', 'HEAD')).toBe(commit);
});

test('a_repository_of_its_own_is_not_joined_to_a_remote_that_has_another', async () => {
	const remote = createRemote(REFERENCE);
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('z') });
	const head = repository.git('rev-parse', 'HEAD');
	const service = await startWriteService(repository, { remote: remote.url });
	await untilSync(service, ({ state, trouble }) => {
		expect(state).toBe('diverged');
		expect(trouble).toContain('nothing in common');
	});
	expect(repository.git('rev-parse', 'HEAD')).toBe(head);
});

test('an_empty_remote_gets_what_is_here', async () => {
	const bare = new TemporaryRepository();
	bare.git('init', '--quiet', '--bare');
	const repository = TemporaryRepository.create(REFERENCE);
	const service = await startWriteService(repository, { remote: `file://${bare.directory}` });
	await untilInStep(service);
	expect(bare.git('rev-parse', 'refs/heads/main')).toBe(repository.git('rev-parse', 'HEAD'));
});

test('tags_and_other_branches_come_too_and_those_of_this_machine_stay', async () => {
	const remote = createRemote(REFERENCE);
	const repository = remote.clone();
	repository.git('branch', 'private');
	const service = await startWriteService(repository, { remote: remote.url, pullEvery: 1 });
	remote.bare.git('branch', 'zmodel');
	remote.bare.git('tag', 'v1');
	await vi.waitFor(
		() =>
			expect(repository.git('for-each-ref', '--format=%(refname)', 'refs/tags', 'refs/heads')).toBe(
				'refs/heads/main\nrefs/heads/private\nrefs/heads/zmodel\nrefs/tags/v1',
			),
		SOON,
	);
	remote.bare.git('branch', '-D', 'zmodel');
	await vi.waitFor(
		() =>
			expect(repository.git('for-each-ref', '--format=%(refname)', 'refs/heads')).toBe(
				'refs/heads/main\nrefs/heads/private',
			),
		SOON,
	);
	await untilInStep(service);
	expect(remote.bare.git('for-each-ref', '--format=%(refname)', 'refs/heads')).toBe('refs/heads/main');
});

test('a_payload_that_is_too_large_is_413_and_the_service_lives_on', async () => {
	const remote = createRemote(REFERENCE);
	const service = await startWriteService(remote.clone(), { remote: remote.url, webhookSecret: 'a secret' });
	const response = await fetch(`${service.url}/webhook`, {
		method: 'POST',
		headers: { 'X-Hub-Signature-256': `sha256=${'0'.repeat(64)}` },
		body: Buffer.alloc(26 * 1024 * 1024),
	});
	expect(response.status).toBe(413);
	expect((await service.get('clip.json')).status).toBe(200);
});

test('a_commit_by_hand_goes_to_the_remote_at_once', async () => {
	const remote = createRemote(REFERENCE);
	const repository = remote.clone();
	await startWriteService(repository, { remote: remote.url, pullEvery: 3600 });
	const commit = repository.commit({ 'clip.json': clipReference('a', 'b', 'by hand') }, 'By hand');
	await vi.waitFor(() => expect(remote.at()).toBe(commit), SOON);
});

test('modes_and_links_outlive_a_merge', async () => {
	const remote = createRemote({ ...REFERENCE, tool: 'echo 1\n' });
	const repository = remote.clone();
	const service = await startWriteService(repository, { remote: remote.url, pullEvery: 3600 });
	await untilInStep(service);
	remote.commitElsewhere({ 'README.md': 'theirs' });
	chmodSync(repository.path('tool'), 0o755);
	symlinkSync('tool', repository.path('link'));
	repository.commit({}, 'A link and a bit');
	await vi.waitFor(() => {
		expect(remote.bare.git('ls-tree', '--format=%(objectmode) %(path)', 'main')).toBe(
			'100644 README.md\n100644 clip.json\n120000 link\n100755 tool',
		);
	}, SOON);
});

test('a_branch_that_another_is_in_the_way_of_holds_up_nothing_else', async () => {
	const remote = createRemote(REFERENCE);
	const repository = remote.clone();
	repository.git('branch', 'zmodel/mine');
	const service = await startWriteService(repository, { remote: remote.url, pullEvery: 1 });
	remote.bare.git('branch', 'zmodel');
	remote.bare.git('branch', 'other');
	const commit = remote.commitElsewhere({ 'clip.json': clipReference('a', 'b', 'c') });
	await service.until('clip.json', (_response, body) => body === clipReference('a', 'b', 'c'));
	await untilInStep(service);
	expect(repository.git('rev-parse', 'HEAD')).toBe(commit);
	expect(repository.git('for-each-ref', '--format=%(refname)', 'refs/heads')).toBe(
		'refs/heads/main\nrefs/heads/other\nrefs/heads/zmodel/mine',
	);
});

test('what_was_in_the_way_and_is_gone_is_noticed_without_waiting_for_the_timer', async () => {
	const remote = createRemote(REFERENCE);
	const repository = remote.clone();
	remote.commitElsewhere({ 'clip.json': clipReference('a', 'b', 'c') });
	repository.write('clip.json', clipReference('edited'));
	const service = await startWriteService(repository, { remote: remote.url, pullEvery: 3600 });
	await untilSync(service, ({ trouble }) => expect(trouble).toContain('stash push'));
	repository.git('checkout', '--', 'clip.json');
	await untilInStep(service);
});
