/** The file of hashed keys: where it is, what is in it, and what is wrong with it. */
import { constants, open } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../errors.js';
import { isKeyId, isSecretHash } from './local-key.js';
import { readUsername } from './username.js';
/** Some twenty thousand keys. */
const SIZE_LIMIT = 8 * 1024 * 1024;
/** `version` of the format: what the entries are, and the cost of their hashes. */
const FORMAT = 1;
/**
 * Where the keys of a repository are unless somebody says otherwise: beside what else this program keeps in the git
 * directory, so that no commit can take them along.
 */
export function keysFileOf({ commonDirectory }) {
    return path.join(commonDirectory, 'horde-references', 'keys.json');
}
/** @throws AppError `keys-file-invalid` that says what is wrong, also when there is no file */
export async function readKeysFile(file) {
    let handle;
    try {
        // A pipe must not hold us up before it is refused.
        handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
        const stats = await handle.stat({ bigint: true });
        if (!stats.isFile())
            throw invalid(file, 'it is not an ordinary file');
        if (stats.size > SIZE_LIMIT)
            throw tooLarge(file);
        return {
            entries: parseEntries(file, await handle.readFile('utf8')),
            version: versionOf(stats),
            isShared: process.platform !== 'win32' && (stats.mode & 63n) !== 0n,
        };
    }
    catch (error) {
        if (error instanceof AppError)
            throw error;
        throw invalid(file, isMissing(error) ? 'it is not there; `keys add` makes it' : reasonOf(error));
    }
    finally {
        await handle?.close();
    }
}
/** Tells one state of a file from another without reading it. */
export function versionOf(stats) {
    const { dev, ino, size, mtimeNs, ctimeNs } = stats;
    return [dev, ino, size, mtimeNs, ctimeNs].join('.');
}
/**
 * The text of a file with these entries.
 * @throws AppError `keys-file-invalid` for what could not be read again: a file that cannot be read lets nobody in
 */
export function keysFileText(file, entries) {
    const text = `${JSON.stringify({ version: FORMAT, keys: entries }, null, '\t')}\n`;
    if (Buffer.byteLength(text) > SIZE_LIMIT)
        throw tooLarge(file);
    parseEntries(file, text);
    return text;
}
/** What a user may be called: what stays as it is in `name#id`. */
export function isUserName(name) {
    return name.length <= 60 && !name.includes('#') && readUsername(`${name}#1`)?.username === `${name}#1`;
}
/** Whole numbers from 1, as AI-Horde gives them; 0 is its anonymous user. */
export function isUserId(id) {
    return /^[1-9]\d{0,14}$/.test(id);
}
export function isMissing(error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
function parseEntries(file, text) {
    let value;
    try {
        value = JSON.parse(text);
    }
    catch {
        // The parser's own words quote the text.
        throw invalid(file, 'it is no JSON');
    }
    const { version, keys } = fieldsOf(value);
    if (version !== FORMAT)
        throw invalid(file, `its "version" must be ${FORMAT}`);
    if (!Array.isArray(keys))
        throw invalid(file, 'its "keys" must be a list');
    const seen = new Set();
    return keys.map((key, index) => {
        const entry = fieldsOf(key);
        if (!isEntry(entry))
            throw invalid(file, `entry ${index + 1} of its "keys" is not as \`keys add\` makes them`);
        if (seen.has(entry.keyId))
            throw invalid(file, `entry ${index + 1} of its "keys" has the id of another`);
        seen.add(entry.keyId);
        return entry;
    });
}
function fieldsOf(value) {
    return typeof value === 'object' && value !== null ? value : {};
}
function isEntry(fields) {
    const { keyId, id, name, salt, hash, created, revoked } = fields;
    return (typeof keyId === 'string' &&
        isKeyId(keyId) &&
        typeof id === 'string' &&
        isUserId(id) &&
        typeof name === 'string' &&
        isUserName(name) &&
        typeof salt === 'string' &&
        typeof hash === 'string' &&
        isSecretHash({ salt, hash }) &&
        typeof created === 'string' &&
        // Whatever stands there revokes: a hand that meant well must not leave a key open.
        (revoked === undefined || typeof revoked === 'string'));
}
function reasonOf(error) {
    return `it cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'})`;
}
function tooLarge(file) {
    return invalid(file, `it is larger than ${SIZE_LIMIT} bytes`);
}
function invalid(file, what) {
    return new AppError('keys-file-invalid', `the keys file ${file} cannot be used: ${what}`, { file });
}
//# sourceMappingURL=keys-file.js.map