/** The v1 reads: what the API is, which categories there are, a category, one model of it. */
import { CATEGORIES, resolveReadName } from '../categories.js';
import { AppError } from '../errors.js';
import { strictCategory } from './category-param.js';
import { sendJson } from './json.js';
import { AT_PARAMETER, momentOf } from './past-reads.js';
import { QueryValues } from './query-values.js';
import { errorAnswer, jsonAnswer, segment } from './route.js';
const INFO = 'The legacy model reference API: model references in the format of the GitHub repositories ' +
    'https://github.com/Haidra-Org/AI-Horde-image-model-reference and ' +
    'https://github.com/Haidra-Org/AI-Horde-text-model-reference';
export function readRoutes({ store, reads, past, cacheControl }) {
    const category = async (request, response) => {
        const entry = readCategory(segment(request.params.model_category_name));
        const withGroups = wantsGroups(entry, request);
        const at = momentOf(request);
        if (at !== undefined && !entry.external) {
            await past.sendCategory(entry, at, withGroups, request, response);
            return;
        }
        const read = withGroups ? await reads.findGrouped(entry) : reads.find(entry);
        if (!read)
            throw emptyCategory(entry);
        reads.send(read, request, response);
    };
    const model = async (request, response) => {
        const entry = strictCategory(segment(request.params.model_category_name));
        const name = segment(request.params.model_name);
        const at = momentOf(request);
        if (at !== undefined) {
            await past.sendModel(entry, name, at, response);
            return;
        }
        const record = store.snapshot.files.get(entry.name)?.record(name);
        if (record === undefined || entry.external) {
            throw new AppError('model-not-found', `Model '${name}' not found in category '${entry.name}'`);
        }
        response.setHeader('Cache-Control', cacheControl);
        response.setHeader('Content-Type', 'application/json').send(Buffer.from(record));
    };
    return [
        {
            method: 'get',
            path: '/model_references/v1/info',
            operation: {
                operationId: 'read_legacy_info',
                tags: ['v1'],
                summary: 'What this API is',
                responses: { 200: jsonAnswer('A sentence', MESSAGE) },
            },
            handler: (_request, response) => sendJson(response, { message: INFO }),
        },
        {
            method: 'get',
            path: '/model_references/v1/model_categories',
            operation: {
                operationId: 'read_legacy_categories',
                tags: ['v1'],
                summary: 'All category names',
                description: 'Every category there is, whether or not it has models.',
                responses: {
                    200: jsonAnswer('The names', { type: 'array', items: { $ref: '#/components/schemas/Category' } }),
                },
            },
            handler: (_request, response) => sendJson(response, CATEGORIES.map(({ name }) => name)),
        },
        {
            method: 'get',
            path: '/model_references/v1/{model_category_name}',
            operation: {
                operationId: 'read_legacy_reference',
                tags: ['v1'],
                summary: 'The reference of a category',
                description: 'The bytes of the category file as they are in the repository: an object of records by model name. ' +
                    'A `.json` suffix is optional, `stable_diffusion` stands for `image_generation` and `db.json` for `text_generation`. ' +
                    '`lora` and `ti` are managed elsewhere and always `{}`. Answers carry a strong ETag (the git blob id, with the ' +
                    'content coding if there is one), Last-Modified (the commit date) and Cache-Control, and are revalidated with 304.',
                parameters: [
                    {
                        name: 'model_category_name',
                        in: 'path',
                        required: true,
                        description: 'A category name, optionally with `.json`, or an alias.',
                        schema: { type: 'string', examples: ['image_generation', 'stable_diffusion.json', 'db.json'] },
                    },
                    {
                        name: 'include_group',
                        in: 'query',
                        description: 'Text models only: append `text_model_group` and `text_model_group_summary` to every record.',
                        schema: { type: 'boolean', default: false },
                    },
                    AT_PARAMETER,
                ],
                responses: {
                    200: jsonAnswer('Records by model name', { $ref: '#/components/schemas/Reference' }),
                    304: { description: 'The version that the client holds is the current one' },
                    404: errorAnswer('The category has no models, or there is no revision as `at` names it'),
                    409: errorAnswer('What the file held `at` that revision is no reference'),
                    406: errorAnswer('The client accepts no content coding that there is'),
                    422: errorAnswer('There is no such category, `include_group` is no boolean, or `at` neither name nor date'),
                },
            },
            handler: category,
        },
        {
            method: 'get',
            path: '/model_references/v1/{model_category_name}/model/{model_name}',
            spans: true,
            operation: {
                operationId: 'read_legacy_model',
                tags: ['v1'],
                summary: 'One model',
                description: 'The record as it stands in the reference. Slashes in the name may be encoded or not.',
                parameters: [
                    CATEGORY_PARAMETER,
                    { name: 'model_name', in: 'path', required: true, schema: { type: 'string' } },
                    AT_PARAMETER,
                ],
                responses: {
                    200: jsonAnswer('The record', { $ref: '#/components/schemas/Record' }),
                    404: errorAnswer('There is no such model, or no revision as `at` names it'),
                    409: errorAnswer('What the file held `at` that revision is no reference'),
                    422: errorAnswer('There is no such category, or `at` is neither name nor date'),
                },
            },
            handler: model,
        },
    ];
}
const MESSAGE = { type: 'object', required: ['message'], properties: { message: { type: 'string' } } };
/** The strict category parameter, for the routes that take no alias. */
export const CATEGORY_PARAMETER = {
    name: 'model_category_name',
    in: 'path',
    required: true,
    schema: { $ref: '#/components/schemas/Category' },
};
/** The category that a path segment of a read names. @throws AppError `path-unknown`, `category-unknown` */
export function readCategory(value) {
    // A slash can only have come in encoded: such a path has one segment more than this route.
    if (value.includes('/'))
        throw new AppError('path-unknown', 'Not Found');
    const entry = resolveReadName(value);
    if (entry)
        return entry;
    const name = value.endsWith('.json') && value !== 'db.json' ? value.slice(0, -'.json'.length) : value;
    throw new AppError('category-unknown', `Invalid model category: '${name}'. '${name}' is not a valid MODEL_REFERENCE_CATEGORY`);
}
function emptyCategory(entry) {
    return new AppError('category-empty', `Model category '${entry.name}' not found or is empty`);
}
/** Whether the groups are asked for; of several values the last counts, and other categories ignore the flag. */
function wantsGroups(entry, request) {
    if (entry.name !== 'text_generation')
        return false;
    const query = new QueryValues(request);
    const wanted = query.flag('include_group');
    query.finish();
    return wanted;
}
//# sourceMappingURL=read-routes.js.map