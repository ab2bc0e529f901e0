/** Finds the real references and the recorded responses, which are not part of this project. */

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from './temporary-repository.ts';

const DIRECTORY = process.env.REFERENCES_CORPUS ?? fileURLToPath(new URL('../../../shared', import.meta.url));

/** Undefined when the real references are here; else why a suite over them is skipped. */
export const missingCorpus: string | undefined = existsSync(path.join(DIRECTORY, 'corpus'))
	? undefined
	: 'skipped: the real references are not here; set REFERENCES_CORPUS to the folder that holds corpus/ and golden/';

export function sharedPath(...parts: string[]): string {
	return path.join(DIRECTORY, ...parts);
}

/** A clone of one of the original repositories, for as long as the running test. */
export function cloneOriginal(name: 'image' | 'text'): string {
	const directory = path.join(temporaryDirectory(), name);
	const bundle = sharedPath('corpus', `${name}-reference.bundle`);
	execFileSync('git', ['clone', '--quiet', '-b', 'main', bundle, directory], { stdio: 'ignore' });
	return directory;
}
