/** Decides what somebody may do, by who they are and by the lists of users that the operator keeps. */

import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { IdentityProvider, User } from './identity-provider.ts';

export type { User };

/** Any user reads; requestors propose changes; approvers decide on them, and may do what requestors may. */
export type Role = 'reader' | 'requestor' | 'approver';
export type ListedRole = Exclude<Role, 'reader'>;

/** In the order in which they are shown. */
const LISTED_ROLES = ['approver', 'requestor'] as const satisfies readonly ListedRole[];

export interface AccessOptions {
	readonly provider: IdentityProvider;
	readonly requestorIds: readonly string[];
	readonly approverIds: readonly string[];
	readonly logger: Logger;
}

export class Access {
	readonly #provider: IdentityProvider;
	readonly #logger: Logger;
	readonly #lists: Readonly<Record<ListedRole, ReadonlySet<string>>>;

	constructor({ provider, requestorIds, approverIds, logger }: AccessOptions) {
		this.#provider = provider;
		this.#logger = logger;
		const approver = userIds(approverIds);
		this.#lists = { approver, requestor: new Set([...userIds(requestorIds), ...approver]) };
	}

	/**
	 * The user whose key it is, if they have the role. A role that nobody has is refused without a look-up (spec: service, 4).
	 * @param key as it came; undefined or empty when none did
	 * @throws AppError `key-missing`, `key-invalid`, `role-missing` or, from the provider, `identity-unavailable`
	 */
	async authorise(key: string | undefined, role: Role): Promise<User> {
		if (key === undefined || key === '') throw new AppError('key-missing', 'Not authenticated');
		const list = role === 'reader' ? undefined : this.#lists[role];
		if (list?.size === 0) {
			this.#logger.info({ role }, 'a key was refused unseen, as no user has the role');
			throw new AppError('key-invalid', 'Invalid API key');
		}
		const user = await this.#provider.identify(key);
		if (!user) throw new AppError('key-invalid', 'Invalid API key');
		if (list === undefined || list.has(user.id)) return user;
		this.#logger.info({ user: user.username, role }, 'a user without the role was refused');
		throw new AppError('role-missing', `You are not on the pending queue ${role} list.`);
	}

	rolesOf(user: User): readonly ListedRole[] {
		return LISTED_ROLES.filter((role) => this.#lists[role].has(user.id));
	}
}

function userIds(ids: readonly string[]): ReadonlySet<string> {
	return new Set(ids.map((id) => id.trim()).filter((id) => id !== ''));
}
