/**
 * Owns the answers to category reads. A table from whole URL to finished answer stands in front of Express: thousands of
 * workers ask for the same few URLs, and a look-up there costs a fraction of a routed request. Whatever is not in the
 * table, or carries an Origin and so needs CORS headers, goes the ordinary way and gets the same answer.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { CATEGORIES, type CategoryEntry, readNames } from '../categories.ts';
import type { Clock } from '../clock.ts';
import { blobId, type PublishedFile } from '../store/published-file.ts';
import type { Snapshot } from '../store/reference-store.ts';
import { represent } from '../store/representation.ts';
import { CodingNegotiator } from './content-coding.ts';
import {
	matches,
	type PreparedRead,
	prepareRead,
	type ReadConditions,
	sendError,
	sendRead,
} from './prepared-read.ts';
import { noReads } from './read-counts.ts';

/** Paths under which v1 answers; `/api` is the public one, the bare one serves proxies that strip it. */
const PREFIXES: readonly string[] = ['/api/model_references/v1/', '/model_references/v1/'];

/** The spellings of the flag that clients really send; the rest are understood by the route. */
const GROUPED_QUERIES: readonly string[] = ['?include_group=true', '?include_group=True', '?include_group=1'];

/** What goes out for a category whose models are managed elsewhere. */
const NO_MODELS = Buffer.from('{}');

interface Answers {
	readonly file: PublishedFile;
	readonly plain: PreparedRead;
	grouped?: Promise<PreparedRead>;
}

export class PublishedReads {
	/** Of reads from the table, by method, and of those that were routed. */
	readonly counts = { get: noReads(), head: noReads(), routed: noReads() } as const;
	readonly #cacheControl: string;
	readonly #clock: Clock;
	readonly #external: PreparedRead;
	readonly #codings = new CodingNegotiator();
	#answers: ReadonlyMap<string, Answers> = new Map();
	#table: Map<string, PreparedRead> = new Map();

	private constructor(cacheControl: string, clock: Clock, external: PreparedRead) {
		this.#cacheControl = cacheControl;
		this.#clock = clock;
		this.#external = external;
	}

	static async create(cacheControl: string, clock: Clock): Promise<PublishedReads> {
		const now = Math.floor(clock() / 1000);
		const nothing = await represent(blobId(NO_MODELS, 'sha1'), NO_MODELS);
		const external = prepareRead(nothing, { lastModified: now, servedSince: now, cacheControl, now });
		return new PublishedReads(cacheControl, clock, external);
	}

	/** Answers from a snapshot from now on. Answers of files that did not change are kept. */
	publish(snapshot: Snapshot): void {
		const answers = new Map<string, Answers>();
		for (const [name, file] of snapshot.files) {
			if (file.empty) continue;
			const known = this.#answers.get(name);
			answers.set(
				name,
				known?.file === file ? known : { file, plain: this.#prepare(file, file.representation) },
			);
		}
		this.#answers = answers;
		this.#table = new Map();
		for (const category of CATEGORIES) {
			const read = this.find(category);
			if (read) this.#list(category, '', read);
			const grouped = answers.get(category.name)?.grouped;
			if (grouped !== undefined) this.#listGrouped(category, grouped);
		}
	}

	/** The answer for a category, or undefined when there is nothing to serve. */
	find(category: CategoryEntry): PreparedRead | undefined {
		return category.external ? this.#external : this.#answers.get(category.name)?.plain;
	}

	/** The answer with text groups added; made once per version. */
	findGrouped(category: CategoryEntry): Promise<PreparedRead> | undefined {
		const answers = this.#answers.get(category.name);
		if (!answers) return undefined;
		if (!answers.grouped) {
			const { file } = answers;
			answers.grouped = file.grouped().then(
				(representation) => this.#prepare(file, representation),
				(error: unknown) => {
					delete answers.grouped; // the next request tries again
					throw error;
				},
			);
			this.#listGrouped(category, answers.grouped);
		}
		return answers.grouped;
	}

	/** Answers the request if its URL is in the table; false when it is for the routes. */
	serve(request: IncomingMessage, response: ServerResponse): boolean {
		const read = this.#table.get(request.url ?? '');
		if (!read) return false;
		const { method } = request;
		if (method !== 'GET' && method !== 'HEAD') return false;
		const headers = this.#conditions(request.rawHeaders);
		if (!headers) return false;
		const isHead = method === 'HEAD';
		sendRead(read, headers, isHead, response, isHead ? this.counts.head : this.counts.get);
		return true;
	}

	/** Answers a routed request. */
	send(read: PreparedRead, request: IncomingMessage, response: ServerResponse): void {
		const { headers } = request;
		const acceptEncoding = headers['accept-encoding'];
		const conditions = {
			accepted: this.#codings.accepted(
				Array.isArray(acceptEncoding) ? acceptEncoding.join() : acceptEncoding,
			),
			ifNoneMatch: headers['if-none-match'],
			ifModifiedSince: headers['if-modified-since'],
		};
		const ifMatch = headers['if-match'];
		if (ifMatch !== undefined && !matches(read, ifMatch)) {
			sendError(response, 412, 'The category has changed: its entity tag is another one now.');
			return;
		}
		sendRead(read, conditions, request.method === 'HEAD', response, this.counts.routed);
	}

	/**
	 * Reads the few headers that matter from the raw list: parsing all of them into an object would cost more than the
	 * rest of the answer. Undefined when the request needs the ordinary way.
	 */
	#conditions(raw: readonly string[]): ReadConditions | undefined {
		let acceptEncoding: string | undefined;
		let ifNoneMatch: string | undefined;
		let ifModifiedSince: string | undefined;
		for (let index = 0; index < raw.length; index += 2) {
			const name = raw[index] ?? '';
			// Lengths tell the names apart; only a possible match is looked at closely.
			if (name.length === 6 && name.toLowerCase() === 'origin') return undefined;
			if (name.length === 15 && name.toLowerCase() === 'accept-encoding') {
				if (acceptEncoding !== undefined) return undefined;
				acceptEncoding = raw[index + 1];
			} else if (name.length === 13 && name.toLowerCase() === 'if-none-match') {
				if (ifNoneMatch !== undefined) return undefined;
				ifNoneMatch = raw[index + 1];
			} else if (name.length === 17 && name.toLowerCase() === 'if-modified-since') {
				if (ifModifiedSince !== undefined) return undefined;
				ifModifiedSince = raw[index + 1];
			} else if (name.length === 8 && name.toLowerCase() === 'if-match') return undefined;
		}
		return { accepted: this.#codings.accepted(acceptEncoding), ifNoneMatch, ifModifiedSince };
	}

	#prepare(file: PublishedFile, representation: PublishedFile['representation']): PreparedRead {
		const { lastModified, servedSince } = file;
		const now = Math.floor(this.#clock() / 1000);
		return prepareRead(representation, { lastModified, servedSince, cacheControl: this.#cacheControl, now });
	}

	#list(category: CategoryEntry, query: string, read: PreparedRead): void {
		for (const prefix of PREFIXES) {
			for (const name of readNames(category)) this.#table.set(prefix + name + query, read);
		}
	}

	#listGrouped(category: CategoryEntry, grouped: Promise<PreparedRead>): void {
		const table = this.#table;
		const list = (read: PreparedRead) => {
			// Another snapshot may have been published meanwhile; it lists its own.
			if (this.#table !== table) return;
			for (const query of GROUPED_QUERIES) this.#list(category, query, read);
		};
		void grouped.then(list, () => {}); // whoever asked for it is told of the failure
	}
}
