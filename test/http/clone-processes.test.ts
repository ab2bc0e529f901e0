/** What becomes of the processes that make clones: they end with the request, with the service, and are never too many. */

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test, vi } from 'vitest';
import { fetchBody, post } from '../support/clone-request.ts';
import { FakeHorde } from '../support/fake-horde.ts';
import { gitClient, clone as gitClone, gitDone } from '../support/git-client.ts';
import { packingProcesses, untilNothingPacks, untilPacking } from '../support/git-processes.ts';
import { rawRequest } from '../support/raw-request.ts';
import { clipReference } from '../support/records.ts';
import { startServeProcess } from '../support/serve-process.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startTestService } from '../support/test-service.ts';

const INFO = '/references.git/info/refs?service=git-upload-pack';

/** More than the buffers of two sockets and of git can hold: who does not read has git wait. */
const MUCH = 32 * 1024 * 1024;

/** A repository whose clone lasts as long as its reader wants. */
function large(): TemporaryRepository {
	const repository = TemporaryRepository.create();
	repository.git('config', 'core.compression', '0');
	repository.commit({ 'clip.json': clipReference('a'), 'noise.bin': randomBytes(MUCH) }, 'Add references');
	return repository;
}

/** A clone that has begun and is not read. */
async function begin(url: string, repository: TemporaryRepository): Promise<IncomingMessage> {
	const response = await post(url, fetchBody(repository.git('rev-parse', 'HEAD')));
	expect(response.statusCode).toBe(200);
	await untilPacking(repository);
	return response;
}

describe.skipIf(!existsSync('/proc/self/cmdline'))('a clone', () => {
	test('whose_client_hangs_up_is_ended_with_all_of_its_processes', async () => {
		const repository = large();
		const service = await startTestService(repository);
		const response = await begin(service.url, repository);
		response.destroy();
		await untilNothingPacks(repository);
		expect((await fetch(service.v1('clip.json'))).status).toBe(200);
	});

	test('that_is_interrupted_is_ended_and_can_be_made_again', async () => {
		const repository = large();
		const service = await startTestService(repository);
		const response = await begin(service.url, repository);
		response.once('data', () => response.destroy());
		await untilNothingPacks(repository);
		const copy = await gitClone(`${service.url}/references.git`);
		expect(await gitDone(copy, 'rev-parse', 'HEAD')).toBe(repository.git('rev-parse', 'HEAD'));
		expect((await gitClient(copy, 'fsck')).code).toBe(0);
	});

	test('that_is_under_way_is_finished_before_the_service_stops', async () => {
		const repository = large();
		const service = await startTestService(repository);
		const response = await begin(service.url, repository);
		const stopped = service.stop();
		expect((await buffer(response)).length).toBeGreaterThan(MUCH);
		await stopped;
		expect([...packingProcesses(repository)]).toEqual([]);
	});

	test('that_is_not_read_does_not_outlive_the_service', async () => {
		const repository = large();
		const service = await startTestService(repository);
		const response = await begin(service.url, repository);
		response.on('error', () => {});
		await service.stop();
		expect([...packingProcesses(repository)]).toEqual([]);
	});

	test('does_not_outlive_a_service_that_is_killed', async () => {
		const repository = large();
		const server = await startServeProcess(repository.directory, await FakeHorde.start({}));
		const response = await begin(server.url, repository);
		response.on('error', () => {});
		await server.end('SIGKILL');
		await untilNothingPacks(repository);
	});

	test('that_finds_no_place_waits_or_is_told_to_come_back', async () => {
		const repository = large();
		const service = await startTestService(repository, { concurrentClones: 1 });
		const first = await begin(service.url, repository);
		// One more than may wait.
		const asked = Array.from({ length: 17 }, () => rawRequest(service.url, INFO));
		const refused = await Promise.race(asked);
		expect(refused.status).toBe(503);
		expect(refused.headers['retry-after']).toMatch(/^\d+$/);
		expect(refused.body.toString()).toMatch(/^Too many clones at once; wait/);
		expect((await fetch(service.v1('clip.json'))).status).toBe(200);
		first.destroy();
		const statuses = (await Promise.all(asked)).map(({ status }) => status);
		expect(statuses.filter((status) => status === 200)).toHaveLength(16);
	});

	test('whose_client_leaves_while_it_waits_keeps_nobody_from_waiting', async () => {
		const repository = large();
		const service = await startTestService(repository, { concurrentClones: 1 });
		const first = await begin(service.url, repository);
		// As many as may wait.
		for (let index = 0; index < 16; index++) {
			const asked = request(service.url + INFO, { agent: false });
			asked.on('error', () => {});
			asked.end();
			await once(asked, 'finish');
			asked.destroy();
		}
		await vi.waitFor(() => {
			expect(service.log.filter(({ url, aborted }) => url === INFO && aborted)).toHaveLength(16);
		});
		const next = rawRequest(service.url, INFO);
		first.destroy();
		expect((await next).status).toBe(200);
		await untilNothingPacks(repository);
	});
});
