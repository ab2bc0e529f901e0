/** Three primaries and two replicas on one remote, each in processes of its own, under load and while lines are cut. */

import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { expectAgreement } from '../support/hosts/agreement.ts';
import { startHosts } from '../support/hosts/hosts.ts';
import { People } from '../support/hosts/people.ts';

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
	for (const [index, after] of offsets.entries()) {
		for (const [which, side] of (['sent', 'answered'] as const).entries()) {
			hosts.primaries[(index + which) % 3]?.link.cutNextPush({
				side,
				after: side === 'sent' ? after : after / 2,
			});
		}
		await setTimeout(300);
	}
	const told = await people.stop();
	expect(hosts.primaries.some(({ link }) => link.cutsDone > 0)).toBe(true);
	await expectAgreement(hosts, told);
});
