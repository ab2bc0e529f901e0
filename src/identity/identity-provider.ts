/** What every way to find out whose an API key is has in common. */

import { AppError } from '../errors.ts';

export interface User {
	/** What lists of users name; a text, as AI-Horde's own is. */
	readonly id: string;
	/** `name#id`, one line without control characters or angle brackets. */
	readonly username: string;
}

/** How well whoever is asked answers. */
export interface ProviderHealth {
	readonly degraded: boolean;
	readonly consecutiveFailures: number;
	/** To one decimal; null when nothing is waited for. */
	readonly secondsUntilRetry: number | null;
}

export interface IdentityProvider {
	/**
	 * Whose the key is; undefined when it is nobody's.
	 * @throws AppError `identity-unavailable` when that cannot be told now, with the seconds to wait as `retryAfter`
	 */
	identify(key: string): Promise<User | undefined>;
	health(): ProviderHealth;
	/** Gives up what is being asked. Nobody is identified afterwards. */
	close(): Promise<void>;
}

/** Seconds to wait where whoever was asked names none. */
export const RETRY_AFTER = 10;

/** That a key could not be judged. It carries no cause: causes of the platform may quote the key. */
export function identityUnavailable(
	retryAfter = RETRY_AFTER,
	message = 'Auth service unavailable',
): AppError {
	return new AppError('identity-unavailable', message, { retryAfter });
}
