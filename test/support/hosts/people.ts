/**
 * People who write, propose, approve and apply at several primaries at once, go to another one when they are told to come again, and
 * remember what they were told.
 */

import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';
import { reviewer } from '../reviewer.ts';
import { ALICE, CAROL, type WriteAnswer, type WriteClient } from '../write-service.ts';
import type { Host } from './hosts.ts';

/** `unknown`: nobody has said whether it is done. */
export type Fate = 'done' | 'refused' | 'unknown';

/** A write that was to be done at once. Its token is in the record, and in no other. */
export interface Deed {
	readonly operation: 'create' | 'update' | 'delete';
	readonly model: string;
	readonly token: string;
	readonly fate: Fate;
}

export interface Proposed {
	readonly token: string;
	/** Undefined where nobody has said. */
	readonly id: number | undefined;
	readonly fate: Fate;
}

/** What was asked of a change that waits. */
export interface Step {
	readonly event: 'approve' | 'reject' | 'apply';
	readonly id: number;
	readonly fate: Fate;
}

export interface Told {
	readonly deeds: Deed[];
	readonly proposed: Proposed[];
	readonly steps: Step[];
}

/** How often a request is sent before its fate is left open. */
const MOST_TRIES = 12;

let tokens = 0;

export class People {
	readonly told: Told = { deeds: [], proposed: [], steps: [] };
	readonly #hosts: readonly Host[];
	readonly #work: Promise<void>[] = [];
	/** Ids of changes that wait, and of those that are approved. */
	readonly #waiting: number[] = [];
	#isOver = false;

	/** @param hosts that are asked, also while they are off */
	constructor(hosts: readonly Host[]) {
		this.#hosts = hosts;
	}

	/** Begins to work; each writes without end. */
	start({
		writers = 4,
		proposers = 2,
		reviewers = 1,
	}: Partial<Record<'writers' | 'proposers' | 'reviewers', number>> = {}): void {
		const many = (count: number, work: (index: number) => Promise<void>) => {
			for (let index = 0; index < count; index++) this.#work.push(work(index));
		};
		many(writers, (index) => this.#write(index));
		many(proposers, (index) => this.#propose(index));
		many(reviewers, (index) => this.#review(index));
		// Whoever fails is told by `stop`.
		for (const work of this.#work) work.catch(() => {});
	}

	/** Lets them finish what they are at. */
	async stop(): Promise<Told> {
		this.#isOver = true;
		await Promise.all(this.#work.splice(0));
		return this.told;
	}

	/** Resolved once so many were told that their write is done; rejected should anybody fail. */
	async untilDone(count: number): Promise<void> {
		const done = () => this.told.deeds.filter(({ fate }) => fate === 'done').length;
		const failed = Promise.all(this.#work);
		const waited = (async () => {
			while (done() < count) await setTimeout(20);
		})();
		await Promise.race([waited, failed]);
	}

	async #write(who: number): Promise<void> {
		const own: string[] = [];
		for (let turn = who; !this.#isOver; turn++) {
			const token = this.#token();
			const oldest = own.length > 3 ? own.shift() : undefined;
			if (turn % 3 === 0) await this.write({ operation: 'update', model: `shared-${turn % 2}`, token }, who);
			else if (oldest !== undefined) await this.write({ operation: 'delete', model: oldest, token }, who);
			else {
				const { model, fate } = await this.write(
					{ operation: 'create', model: `model-${token}`, token },
					who,
				);
				if (fate === 'done') own.push(model);
			}
		}
	}

	/** Writes at a host, and at others as long as that one says to come again. */
	async write({ operation, model, token }: Omit<Deed, 'fate'>, first: number): Promise<Deed> {
		const key = { 'Idempotency-Key': token };
		const record = { name: model, type: 'clip', description: token };
		const answer = await this.#insist(first, CAROL, (client) => {
			if (operation === 'create') return client.post('clip', record, key);
			return operation === 'update' ? client.put('clip', record, key) : client.delete('clip', model, key);
		});
		const deed = { operation, model, token, fate: fateOf(answer, [200, 201, 204]) };
		if (deed.fate === 'refused') expect(answer?.status, `${operation} ${model}: ${answer?.text}`).toBe(409);
		this.told.deeds.push(deed);
		return deed;
	}

	async #propose(who: number): Promise<void> {
		for (let turn = who; !this.#isOver; turn++) {
			await this.propose(turn);
			await setTimeout(30);
		}
	}

	async propose(first: number): Promise<Proposed> {
		const token = this.#token();
		const record = { name: `proposed-${token}`, type: 'clip', description: token };
		const answer = await this.#insist(first, ALICE, (client) =>
			client.post('clip', record, { 'Idempotency-Key': token }),
		);
		const fate = fateOf(answer, [202]);
		expect(fate, answer?.text).not.toBe('refused');
		const id = fate === 'done' ? Number(answer?.body.change_id) : undefined;
		const proposed = { token, id, fate };
		this.told.proposed.push(proposed);
		if (id !== undefined) this.#waiting.push(id);
		return proposed;
	}

	/** Every third change is approved, and then applied, at two hosts at once; every fifth is rejected. */
	async #review(who: number): Promise<void> {
		for (let turn = who; !this.#isOver; turn++) {
			const id = this.#waiting.shift();
			if (id === undefined) {
				await setTimeout(30);
				continue;
			}
			const isDouble = turn % 3 === 0;
			const hosts = isDouble ? [turn, turn + 1] : [turn];
			if (turn % 5 === 4) {
				await this.#step('reject', id, [turn], (host) => reviewer(host).decide({ reject: [id] }));
				continue;
			}
			const approved = await this.#step('approve', id, hosts, (host) =>
				reviewer(host).decide({ approve: [id] }),
			);
			if (!approved) continue;
			await this.#step('apply', id, hosts, (host, which) => reviewer(host).apply(id, `job-${id}-${which}`));
		}
	}

	/** Asks several hosts at once for the same. @returns whether one of them has done it */
	async #step(
		event: Step['event'],
		id: number,
		hosts: readonly number[],
		ask: (client: WriteClient, which: number) => Promise<WriteAnswer>,
	): Promise<boolean> {
		const fates = await Promise.all(
			hosts.map(async (first) =>
				fateOf(await this.#insist(first, CAROL, (client) => ask(client, first)), [200]),
			),
		);
		const done = fates.filter((fate) => fate === 'done').length;
		// The one that came second is told that there is nothing left to do.
		expect(done, `${event} ${id} was done ${done} times`).toBeLessThanOrEqual(1);
		const fate = done > 0 ? 'done' : 'unknown';
		this.told.steps.push({ event, id, fate });
		return fate === 'done';
	}

	/** @returns the answer that settled it; undefined where none came that does */
	async #insist(
		first: number,
		user: { readonly key: string },
		ask: (client: WriteClient) => Promise<WriteAnswer>,
	): Promise<WriteAnswer | undefined> {
		for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
			const up = this.#hosts.filter(({ isUp }) => isUp);
			const host = up[(first + attempt) % Math.max(1, up.length)];
			const answer = host && (await answerOf(() => ask(host.as(user))));
			if (answer && answer.status !== 503) return answer;

			if (answer) expect(Number(answer.headers.get('retry-after')), answer.text).toBeGreaterThan(0);
			await setTimeout(50 + 200 * Math.random());
		}
		return undefined;
	}

	#token(): string {
		tokens++;
		return `token-${tokens}-`;
	}
}

function fateOf(answer: WriteAnswer | undefined, done: readonly number[]): Fate {
	if (!answer) return 'unknown';
	return done.includes(answer.status) ? 'done' : 'refused';
}

/** Undefined where the host went away before it had answered. */
async function answerOf(ask: () => Promise<WriteAnswer>): Promise<WriteAnswer | undefined> {
	try {
		return await ask();
	} catch (error) {
		if (error instanceof TypeError || (error instanceof Error && error.message.endsWith('is off')))
			return undefined;
		throw error;
	}
}
