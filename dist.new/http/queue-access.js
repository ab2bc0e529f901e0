/** What every endpoint of the queue asks first: whether there is a queue, whose key it is, and whether they may. */
import { AppError } from '../errors.js';
import { readOnlyReason } from './metadata-routes.js';
/**
 * Who it is, if they may.
 * @throws AppError `not-writable`, `queue-unavailable`, and as `Access.authorise`
 */
export async function admitToQueue(request, role, guard, { mode, policy, access, queue }) {
    if (mode.replicateMode !== 'PRIMARY' || mode.canonicalFormat !== 'legacy') {
        if (guard === 'reads')
            throw unavailable();
        throw new AppError('not-writable', mode.upstream !== undefined
            ? (readOnlyReason(mode) ?? '')
            : 'This instance cannot process legacy writes. PRIMARY deployments with legacy canonical format must enable legacy write support.');
    }
    if (policy === 'direct' || !queue.enabled)
        throw unavailable();
    return access.authorise(request.get('apikey'), role);
}
/** Sends JSON that was made as text; what the queue says is nobody's to keep. */
export function sendText(response, text, status = 200) {
    const bytes = Buffer.from(text);
    response.status(status).setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Type', 'application/json').setHeader('Content-Length', bytes.length);
    // Express would add an entity tag of its own, which could be taken for that of a category.
    response.end(bytes);
}
function unavailable() {
    return new AppError('queue-unavailable', 'Pending queue is disabled or unsupported on this deployment.');
}
//# sourceMappingURL=queue-access.js.map