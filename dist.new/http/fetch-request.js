/** Reads what a client of git's smart protocol asks for, as far as it has to be decided here. Pure. */
import { AppError } from '../errors.js';
/** As git has it, with the four digits of the length. */
const LONGEST_LINE = 65_520;
/** Commands of version 2; earlier versions have none. */
const COMMANDS = ['ls-refs', 'fetch'];
/**
 * Lines count wherever they stand, so that nothing is wanted that was not seen here.
 * @param body of a request to upload-pack, of any version of the protocol
 * @throws AppError `request-malformed`
 */
export function readFetchRequest(body) {
    const wants = new Set();
    const refPrefixes = [];
    for (const line of pktLines(body)) {
        const [, word = '', rest = ''] = /^(want |ref-prefix |command=)(.*?)\n?$/s.exec(line) ?? [];
        if (word === 'want ')
            wants.add(objectId(rest));
        else if (word === 'ref-prefix ')
            refPrefixes.push(rest);
        else if (word === 'command=' && !COMMANDS.includes(rest)) {
            throw malformed(`there is no command ${JSON.stringify(rest.slice(0, 100))}`);
        }
    }
    return { wants, refPrefixes };
}
/** A packet of one line that git shows to its user as an error of the other side. */
export function errorPacket(message) {
    return packet(`ERR ${message}`);
}
/** `<four hex digits: length with themselves><text>` */
export function packet(text) {
    const bytes = Buffer.from(text);
    return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}
/** Git looks at the digits of an id and not at what follows; a longer id than the repository's is one that it has not. */
function objectId(text) {
    const [id] = /^[0-9a-f]{40}(?:[0-9a-f]{24})?/i.exec(text) ?? [];
    if (id === undefined)
        throw malformed('an object is wanted by something that is no id');
    return id.toLowerCase();
}
function* pktLines(body) {
    let at = 0;
    while (at < body.length) {
        const digits = body.toString('latin1', at, at + 4);
        if (!/^[0-9a-f]{4}$/i.test(digits))
            throw malformed('a line does not begin with its length');
        const length = Number.parseInt(digits, 16);
        // Lengths below four separate parts of the request.
        const end = at + Math.max(length, 4);
        if (length === 3 || length > LONGEST_LINE || end > body.length) {
            throw malformed('a line is not as long as it says');
        }
        yield body.toString('latin1', at + 4, end);
        at = end;
    }
}
function malformed(what) {
    return new AppError('request-malformed', `This is no request of git's smart protocol: ${what}`);
}
//# sourceMappingURL=fetch-request.js.map