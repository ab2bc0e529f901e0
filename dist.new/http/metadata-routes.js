/** The four metadata endpoints. They speak of the legacy files here, so only a primary with that format has them. */
import { CATEGORIES } from '../categories.js';
import { AppError } from '../errors.js';
import { strictCategory } from './category-param.js';
import { sendJson } from './json.js';
import { CATEGORY_PARAMETER } from './read-routes.js';
import { errorAnswer, jsonAnswer, segment } from './route.js';
/** What a deployment that takes no writes says of itself; undefined for one that does. */
export function readOnlyReason({ replicateMode, canonicalFormat, upstream }) {
    if (replicateMode === 'PRIMARY' && canonicalFormat === 'legacy')
        return undefined;
    if (upstream !== undefined) {
        return `This is a replica of ${upstream}, which takes no writes. Send them to the primary, which serves that address`;
    }
    return (`This deployment does not take writes: it runs as ${replicateMode} with the ${canonicalFormat} format. ` +
        'Send them to the primary, or set HORDE_MODEL_REFERENCE_REPLICATE_MODE=PRIMARY and HORDE_MODEL_REFERENCE_CANONICAL_FORMAT=legacy');
}
export function metadataRoutes(metadata, mode) {
    return [
        {
            method: 'get',
            path: '/model_references/v1/metadata/last_updated',
            operation: operation('read_last_updated', 'When any category last changed', {
                200: jsonAnswer('Unix seconds; null while nothing was ever committed', {
                    type: 'object',
                    required: ['last_updated'],
                    properties: { last_updated: { type: ['integer', 'null'] } },
                }),
            }),
            handler: (_request, response) => {
                requireLegacyPrimary(mode);
                sendJson(response, { last_updated: metadata.lastUpdatedOverall() });
            },
        },
        {
            method: 'get',
            path: '/model_references/v1/metadata/metadata',
            operation: operation('read_all_metadata', 'Metadata of every category that a commit ever touched', {
                200: jsonAnswer('Metadata by category', {
                    type: 'object',
                    additionalProperties: { $ref: '#/components/schemas/CategoryMetadata' },
                }),
            }),
            handler: async (_request, response) => {
                requireLegacyPrimary(mode);
                const all = await Promise.all(CATEGORIES.map((category) => metadata.describe(category)));
                sendJson(response, Object.fromEntries(all.flatMap((one) => (one ? [[one.category, one]] : []))));
            },
        },
        {
            method: 'get',
            path: '/model_references/v1/metadata/{model_category_name}',
            operation: operation('read_category_metadata', 'Metadata of one category', {
                200: jsonAnswer('The metadata', { $ref: '#/components/schemas/CategoryMetadata' }),
                ...CATEGORY_ERRORS,
            }),
            handler: async (request, response) => {
                const category = requestedCategory(request);
                requireLegacyPrimary(mode);
                const found = await metadata.describe(category);
                if (!found)
                    throw missing(category);
                sendJson(response, found);
            },
        },
        {
            method: 'get',
            path: '/model_references/v1/metadata/{model_category_name}/last_updated',
            operation: operation('read_category_last_updated', 'When one category last changed', {
                200: jsonAnswer('Commit time of the newest commit that touched the file, unix seconds', {
                    type: 'object',
                    required: ['category', 'last_updated'],
                    properties: {
                        category: { $ref: '#/components/schemas/Category' },
                        last_updated: { type: 'integer' },
                    },
                }),
                ...CATEGORY_ERRORS,
            }),
            handler: (request, response) => {
                const category = requestedCategory(request);
                requireLegacyPrimary(mode);
                const lastUpdated = metadata.lastUpdated(category);
                if (lastUpdated === undefined)
                    throw missing(category);
                sendJson(response, { category: category.name, last_updated: lastUpdated });
            },
        },
    ];
}
const CATEGORY_ERRORS = {
    404: errorAnswer('No commit ever touched the category'),
    422: errorAnswer('There is no such category'),
};
function operation(operationId, summary, responses) {
    const takesCategory = '422' in responses;
    return {
        operationId,
        tags: ['v1 metadata'],
        summary,
        ...(takesCategory && { parameters: [CATEGORY_PARAMETER] }),
        responses: { ...responses, 503: errorAnswer('Not a primary, or the canonical format is not legacy') },
    };
}
function requestedCategory(request) {
    return strictCategory(segment(request.params.model_category_name));
}
function requireLegacyPrimary({ replicateMode, canonicalFormat }) {
    if (replicateMode !== 'PRIMARY') {
        throw new AppError('mode-unsupported', `Metadata tracking is not supported in ${replicateMode} mode`);
    }
    if (canonicalFormat !== 'legacy') {
        throw new AppError('mode-unsupported', `This endpoint is only available when canonical_format='LEGACY'. Current setting: canonical_format='${canonicalFormat}'`);
    }
}
function missing(category) {
    return new AppError('metadata-missing', `No legacy metadata found for category ${category.name}`);
}
//# sourceMappingURL=metadata-routes.js.map