/** Looks keys up as seldom as can be: answers are remembered for a while, and who asks the same shares one look-up. */

import type { Clock } from '../clock.ts';
import type { User } from './identity-provider.ts';
import { isPresentable, KeyFingerprints } from './presented-key.ts';
import { RecentAnswers } from './recent-answers.ts';

export interface MemoryLimits {
	/** Milliseconds for which a key that was somebody's stays theirs, unasked. */
	readonly somebody: number;
	/** Milliseconds for which a key that was nobody's stays nobody's, unasked. */
	readonly nobody: number;
	/** How many answers of either kind are remembered. */
	readonly capacity: number;
}

export const MEMORY_LIMITS: MemoryLimits = { somebody: 60_000, nobody: 10_000, capacity: 1000 };

export class KeyLookups {
	readonly #look: (key: string) => Promise<User | undefined>;
	readonly #clock: Clock;
	readonly #fingerprints = new KeyFingerprints();
	readonly #users: RecentAnswers<User>;
	/** Apart, so that no flood of wrong keys drives out the right ones. */
	readonly #nobodies: RecentAnswers<true>;
	readonly #underWay = new Map<string, Promise<User | undefined>>();

	/** @param look must bound by itself how many look-ups run at once */
	constructor(look: (key: string) => Promise<User | undefined>, clock: Clock, limits: MemoryLimits) {
		this.#look = look;
		this.#clock = clock;
		this.#users = new RecentAnswers(limits.somebody, limits.capacity, clock);
		this.#nobodies = new RecentAnswers(limits.nobody, limits.capacity, clock);
	}

	/** Whose the key is; undefined when it is nobody's. What the look-up throws is thrown, and not remembered. */
	async identify(key: string): Promise<User | undefined> {
		if (!isPresentable(key)) return undefined;
		const fingerprint = this.#fingerprints.of(key);
		const user = this.#users.get(fingerprint);
		if (user || this.#nobodies.get(fingerprint)) return user;
		const underWay = this.#underWay.get(fingerprint);
		if (underWay !== undefined) return underWay;
		const lookup = this.#ask(key, fingerprint).finally(() => this.#underWay.delete(fingerprint));
		this.#underWay.set(fingerprint, lookup);
		return lookup;
	}

	async #ask(key: string, fingerprint: string): Promise<User | undefined> {
		const asked = this.#clock();
		const user = await this.#look(key);
		if (user) this.#users.set(fingerprint, user, asked);
		else this.#nobodies.set(fingerprint, true, asked);
		return user;
	}
}
