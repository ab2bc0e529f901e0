/** Several primaries agree by what their remote takes first: nothing acknowledged is lost, nothing is done twice. */

import { chmodSync, existsSync, renameSync, writeFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { expectQueueSound } from '../support/queue-invariants.ts';
import { clipReference } from '../support/records.ts';
import { reviewer } from '../support/reviewer.ts';
import { createRemote, type SharedRemote, untilInStep, untilSync } from '../support/shared-remote.ts';
import type { TemporaryRepository } from '../support/temporary-repository.ts';
import type { TestServiceOptions } from '../support/test-service.ts';
import { CAROL, startWriteService, type WriteService } from '../support/write-service.ts';

const REFERENCE = { 'clip.json': clipReference('a', 'b') };
const SOON = { timeout: 20_000, interval: 25 };

interface Primary extends WriteService {
	readonly repository: TemporaryRepository;
}

async function startPrimary(remote: SharedRemote, overrides: TestServiceOptions = {}): Promise<Primary> {
	const repository = remote.clone();
	const service = await startWriteService(repository, {
		remote: remote.url,
		ack: 'remote',
		pullEvery: 1,
		...overrides,
	});
	return { ...service, repository };
}

function namesAt(remote: SharedRemote): readonly string[] {
	return Object.keys(JSON.parse(remote.bare.git('show', 'main:clip.json')));
}

test('an_acknowledged_write_is_at_the_remote', async () => {
	const remote = createRemote(REFERENCE);
	const primary = await startPrimary(remote);
	const { status, headers } = await primary.post('clip', { name: 'new' });
	expect(status).toBe(201);
	expect(remote.at()).toBe(headers.get('x-reference-commit'));
	expect(primary.repository.git('status', '--porcelain')).toBe('');
});

test('what_another_primary_has_written_is_built_on', async () => {
	const remote = createRemote(REFERENCE);
	const [one, two] = [
		await startPrimary(remote, { pullEvery: 3600 }),
		await startPrimary(remote, { pullEvery: 3600 }),
	];
	expect((await one.post('clip', { name: 'one' })).status).toBe(201);
	expect((await two.post('clip', { name: 'two' })).status).toBe(201);
	expect(namesAt(remote)).toEqual(['a', 'b', 'one', 'two']);
	// The second has brought what the first wrote, and serves it.
	expect((await two.get('clip/model/one')).status).toBe(200);
	expect((await two.post('clip', { name: 'one' })).status).toBe(409);
	expect(remote.bare.git('rev-list', '--count', '--merges', 'main')).toBe('0');
});

test('of_two_changes_of_one_model_at_two_primaries_the_second_is_a_conflict', async () => {
	const remote = createRemote(REFERENCE);
	const [one, two] = [
		await startPrimary(remote, { pullEvery: 3600 }),
		await startPrimary(remote, { pullEvery: 3600 }),
	];
	expect((await one.put('clip', { name: 'a', description: 'one' })).status).toBe(200);
	const answer = await two.put('clip', { name: 'a', description: 'two' });
	expect(answer.status, answer.text).toBe(409);
	expect((await two.put('clip', { name: 'a', description: 'two' })).status).toBe(200);
	expect(remote.bare.git('show', 'main:clip.json')).toContain('two');
});

test('three_primaries_that_all_write_lose_nothing_and_do_nothing_twice', async () => {
	const remote = createRemote(REFERENCE);
	const primaries = [await startPrimary(remote), await startPrimary(remote), await startPrimary(remote)];
	const wanted = primaries.flatMap((primary, index) =>
		Array.from({ length: 8 }, (_, number) => ({ primary, name: `model-${index}-${number}` })),
	);
	const answers = await Promise.all(wanted.map(({ primary, name }) => primary.post('clip', { name })));
	const acknowledged = wanted.filter((_, index) => answers[index]?.status === 201).map(({ name }) => name);
	// Who lost the race too often is told to come again, and has written nothing.
	expect(answers.every(({ status }) => status === 201 || status === 503)).toBe(true);
	expect([...namesAt(remote)].sort()).toEqual(['a', 'b', ...acknowledged].sort());
	const subjects = remote.bare.git('log', '--format=%s', 'main').split('\n');
	for (const name of acknowledged) {
		expect(subjects.filter((subject) => subject === `Add clip model ${name}`)).toHaveLength(1);
	}
	for (const primary of primaries) {
		await vi.waitFor(() => {
			expect(primary.repository.git('rev-parse', 'HEAD')).toBe(remote.at());
			expect(primary.repository.git('status', '--porcelain')).toBe('');
		}, SOON);
	}
});

test('the_queue_is_one_for_all_primaries', async () => {
	const remote = createRemote(REFERENCE);
	const settings = { writes: 'queue', pullEvery: 1 } as const;
	const [one, two] = [await startPrimary(remote, settings), await startPrimary(remote, settings)];
	const ids = [];
	for (const [index, primary] of [one, two, one, two].entries()) {
		const { status, body } = await primary.post('clip', { name: `model-${index}` });
		expect(status, String(body.detail)).toBe(202);
		ids.push(body.change_id);
	}
	expect(ids).toEqual([1, 2, 3, 4]);
	expect(remote.at('refs/horde/queue')).toBe(two.repository.git('rev-parse', 'refs/horde/queue'));
	const approver = reviewer(one.as(CAROL));
	expect((await approver.decide({ approve: [1, 2, 3], reject: [4] })).status).toBe(200);
	// The other primary shows it when it has looked at the remote again.
	await vi.waitFor(async () => expect(await reviewer(two.as(CAROL)).statusOf(3)).toBe('approved'), SOON);
	const applied = await reviewer(two.as(CAROL)).applyBatch(1, 'job');
	expect(applied.status, applied.text).toBe(200);
	expect(namesAt(remote)).toEqual(['a', 'b', 'model-0', 'model-1', 'model-2']);
	expect(remote.bare.git('for-each-ref', 'refs/heads/pending')).toBe('');
	for (const primary of [one, two]) {
		await untilInStep(primary);
		await vi.waitFor(() => {
			const { repository } = primary;
			expect(repository.git('rev-parse', 'refs/horde/queue')).toBe(remote.at('refs/horde/queue'));
			// Git removes refs last.
			expect(repository.git('for-each-ref', 'refs/heads/pending')).toBe('');
			expect(existsSync(repository.path('.git/horde-references/refs.json'))).toBe(false);
		}, SOON);
		expectQueueSound(primary.repository);
	}
	// The same job at the other primary is answered the same.
	const again = await approver.applyBatch(1, 'job');
	expect(again.status).toBe(200);
	expect(remote.bare.git('rev-list', '--count', 'main')).toBe('4');
});

test('while_the_remote_is_gone_writes_are_503_and_reads_go_on', async () => {
	const remote = createRemote(REFERENCE);
	const primary = await startPrimary(remote);
	renameSync(remote.bare.directory, `${remote.bare.directory}.away`);
	const head = primary.repository.git('rev-parse', 'HEAD');
	for (const name of ['x', 'y']) {
		const { status, headers, body } = await primary.post('clip', { name });
		expect(status).toBe(503);
		expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
		expect(body.detail).toContain('cannot be reached');
	}
	expect((await primary.get('clip.json')).text).toBe(clipReference('a', 'b'));
	expect(primary.repository.git('rev-parse', 'HEAD')).toBe(head);
	expect(primary.repository.git('status', '--porcelain')).toBe('');
	renameSync(`${remote.bare.directory}.away`, remote.bare.directory);
	await untilInStep(primary);
	expect((await primary.post('clip', { name: 'x' })).status).toBe(201);
});

test('a_remote_that_refuses_is_told_and_nothing_is_written', async () => {
	const remote = createRemote(REFERENCE);
	const primary = await startPrimary(remote);
	writeHook(remote, 'echo no >&2\nexit 1\n');
	const { status, body } = await primary.post('clip', { name: 'x' });
	expect(status).toBe(503);
	expect(body.detail).toContain('pre-receive hook declined');
	expect(primary.repository.git('status', '--porcelain')).toBe('');
	expect(namesAt(remote)).toEqual(['a', 'b']);
});

test('a_key_that_was_used_at_one_primary_is_known_at_the_other', async () => {
	const remote = createRemote(REFERENCE);
	const [one, two] = [
		await startPrimary(remote, { pullEvery: 3600 }),
		await startPrimary(remote, { pullEvery: 3600 }),
	];
	const key = { 'Idempotency-Key': 'the same' };
	expect((await two.post('clip', { name: 'first of two' }, { 'Idempotency-Key': 'another' })).status).toBe(
		201,
	);
	const first = await one.post('clip', { name: 'new' }, key);
	expect(first.status).toBe(201);
	const answer = await two.post('clip', { name: 'new' }, key);
	expect(answer.status, answer.text).toBe(201);
	expect(answer.headers.get('x-reference-commit')).toBe(first.headers.get('x-reference-commit'));
	expect(namesAt(remote).filter((name) => name === 'new')).toHaveLength(1);
});

test('of_two_proposals_with_one_key_at_two_primaries_there_is_one', async () => {
	const remote = createRemote(REFERENCE);
	const settings = { writes: 'queue', pullEvery: 3600 } as const;
	const [one, two] = [await startPrimary(remote, settings), await startPrimary(remote, settings)];
	const key = { 'Idempotency-Key': 'the same' };
	const answers = await Promise.all([one, two].map((primary) => primary.post('clip', { name: 'new' }, key)));
	expect(answers.map(({ status, body }) => [status, body.change_id])).toEqual([
		[202, 1],
		[202, 1],
	]);
	expect(expectQueueSound(two.repository).changes.size).toBe(1);
});

test('a_commit_that_a_maintainer_makes_at_a_primary_goes_to_the_remote', async () => {
	const remote = createRemote(REFERENCE);
	const primary = await startPrimary(remote, { pullEvery: 3600 });
	primary.repository.commit({ 'clip.json': clipReference('a', 'b', 'by hand') }, 'By hand');
	expect((await primary.post('clip', { name: 'x' })).status).toBe(201);
	expect(namesAt(remote)).toEqual(['a', 'b', 'by hand', 'x']);
});

test('a_branch_that_was_force_pushed_is_followed_before_the_next_write', async () => {
	const remote = createRemote(REFERENCE);
	const primary = await startPrimary(remote, { pullEvery: 3600 });
	expect((await primary.post('clip', { name: 'gone' })).status).toBe(201);
	const elsewhere = remote.clone();
	elsewhere.git('reset', '--quiet', '--hard', 'HEAD~1');
	elsewhere.commit({ 'clip.json': clipReference('a', 'b', 'instead') }, 'Rewrite');
	elsewhere.git('push', '--quiet', '--force', 'origin', 'main');
	expect((await primary.post('clip', { name: 'x' })).status).toBe(201);
	expect(namesAt(remote)).toEqual(['a', 'b', 'instead', 'x']);
});

test('what_was_written_stays_when_the_remote_goes_away_right_after_it', async () => {
	const remote = createRemote(REFERENCE);
	const primary = await startPrimary(remote);
	expect((await primary.post('clip', { name: 'new' })).status).toBe(201);
	renameSync(remote.bare.directory, `${remote.bare.directory}.away`);
	await untilSync(primary, ({ state, unsynced_commits }) =>
		expect({ state, unsynced_commits }).toEqual({ state: 'down', unsynced_commits: 0 }),
	);
	expect((await primary.get('clip/model/new')).status).toBe(200);
	renameSync(`${remote.bare.directory}.away`, remote.bare.directory);
	await untilInStep(primary);
});

test('a_commit_by_hand_while_a_write_is_on_its_way_undoes_nothing_and_repeats_nothing', async () => {
	const remote = createRemote(REFERENCE);
	const primary = await startPrimary(remote);
	const git = `env -u GIT_DIR -u GIT_QUARANTINE_PATH -u GIT_OBJECT_DIRECTORY -u GIT_ALTERNATE_OBJECT_DIRECTORIES git -C ${primary.repository.directory} -c user.name=M -c user.email=m@example.invalid`;
	writeHook(
		remote,
		`${git} update-ref refs/heads/main $(${git} commit-tree 'main^{tree}' -p main -m 'By hand')\nrm "$0"\n`,
	);
	const answer = await primary.post('clip', { name: 'new' });
	expect(answer.status, answer.text).toBe(201);
	const subjects = () => remote.bare.git('log', '--format=%s', 'main').split('\n');
	await vi.waitFor(() => expect(subjects()).toContain('By hand'), SOON);
	expect(subjects().filter((subject) => subject === 'Add clip model new')).toHaveLength(1);
	await untilInStep(primary);
	expect(remote.at()).toBe(primary.repository.git('rev-parse', 'HEAD'));
	expectQueueSound(primary.repository);
});

function writeHook(remote: SharedRemote, script: string): void {
	const hook = remote.bare.path('hooks/pre-receive');
	writeFileSync(hook, `#!/bin/sh\n${script}`);
	chmodSync(hook, 0o755);
}

test('a_put_that_changes_nothing_here_is_compared_with_what_the_remote_has', async () => {
	const remote = createRemote(REFERENCE);
	const [one, two] = [
		await startPrimary(remote, { pullEvery: 3600 }),
		await startPrimary(remote, { pullEvery: 3600 }),
	];
	const record = (description: string) => ({ name: 'a', description });
	expect((await one.put('clip', record('first'))).status).toBe(200);
	// By this the other has it as well.
	expect((await two.post('clip', { name: 'other' })).status).toBe(201);
	expect((await two.put('clip', record('second'))).status).toBe(200);
	const { status, headers } = await one.put('clip', record('first'));
	expect(status).toBe(200);
	expect(remote.at()).toBe(headers.get('x-reference-commit'));
	expect(remote.bare.git('show', 'main:clip.json')).toContain('first');
});

test('a_key_that_came_by_a_pull_by_hand_is_known', async () => {
	const remote = createRemote(REFERENCE);
	const [one, two] = [
		await startPrimary(remote, { pullEvery: 3600 }),
		await startPrimary(remote, { pullEvery: 3600 }),
	];
	const record = (description: string) => ({ name: 'a', description });
	const key = { 'Idempotency-Key': 'the same' };
	// What is kept of keys is read by the first that comes.
	expect((await two.post('clip', { name: 'first' }, { 'Idempotency-Key': 'other' })).status).toBe(201);
	const first = await one.put('clip', record('keyed'), key);
	expect(first.status).toBe(200);
	expect((await one.put('clip', record('after it'))).status).toBe(200);
	two.repository.git('pull', '--quiet', '--ff-only', 'origin', 'main');
	const again = await two.put('clip', record('keyed'), key);
	expect(again.status, again.text).toBe(200);
	expect(again.headers.get('x-reference-commit')).toBe(first.headers.get('x-reference-commit'));
	expect(JSON.parse(remote.bare.git('show', 'main:clip.json')).a).toMatchObject(record('after it'));
});
