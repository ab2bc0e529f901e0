/** Primaries whose clocks are wrong, one an hour ahead and one a day behind. */

import { setTimeout } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { expectAgreement } from '../support/hosts/agreement.ts';
import { startHosts } from '../support/hosts/hosts.ts';
import { People } from '../support/hosts/people.ts';

const SHIFT = new URL('../support/hosts/shifted-clock.mjs', import.meta.url);
const HOUR = 3_600_000;
const SOON = { timeout: 20_000, interval: 50 };
const SHIFTS = [0, HOUR, -24 * HOUR];

test('clocks_that_are_wrong_lose_nothing_and_never_run_history_backwards', { timeout: 180_000 }, async () => {
	const hosts = await startHosts({
		primary: (index) => ({
			env: { NODE_OPTIONS: `--import ${SHIFT.href}`, SHIFTED_CLOCK: String(SHIFTS[index]) },
		}),
	});
	const people = new People(hosts.primaries);
	people.start({ writers: 3, proposers: 3, reviewers: 1 });
	await people.untilDone(2);
	for (const [index, model] of ['right', 'ahead', 'behind', 'right again'].entries()) {
		const { fate } = await people.write({ operation: 'create', model, token: `clock-${model}` }, index);
		expect(fate).not.toBe('refused');
	}
	await setTimeout(1_000);
	const told = await people.stop();
	const times = hosts.bare.git('log', '--reverse', '--format=%ct', 'main').split('\n').map(Number);
	expect(times).toEqual([...times].sort((a, b) => a - b));
	const newest = times.at(-1) ?? 0;
	// One that is ahead is believed; nobody's is further.
	expect(newest).toBeLessThanOrEqual((Date.now() + HOUR) / 1000 + 1);
	for (const host of hosts.primaries) {
		await host.untilInStep();
		await vi.waitFor(async () => {
			const answer = await host.as({ key: '' }).get('metadata/last_updated');
			expect(answer.status, answer.text).toBe(200);
			expect(answer.text).toContain(String(newest));
		}, SOON);
	}
	await expectAgreement(hosts, told);
});
