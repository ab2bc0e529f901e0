/** Tells users what they may do (spec: pending queue, section 10; difference R7). */
import { sendJson } from './json.js';
import { errorAnswer, jsonAnswer } from './route.js';
export function roleRoutes({ access, limits, }) {
    const roles = async (request, response) => {
        const user = await access.authorise(request.get('apikey'), 'reader');
        const held = access.rolesOf(user);
        response.setHeader('Cache-Control', 'no-store');
        sendJson(response, {
            user_id: user.id,
            username: user.username,
            roles: held,
            is_approver: held.includes('approver'),
            is_requestor: held.includes('requestor'),
        });
    };
    return ['v1', 'v2'].map((version) => ({
        method: 'get',
        path: `/model_references/${version}/me/roles`,
        operation: {
            operationId: `read_roles_${version}`,
            tags: ['pending queue'],
            summary: 'Who the key belongs to, and what they may do',
            security: [{ APIKeyHeader: [] }],
            responses: {
                200: jsonAnswer('The user and their roles', ROLES),
                401: errorAnswer('There is no key, or it is nobody’s'),
                503: errorAnswer('Whose the key is cannot be told now; see Retry-After'),
            },
        },
        handler: [...limits.failures, roles],
    }));
}
const ROLES = {
    type: 'object',
    required: ['user_id', 'username', 'roles', 'is_approver', 'is_requestor'],
    properties: {
        user_id: { type: 'string' },
        username: { type: 'string' },
        roles: { type: 'array', items: { type: 'string', enum: ['approver', 'requestor'] } },
        is_approver: { type: 'boolean' },
        is_requestor: { type: 'boolean' },
    },
};
//# sourceMappingURL=role-routes.js.map