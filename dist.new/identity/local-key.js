/** What a key of our own looks like, and how one is kept without being kept: as a salted scrypt hash of its secret. */
import { randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto';
const KEY_ID = /^k[a-z2-7]{9}$/;
const KEY = /^hr_(k[a-z2-7]{9})_([A-Za-z0-9_-]{43})$/;
const KEY_ID_LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';
const KEY_ID_LENGTH = 9;
const SECRET_BYTES = 32;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** 16 MB and some 50 ms for each hash. */
const SCRYPT = { N: 16_384, r: 8, p: 1 };
export function makeLocalKey() {
    const letter = () => KEY_ID_LETTERS[randomInt(KEY_ID_LETTERS.length)];
    const keyId = `k${Array.from({ length: KEY_ID_LENGTH }, letter).join('')}`;
    return { keyId, secret: randomBytes(SECRET_BYTES).toString('base64url') };
}
export function localKeyText({ keyId, secret }) {
    return `hr_${keyId}_${secret}`;
}
/** Undefined for what cannot be a key of ours. */
export function parseLocalKey(text) {
    const [, keyId, secret] = KEY.exec(text) ?? [];
    return keyId === undefined || secret === undefined ? undefined : { keyId, secret };
}
export function isKeyId(text) {
    return KEY_ID.test(text);
}
export async function hashSecret(secret) {
    const salt = randomBytes(SALT_BYTES);
    const hash = await derive(secret, salt);
    return { salt: salt.toString('base64url'), hash: hash.toString('base64url') };
}
/** What to compare with where there is no such key, so that the answer takes as long: the hash of nothing. */
export const NO_SECRET = {
    salt: Buffer.alloc(SALT_BYTES).toString('base64url'),
    hash: Buffer.alloc(HASH_BYTES).toString('base64url'),
};
/** Whether it is the hash of this secret, found out in the same time either way. */
export async function isSecretOf({ salt, hash }, secret) {
    const derived = await derive(secret, Buffer.from(salt, 'base64url'));
    const known = Buffer.from(hash, 'base64url');
    return known.length === derived.length && timingSafeEqual(known, derived);
}
export function isSecretHash({ salt, hash }) {
    return isBase64url(salt, SALT_BYTES) && isBase64url(hash, HASH_BYTES);
}
function isBase64url(text, bytes) {
    const decoded = Buffer.from(text, 'base64url');
    return decoded.length === bytes && decoded.toString('base64url') === text;
}
function derive(secret, salt) {
    return new Promise((resolve, reject) => {
        scrypt(secret, salt, HASH_BYTES, SCRYPT, (error, derived) => (error ? reject(error) : resolve(derived)));
    });
}
//# sourceMappingURL=local-key.js.map