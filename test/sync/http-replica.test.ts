/** A replica of a service: cloned from it, told by its feed, and brought up to date by a fetch over HTTP. */

import { expect, test, vi } from 'vitest';
import { cloneRepository } from '../../src/store/init-repository.ts';
import { clipReference } from '../support/records.ts';
import { untilInStep, untilSync } from '../support/shared-remote.ts';
import { TemporaryRepository, temporaryDirectory } from '../support/temporary-repository.ts';
import { startTestService } from '../support/test-service.ts';
import { startWriteService, type WriteService } from '../support/write-service.ts';

const SOON = { timeout: 20_000, interval: 25 };

async function startPrimary(): Promise<WriteService & { readonly repository: TemporaryRepository }> {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a', 'b') });
	return { ...(await startWriteService(repository)), repository };
}

/** Told by the feed alone: its timer does not come in the time of a test. */
async function startReplica(upstream: string) {
	const directory = temporaryDirectory();
	await cloneRepository(`${upstream}/references.git`, directory);
	const replica = await startTestService(directory, {
		replicateMode: 'REPLICA',
		upstream: `${upstream}/references.git`,
		pullEvery: 3600,
	});
	return { ...replica, repository: new TemporaryRepository(directory) };
}

test('what_is_written_at_a_primary_is_served_by_its_replicas_and_by_theirs', async () => {
	const primary = await startPrimary();
	const first = await startReplica(primary.url);
	const second = await startReplica(primary.url);
	const third = await startReplica(second.url);
	const { headers } = await primary.post('clip', { name: 'new' });
	for (const replica of [first, second, third]) {
		await replica.until(
			'clip.json',
			(response) =>
				response.headers.get('etag')?.startsWith(headers.get('etag')?.slice(0, -1) ?? '?') ?? false,
		);
		expect(replica.repository.git('rev-parse', 'HEAD')).toBe(headers.get('x-reference-commit'));
	}
	expect(await (await fetch(first.v1('clip.json'))).text()).toBe((await primary.get('clip.json')).text);
});

test('tags_come_to_a_replica_and_proposals_do_not', async () => {
	const primary = await startPrimary();
	const replica = await startReplica(primary.url);
	primary.repository.git('branch', 'pending/7');
	primary.repository.git('update-ref', 'refs/horde/queue', 'HEAD');
	primary.repository.git('tag', 'v1');
	primary.repository.commit({ 'README.md': 'no category' }, 'Say something');
	// Other refs come behind the published one.
	await vi.waitFor(() => {
		expect(replica.repository.git('rev-parse', 'HEAD')).toBe(primary.repository.git('rev-parse', 'HEAD'));
		const names = ['refs/heads', 'refs/tags', 'refs/horde/queue'];
		expect(replica.repository.git('for-each-ref', '--format=%(refname)', ...names)).toBe(
			'refs/heads/main\nrefs/tags/v1',
		);
	}, SOON);
});

test('a_replica_comes_back_to_an_upstream_that_was_away', async () => {
	const primary = await startPrimary();
	const replica = await startReplica(primary.url);
	await untilInStep(replica);
	const { port } = new URL(primary.url);
	await primary.stop();
	expect((await fetch(replica.v1('clip.json'))).status).toBe(200);
	primary.repository.commit({ 'clip.json': clipReference('a', 'b', 'meanwhile') }, 'Meanwhile');
	await startWriteService(primary.repository, { port: Number(port) });
	await replica.until('clip.json', (_response, body) => body === clipReference('a', 'b', 'meanwhile'));
	await untilSync(replica, ({ state }) => expect(state).toBe('ok'));
});
