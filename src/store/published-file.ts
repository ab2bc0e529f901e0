/** One category as it is published: its bytes, what they hold, and the forms in which they go out. */

import { createHash } from 'node:crypto';
import { type CategoryEntry, isBackendVariant } from '../categories.ts';
import { modelNames, parseReference, type ReferenceFile, recordText } from '../record/reference-file.ts';
import {
	COMPRESSIONS,
	type Compression,
	coded,
	identity,
	type Representation,
	represent,
	withVariant,
} from './representation.ts';
import type { WrittenFile } from './written.ts';

export interface PublishedFile {
	readonly category: CategoryEntry;
	/** Git blob id of the bytes. */
	readonly version: string;
	/** The file as it is on disk, untouched, with its coded forms. */
	readonly representation: Representation;
	/** Date of the newest commit that touched the file, or its mtime while the bytes are not committed; unix seconds. */
	readonly lastModified: number;
	/** When these bytes were first served by this process; unix seconds, rounded up. */
	readonly servedSince: number;
	/** Models in the file; generated backend twins of text models are not counted. */
	readonly modelCount: number;
	/** True when there is nothing to serve: v1 answers 404. */
	readonly empty: boolean;
	/** Forms that are still to be made. */
	readonly missing: readonly Compression[];
	/** JSON text of one record as it stands in the file. */
	record(name: string): string | undefined;
	/** Form of the document with text groups added; made at the first call, kept with the version. */
	grouped(): Promise<Representation>;
}

export interface FileContents {
	readonly category: CategoryEntry;
	readonly bytes: Buffer;
	readonly version: string;
	readonly file: ReferenceFile;
	readonly lastModified: number;
	readonly now: number;
	/** Renders the grouped form of a text reference. */
	readonly renderGrouped: (text: string) => Promise<string>;
}

/** Makes the published form of a file that was found good. */
export async function publish(contents: FileContents): Promise<PublishedFile> {
	const { bytes, version, file } = contents;
	const names = modelNames(file);
	return {
		...common(contents, () => file),
		representation: await represent(version, bytes),
		modelCount: [...names].filter((name) => !isBackendVariant(name)).length,
		empty: names.size === 0,
		missing: [],
	};
}

/** Makes the published form of a file that was just written: known to be good, and in demand at once. */
export function publishWritten(
	written: WrittenFile,
	context: Omit<FileContents, 'bytes' | 'version' | 'file'>,
): PublishedFile {
	const { version, bytes, gzip, modelCount, empty } = written;
	// To find its records takes longer than all the rest here, and few ask for a single one.
	let file: ReferenceFile | undefined;
	const parsed = () => {
		file ??= parseWritten(bytes);
		return file;
	};
	return {
		...common({ ...context, version }, parsed),
		representation: gzip
			? withVariant(identity(version, bytes), coded(version, gzip, 'gzip'))
			: identity(version, bytes),
		modelCount,
		empty,
		missing: COMPRESSIONS.filter((coding) => coding !== 'gzip' || gzip === undefined),
	};
}

function parseWritten(bytes: Buffer): ReferenceFile {
	const parsed = parseReference(bytes);
	if (!parsed.ok) throw new Error(`the writer wrote what is no reference: ${parsed.problem.message}`);
	return parsed.file;
}

function common(
	{ category, version, lastModified, now, renderGrouped }: Omit<FileContents, 'bytes' | 'file'>,
	file: () => ReferenceFile,
): Pick<PublishedFile, 'category' | 'version' | 'lastModified' | 'servedSince' | 'record' | 'grouped'> {
	let grouped: Promise<Representation> | undefined;
	const makeGrouped = async () => {
		const id = `${version}-grouped`;
		return represent(id, Buffer.from(await renderGrouped(file().text)));
	};
	return {
		category,
		version,
		lastModified,
		servedSince: Math.ceil(now / 1000),
		record: (name) => recordText(file(), name),
		grouped: () => {
			// A failure is not kept: it had a cause outside the file, and the next request may find it gone.
			grouped ??= makeGrouped().catch((error: unknown) => {
				grouped = undefined;
				throw error;
			});
			return grouped;
		},
	};
}

/** The id that git gives to these bytes as a blob. */
export function blobId(bytes: Uint8Array, objectFormat: 'sha1' | 'sha256'): string {
	return createHash(objectFormat).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
