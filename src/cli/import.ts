/** `import`: brings category files with their history from another repository. */

import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../errors.ts';
import { Git } from '../git/command.ts';
import { openRepository, type Repository } from '../git/repository.ts';
import { RecordSchemas } from '../record/schemas.ts';
import { type ImportedFile, importReferences } from '../store/import-references.ts';
import type { Output } from './output.ts';
import { table } from './output.ts';

export interface ImportFlags {
	readonly repo: string;
	readonly subdir?: string;
	readonly from?: string;
	readonly branch?: readonly string[];
	readonly prefer?: string;
	readonly json?: boolean;
}

export async function importCommand(source: string, flags: ImportFlags, output: Output): Promise<void> {
	const { prefer } = flags;
	if (prefer !== undefined && prefer !== 'source' && prefer !== 'ours') {
		throw new AppError('config-invalid', `--prefer must be source or ours, not ${prefer}`);
	}
	const repository = await openOrCreate(flags.repo, flags.subdir ?? '');
	const result = await importReferences(repository, source, new RecordSchemas(), {
		from: flags.from,
		branches: flags.branch ?? [],
		preference: prefer,
		onProgress: output.progress,
	});
	if (flags.json) {
		output.print(JSON.stringify(result, null, 2));
		return;
	}
	const rows = result.files.map((file) => [
		file.file,
		file.category ?? '',
		file.models,
		file.commits,
		file.invalidRecords ?? 'unreadable',
		WORDS[file.outcome],
	]);
	output.print(table(['file', 'category', 'models', 'commits', 'invalid records', 'outcome'], rows));
	output.print(`\n${result.branch} is at ${result.head}.`);
	if (result.branches.length > 0) output.print(`Also brought: ${result.branches.join(', ')}.`);
	if (result.files.some(({ invalidRecords }) => invalidRecords !== 0)) {
		output.print(
			`See what is wrong with: horde-references validate ${path.join(flags.repo, flags.subdir ?? '')}`,
		);
	}
}

const WORDS: Readonly<Record<ImportedFile['outcome'], string>> = {
	imported: 'imported',
	unchanged: 'nothing new',
	kept: 'ours kept',
	empty: 'left behind: no models at the source',
};

/** A directory that is absent or empty becomes a repository whose history is what is imported, and nothing else. */
async function openOrCreate(directory: string, subdir: string): Promise<Repository> {
	const isFree = !existsSync(directory) || (await readdir(directory)).length === 0;
	if (isFree) {
		await mkdir(directory, { recursive: true });
		const git = new Git(path.resolve(directory));
		await git.run(['init', '--quiet', '--initial-branch=main']);
		await git.run(['config', 'core.autocrlf', 'false']);
	}
	await mkdir(path.join(directory, subdir), { recursive: true });
	return openRepository(directory, subdir);
}
