/** What every way to find out whose an API key is has in common. */
import { AppError } from '../errors.js';
/** Seconds to wait where whoever was asked names none. */
export const RETRY_AFTER = 10;
/** That a key could not be judged. It carries no cause: causes of the platform may quote the key. */
export function identityUnavailable(retryAfter = RETRY_AFTER, message = 'Auth service unavailable') {
    return new AppError('identity-unavailable', message, { retryAfter });
}
//# sourceMappingURL=identity-provider.js.map