/** A provider that asks a fake AI-Horde, with a clock that only the test moves and a log in which no key may be. */

import { expect, onTestFinished, vi } from 'vitest';
import { HordeIdentity, type HordeLimits } from '../../src/identity/horde-identity.ts';
import { FakeHorde } from '../support/fake-horde.ts';
import { recordLog } from '../support/recorded-log.ts';

/** Every key that these tests send contains it, so that one look finds any of them where none may be. */
export const SECRET = 'sEcReT';
export const ALICE_KEY = `alice-${SECRET}`;
export const BOB_KEY = `bob-${SECRET}`;
export const WRONG_KEY = `wrong-${SECRET}`;
export const ALICE = { id: '1', username: 'alice#1' };

export interface HordeSetup {
	readonly limits?: Partial<HordeLimits>;
	/** Instead of the fake one's own. */
	readonly baseUrl?: string;
	readonly users?: Readonly<Record<string, string>>;
}

export async function setUpHorde({ limits = {}, baseUrl, users = {} }: HordeSetup = {}) {
	const horde = await FakeHorde.start({ [ALICE_KEY]: 'alice#1', [BOB_KEY]: 'bob#2', ...users });
	const clock = { now: 1_000_000 };
	const { logger, lines } = recordLog();
	const identity = new HordeIdentity({
		baseUrl: baseUrl ?? horde.url,
		clock: () => clock.now,
		logger,
		// No machine is so slow; the tests of the time limit set their own.
		limits: { timeout: 600_000, ...limits },
	});
	onTestFinished(async () => {
		await identity.close();
		expect(lines.join('')).not.toContain(SECRET);
	});
	/** Resolves when so many questions wait for the fake one's answer. */
	const held = (count: number) =>
		vi.waitFor(() => expect(horde.held).toBe(count), { timeout: 20_000, interval: 5 });
	return { horde, clock, identity, logger, lines, held };
}

/** The error with which a look-up ends that told nothing, once it is sure that it tells no key either. */
export async function unavailability(lookup: Promise<unknown>) {
	const error: unknown = await lookup.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	expect(error).toMatchObject({ code: 'identity-unavailable' });
	// What the platform says may quote the key.
	expect(error).not.toHaveProperty('cause');
	const { message, stack, data } = error as Error & { data: { retryAfter: number } };
	expect(`${message} ${stack} ${JSON.stringify(data)}`).not.toContain(SECRET);
	return { message, retryAfter: data.retryAfter };
}
