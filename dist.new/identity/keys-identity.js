/** Knows whose a key is from a local file of hashed keys, and takes each change of it up at once. */
import { stat } from 'node:fs/promises';
import { AppError } from '../errors.js';
import { Gate } from './gate.js';
import { identityUnavailable, } from './identity-provider.js';
import { KeyLookups, MEMORY_LIMITS } from './key-lookups.js';
import { readKeysFile, versionOf } from './keys-file.js';
import { isSecretOf, NO_SECRET, parseLocalKey } from './local-key.js';
const LIMITS = { gate: { running: 2, waiting: 64 }, memory: MEMORY_LIMITS };
export class KeysIdentity {
    #file;
    #clock;
    #logger;
    #memory;
    #gate;
    #loaded;
    /** So that many who find the file changed read it once. */
    #loading;
    /** What is wrong with the file, as it was logged; it is logged again when it is something else. */
    #problem;
    #failures = 0;
    #isClosed = false;
    constructor({ file, clock, logger, limits = {} }) {
        const { gate, memory } = { ...LIMITS, ...limits };
        this.#file = file;
        this.#clock = clock;
        this.#logger = logger;
        this.#memory = memory;
        this.#gate = new Gate(gate);
    }
    async identify(key) {
        if (this.#isClosed)
            throw identityUnavailable();
        const { lookups } = await this.#current();
        return lookups.identify(key);
    }
    health() {
        return {
            degraded: this.#problem !== undefined,
            consecutiveFailures: this.#failures,
            secondsUntilRetry: null,
        };
    }
    async close() {
        this.#isClosed = true;
    }
    /** @throws AppError `identity-unavailable` when the file cannot be used: what it said before counts no more */
    async #current() {
        const version = await stat(this.#file, { bigint: true }).then(versionOf, () => undefined);
        if (this.#loaded && this.#loaded.version === version)
            return this.#loaded;
        if (this.#loading !== undefined) {
            const loaded = await this.#loading;
            // It may have been read before the change that brought us here, such as a revocation.
            return loaded.version === version ? loaded : this.#current();
        }
        this.#loading = this.#load().finally(() => {
            this.#loading = undefined;
        });
        return this.#loading;
    }
    async #load() {
        this.#loaded = undefined;
        try {
            const keys = await readKeysFile(this.#file);
            this.#report(keys);
            this.#loaded = { version: keys.version, lookups: this.#lookupsOf(keys.entries) };
            return this.#loaded;
        }
        catch (error) {
            if (!(error instanceof AppError))
                throw error;
            if (this.#problem !== error.message)
                this.#logger.error({ problem: error.message }, 'no key is accepted');
            this.#problem = error.message;
            this.#failures += 1;
            throw identityUnavailable();
        }
    }
    #report({ entries, isShared }) {
        const good = entries.filter(({ revoked }) => revoked === undefined).length;
        this.#logger.info({ file: this.#file, keys: good, revoked: entries.length - good }, 'read the keys file');
        if (isShared) {
            this.#logger.warn({ file: this.#file }, 'others than its owner may open the keys file: chmod 600 mends it');
        }
        this.#problem = undefined;
        this.#failures = 0;
    }
    #lookupsOf(entries) {
        const byKeyId = new Map(entries.map((entry) => [entry.keyId, entry]));
        const look = async (key) => {
            const parsed = parseLocalKey(key);
            if (!parsed)
                return undefined;
            const entry = byKeyId.get(parsed.keyId);
            const matches = await this.#gate.run(() => isSecretOf(entry ?? NO_SECRET, parsed.secret));
            if (!entry || !matches || entry.revoked !== undefined)
                return undefined;
            return { id: entry.id, username: `${entry.name}#${entry.id}` };
        };
        return new KeyLookups(look, this.#clock, this.#memory);
    }
}
//# sourceMappingURL=keys-identity.js.map