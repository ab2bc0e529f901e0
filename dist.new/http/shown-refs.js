/** Decides which refs somebody gets by a clone, besides the published branch and tags, which everybody gets. */
import { AppError } from '../errors.js';
import { basicKey } from '../identity/basic-key.js';
import { LEDGER_REF, PENDING_REFS } from '../queue/ledger-layout.js';
/** What only approvers get, unless everybody does. */
const REVIEW = [PENDING_REFS, LEDGER_REF];
/**
 * Who shows a key must be an approver: given less than they expect, they would look for the reason elsewhere.
 * @param advertise what everybody gets
 * @throws AppError as `Access.authorise`
 */
export async function shownTo(request, access, advertise) {
    const key = basicKey(request.get('authorization'));
    if (key === undefined)
        return { refs: advertise, toApprover: false };
    await access.authorise(key, 'approver');
    return { refs: [...advertise, ...REVIEW], toApprover: true };
}
/**
 * Git sends its key only when it is told that one is needed; so it is told, exactly when it asks for what needs one.
 * @param prefixes beginnings of the refs that are asked for
 * @throws AppError `key-missing`
 */
export function requireKeyForReview({ refs, toApprover }, prefixes) {
    if (toApprover)
        return;
    const isShown = (prefix) => refs.some((ref) => `${prefix}/`.startsWith(ref.endsWith('/') ? ref : `${ref}/`));
    const isForReview = (prefix) => prefix === 'refs/horde/' || REVIEW.some((ref) => prefix.startsWith(ref));
    if (prefixes.some((prefix) => isForReview(prefix) && !isShown(prefix))) {
        throw new AppError('key-missing', 'Pending branches and the ledger are for approvers: give an API key as the password');
    }
}
//# sourceMappingURL=shown-refs.js.map