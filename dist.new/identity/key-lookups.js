/** Looks keys up as seldom as can be: answers are remembered for a while, and who asks the same shares one look-up. */
import { isPresentable, KeyFingerprints } from './presented-key.js';
import { RecentAnswers } from './recent-answers.js';
export const MEMORY_LIMITS = { somebody: 60_000, nobody: 10_000, capacity: 1000 };
export class KeyLookups {
    #look;
    #clock;
    #fingerprints = new KeyFingerprints();
    #users;
    /** Apart, so that no flood of wrong keys drives out the right ones. */
    #nobodies;
    #underWay = new Map();
    /** @param look must bound by itself how many look-ups run at once */
    constructor(look, clock, limits) {
        this.#look = look;
        this.#clock = clock;
        this.#users = new RecentAnswers(limits.somebody, limits.capacity, clock);
        this.#nobodies = new RecentAnswers(limits.nobody, limits.capacity, clock);
    }
    /** Whose the key is; undefined when it is nobody's. What the look-up throws is thrown, and not remembered. */
    async identify(key) {
        if (!isPresentable(key))
            return undefined;
        const fingerprint = this.#fingerprints.of(key);
        const user = this.#users.get(fingerprint);
        if (user || this.#nobodies.get(fingerprint))
            return user;
        const underWay = this.#underWay.get(fingerprint);
        if (underWay !== undefined)
            return underWay;
        const lookup = this.#ask(key, fingerprint).finally(() => this.#underWay.delete(fingerprint));
        this.#underWay.set(fingerprint, lookup);
        return lookup;
    }
    async #ask(key, fingerprint) {
        const asked = this.#clock();
        const user = await this.#look(key);
        if (user)
            this.#users.set(fingerprint, user, asked);
        else
            this.#nobodies.set(fingerprint, true, asked);
        return user;
    }
}
//# sourceMappingURL=key-lookups.js.map