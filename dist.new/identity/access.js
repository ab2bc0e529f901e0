/** Decides what somebody may do, by who they are and by the lists of users that the operator keeps. */
import { AppError } from '../errors.js';
/** In the order in which they are shown. */
const LISTED_ROLES = ['approver', 'requestor'];
export class Access {
    #provider;
    #logger;
    #lists;
    constructor({ provider, requestorIds, approverIds, logger }) {
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
    async authorise(key, role) {
        if (key === undefined || key === '')
            throw new AppError('key-missing', 'Not authenticated');
        const list = role === 'reader' ? undefined : this.#lists[role];
        if (list?.size === 0) {
            this.#logger.info({ role }, 'a key was refused unseen, as no user has the role');
            throw new AppError('key-invalid', 'Invalid API key');
        }
        const user = await this.#provider.identify(key);
        if (!user)
            throw new AppError('key-invalid', 'Invalid API key');
        if (list === undefined || list.has(user.id))
            return user;
        this.#logger.info({ user: user.username, role }, 'a user without the role was refused');
        throw new AppError('role-missing', `You are not on the pending queue ${role} list.`);
    }
    rolesOf(user) {
        return LISTED_ROLES.filter((role) => this.#lists[role].has(user.id));
    }
}
function userIds(ids) {
    return new Set(ids.map((id) => id.trim()).filter((id) => id !== ''));
}
//# sourceMappingURL=access.js.map