/** The real references as an operator brings them: both originals imported by the real command line, and served. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { sharedPath } from './shared-corpus.ts';
import { type SuiteService, serviceForSuite } from './suite-service.ts';
import { TemporaryRepository } from './temporary-repository.ts';

/** Compiled by `npm test` before the tests run. */
const COMMAND_LINE = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export type OriginalName = 'image' | 'text';

export interface ImportedCorpus {
	/** Serves the imported repository. */
	readonly service: SuiteService;
	/** A clone of an original repository, its published branch checked out. */
	original(name: OriginalName): TemporaryRepository;
}

const bundleOf = (name: OriginalName) => sharedPath('corpus', `${name}-reference.bundle`);

/** Brings both originals into a directory that is empty. */
export function importOriginals(repository: TemporaryRepository): void {
	for (const name of ['image', 'text'] as const) {
		const args = [COMMAND_LINE, 'import', bundleOf(name), '--repo', repository.directory];
		execFileSync(process.execPath, args, { stdio: 'pipe' });
	}
}

/** Imports and serves before the first test of the file. */
export function importedCorpus(): ImportedCorpus {
	const originals = new Map<OriginalName, TemporaryRepository>();
	let directory: string | undefined;
	beforeAll(() => {
		directory = mkdtempSync(path.join(tmpdir(), 'horde-references-originals-'));
		for (const name of ['image', 'text'] as const) {
			const clone = path.join(directory, name);
			execFileSync('git', ['clone', '--quiet', '-b', 'main', bundleOf(name), clone], { stdio: 'pipe' });
			originals.set(name, new TemporaryRepository(clone));
		}
	}, 120_000);
	afterAll(() => {
		if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
	});
	const service = serviceForSuite(importOriginals);
	return {
		service,
		original(name) {
			const found = originals.get(name);
			if (!found) throw new Error('the originals are cloned only before the first test');
			return found;
		},
	};
}
