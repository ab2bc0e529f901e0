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
import { type Representation, represent } from '../store/representation.ts';
import { type Dates, type PreparedRead, prepareRead } from './prepared-read.ts';
import type { ReadAnswers } from './read-answers.ts';

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
	readonly #cacheControl: string;
	readonly #clock: Clock;
	readonly #external: PreparedRead;
	readonly #answers: ReadAnswers;
	#files: ReadonlyMap<string, Answers> = new Map();
	#table: Map<string, PreparedRead> = new Map();

	private constructor(answers: ReadAnswers, cacheControl: string, clock: Clock, nothing: Representation) {
		this.#answers = answers;
		this.#cacheControl = cacheControl;
		this.#clock = clock;
		const now = Math.floor(clock() / 1000);
		this.#external = this.#prepare({ lastModified: now, servedSince: now }, nothing);
	}

	static async create(answers: ReadAnswers, cacheControl: string, clock: Clock): Promise<PublishedReads> {
		const nothing = await represent(blobId(NO_MODELS, 'sha1'), NO_MODELS);
		return new PublishedReads(answers, cacheControl, clock, nothing);
	}

	/** Answers from a snapshot from now on. Answers of files that did not change are kept. */
	publish(snapshot: Snapshot): void {
		const answers = new Map<string, Answers>();
		for (const [name, file] of snapshot.files) {
			if (file.empty) continue;
			const known = this.#files.get(name);
			answers.set(
				name,
				known?.file === file ? known : { file, plain: this.#prepare(file, file.representation) },
			);
		}
		this.#files = answers;
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
		return category.external ? this.#external : this.#files.get(category.name)?.plain;
	}

	/** The answer with text groups added; made once per version. */
	findGrouped(category: CategoryEntry): Promise<PreparedRead> | undefined {
		const answers = this.#files.get(category.name);
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
		return this.#answers.sendAtOnce(read, request, response);
	}

	/** Answers a routed request. */
	send(read: PreparedRead, request: IncomingMessage, response: ServerResponse): void {
		this.#answers.send(read, 'category', request, response);
	}

	#prepare(dates: Dates, representation: Representation): PreparedRead {
		const now = Math.floor(this.#clock() / 1000);
		// A commit may be dated in the future; an answer must not be (RFC 9110, 8.8.2.1).
		const lastModified = Math.min(dates.lastModified, now);
		return prepareRead(representation, {
			contentType: 'application/json',
			cacheControl: this.#cacheControl,
			dates: { lastModified, servedSince: dates.servedSince },
		});
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
