/**
 * Thousands of random steps, done by the program and by a simple model of the queue: they agree on every answer, and in the
 * end on what git holds. `QUEUE_MODEL_TIMES=10` makes it ten times as long; a failure prints seed, path and replayPath, which
 * `QUEUE_MODEL_REPLAY='{"seed":1,"path":"0","replayPath":"AAA:F"}'` takes.
 */

import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeHorde } from '../support/fake-horde.ts';
import type { Ask, Step } from '../support/queue-model/asks.ts';
import { GroupClient, ServiceClient } from '../support/queue-model/clients.ts';
import { expectAgreement, firstRepository } from '../support/queue-model/git.ts';
import { QueueModel } from '../support/queue-model/model.ts';
import { anyLook, anyStep, type Plan } from '../support/queue-model/plans.ts';
import { reachesWriter, writeRequest } from '../support/queue-model/requests.ts';
import type { Policy } from '../support/queue-model/state.ts';
import { expectedAnswer } from '../support/queue-model/views.ts';
import type { TemporaryRepository } from '../support/temporary-repository.ts';
import { USERS } from '../support/write-service.ts';

/** How much longer than usual. */
const TIMES = Number(process.env.QUEUE_MODEL_TIMES ?? 1);
const REPLAY: { readonly replayPath?: string } | undefined =
	process.env.QUEUE_MODEL_REPLAY === undefined ? undefined : JSON.parse(process.env.QUEUE_MODEL_REPLAY);

/** What was found to differ is told by then, rather than lost to the limit of the test; milliseconds. */
const LONGEST_SEARCH = 60_000;
const LIMIT = 2 * LONGEST_SEARCH * TIMES;

interface Client {
	/** Steps and questions that were put to it. */
	readonly asked: number;
	reopen(policy: Policy): Promise<void>;
	close(): Promise<void>;
}

type Command<On extends Client> = fc.AsyncCommand<QueueModel, On>;

class AskService implements Command<ServiceClient> {
	readonly #plan: Plan;
	#asked: Ask | undefined;

	constructor(plan: Plan) {
		this.#plan = plan;
	}

	check = () => true;

	async run(model: QueueModel, client: ServiceClient): Promise<void> {
		this.#asked = this.#plan(model);
		const expected = expectedAnswer(model, this.#asked);
		expect(await client.ask(this.#asked)).toEqual(expected);
	}

	toString = () => shown(this.#asked ?? 'not asked');
}

/** Steps that the writer gets at once, and takes as one group. */
class CommitGroup implements Command<GroupClient> {
	readonly #plans: readonly Plan<Step>[];
	#steps: Step[] = [];

	constructor(plans: readonly Plan<Step>[]) {
		this.#plans = plans;
	}

	check = () => true;

	async run(model: QueueModel, client: GroupClient): Promise<void> {
		this.#steps = [];
		const expected: unknown[] = [];
		const requests = this.#plans.flatMap((plan) => {
			const step = plan(model);
			if (!reachesWriter(step, model.openBatch)) return [];
			const request = writeRequest(step, model);
			this.#steps.push(step);
			expected.push(expectedAnswer(model, step));
			return [request];
		});
		expect(await client.commit(this.#steps, requests)).toEqual(expected);
	}

	toString = () => shown(this.#steps);
}

/** Ends whatever writes and begins anew on what git holds, perhaps under another policy. */
class Reopen implements Command<Client> {
	readonly #policy: Policy;

	constructor(policy: Policy) {
		this.#policy = policy;
	}

	check = () => true;

	async run(model: QueueModel, client: Client): Promise<void> {
		model.policy = this.#policy;
		await client.reopen(this.#policy);
	}

	toString = () => `reopen as ${this.#policy}`;
}

/** Short enough to be read: of users the name, of records what the variants differ in. */
function shown(asked: unknown): string {
	return JSON.stringify(asked, (name, value: unknown) => {
		if (name === 'user') return Object(value).username;
		return name === 'record' && value !== null ? `${Object(value).description} ${Object(value).nsfw}` : value;
	});
}

const policy = fc.constantFrom<Policy>('queue', 'by-role');
const reopening = policy.map((next) => new Reopen(next));

/** Compares over and over, each time from the start, until so much was asked for. */
async function compare<On extends Client>(
	command: fc.Arbitrary<Command<On>>,
	{ operations, maxCommands }: { readonly operations: number; readonly maxCommands: number },
	open: (repository: TemporaryRepository, policy: Policy) => Promise<On>,
): Promise<void> {
	const { replayPath, ...replay } = REPLAY ?? {};
	const size = { maxCommands, size: 'max' } as const;
	const commands = fc.commands([command], replayPath === undefined ? size : { ...size, replayPath });
	let asked = 0;
	const property = fc.asyncProperty(policy, commands, async (first, given) => {
		const repository = firstRepository();
		const client = await open(repository, first);
		const model = new QueueModel(first);
		try {
			await fc.asyncModelRun(() => ({ model, real: client }), given);
			expectAgreement(repository, model);
		} finally {
			await client.close();
			rmSync(repository.directory, { recursive: true, force: true });
			asked += client.asked;
		}
	});
	const bounds = { interruptAfterTimeLimit: LONGEST_SEARCH, markInterruptAsFailure: true };
	do await fc.assert(property, { numRuns: 1, ...bounds, ...replay });
	while (asked < operations && !REPLAY);
}

test('the_service_and_the_model_agree_on_every_answer', { timeout: LIMIT }, async () => {
	const horde = await FakeHorde.start(USERS);
	// Looks are quick.
	const asking = fc.oneof({ weight: 1, arbitrary: anyStep }, { weight: 2, arbitrary: anyLook });
	const command = fc.oneof(
		{ weight: 120, arbitrary: asking.map((plan) => new AskService(plan)) },
		{ weight: 1, arbitrary: reopening },
	);
	await compare<ServiceClient>(command, { operations: 700 * TIMES, maxCommands: 300 }, (repository, first) =>
		ServiceClient.open(repository, horde.url, first),
	);
});

test('groups_of_steps_come_to_what_one_after_the_other_would', { timeout: LIMIT }, async () => {
	const groups = fc.array(anyStep, { minLength: 1, maxLength: 10 }).map((plans) => new CommitGroup(plans));
	const command = fc.oneof({ weight: 20, arbitrary: groups }, { weight: 1, arbitrary: reopening });
	await compare<GroupClient>(command, { operations: 1_500 * TIMES, maxCommands: 50 }, (repository) =>
		GroupClient.open(repository),
	);
});
