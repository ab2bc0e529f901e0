/**
 * Owns the answers to category reads. A table from whole URL to finished answer stands in front of Express: thousands of
 * workers ask for the same few URLs, and a look-up there costs a fraction of a routed request. Whatever is not in the
 * table, or carries an Origin and so needs CORS headers, goes the ordinary way and gets the same answer.
 */
import { CATEGORIES, readNames } from '../categories.js';
import { blobId } from '../store/published-file.js';
import { represent } from '../store/representation.js';
import { prepareRead } from './prepared-read.js';
/** Paths under which v1 answers; `/api` is the public one, the bare one serves proxies that strip it. */
const PREFIXES = ['/api/model_references/v1/', '/model_references/v1/'];
/** The spellings of the flag that clients really send; the rest are understood by the route. */
const GROUPED_QUERIES = ['?include_group=true', '?include_group=True', '?include_group=1'];
/** What goes out for a category whose models are managed elsewhere. */
const NO_MODELS = Buffer.from('{}');
export class PublishedReads {
    #cacheControl;
    #clock;
    #external;
    #answers;
    #files = new Map();
    #table = new Map();
    constructor(answers, cacheControl, clock, nothing) {
        this.#answers = answers;
        this.#cacheControl = cacheControl;
        this.#clock = clock;
        const now = Math.floor(clock() / 1000);
        this.#external = this.#prepare({ lastModified: now, servedSince: now }, nothing);
    }
    static async create(answers, cacheControl, clock) {
        const nothing = await represent(blobId(NO_MODELS, 'sha1'), NO_MODELS);
        return new PublishedReads(answers, cacheControl, clock, nothing);
    }
    /** Answers from a snapshot from now on. Answers of files that did not change are kept. */
    publish(snapshot) {
        const answers = new Map();
        for (const [name, file] of snapshot.files) {
            if (file.empty)
                continue;
            const known = this.#files.get(name);
            answers.set(name, known?.file === file ? known : { file, plain: this.#prepare(file, file.representation) });
        }
        this.#files = answers;
        this.#table = new Map();
        for (const category of CATEGORIES) {
            const read = this.find(category);
            if (read)
                this.#list(category, '', read);
            const grouped = answers.get(category.name)?.grouped;
            if (grouped !== undefined)
                this.#listGrouped(category, grouped);
        }
    }
    /** The answer for a category, or undefined when there is nothing to serve. */
    find(category) {
        return category.external ? this.#external : this.#files.get(category.name)?.plain;
    }
    /** The answer with text groups added; made once per version. */
    findGrouped(category) {
        const answers = this.#files.get(category.name);
        if (!answers)
            return undefined;
        if (!answers.grouped) {
            const { file } = answers;
            answers.grouped = file.grouped().then((representation) => this.#prepare(file, representation), (error) => {
                delete answers.grouped; // the next request tries again
                throw error;
            });
            this.#listGrouped(category, answers.grouped);
        }
        return answers.grouped;
    }
    /** Answers the request if its URL is in the table; false when it is for the routes. */
    serve(request, response) {
        const read = this.#table.get(request.url ?? '');
        if (!read)
            return false;
        return this.#answers.sendAtOnce(read, request, response);
    }
    /** Answers a routed request. */
    send(read, request, response) {
        this.#answers.send(read, 'category', request, response);
    }
    #prepare(dates, representation) {
        const now = Math.floor(this.#clock() / 1000);
        // A commit may be dated in the future; an answer must not be (RFC 9110, 8.8.2.1).
        const lastModified = Math.min(dates.lastModified, now);
        return prepareRead(representation, {
            contentType: 'application/json',
            cacheControl: this.#cacheControl,
            dates: { lastModified, servedSince: dates.servedSince },
        });
    }
    #list(category, query, read) {
        for (const prefix of PREFIXES) {
            for (const name of readNames(category))
                this.#table.set(prefix + name + query, read);
        }
    }
    #listGrouped(category, grouped) {
        const table = this.#table;
        const list = (read) => {
            // Another snapshot may have been published meanwhile; it lists its own.
            if (this.#table !== table)
                return;
            for (const query of GROUPED_QUERIES)
                this.#list(category, query, read);
        };
        void grouped.then(list, () => { }); // whoever asked for it is told of the failure
    }
}
//# sourceMappingURL=published-reads.js.map