/** The webhook by which the host of the remote says that something is new there. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from '../errors.js';
import { sendJson } from './json.js';
import { errorAnswer, jsonAnswer } from './route.js';
/** What GitHub sends at most. Bytes. */
const LARGEST_PAYLOAD = 25 * 1024 * 1024;
export function webhookRoutes({ secret, onNews, limits }) {
    return [
        {
            method: 'post',
            path: '/webhook',
            operation: {
                operationId: 'receive_webhook',
                tags: ['service'],
                summary: 'Told that the remote has something new',
                description: 'For a webhook of GitHub, or of a host that signs as GitHub does: `X-Hub-Signature-256` is the HMAC of the body ' +
                    'with the secret of `HORDE_REFERENCES_WEBHOOK_SECRET`. What the body says is not looked at.',
                parameters: [
                    { name: 'X-Hub-Signature-256', in: 'header', required: true, schema: { type: 'string' } },
                ],
                responses: {
                    202: jsonAnswer('The remote is being looked at', {
                        type: 'object',
                        required: ['status'],
                        properties: { status: { type: 'string' } },
                    }),
                    401: errorAnswer('The signature is not there or not right'),
                    404: errorAnswer('No webhook is configured'),
                    413: errorAnswer('Larger than 25 MiB'),
                },
            },
            handler: [
                ...limits.failures,
                async (request, response) => {
                    if (secret === '') {
                        throw new AppError('path-unknown', 'No webhook is configured here; set HORDE_REFERENCES_WEBHOOK_SECRET and --remote');
                    }
                    if (!(await isSigned(request, secret))) {
                        throw new AppError('signature-invalid', 'The signature does not fit the body: X-Hub-Signature-256 must be sha256=<HMAC of the body with the secret>');
                    }
                    onNews();
                    sendJson(response, { status: 'accepted' }, 202);
                },
            ],
        },
    ];
}
/** Reads the body to its end without keeping it. */
async function isSigned(request, secret) {
    const hmac = createHmac('sha256', secret);
    let length = 0;
    // Not by iteration: that would end the connection of a client that is to be told why.
    await new Promise((resolve, reject) => {
        request.on('data', (chunk) => {
            length += chunk.length;
            if (length <= LARGEST_PAYLOAD)
                hmac.update(chunk);
            else
                reject(new AppError('body-too-large', `The body must not be larger than ${LARGEST_PAYLOAD} bytes`));
        });
        request.once('end', resolve);
        request.once('close', () => reject(new AppError('body-incomplete', 'The body ended too early')));
    });
    const [, given = ''] = /^sha256=([0-9a-f]{64})$/.exec(request.get('x-hub-signature-256') ?? '') ?? [];
    const right = hmac.digest();
    const shown = Buffer.from(given, 'hex');
    return shown.length === right.length && timingSafeEqual(shown, right);
}
//# sourceMappingURL=webhook-routes.js.map