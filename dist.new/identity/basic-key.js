/** Finds the API key in the credentials of HTTP Basic authentication, which is what git can send. */
/**
 * The key: the password, or the user name where there is no password. Empty when the credentials cannot be read.
 * @param header of `Authorization`; other schemes than Basic are nothing to us
 */
export function basicKey(header) {
    const [, encoded] = /^basic +(\S*) *$/i.exec(header ?? '') ?? [];
    if (encoded === undefined)
        return undefined;
    const [, user = '', password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
    return password === '' ? user : password;
}
//# sourceMappingURL=basic-key.js.map