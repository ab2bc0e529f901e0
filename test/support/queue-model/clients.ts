/** Those that the model-based test puts its steps to: a service over HTTP, and the committer by itself. */

import type { ChangeContent } from '../../../src/queue/pending-change.ts';
import type { WriteRequest } from '../../../src/writer/change.ts';
import { openCommitter, type TestCommitter } from '../committer.ts';
import type { TemporaryRepository } from '../temporary-repository.ts';
import { startTestService, type TestService } from '../test-service.ts';
import { WRITE_SETTINGS } from '../write-service.ts';
import type { Answer, Ask, Step } from './asks.ts';
import { askOverHttp } from './http.ts';
import { answerOf } from './requests.ts';
import type { Policy } from './state.ts';

export class ServiceClient {
	asked = 0;
	readonly #start: (policy: Policy) => Promise<TestService>;
	#service: TestService;

	private constructor(start: (policy: Policy) => Promise<TestService>, service: TestService) {
		this.#start = start;
		this.#service = service;
	}

	static async open(
		repository: TemporaryRepository,
		hordeUrl: string,
		first: Policy,
	): Promise<ServiceClient> {
		const start = (writes: Policy) => startTestService(repository, { ...WRITE_SETTINGS, hordeUrl, writes });
		return new ServiceClient(start, await start(first));
	}

	async ask(asked: Ask): Promise<Answer> {
		this.asked++;
		const { status, body } = await askOverHttp(this.#service.url, asked);
		return { status, body };
	}

	async reopen(policy: Policy): Promise<void> {
		await this.#service.stop();
		this.#service = await this.#start(policy);
	}

	close(): Promise<void> {
		return this.#service.stop();
	}
}

export class GroupClient {
	asked = 0;
	readonly #repository: TemporaryRepository;
	/** Of every change that was proposed. */
	readonly #contents = new Map<number, ChangeContent>();
	#committer: TestCommitter;

	private constructor(repository: TemporaryRepository, committer: TestCommitter) {
		this.#repository = repository;
		this.#committer = committer;
	}

	static async open(repository: TemporaryRepository): Promise<GroupClient> {
		return new GroupClient(repository, await openCommitter(repository));
	}

	async commit(steps: readonly Step[], requests: readonly WriteRequest[]): Promise<readonly Answer[]> {
		this.asked += steps.length;
		const { outcomes, ledger } = await this.#committer.commit(...requests);
		for (const [id, content] of ledger?.contents ?? []) this.#contents.set(id, content);
		return steps.flatMap((step, index) => {
			const outcome = outcomes[index];
			return outcome ? [answerOf(step, outcome, this.#contents)] : [];
		});
	}

	async reopen(): Promise<void> {
		await this.#committer.close();
		this.#committer = await openCommitter(this.#repository);
	}

	close(): Promise<void> {
		return this.#committer.close();
	}
}
