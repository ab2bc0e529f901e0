/**
 * Decides what is published for one category from what the work tree holds: a good file replaces what was there, a
 * broken or vanished one never does.
 */

import type { CategoryEntry } from '../categories.ts';
import type { FileVersion } from '../git/history.ts';
import { type ParsedReference, parseReference } from '../record/reference-file.ts';
import { glanceAt, readOrdinaryFile } from './ordinary-file.ts';
import { blobId, type PublishedFile, publish } from './published-file.ts';
import { identityOf } from './representation.ts';

/** A category file that cannot be served as it is, and what is served instead. */
export interface FileFault {
	readonly category: string;
	readonly file: string;
	/** What is wrong; with line and column (from 1) where the text itself is at fault. */
	readonly message: string;
	readonly line?: number;
	readonly column?: number;
	/** Unix milliseconds at which the fault was first seen. */
	readonly since: number;
	/** Blob id of the last good version, which is served on; null when there is none. */
	readonly served: string | null;
}

export interface LoadedFile {
	readonly published?: PublishedFile;
	readonly fault?: FileFault;
	/** Of the file whose bytes are published, where it can be told by it. */
	readonly stamp?: string | undefined;
}

export interface LoadRequest {
	readonly category: CategoryEntry;
	/** Absolute path in the work tree. */
	readonly path: string;
	readonly objectFormat: 'sha1' | 'sha256';
	/** Newest version in history; undefined when no commit ever touched the file. */
	readonly committed: FileVersion | undefined;
	/** What the last load answered. */
	readonly previous: LoadedFile;
	/** Unix milliseconds. */
	readonly now: number;
	readonly renderGrouped: (text: string) => Promise<string>;
	/** Searches history for the newest version that is good, when nothing good is in memory. */
	readonly findLastGood: (
		committed: FileVersion,
	) => Promise<{ bytes: Buffer; version: FileVersion } | undefined>;
}

export async function loadFile(request: LoadRequest): Promise<LoadedFile> {
	const { path, objectFormat, committed, previous } = request;
	const current = previous.published;
	const glance = current && previous.stamp !== undefined ? await glanceAt(path) : undefined;
	if (current && glance && glance.stamp === previous.stamp) {
		return { published: dated(current, committed, glance.modified), stamp: previous.stamp };
	}
	const found = await readOrdinaryFile(path);
	if (found.state === 'absent') {
		// Removed by a commit, or never there: gone on purpose. Otherwise somebody deleted it by hand.
		if (!committed?.blob) return {};
		return fallBack(request, { message: 'the file is missing from the work tree, but not from the commit' });
	}
	if (found.state === 'unreadable') return fallBack(request, { message: found.message });

	const { bytes, stamp } = found;
	// To compare is several times quicker than to hash.
	if (current && identityOf(current.representation).body.equals(bytes)) {
		return { published: dated(current, committed, found.modified), stamp };
	}
	const version = blobId(bytes, objectFormat);
	const parsed = parseReference(bytes);
	if (!parsed.ok) return fallBack(request, parsed.problem);
	const lastModified = dateOf(version, committed, found.modified);
	return { published: await publish({ ...request, bytes, version, file: parsed.file, lastModified }), stamp };
}

function dated(file: PublishedFile, committed: FileVersion | undefined, modified: number): PublishedFile {
	const lastModified = dateOf(file.version, committed, modified);
	return file.lastModified === lastModified ? file : { ...file, lastModified };
}

/** That of its commit or, where it is not committed, the file's own (unix milliseconds); unix seconds. */
function dateOf(version: string, committed: FileVersion | undefined, modified: number): number {
	return committed?.blob === version ? committed.time : Math.floor(modified / 1000);
}

type Problem = Extract<ParsedReference, { ok: false }>['problem'] | { readonly message: string };

async function fallBack(request: LoadRequest, problem: Problem): Promise<LoadedFile> {
	const { category, committed, previous, now } = request;
	const published = previous.published ?? (committed && (await publishLastGood(request, committed)));
	const fault: FileFault = {
		category: category.name,
		file: category.file,
		...problem,
		since: previous.fault?.since ?? now,
		served: published?.version ?? null,
	};
	return published ? { published, fault } : { fault };
}

async function publishLastGood(
	request: LoadRequest,
	committed: FileVersion,
): Promise<PublishedFile | undefined> {
	const good = await request.findLastGood(committed);
	if (!good) return undefined;
	const parsed = parseReference(good.bytes);
	if (!parsed.ok) return undefined;
	return publish({
		...request,
		bytes: good.bytes,
		version: blobId(good.bytes, request.objectFormat),
		file: parsed.file,
		lastModified: good.version.time,
	});
}
