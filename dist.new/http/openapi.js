/** Builds the OpenAPI 3.1 document from the route table and the record schemas; nothing in it is written twice. */
import { CATEGORIES } from '../categories.js';
import { HISTORY_SCHEMAS } from './history-schemas.js';
import { QUEUE_SCHEMAS } from './queue-schemas.js';
const SHARED = 'common.schema.json#/$defs/';
const COMPONENT = '#/components/schemas/';
export function buildOpenApi(routes, schemas, version) {
    const paths = {};
    for (const route of routes) {
        if (route.operation === null)
            continue;
        const path = paths[route.path] ?? {};
        path[route.method] = route.operation;
        paths[route.path] = path;
    }
    return {
        openapi: '3.1.0',
        info: {
            title: 'Horde Model Reference API',
            version,
            description: 'Model references of AI-Horde in their legacy format, published from a git repository. ' +
                'Reads are anonymous, writes need an API key. Every path also answers without the `/api` prefix.',
            license: { name: 'MIT', identifier: 'MIT' },
        },
        servers: [{ url: '/api' }],
        paths,
        components: {
            schemas: { ...recordComponents(schemas), ...OWN_COMPONENTS, ...QUEUE_SCHEMAS, ...HISTORY_SCHEMAS },
            securitySchemes: {
                APIKeyHeader: { type: 'apiKey', in: 'header', name: 'apikey' },
                APIKeyAsPassword: {
                    type: 'http',
                    scheme: 'basic',
                    description: 'Any user name; the key as the password',
                },
            },
        },
    };
}
/** The schema files as components: shared definitions under their own names, record types under theirs. */
function recordComponents(schemas) {
    const { $defs: shared } = schemas.document('common');
    const components = { ...shared };
    const records = [];
    for (const { schema } of CATEGORIES) {
        if (schema === null)
            continue;
        const { $id: _id, $schema: _dialect, ...document } = schemas.document(schema);
        const name = `${pascalCase(schema)}Record`;
        components[name] = document;
        records.push(name);
    }
    components.Record = {
        title: 'Record',
        description: 'One model of a category that has records.',
        anyOf: records.map((name) => ({ $ref: COMPONENT + name })),
    };
    // Every reference in the schema files has one form; the text of the document is the simplest place to turn it.
    return JSON.parse(JSON.stringify(components).replaceAll(SHARED, COMPONENT));
}
function pascalCase(name) {
    return name.replace(/(?:^|_)(\w)/g, (_match, letter) => letter.toUpperCase());
}
const count = { type: 'integer', minimum: 0 };
const unixTime = { type: 'integer', description: 'Unix seconds' };
const OWN_COMPONENTS = {
    Category: { type: 'string', enum: CATEGORIES.map(({ name }) => name) },
    Reference: {
        type: 'object',
        description: 'Records by model name',
        additionalProperties: { $ref: `${COMPONENT}Record` },
    },
    Error: {
        type: 'object',
        required: ['detail'],
        properties: {
            detail: {
                oneOf: [{ type: 'string' }, { type: 'array', items: { $ref: `${COMPONENT}ErrorItem` } }],
            },
        },
    },
    ErrorItem: {
        type: 'object',
        required: ['type', 'loc', 'msg'],
        properties: {
            type: { type: 'string' },
            loc: { type: 'array', items: { type: ['string', 'integer'] } },
            msg: { type: 'string' },
            input: {},
            ctx: { type: 'object' },
        },
    },
    CategoryMetadata: {
        type: 'object',
        description: 'Derived from git history.',
        required: [
            'category',
            'last_updated',
            'initialization_time',
            'last_successful_operation',
            'backend_type',
        ],
        properties: {
            category: { $ref: `${COMPONENT}Category` },
            last_updated: {
                ...unixTime,
                description: 'Commit time of the newest commit that touched the file, unix seconds',
            },
            last_operation_type: { type: ['string', 'null'], enum: ['create', 'update', 'delete', null] },
            last_operation_model: { type: ['string', 'null'] },
            total_creates: count,
            total_updates: count,
            total_deletes: count,
            total_models: {
                ...count,
                description: 'Models now; generated backend twins of text models are not counted',
            },
            initialization_time: {
                ...unixTime,
                description: 'Commit time of the first commit of the file, unix seconds',
            },
            last_successful_operation: unixTime,
            error_count: count,
            metadata_schema_version: { type: 'string' },
            backend_type: { type: 'string' },
        },
    },
};
//# sourceMappingURL=openapi.js.map