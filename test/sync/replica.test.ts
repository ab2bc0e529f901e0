/** A replica follows an upstream, serves on without it, and takes no writes. */

import { renameSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { clipReference } from '../support/records.ts';
import { createRemote, shownSync, untilInStep, untilSync } from '../support/shared-remote.ts';
import { startWriteService } from '../support/write-service.ts';

const REFERENCE = { 'clip.json': clipReference('a', 'b') };
const SOON = { timeout: 20_000, interval: 25 };
const REPLICA = { replicateMode: 'REPLICA', pullEvery: 1 } as const;

test('a_replica_serves_what_its_upstream_has', async () => {
	const upstream = createRemote(REFERENCE);
	const replica = await startWriteService(upstream.clone(), { ...REPLICA, upstream: upstream.url });
	upstream.commitElsewhere({ 'clip.json': clipReference('a', 'b', 'c') });
	await replica.until('clip.json', (_response, body) => body === clipReference('a', 'b', 'c'));
	const mode = await fetch(`${replica.url}/replicate_mode`);
	expect(await mode.json()).toMatchObject({ replicate_mode: 'REPLICA', writable: false });
});

test('a_replica_answers_writes_with_503_that_names_its_upstream', async () => {
	const upstream = createRemote(REFERENCE);
	const replica = await startWriteService(upstream.clone(), { ...REPLICA, upstream: upstream.url });
	for (const answer of [
		await replica.post('clip', { name: 'x' }),
		await replica.delete('clip', 'a'),
		await replica.post('pending_queue/batches', {}),
	]) {
		expect(answer.status).toBe(503);
		expect(answer.body.detail).toContain(upstream.url);
	}
});

test('a_replica_starts_and_serves_without_its_upstream', async () => {
	const upstream = createRemote(REFERENCE);
	const repository = upstream.clone();
	renameSync(upstream.bare.directory, `${upstream.bare.directory}.away`);
	const replica = await startWriteService(repository, { ...REPLICA, upstream: upstream.url });
	expect((await replica.get('clip.json')).text).toBe(clipReference('a', 'b'));
	expect(await shownSync(replica)).toMatchObject({ state: 'down', last_sync: null });
	renameSync(`${upstream.bare.directory}.away`, upstream.bare.directory);
	await untilInStep(replica);
});

test('a_replica_that_was_off_for_a_thousand_commits_makes_up_for_them', async () => {
	const upstream = createRemote(REFERENCE);
	const repository = upstream.clone();
	const elsewhere = upstream.clone();
	const stream = Array.from({ length: 1000 }, (_, index) => {
		const content = clipReference('a', 'b', `c${index}`);
		return [
			'commit refs/heads/main',
			`committer M <m@example.invalid> ${1_700_000_000 + index} +0000`,
			'data 6\nChange',
			...(index === 0 ? ['from refs/heads/main^0'] : []),
			`M 100644 inline clip.json\ndata ${Buffer.byteLength(content)}\n${content}`,
		].join('\n');
	}).join('\n');
	elsewhere.gitInput(`${stream}\n`, 'fast-import', '--quiet');
	elsewhere.git('push', '--quiet', 'origin', 'main');
	const replica = await startWriteService(repository, { ...REPLICA, upstream: upstream.url });
	await replica.until('clip.json', (_response, body) => body === clipReference('a', 'b', 'c999'));
	expect(repository.git('rev-parse', 'HEAD')).toBe(upstream.at());
	expect(repository.git('status', '--porcelain')).toBe('');
});

test('a_force_push_at_the_upstream_is_followed', async () => {
	const upstream = createRemote(REFERENCE);
	const replica = await startWriteService(upstream.clone(), { ...REPLICA, upstream: upstream.url });
	upstream.commitElsewhere({ 'clip.json': clipReference('mistake') });
	await replica.until('clip.json', (_response, body) => body === clipReference('mistake'));
	await untilInStep(replica);
	upstream.bare.git('update-ref', 'refs/heads/main', 'refs/heads/main~1');
	await replica.until('clip.json', (_response, body) => body === clipReference('a', 'b'));
});

test('commits_that_somebody_makes_at_a_replica_are_told_and_stay', async () => {
	const upstream = createRemote(REFERENCE);
	const repository = upstream.clone();
	const replica = await startWriteService(repository, { ...REPLICA, upstream: upstream.url });
	await untilInStep(replica);
	const own = repository.commit({ 'clip.json': clipReference('own') }, 'By mistake');
	await untilSync(replica, ({ state, trouble }) => {
		expect(state).toBe('diverged');
		expect(trouble).toContain('of its own');
	});
	upstream.commitElsewhere({ 'clip.json': clipReference('a', 'b', 'c') });
	await vi.waitFor(
		() => expect(repository.git('rev-parse', 'refs/horde/remote/heads/main')).toBe(upstream.at()),
		SOON,
	);
	expect(repository.git('rev-parse', 'HEAD')).toBe(own);
	expect((await shownSync(replica)).state).toBe('diverged');
	repository.git('reset', '--quiet', '--hard', 'HEAD~1');
	await untilInStep(replica);
	expect(repository.git('rev-parse', 'HEAD')).toBe(upstream.at());
});

test('a_replica_of_a_replica_follows_it', async () => {
	const upstream = createRemote(REFERENCE);
	const middle = upstream.clone();
	const first = await startWriteService(middle, { ...REPLICA, upstream: upstream.url });
	await untilInStep(first);
	const last = await startWriteService(upstream.clone(), {
		...REPLICA,
		upstream: `file://${middle.directory}`,
	});
	upstream.commitElsewhere({ 'clip.json': clipReference('a', 'b', 'c') });
	await last.until('clip.json', (_response, body) => body === clipReference('a', 'b', 'c'));
});
