/** Owns the answers to reads with `at`: a category, or one model of it, as it was at a revision or at a time. */
import { AppError } from '../errors.js';
import { modelNames, recordText } from '../record/reference-file.js';
import { itemsError } from './errors.js';
import { isRevisionName, readMoment } from './moment.js';
import { prepareRead } from './prepared-read.js';
import { QueryValues } from './query-values.js';
import { IMMUTABLE } from './raw-reads.js';
/** For OpenAPI. */
export const AT_PARAMETER = {
    name: 'at',
    in: 'query',
    description: 'The reference as it was: at a branch, a tag or a commit id (four digits or more), or at a date such as `2025-03-01` or ' +
        '`2025-03-01T12:00:00Z`: then the version that the published branch has of that time. A day is its beginning, and times ' +
        'without an offset are UTC. `X-Reference-Commit` tells the commit.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
    examples: { date: { value: '2025-03-01' }, branch: { value: 'main' } },
};
/** What the client said for `at`; undefined where it did not. Of several values the last counts. */
export function momentOf(request) {
    return new QueryValues(request).texts('at').at(-1);
}
export class PastReads {
    #options;
    constructor(options) {
        this.#options = options;
    }
    /** @throws AppError `query-invalid`, `revision-unknown`, `category-empty`, `reference-broken` */
    async sendCategory(category, at, withGroups, request, response) {
        const found = await this.#find(category, at);
        if (!found || modelNames(found.file).size === 0) {
            throw new AppError('category-empty', `Model category '${category.name}' not found or is empty`);
        }
        const { past, answers } = this.#options;
        const { representation } = withGroups ? await past.grouped(found) : found.blob;
        const headers = ['X-Reference-Commit', found.revision.commit];
        const contentType = 'application/json';
        const read = prepareRead(representation, { contentType, cacheControl: this.#lasts(found), headers });
        answers.send(read, 'category', request, response);
    }
    /** @throws AppError `query-invalid`, `revision-unknown`, `model-not-found`, `reference-broken` */
    async sendModel(category, name, at, response) {
        const found = await this.#find(category, at);
        const record = found && recordText(found.file, name);
        if (!found || record === undefined || category.external) {
            throw new AppError('model-not-found', `Model '${name}' not found in category '${category.name}'`);
        }
        response.setHeader('Cache-Control', this.#lasts(found));
        response.setHeader('X-Reference-Commit', found.revision.commit);
        response.setHeader('Content-Type', 'application/json').send(Buffer.from(record));
    }
    #lasts({ revision }) {
        return revision.isPermanent ? IMMUTABLE : this.#options.cacheControl;
    }
    async #find(category, at) {
        const revision = await this.#revision(category, at);
        const reference = revision && (await this.#options.past.read(category, revision));
        return reference && { ...reference, revision };
    }
    /** A name goes before a date: whoever calls a tag `2025-03-01` means it. */
    async #revision(category, at) {
        const { past } = this.#options;
        const named = await past.revision(at);
        if (named)
            return named;
        const time = readMoment(at);
        if (time !== undefined)
            return past.revisionAt(category, time);
        if (isRevisionName(at)) {
            throw new AppError('revision-unknown', `No branch, tag or commit that is published here is called '${at}'`);
        }
        const msg = 'Value error, should be a branch, a tag, a commit id, or a date such as 2025-03-01 or 2025-03-01T12:00:00Z';
        const item = { type: 'value_error', loc: ['query', 'at'], msg, input: at, ctx: { error: {} } };
        throw itemsError('query-invalid', [item]);
    }
}
//# sourceMappingURL=past-reads.js.map