/** Bounds how many requests may come from one key or address in a minute, and how many failed authentications. */
import { ipKeyGenerator, MemoryStore, rateLimit } from 'express-rate-limit';
import { AppError } from '../errors.js';
import { KeyFingerprints } from '../identity/presented-key.js';
/** Milliseconds. */
const WINDOW = 60_000;
/** What stands before requests that come with a key; in order, and only what is limited at all. */
export function keyedLimits(settings) {
    const { writesPerKey, writesPerAddress, failuresPerAddress } = settings;
    const fingerprints = new KeyFingerprints();
    const writes = [
        ...(writesPerAddress > 0 ? [limit('writes from this address', writesPerAddress, addressOf)] : []),
        ...(writesPerKey > 0
            ? [
                limit('writes with this key', writesPerKey, (request) => fingerprints.of(request.get('apikey') ?? '')),
            ]
            : []),
    ];
    return { failures: failuresPerAddress > 0 ? [limitFailures(failuresPerAddress)] : [], writes };
}
/** What stands before everything; undefined where reads are not limited. */
export function readLimit({ readsPerAddress }) {
    if (readsPerAddress === 0)
        return undefined;
    return limit('requests from this address', readsPerAddress, addressOf);
}
function limit(what, most, keyGenerator) {
    const handler = (request, _response, next, { requestPropertyName }) => {
        const { resetTime } = Reflect.get(request, requestPropertyName);
        next(tooMany(what, most, resetTime));
    };
    return rateLimit({
        windowMs: WINDOW,
        limit: most,
        keyGenerator,
        handler,
        // What it would warn of on the console is settled by our settings.
        validate: false,
        // Its headers name what is limited by a digest, and nothing derived from a key may leave the process.
        standardHeaders: false,
        legacyHeaders: false,
    });
}
/** Counts what was answered with 401: somebody who guesses keys is stopped, somebody who writes much is not. */
function limitFailures(most) {
    const store = new MemoryStore();
    store.init({ windowMs: WINDOW });
    return async (request, response, next) => {
        const address = addressOf(request);
        const { totalHits = 0, resetTime } = (await store.get(address)) ?? {};
        if (totalHits >= most)
            throw tooMany('failed authentications from this address', most, resetTime);
        response.once('finish', () => {
            if (response.statusCode === 401)
                void store.increment(address);
        });
        next();
    };
}
/** An IPv6 address stands for the network that its owner can take any number of addresses from. */
function addressOf({ ip }) {
    return ipKeyGenerator(ip ?? '');
}
function tooMany(what, most, resetTime) {
    const message = `Too many ${what}: ${most} a minute are taken; wait as long as Retry-After says`;
    const wait = resetTime === undefined ? WINDOW : resetTime.getTime() - Date.now();
    return new AppError('rate-limited', message, { retryAfter: wait / 1000 });
}
//# sourceMappingURL=rate-limit.js.map