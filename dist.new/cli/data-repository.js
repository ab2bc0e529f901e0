/** What `put`, `delete` and `log` take from the settings: the data repository that `serve` would serve. */
import { CATEGORIES, resolveReadName } from '../categories.js';
import { loadConfig } from '../config/load-config.js';
import { AppError } from '../errors.js';
import { openRepository } from '../git/repository.js';
export async function openDataRepository({ config, ...flags }) {
    const { repo, subdir } = flags;
    const settings = loadConfig({ flags: { repo, subdir }, environment: process.env, file: config });
    return { repository: await openRepository(settings.repo, settings.subdir), settings };
}
/**
 * The category that somebody named, by any name under which it can be read.
 * @throws AppError `category-unknown`
 */
export function namedCategory(name) {
    const category = resolveReadName(name);
    if (category)
        return category;
    const names = CATEGORIES.map((entry) => entry.name).join(', ');
    throw new AppError('category-unknown', `there is no category ${JSON.stringify(name)}; the categories are ${names}`);
}
//# sourceMappingURL=data-repository.js.map