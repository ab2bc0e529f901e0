/** Services with a queue, as tests of its endpoints need them: one of a test's own, or one for all tests of a file. */

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect } from 'vitest';
import { userKey, writeKeys } from '../identity/local-keys.ts';
import { type QueueClient, queueClient } from './queue-client.ts';
import { clipReference } from './records.ts';
import { holding, type SuiteService, serviceForSuite } from './suite-service.ts';
import { TemporaryRepository } from './temporary-repository.ts';
import type { TestServiceOptions } from './test-service.ts';
import {
	ALICE,
	BOB,
	CAROL,
	DAVE,
	startWriteService,
	WRITE_SETTINGS,
	type WriteAnswer,
	type WriteClient,
	type WriteService,
	writeClient,
} from './write-service.ts';

type Files = Readonly<Record<string, string>>;

export interface TestQueue {
	readonly repository: TemporaryRepository;
	readonly service: WriteService;
	/** Carol, who may decide and apply. */
	readonly approver: QueueClient;
	/** Alice, who may propose. */
	readonly requestor: QueueClient;
	/** Proposes to add clip models of these names, as alice. @returns the ids of the changes */
	propose(...names: readonly string[]): Promise<readonly number[]>;
}

/** In this test's process; stopped when the test ends. */
export async function startQueue(
	files: Files | TemporaryRepository = { 'clip.json': clipReference('a', 'b', 'c') },
	overrides: TestServiceOptions = {},
): Promise<TestQueue> {
	const repository = files instanceof TemporaryRepository ? files : TemporaryRepository.create(files);
	const service = await startWriteService(repository, { writes: 'queue', ...overrides });
	return {
		repository,
		service,
		approver: queueClient(service, CAROL),
		requestor: queueClient(service, ALICE),
		propose: async (...names) => {
			const ids: number[] = [];
			for (const name of names) ids.push(proposalOf(await service.post('clip', { name })));
			return ids;
		},
	};
}

/** The id of the change that an answer says was proposed. */
export function proposalOf({ status, text, body }: WriteAnswer): number {
	expect(status, text).toBe(202);
	return Number(body.change_id);
}

export interface SuiteQueue {
	readonly service: SuiteService;
	keyOf(user: { readonly id: string }): string;
	/** The queue as somebody sees it; undefined for nobody. */
	as(user: { readonly id: string } | undefined): QueueClient;
	/** The writes of somebody. */
	writesOf(user: { readonly id: string }): WriteClient;
}

/**
 * Starts before the first test of the file.
 * @param fill what is asked of it before the tests
 */
export async function queueForSuite(
	files: Files,
	fill: (queue: SuiteQueue) => Promise<void> = async () => {},
): Promise<SuiteQueue> {
	const users = [ALICE, BOB, CAROL, DAVE];
	const keys = await Promise.all(users.map(({ id, username }) => userKey(id, username.replace(/#.*/, ''))));
	const keyOf = (user: { readonly id: string }) => keys.find(({ entry }) => entry.id === user.id)?.text ?? '';
	const prepare = (repository: TemporaryRepository) => {
		holding(files)(repository);
		const file = repository.path('.git/horde-references/keys.json');
		mkdirSync(path.dirname(file), { recursive: true });
		writeKeys(
			file,
			keys.map(({ entry }) => entry),
		);
	};
	const service = serviceForSuite(prepare, { ...WRITE_SETTINGS, writes: 'queue', identity: 'keys' });
	const queue: SuiteQueue = {
		service,
		keyOf,
		as: (user) => queueClient(service, user && { key: keyOf(user) }),
		writesOf: (user) => writeClient(service.url, keyOf(user)),
	};
	beforeAll(() => fill(queue));
	return queue;
}
