/** Keys of users, and files that hold them, as a test needs them. */

import { chmodSync, writeFileSync } from 'node:fs';
import { type KeyEntry, keysFileText } from '../../src/identity/keys-file.ts';
import { hashSecret, type LocalKey, localKeyText, makeLocalKey } from '../../src/identity/local-key.ts';

export interface UserKey extends LocalKey {
	/** As its user presents it. */
	readonly text: string;
	readonly entry: KeyEntry;
}

export const CREATED = '2026-01-02T03:04:05.000Z';
export const REVOKED = '2026-02-03T04:05:06.000Z';

/** Makes a key; costs a hash. */
export async function userKey(id: string, name: string): Promise<UserKey> {
	const key = makeLocalKey();
	const entry = { keyId: key.keyId, id, name, ...(await hashSecret(key.secret)), created: CREATED };
	return { ...key, text: localKeyText(key), entry };
}

export function writeKeys(file: string, entries: readonly KeyEntry[], mode = 0o600): void {
	writeFileSync(file, keysFileText(file, entries));
	chmodSync(file, mode);
}
