/** Owns how a category file is read from a directory that others may write to. */

import { constants, open } from 'node:fs/promises';
import { messageOf } from '../errors.ts';

export type OrdinaryFile =
	| { readonly state: 'read'; readonly bytes: Buffer; readonly modified: number }
	| { readonly state: 'absent' }
	| { readonly state: 'unreadable'; readonly message: string };

/** Far above any reference there will be; below what would hold up the process. Bytes. */
const LARGEST_FILE = 64 * 1024 * 1024;

/**
 * Reads an ordinary file and nothing else: a link that came with a pull must not publish what it points to, and a device or
 * a pipe must not hold us up.
 */
export async function readOrdinaryFile(path: string): Promise<OrdinaryFile> {
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
