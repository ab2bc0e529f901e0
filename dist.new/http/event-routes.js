/** The route of the feed, by which caches and workers learn of changes without polling. */
import { CATEGORIES, resolveReadName } from '../categories.js';
import { choiceItem } from '../record/validation-items.js';
import { itemsError } from './errors.js';
import { QueryValues } from './query-values.js';
import { errorAnswer } from './route.js';
const NAMES = CATEGORIES.map(({ name }) => name);
export function eventRoutes(feed) {
    return [
        {
            method: 'get',
            path: '/events',
            streams: true,
            operation: {
                operationId: 'read_events',
                tags: ['service'],
                summary: 'Changes as they happen, as server-sent events',
                description: '`event: category` with `{"category", "etag", "commit"}` for each category whose bytes changed: the entity tag ' +
                    'is that of a read without a content coding (null when there is nothing to read any more), the commit is the one ' +
                    'that HEAD names (null before the first). `event: head` with `{"commit"}` when HEAD moved and no category changed. ' +
                    'Whoever connects is first told the present state of everything, whoever comes back with `Last-Event-ID` only ' +
                    'what is different since. A client that reads slowly is told the newest state alone.',
                parameters: [
                    {
                        name: 'category',
                        in: 'query',
                        description: 'Only changes of this category, by any name that reads know; may be repeated. There are no `head` events then.',
                        schema: { type: 'array', items: { type: 'string' } },
                    },
                    {
                        name: 'Last-Event-ID',
                        in: 'header',
                        description: 'The last `id` that was received',
                        schema: { type: 'string' },
                    },
                ],
                responses: {
                    200: {
                        description: 'A stream that ends with the service',
                        content: { 'text/event-stream': { schema: { type: 'string' } } },
                    },
                    422: errorAnswer('There is no such category'),
                    503: errorAnswer('Too many clients follow, or the service is stopping'),
                },
            },
            handler: (request, response) => {
                const wanted = wantedCategories(new QueryValues(request).texts('category'));
                if (request.method === 'HEAD')
                    feed.sendHead(response);
                else
                    feed.follow(response, wanted, request.get('last-event-id'));
            },
        },
    ];
}
/**
 * @returns names of categories; undefined where none is asked for
 * @throws AppError `query-invalid` (422, an item for each that is unknown)
 */
function wantedCategories(texts) {
    const items = texts.flatMap((text, index) => resolveReadName(text) ? [] : [choiceItem(['query', 'category', index], NAMES, text)]);
    if (items.length > 0)
        throw itemsError('query-invalid', items);
    const names = texts.flatMap((text) => resolveReadName(text)?.name ?? []);
    return names.length > 0 ? new Set(names) : undefined;
}
//# sourceMappingURL=event-routes.js.map