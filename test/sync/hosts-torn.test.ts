/** The process that takes a push is killed when some of its refs have moved and others have not. */

import { expect, test, vi } from 'vitest';
import { expectAgreement } from '../support/hosts/agreement.ts';
import { type Host, type Hosts, startHosts } from '../support/hosts/hosts.ts';
import type { Fate, Told } from '../support/hosts/people.ts';
import { clearLocks, TornPushes } from '../support/hosts/torn-push.ts';
import { reviewer } from '../support/reviewer.ts';
import { ALICE, CAROL, type WriteAnswer } from '../support/write-service.ts';

const BRANCH = /^refs\/heads\/main$/;
const LEDGER = /^refs\/horde\/queue$/;
const PENDING = /^refs\/heads\/pending\//;
const NOTHING = /^nothing$/;
const LONG = { timeout: 120_000 };

interface Scene {
	readonly hosts: Hosts;
	readonly one: Host;
	readonly two: Host;
	readonly torn: TornPushes;
	readonly told: Told;
	propose(host: Host, token: string): Promise<number | undefined>;
	apply(host: Host, id: number): Promise<WriteAnswer | undefined>;
}

async function setUp(): Promise<Scene> {
	const hosts = await startHosts({ primaries: 2 });
	const [one, two] = hosts.primaries;
	if (!one || !two) throw new Error('there are two');
	const told: Told = { deeds: [], proposed: [], steps: [] };
	return {
		hosts,
		one,
		two,
		torn: new TornPushes(hosts.bare),
		told,
		propose: async (host, token) => {
			const record = { name: `proposed-${token}`, type: 'clip', description: token };
			const answer = await quiet(host.as(ALICE).post('clip', record, { 'Idempotency-Key': token }));
			const id = answer?.status === 202 ? Number(answer.body.change_id) : undefined;
			told.proposed.push({ token, id, fate: fateOf(answer, 202) });
			return id;
		},
		apply: async (host, id) => {
			const answer = await quiet(reviewer(host.as(CAROL)).apply(id, `job-${id}`));
			told.steps.push({ event: 'apply', id, fate: fateOf(answer, 200) });
			return answer;
		},
	};
}

function fateOf(answer: WriteAnswer | undefined, done: number): Fate {
	return answer?.status === done ? 'done' : 'unknown';
}

/** Undefined where the host went away before it had answered. */
function quiet(request: Promise<WriteAnswer>): Promise<WriteAnswer | undefined> {
	return request.catch(() => undefined);
}

/** A change that is approved, known at both. */
async function approved({ one, two, told, propose }: Scene, token: string): Promise<number> {
	const id = (await propose(one, token)) ?? 0;
	expect((await reviewer(one.as(CAROL)).decide({ approve: [id] })).status).toBe(200);
	told.steps.push({ event: 'approve', id, fate: 'done' });
	await vi.waitFor(async () => expect(await reviewer(two.as(CAROL)).statusOf(id)).toBe('approved'), {
		timeout: 20_000,
		interval: 50,
	});
	return id;
}

const WAYS = [
	['the branch has moved', BRANCH],
	['the ledger has moved', LEDGER],
	['the branch of the proposal has gone', PENDING],
	['branch and ledger have moved', /^refs\/heads\/main$|^refs\/horde\/queue$/],
	['nothing has moved', NOTHING],
] as const;

/** Those that go another way than the others; all of them in longer runs. */
const SOME_WAYS = WAYS.filter(
	([, moved]) => process.env.HOSTS_ROUNDS !== undefined || ![BRANCH, NOTHING].includes(moved),
);

test('an_application_that_is_torn_is_carried_through', LONG, async () => {
	const scene = await setUp();
	const { hosts, one, torn, told, apply } = scene;
	for (const [words, moved] of WAYS) {
		const id = await approved(scene, words);
		torn.tearNext({ moved });
		const answer = await apply(one, id);
		await torn.untilTorn();
		// Who hears that it is not known asks again with the same job.
		if (answer?.status !== 200) {
			expect(answer?.status, words).toBe(503);
			await one.untilInStep();
			expect((await apply(one, id))?.status, words).toBe(200);
		}
	}
	await expectAgreement(hosts, told);
});

test('when_the_line_is_lost_as_well_it_heals_by_itself', LONG, async () => {
	const scene = await setUp();
	const { hosts, one, torn, told, apply } = scene;
	for (const [words, moved] of SOME_WAYS) {
		const id = await approved(scene, words);
		torn.tearNext({ moved, holds: true });
		const answering = apply(one, id);
		await torn.untilTorn();
		await one.link.set('refused');
		torn.release();
		expect((await answering)?.status, words).toBe(503);
		await one.link.set('up');
		await one.untilInStep();
		expect((await apply(one, id))?.status, words).toBe(200);
	}
	await expectAgreement(hosts, told);
});

test('when_its_primary_dies_another_may_come_first', LONG, async () => {
	const scene = await setUp();
	const { hosts, one, two, torn, told, propose, apply } = scene;
	for (const [words, moved] of SOME_WAYS) {
		const id = await approved(scene, words);
		torn.tearNext({ moved, holds: true });
		const answering = apply(one, id);
		await torn.untilTorn();
		await one.kill();
		torn.release();
		await answering;
		// The other goes on: on the branch, and on the ledger.
		const record = { name: `meanwhile ${words}`, type: 'clip', description: `meanwhile ${words}` };
		// Git moves branches before the ledger. Were it the other way, nobody but its primary could bring the commit.
		const isLedgerFirst = moved === LEDGER;
		if (!isLedgerFirst) expect((await two.as(CAROL).post('clip', record)).status, words).toBe(201);
		expect(await propose(two, `meanwhile ${words}`), words).toBeGreaterThan(id);
		await one.start();
		await one.untilInStep();
		const again = await apply(isLedgerFirst ? one : two, id);
		expect(again?.status, `${words}: ${again?.text}`).toBe(200);
	}
	await expectAgreement(hosts, told);
});

const PROPOSALS = [
	['its branch is there', PENDING],
	['the ledger has moved', LEDGER],
	['nothing has moved', NOTHING],
] as const;

test('a_proposal_that_is_torn_is_there_once', LONG, async () => {
	const { hosts, one, two, torn, told, propose } = await setUp();
	await propose(one, 'first');
	for (const [words, moved] of PROPOSALS) {
		torn.tearNext({ moved });
		const id = await propose(one, words);
		await torn.untilTorn();
		await one.untilInStep();
		const again = await propose(one, words);
		expect(again, words).toBe(id ?? again);
		await propose(two, `after ${words}`);
	}
	await expectAgreement(hosts, { ...told, proposed: atLast(told) });
});

test('a_proposal_whose_primary_dies_leaves_nothing_behind', LONG, async () => {
	const { hosts, one, two, torn, told, propose } = await setUp();
	await propose(one, 'first');
	for (const [words, moved] of PROPOSALS) {
		await two.untilInStep();
		torn.tearNext({ moved, holds: true });
		const proposing = propose(one, words);
		await torn.untilTorn();
		await one.kill();
		torn.release();
		expect(await proposing, words).toBeUndefined();
		await propose(two, `meanwhile ${words}`);
		await one.start();
		await one.untilInStep();
		// It is there, or may be proposed again.
		expect(await propose(one, words), words).toBeGreaterThan(1);
	}
	await expectAgreement(hosts, { ...told, proposed: atLast(told) });
});

test('locks_that_the_killed_process_has_left_are_told_and_keep_writes_out_until_they_go', LONG, async () => {
	const { hosts, one, two, torn, told, propose } = await setUp();
	await propose(one, 'first');
	torn.tearNext({ moved: NOTHING, leavesLocks: true });
	await propose(one, 'torn');
	await torn.untilTorn();
	const answer = await two
		.as(CAROL)
		.post('pending_queue/batches', { batch_title: 'a batch', approved_ids: [1] });
	expect(answer.status).toBe(503);
	expect(answer.body.detail).toContain('has a ref locked');
	expect(answer.body.detail).toContain('queue.lock');
	clearLocks(hosts.bare);
	for (const host of [one, two]) await host.untilInStep();
	await propose(one, 'torn');
	await expectAgreement(hosts, { ...told, proposed: atLast(told) });
});

/** What was told of each at last. */
function atLast({ proposed }: Told): Told['proposed'] {
	return [...new Map(proposed.map((one) => [one.token, one])).values()];
}
