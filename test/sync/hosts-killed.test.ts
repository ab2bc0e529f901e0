/** `kill -9` of primaries, with the process that writes or without it, at any moment under load. */

import { setTimeout } from 'node:timers/promises';
import { test } from 'vitest';
import { expectAgreement } from '../support/hosts/agreement.ts';
import { startHosts } from '../support/hosts/hosts.ts';
import { People } from '../support/hosts/people.ts';
import { endProcess, writerOf } from '../support/killable-writer.ts';

const KILLS = Number(process.env.HOSTS_ROUNDS ?? 20);

test('primaries_that_are_killed_again_and_again_lose_nothing', {
	timeout: 120_000 + KILLS * 10_000,
}, async () => {
	const hosts = await startHosts();
	const people = new People(hosts.primaries);
	people.start({ writers: 3, proposers: 2, reviewers: 2 });
	await people.untilDone(2);
	for (let kills = 0; kills < KILLS; ) {
		// The service and all it has started, the service alone, the process that writes alone; the third goes on.
		for (const [which, how] of [
			[kills % 3, 'all'],
			[(kills + 1) % 3, kills % 2 === 0 ? 'service' : 'writer'],
		] as const) {
			const host = hosts.primaries[which];
			if (!host) continue;
			await setTimeout(300 * Math.random());
			const writer = writerOf(host.repository);
			if (how === 'all') await host.kill();
			else if (how === 'service') await host.end('SIGKILL');
			else if (writer !== undefined) endProcess(writer);
			kills++;
		}
		await Promise.all(hosts.primaries.filter(({ isUp }) => !isUp).map((host) => host.start()));
	}
	for (const host of hosts.primaries) await host.untilInStep();
	const told = await people.stop();
	await expectAgreement(hosts, told);
});
