/** `import`: brings category files with their history from another repository. */
import path from 'node:path';
import { AppError } from '../errors.js';
import { RecordSchemas } from '../record/schemas.js';
import { importReferences } from '../store/import-references.js';
import { openOrCreateRepository } from '../store/init-repository.js';
import { WriterLock } from '../writer/writer-lock.js';
import { table } from './output.js';
export async function importCommand(source, flags, output) {
    const { prefer } = flags;
    if (prefer !== undefined && prefer !== 'source' && prefer !== 'ours') {
        throw new AppError('config-invalid', `--prefer must be source or ours, not ${prefer}`);
    }
    const interruption = new AbortController();
    process.once('SIGINT', () => interruption.abort());
    process.once('SIGTERM', () => interruption.abort());
    let lock;
    const openTarget = async () => {
        const repository = await openOrCreateRepository(flags.repo, flags.subdir ?? '');
        // A service that writes meanwhile would find its branch moved and its work tree changed under its hands.
        lock = await WriterLock.acquire(repository, 'import');
        return repository;
    };
    const result = await importReferences(openTarget, source, new RecordSchemas(), {
        from: flags.from,
        branches: flags.branch,
        preference: prefer,
        onProgress: output.progress,
        signal: interruption.signal,
    }).finally(() => lock?.release());
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
    if (result.branches.length > 0)
        output.print(`Also brought: ${result.branches.join(', ')}.`);
    if (result.files.some(({ invalidRecords }) => invalidRecords !== 0)) {
        output.print(`See what is wrong with: horde-references validate ${path.join(flags.repo, flags.subdir ?? '')}`);
    }
}
const WORDS = {
    imported: 'imported',
    unchanged: 'nothing new',
    kept: 'ours kept',
    empty: 'left behind: no models at the source',
};
//# sourceMappingURL=import.js.map