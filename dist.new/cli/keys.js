/** `keys`: makes, lists and revokes the keys of a local keys file, for `serve --identity keys`. */
import { systemClock } from '../clock.js';
import { loadConfig } from '../config/load-config.js';
import { AppError } from '../errors.js';
import { openRepository } from '../git/repository.js';
import { changeKeysFile } from '../identity/change-keys-file.js';
import { addKey, revokeKey } from '../identity/edit-keys.js';
import { keysFileOf, readKeysFile } from '../identity/keys-file.js';
import { hashSecret, isKeyId, localKeyText, makeLocalKey, parseLocalKey } from '../identity/local-key.js';
import { table } from './output.js';
/** Prints the new key, and nothing but the key, to stdout: it is the only time that it can be seen. */
export async function keysAdd({ id, name, ...flags }, output) {
    const file = await fileOf(flags);
    const key = makeLocalKey();
    const made = { keyId: key.keyId, ...(await hashSecret(key.secret)), created: now() };
    const { entry } = await changeKeysFile(file, (entries) => addKey(entries, { id, name }, made), {
        create: true,
    });
    output.note(`Added key ${entry.keyId} of ${userOf(entry)} to ${file}.`);
    output.note('It is printed this once, and only its hash is kept:');
    output.print(localKeyText(key));
}
export async function keysList({ json, ...flags }, output) {
    const file = await fileOf(flags);
    const { entries, isShared } = await readKeysFile(file);
    const warning = output.paint('yellow', 'warning:');
    if (isShared)
        output.note(`${warning} others than its owner may open it; run: chmod 600 ${file}`);
    if (json) {
        // Field by field, so that nothing that is not named here can get out.
        const shown = entries.map(({ keyId, id, name, created, revoked = null }) => ({
            keyId,
            id,
            name,
            created,
            revoked,
        }));
        output.print(JSON.stringify(shown, null, 2));
        return;
    }
    const rows = entries.map((entry) => [entry.keyId, userOf(entry), entry.created, entry.revoked ?? '']);
    output.print(table(['key id', 'user', 'created', 'revoked'], rows));
}
/** @param named the id of a key; whoever has only the key may give that */
export async function keysRevoke(named, flags, output) {
    const keyId = isKeyId(named) ? named : parseLocalKey(named)?.keyId;
    if (keyId === undefined) {
        // What was given is not repeated: it may be most of a key.
        throw new AppError('config-invalid', 'that is not the id of a key, which is k and nine letters or digits');
    }
    const file = await fileOf(flags);
    const time = now();
    const { entry } = await changeKeysFile(file, (entries) => revokeKey(entries, keyId, time), {
        create: false,
    });
    const before = entry.revoked === time ? '' : ` already, at ${entry.revoked}`;
    output.note(`Key ${entry.keyId} of ${userOf(entry)} in ${file} was revoked${before}.`);
}
async function fileOf({ repo, keysFile, config }) {
    if (keysFile !== undefined && keysFile !== '')
        return keysFile;
    const settings = loadConfig({ flags: { repo }, environment: process.env, file: config });
    return settings.keysFile || keysFileOf(await openRepository(settings.repo));
}
function userOf({ id, name }) {
    return `${name}#${id}`;
}
function now() {
    return new Date(systemClock()).toISOString();
}
//# sourceMappingURL=keys.js.map