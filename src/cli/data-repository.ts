/** What `put`, `delete` and `log` take from the settings: the data repository that `serve` would serve. */

import { CATEGORIES, type CategoryEntry, resolveReadName } from '../categories.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Settings } from '../config/settings.ts';
import { AppError } from '../errors.ts';
import { openRepository, type Repository } from '../git/repository.ts';

export interface RepositoryFlags {
	readonly repo?: string;
	readonly subdir?: string;
	readonly config?: string;
}

export async function openDataRepository({
	config,
	...flags
}: RepositoryFlags): Promise<{ readonly repository: Repository; readonly settings: Settings }> {
	const { repo, subdir } = flags;
	const settings = loadConfig({ flags: { repo, subdir }, environment: process.env, file: config });
	return { repository: await openRepository(settings.repo, settings.subdir), settings };
}

/**
 * The category that somebody named, by any name under which it can be read.
 * @throws AppError `category-unknown`
 */
export function namedCategory(name: string): CategoryEntry {
	const category = resolveReadName(name);
	if (category) return category;
	const names = CATEGORIES.map((entry) => entry.name).join(', ');
	throw new AppError(
		'category-unknown',
		`there is no category ${JSON.stringify(name)}; the categories are ${names}`,
	);
}
