/**
 * Owns the answers to reads of committed files at any revision. As for categories, a table from whole URL to finished answer
 * stands in front of Express. What a name stands for is in it until a ref moves, what a whole commit id names until
 * commits are taken back, and both only while the file is kept in memory.
 */
import { AppError } from '../errors.js';
import { contentTypeOf } from './content-type.js';
import { prepareRead } from './prepared-read.js';
/** What a whole commit id names is the same for ever. */
export const IMMUTABLE = 'public, max-age=31536000, immutable';
/** A committed file may be anything; shown by a browser it must not run, load or navigate. */
const NOTHING_RUNS = ['Content-Security-Policy', "default-src 'none'; sandbox"];
/** A longer URL is answered, but not listed. */
const LONGEST_URL = 1024;
/** What the table and the headers of a URL take, besides the URL. Bytes. */
const LISTING = 3072;
export class RawReads {
    #options;
    #table = new Map();
    #urls = new WeakMap();
    #moves = 0;
    #losses = 0;
    constructor(options) {
        this.#options = options;
        options.revisions.onMove((gone) => {
            this.#moves++;
            if (gone)
                this.#losses++;
        });
        options.blobs.onLeave((blob) => this.#unlist(blob));
    }
    /** How many URLs are listed. */
    get size() {
        return this.#table.size;
    }
    /** Answers the request if its URL is in the table; false when it is for the routes. */
    serve(request, response) {
        const listed = this.#table.get(request.url ?? '');
        if (!listed || !this.#holds(listed))
            return false;
        this.#options.blobs.use(listed.blob);
        if (listed.representation !== listed.blob.representation)
            this.#prepareAgain(listed);
        return this.#options.answers.sendAtOnce(listed.read, request, response);
    }
    /**
     * Answers a routed request.
     * @param url whole, as the client wrote it
     * @param text `<revision>/<path>`, decoded
     * @throws AppError `revision-unknown`, `file-unknown`, `file-too-large`
     */
    async send(url, text, request, response) {
        const ages = { moves: this.#moves, losses: this.#losses };
        const found = await this.#options.revisions.split(text);
        if (!found)
            throw unknownRevision(text);
        await this.#send(found, ages, url, request, response);
    }
    /**
     * As `send`, for a URL that differs from GitHub's only in its host: paths begin at the folder of the category files, and
     * `main` stands for the published branch where there is none of that name.
     */
    async sendAsGitHub(url, text, request, response) {
        const ages = { moves: this.#moves, losses: this.#losses };
        const found = await this.#splitAsGitHub(text);
        if (!found)
            throw unknownRevision(text);
        const { revision, path } = found;
        const inFolder = { revision, path: this.#options.pathPrefix + path };
        await this.#send(inFolder, ages, url, request, response);
    }
    async #splitAsGitHub(text) {
        const { revisions } = this.#options;
        const [, main] = /^(?:refs\/heads\/)?main\/(.*)$/s.exec(text) ?? [];
        const found = await revisions.split(text);
        if (found)
            return found;
        if (main !== undefined)
            return revisions.split(`HEAD/${main}`);
        // As github.com itself has it: /{owner}/{repo}/raw/{ref}/{file}.
        return text.startsWith('raw/') ? this.#splitAsGitHub(text.slice('raw/'.length)) : undefined;
    }
    async #send({ revision, path }, ages, url, request, response) {
        const { revisions, blobs, answers } = this.#options;
        const { commit, isPermanent } = revision;
        const id = await revisions.fileAt(revision, path);
        if (id === undefined) {
            throw new AppError('file-unknown', `There is no file '${path}' in commit ${commit}`);
        }
        const blob = await blobs.read(id);
        const { representation } = blob;
        const contentType = contentTypeOf(path, blob);
        const age = isPermanent ? ages.losses : ages.moves;
        const about = { blob, contentType, commit, isPermanent, age };
        const listed = { ...about, representation, read: this.#prepare(about, representation) };
        if (url.length <= LONGEST_URL && !url.includes('?'))
            this.#list(url, listed);
        answers.send(listed.read, 'file', request, response);
    }
    #prepare({ contentType, commit, isPermanent }, representation) {
        const cacheControl = isPermanent ? IMMUTABLE : this.#options.cacheControl;
        const headers = ['X-Reference-Commit', commit];
        return prepareRead(representation, { contentType, cacheControl, headers, withBytes: NOTHING_RUNS });
    }
    #prepareAgain(listed) {
        const { representation } = listed.blob;
        listed.read = this.#prepare(listed, representation);
        listed.representation = representation;
    }
    #holds({ isPermanent, age }) {
        return isPermanent ? age === this.#losses : age === this.#moves && this.#options.revisions.isSettled;
    }
    /** What takes memory is counted to the file, and goes with it. */
    #list(url, listed) {
        const { blob } = listed;
        if (!this.#options.blobs.has(blob))
            return;
        const urls = this.#urls.get(blob) ?? new Set();
        this.#urls.set(blob, urls);
        this.#table.set(url, listed);
        if (urls.has(url))
            return;
        urls.add(url);
        this.#options.blobs.charge(blob, LISTING + 2 * url.length);
    }
    #unlist(blob) {
        for (const url of this.#urls.get(blob) ?? []) {
            if (this.#table.get(url)?.blob === blob)
                this.#table.delete(url);
        }
        this.#urls.delete(blob);
    }
}
function unknownRevision(text) {
    return new AppError('revision-unknown', `'${text}' does not begin with a branch, a tag or a commit id that is published here, and go on with a file`);
}
//# sourceMappingURL=raw-reads.js.map