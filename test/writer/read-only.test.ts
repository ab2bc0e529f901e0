/** A git directory that cannot be written: reads go on, and writes say why not. */

import { describe, expect, test } from 'vitest';
import { expectSound } from '../support/committer.ts';
import { mountReadOnly, NO_MOUNTS } from '../support/mounts.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startWriteService } from '../support/write-service.ts';

if (NO_MOUNTS !== undefined) process.stderr.write(`read-only.test.ts is skipped: ${NO_MOUNTS}\n`);

describe.skipIf(NO_MOUNTS !== undefined)('a_read_only_git_directory', () => {
	test.each(['before', 'after'])('that_became_one_%s_the_service_started_is_read_from', async (when) => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const earlier = when === 'before' ? mountReadOnly(repository.path('.git')) : undefined;
		const service = await startWriteService(repository);
		const readOnly = earlier ?? mountReadOnly(repository.path('.git'));
		expect(await service.get('clip.json')).toMatchObject({ status: 200, text: clipReference('a') });
		for (const headers of [{}, { 'Idempotency-Key': 'a key' }]) {
			const refused = await service.post('clip', { name: 'b' }, headers);
			expect(refused).toMatchObject({ status: 503 });
			expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
			expect(refused.text).toMatch(/read-only file system/i);
		}
		expect(repository.git('status', '--porcelain')).toBe('');
		readOnly.end();
		expect(await service.post('clip', { name: 'b' })).toMatchObject({ status: 201 });
		expectSound(repository);
	});

	test('is_no_hindrance_to_a_service_that_takes_no_writes', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		mountReadOnly(repository.path('.git'));
		const service = await startWriteService(repository, { writes: 'queue' });
		expect(await service.get('clip.json')).toMatchObject({ status: 200, text: clipReference('a') });
	});

	test('around_files_that_can_be_written_leaves_them_as_they_are', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const service = await startWriteService(repository);
		const readOnly = mountReadOnly(repository.path('.git/refs'));
		const refused = await service.post('clip', { name: 'b' });
		expect(refused).toMatchObject({ status: 503 });
		expect(refused.text).toContain('cannot be written');
		readOnly.end();
		expectSound(repository);
		expect(await service.post('clip', { name: 'b' })).toMatchObject({ status: 201 });
	});
});
