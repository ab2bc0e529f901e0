/** One primary loses the remote, at once or so that packets vanish; the others go on, and it comes back by itself. */

import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { expectAgreement } from '../support/hosts/agreement.ts';
import { startHosts } from '../support/hosts/hosts.ts';
import { People } from '../support/hosts/people.ts';
import { clearLocks } from '../support/hosts/torn-push.ts';
import { ALICE, CAROL } from '../support/write-service.ts';

/** However the remote was lost, somebody who writes is told within this time; milliseconds. */
const LONGEST_WRITE = 25_000;

test.each(['refused', 'vanishing'] as const)(
	'while_packets_are_%s_for_one_the_others_go_on',
	{ timeout: 180_000 },
	async (state) => {
		const hosts = await startHosts();
		const [lost, ...others] = hosts.primaries;
		if (!lost) throw new Error('there are three');
		const before = new People(hosts.primaries);
		before.start({ writers: 2, proposers: 1 });
		await before.untilDone(3);
		await lost.link.set(state);
		const told = await before.stop();
		const [first] = lost.repository.git('log', '-1', '--format=%H').split('\n');
		const people = new People(others);
		people.start({ writers: 2, proposers: 1 });
		const began = Date.now();
		const answers = await Promise.all([
			lost.as(CAROL).post('clip', { name: 'lost' }, { 'Idempotency-Key': 'lost' }),
			lost.as(ALICE).post('clip', { name: 'lost too' }, { 'Idempotency-Key': 'lost too' }),
		]);
		for (const { status, headers, text } of answers) {
			expect(status, text).toBe(503);
			expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
		}
		expect(Date.now() - began).toBeLessThan(LONGEST_WRITE);
		// Who comes later does not wait, and reads never do.
		await lost.untilSync(({ state: shown }) => expect(shown).toBe('down'));
		const again = Date.now();
		expect((await lost.as(CAROL).post('clip', { name: 'lost' })).status).toBe(503);
		expect((await lost.as(CAROL).get('clip.json')).status).toBe(200);
		expect(Date.now() - again).toBeLessThan(2_000);
		await people.untilDone(3);
		expect(lost.repository.git('log', '-1', '--format=%H')).toBe(first);
		await lost.link.set('up');
		await lost.untilInStep();
		const { deeds, proposed, steps } = await people.stop();
		const late = new People([lost]);
		expect((await late.write({ operation: 'create', model: 'late', token: `late-${state}` }, 0)).fate).toBe(
			'done',
		);
		for (const kind of [deeds, late.told.deeds]) told.deeds.push(...kind);
		told.proposed.push(...proposed);
		told.steps.push(...steps);
		await expectAgreement(hosts, told);
	},
);

test('a_remote_that_is_killed_and_comes_back_again_and_again_loses_nothing', {
	timeout: 180_000,
}, async () => {
	const hosts = await startHosts();
	const people = new People(hosts.primaries);
	people.start({ writers: 3, proposers: 2 });
	await people.untilDone(2);
	for (let kills = 0; kills < 6; kills++) {
		await setTimeout(100 + 500 * Math.random());
		await hosts.daemon.kill();
		await setTimeout(300 * Math.random());
		clearLocks(hosts.bare);
		await hosts.daemon.start();
	}
	for (const host of hosts.primaries) await host.untilInStep();
	await people.untilDone(3);
	await expectAgreement(hosts, await people.stop());
});
