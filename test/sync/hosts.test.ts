/** Three primaries and two replicas on one remote, each in processes of its own, under load and while lines are cut. */

import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { expectAgreement } from '../support/hosts/agreement.ts';
import { startHosts } from '../support/hosts/hosts.ts';
import { People } from '../support/hosts/people.ts';
import { CAROL } from '../support/write-service.ts';

/** Longer runs are for whoever asks for them. */
const MORE_CUTS = Number(process.env.HOSTS_ROUNDS ?? 0);

/** What a remote says is shorter than what it is sent, and its report shorter still. */
const DIVISORS = { sent: 1, answered: 2, reported: 20 } as const;

test('three_primaries_lose_nothing_and_do_nothing_twice', { timeout: 180_000 }, async () => {
	const hosts = await startHosts({ replicas: 2 });
	const people = new People(hosts.primaries);
	people.start({ writers: 6, proposers: 3, reviewers: 2 });
	await Promise.all([people.untilDone(10), setTimeout(6_000)]);
	const told = await people.stop();
	await expectAgreement(hosts, told);
});

test('a_line_that_is_cut_in_the_middle_of_a_push_loses_nothing', { timeout: 180_000 }, async () => {
	const hosts = await startHosts();
	const people = new People(hosts.primaries);
	people.start({ writers: 4, proposers: 2, reviewers: 1 });
	const offsets = [1, 40, 90, 150, 300, 500, 800, 1200, 2000, 4000];
	for (let more = 0; more < MORE_CUTS; more++) offsets.push(Math.floor(4000 * Math.random()));
	for (const [index, after] of offsets.entries()) {
		for (const [which, side] of (['sent', 'answered', 'reported'] as const).entries()) {
			hosts.primaries[(index + which) % 3]?.link.cutNextPush({
				side,
				after: Math.ceil(after / DIVISORS[side]),
			});
		}
		await setTimeout(300);
	}
	const told = await people.stop();
	expect(hosts.primaries.some(({ link }) => link.cutsDone > 0)).toBe(true);
	await expectAgreement(hosts, told);
});

test('an_answer_that_is_lost_is_looked_up', { timeout: 60_000 }, async () => {
	const hosts = await startHosts({ primaries: 2 });
	const [one, two] = hosts.primaries;
	if (!one || !two) throw new Error('there are two');
	const people = new People(hosts.primaries);
	// The line is there again at once: what became of it is looked up.
	one.link.cutNextPush({ side: 'reported', after: 0 });
	const first = await one.as(CAROL).post('clip', { name: 'first' });
	expect(first.status, first.text).toBe(201);
	expect(first.headers.get('x-reference-commit')).toBe(hosts.at());
	// It is not: nobody can say, and whoever asks again elsewhere is told.
	one.link.cutNextPush({ side: 'reported', after: 0, leaves: 'refused' });
	const key = { 'Idempotency-Key': 'second' };
	const lost = await one.as(CAROL).post('clip', { name: 'second' }, key);
	expect(lost.status, lost.text).toBe(503);
	const there = hosts.at();
	const again = await two.as(CAROL).post('clip', { name: 'second' }, key);
	expect(again.status, again.text).toBe(201);
	expect(again.headers.get('x-reference-commit')).toBe(there);
	expect(hosts.at()).toBe(there);
	await one.link.set('up');
	expect(one.link.cutsDone).toBe(2);
	await expectAgreement(hosts, people.told);
});
