/** Replicas of a remote and of a primary, one of them off while a thousand commits are made. */

import { expect, test, vi } from 'vitest';
import { expectAgreement } from '../support/hosts/agreement.ts';
import { startHosts } from '../support/hosts/hosts.ts';
import { People } from '../support/hosts/people.ts';
import { cloneOf } from '../support/shared-remote.ts';

const COMMITS = 1000;

test('a_replica_that_was_off_for_a_thousand_commits_under_load_makes_up_for_them', {
	timeout: 180_000,
}, async () => {
	const hosts = await startHosts({ primaries: 2, replicas: 2 });
	const [off] = hosts.replicas;
	const people = new People(hosts.primaries);
	people.start({ writers: 2, proposers: 1 });
	await people.untilDone(1);
	await off?.end('SIGKILL');
	await people.untilDone(3);
	await commitMany(hosts.bare.directory, COMMITS);
	await people.untilDone(5);
	await off?.start();
	await people.untilDone(6);
	const told = await people.stop();
	expect(Number(hosts.bare.git('rev-list', '--count', 'main'))).toBeGreaterThan(COMMITS);
	await vi.waitFor(() => expect(off?.repository.git('rev-parse', 'HEAD')).toBe(hosts.at()), {
		timeout: 30_000,
	});
	await expectAgreement(hosts, told);
});

/** As a maintainer who imports a lot: pushed when nobody was quicker. */
async function commitMany(remote: string, count: number): Promise<void> {
	await vi.waitFor(
		() => {
			const elsewhere = cloneOf(`file://${remote}`);
			const stream = Array.from({ length: count }, (_, index) =>
				[
					'commit refs/heads/main',
					`committer M <m@example.invalid> ${Math.floor(Date.now() / 1000)} +0000`,
					'data 6\nImport',
					...(index === 0 ? ['from refs/heads/main^0'] : []),
					`M 100644 inline README.md\ndata ${`number ${index}\n`.length}\nnumber ${index}\n`,
				].join('\n'),
			);
			elsewhere.gitInput(`${stream.join('\n')}\n`, 'fast-import', '--quiet');
			elsewhere.git('push', '--quiet', 'origin', 'main');
		},
		{ timeout: 60_000, interval: 10 },
	);
}
