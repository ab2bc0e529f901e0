/** One category as it is published: its bytes, what they hold, and the forms in which they go out. */

import { createHash } from 'node:crypto';
import { type CategoryEntry, isBackendVariant } from '../categories.ts';
import { modelNames, type ReferenceFile, recordText } from '../record/reference-file.ts';
import { type Representation, represent } from './representation.ts';

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
	const { category, bytes, version, file, lastModified, now, renderGrouped } = contents;
	const representation = await represent(version, bytes);
	const names = modelNames(file);
	let grouped: Promise<Representation> | undefined;
	return {
		category,
		version,
		representation,
		lastModified,
		servedSince: Math.ceil(now / 1000),
		modelCount: [...names].filter((name) => !isBackendVariant(name)).length,
		empty: names.size === 0,
		record: (name) => recordText(file, name),
		grouped: () => {
			// A failure is not kept: it had a cause outside the file, and the next request may find it gone.
			grouped ??= renderGrouped(file.text).then(
				(text) => represent(`${version}-grouped`, Buffer.from(text)),
				(error: unknown) => {
					grouped = undefined;
					throw error;
				},
			);
			return grouped;
		},
	};
}

/** The id that git gives to these bytes as a blob. */
export function blobId(bytes: Uint8Array, objectFormat: 'sha1' | 'sha256'): string {
	return createHash(objectFormat).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
