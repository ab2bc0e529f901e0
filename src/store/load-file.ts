/**
 * Decides what is published for one category from what the work tree holds: a good file replaces what was there, a
 * broken or vanished one never does.
 */

import { constants, open } from 'node:fs/promises';
import type { CategoryEntry } from '../categories.ts';
import { messageOf } from '../errors.ts';
import type { FileVersion } from '../git/history.ts';
import { type ParsedReference, parseReference } from '../record/reference-file.ts';
import { blobId, type PublishedFile, publish } from './published-file.ts';

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
	const found = await readWorkTreeFile(path);
	if (found.state === 'absent') {
		// Removed by a commit, or never there: gone on purpose. Otherwise somebody deleted it by hand.
		if (!committed?.blob) return {};
		return fallBack(request, { message: 'the file is missing from the work tree, but not from the commit' });
	}
	if (found.state === 'unreadable') return fallBack(request, { message: found.message });

	const version = blobId(found.bytes, objectFormat);
	const lastModified = committed?.blob === version ? committed.time : Math.floor(found.modified / 1000);
	const current = previous.published;
	if (current?.version === version) {
		return { published: current.lastModified === lastModified ? current : { ...current, lastModified } };
	}
	const parsed = parseReference(found.bytes);
	if (!parsed.ok) return fallBack(request, parsed.problem);
	return {
		published: await publish({ ...request, bytes: found.bytes, version, file: parsed.file, lastModified }),
	};
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

type WorkTreeFile =
	| { readonly state: 'read'; readonly bytes: Buffer; readonly modified: number }
	| { readonly state: 'absent' }
	| { readonly state: 'unreadable'; readonly message: string };

/** Far above any reference there will be; below what would hold up the process. Bytes. */
const LARGEST_FILE = 64 * 1024 * 1024;

/**
 * Reads an ordinary file and nothing else: a link that came with a pull must not publish what it points to, and a device or
 * a pipe must not hold us up.
 */
async function readWorkTreeFile(path: string): Promise<WorkTreeFile> {
	try {
		const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
		try {
			const found = await file.stat();
			if (!found.isFile()) return { state: 'unreadable', message: 'it is not an ordinary file' };
			if (found.size > LARGEST_FILE) {
				return { state: 'unreadable', message: `it is larger than ${LARGEST_FILE} bytes` };
			}
			return { state: 'read', bytes: await file.readFile(), modified: found.mtimeMs };
		} finally {
			await file.close();
		}
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? error.code : undefined;
		if (code === 'ENOENT') return { state: 'absent' };
		if (code === 'ELOOP')
			return { state: 'unreadable', message: 'it is a symbolic link, which is not followed' };
		return { state: 'unreadable', message: `the file cannot be read: ${messageOf(error)}` };
	}
}
