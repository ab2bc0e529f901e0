/** Decides how the list of keys changes: whose a new key is, and that a revoked one stays revoked. Pure. */
import { AppError } from '../errors.js';
import { isUserId, isUserName } from './keys-file.js';
/**
 * Adds a key. Without an id it is for a new user, who gets the next free one; without a name for a user who has a key.
 * @throws AppError `config-invalid` that says what to give instead, and never repeats what was given: it may be a key
 */
export function addKey(entries, wanted, key) {
    const { keyId, salt, hash, created } = key;
    const entry = { keyId, ...ownerOf(entries, wanted), salt, hash, created };
    return { entries: [...entries, entry], entry };
}
/**
 * @param now ISO 8601
 * @throws AppError `config-invalid` when there is no such key
 */
export function revokeKey(entries, keyId, now) {
    const entry = entries.find((candidate) => candidate.keyId === keyId);
    if (!entry)
        throw new AppError('config-invalid', 'there is no key with that id; see: keys list');
    if (entry.revoked !== undefined)
        return { entries, entry };
    const revoked = { ...entry, revoked: now };
    return { entries: entries.map((other) => (other === entry ? revoked : other)), entry: revoked };
}
function ownerOf(entries, { id, name }) {
    if (id !== undefined && !isUserId(id)) {
        throw new AppError('config-invalid', '--id must be a whole number from 1, of at most 15 digits');
    }
    if (name !== undefined && !isUserName(name)) {
        throw new AppError('config-invalid', '--name must be 1 to 60 characters on one line, without # < > and without blanks around it');
    }
    // Whoever has only revoked keys may be called otherwise now.
    const known = entries.filter(({ revoked }) => revoked === undefined);
    if (id !== undefined)
        return { id, name: nameOf(known, id, name) };
    const next = nextId(entries);
    if (name === undefined)
        throw new AppError('config-invalid', 'say whom the key is for: --name <name>');
    const namesake = known.find((entry) => entry.name === name);
    if (namesake) {
        throw new AppError('config-invalid', `user ${namesake.id} has that name already; say --id ${namesake.id} for a further key of theirs, ` +
            `or --id ${next} for somebody else`);
    }
    return { id: next, name };
}
function nameOf(known, id, name) {
    const current = known.find((entry) => entry.id === id)?.name;
    if (name === undefined && current === undefined) {
        throw new AppError('config-invalid', `user ${id} has no key yet; say what they are called: --name <name>`);
    }
    if (name !== undefined && current !== undefined && name !== current) {
        throw new AppError('config-invalid', `user ${id} is called ${current}; leave --name out, or give another --id`);
    }
    return name ?? current ?? '';
}
function nextId(entries) {
    const next = String(Math.max(0, ...entries.map(({ id }) => Number(id))) + 1);
    if (!isUserId(next))
        throw new AppError('config-invalid', 'no id is left after the highest; say --id <user id>');
    return next;
}
//# sourceMappingURL=edit-keys.js.map