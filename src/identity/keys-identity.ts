/** Knows whose a key is from a local file of hashed keys, and takes each change of it up at once. */

import { stat } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { Gate, type GateLimits } from './gate.ts';
import {
	type IdentityProvider,
	identityUnavailable,
	type ProviderHealth,
	type User,
} from './identity-provider.ts';
import { KeyLookups, MEMORY_LIMITS, type MemoryLimits } from './key-lookups.ts';
import { type KeyEntry, type KeysFile, readKeysFile, versionOf } from './keys-file.ts';
import { isSecretOf, NO_SECRET, parseLocalKey } from './local-key.ts';

export interface KeysLimits {
	/** Hashes at once: each takes a thread of the pool that reads files too, and 16 MB. */
	readonly gate: GateLimits;
	readonly memory: MemoryLimits;
}

const LIMITS: KeysLimits = { gate: { running: 2, waiting: 64 }, memory: MEMORY_LIMITS };

export interface KeysOptions {
	readonly file: string;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly limits?: Partial<KeysLimits>;
}

/** One state of the file, with the answers that it gave: they are forgotten with it. */
interface Loaded {
	readonly version: string;
	readonly lookups: KeyLookups;
}

export class KeysIdentity implements IdentityProvider {
	readonly #file: string;
	readonly #clock: Clock;
	readonly #logger: Logger;
	readonly #memory: MemoryLimits;
	readonly #gate: Gate;
	#loaded: Loaded | undefined;
	/** So that many who find the file changed read it once. */
	#loading: Promise<Loaded> | undefined;
	/** What is wrong with the file, as it was logged; it is logged again when it is something else. */
	#problem: string | undefined;
	#failures = 0;
	#isClosed = false;

	constructor({ file, clock, logger, limits = {} }: KeysOptions) {
		const { gate, memory } = { ...LIMITS, ...limits };
		this.#file = file;
		this.#clock = clock;
		this.#logger = logger;
		this.#memory = memory;
		this.#gate = new Gate(gate);
	}

	async identify(key: string): Promise<User | undefined> {
		if (this.#isClosed) throw identityUnavailable();
		const { lookups } = await this.#current();
		return lookups.identify(key);
	}

	health(): ProviderHealth {
		return {
			degraded: this.#problem !== undefined,
			consecutiveFailures: this.#failures,
			secondsUntilRetry: null,
		};
	}

	async close(): Promise<void> {
		this.#isClosed = true;
	}

	/** @throws AppError `identity-unavailable` when the file cannot be used: what it said before counts no more */
	async #current(): Promise<Loaded> {
		const version = await stat(this.#file, { bigint: true }).then(versionOf, () => undefined);
		if (this.#loaded && this.#loaded.version === version) return this.#loaded;
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

	async #load(): Promise<Loaded> {
		this.#loaded = undefined;
		try {
			const keys = await readKeysFile(this.#file);
			this.#report(keys);
			this.#loaded = { version: keys.version, lookups: this.#lookupsOf(keys.entries) };
			return this.#loaded;
		} catch (error) {
			if (!(error instanceof AppError)) throw error;
			if (this.#problem !== error.message)
				this.#logger.error({ problem: error.message }, 'no key is accepted');
			this.#problem = error.message;
			this.#failures += 1;
			throw identityUnavailable();
		}
	}

	#report({ entries, isShared }: KeysFile): void {
		const good = entries.filter(({ revoked }) => revoked === undefined).length;
		this.#logger.info({ file: this.#file, keys: good, revoked: entries.length - good }, 'read the keys file');
		if (isShared) {
			this.#logger.warn(
				{ file: this.#file },
				'others than its owner may open the keys file: chmod 600 mends it',
			);
		}
		this.#problem = undefined;
		this.#failures = 0;
	}

	#lookupsOf(entries: readonly KeyEntry[]): KeyLookups {
		const byKeyId = new Map(entries.map((entry) => [entry.keyId, entry]));
		const look = async (key: string): Promise<User | undefined> => {
			const parsed = parseLocalKey(key);
			if (!parsed) return undefined;
			const entry = byKeyId.get(parsed.keyId);
			const matches = await this.#gate.run(() => isSecretOf(entry ?? NO_SECRET, parsed.secret));
			if (!entry || !matches || entry.revoked !== undefined) return undefined;
			return { id: entry.id, username: `${entry.name}#${entry.id}` };
		};
		return new KeyLookups(look, this.#clock, this.#memory);
	}
}
