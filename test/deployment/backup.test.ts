/** Backup and restore by the commands that the documentation gives. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { clipReference } from '../support/records.ts';
import { reviewer } from '../support/reviewer.ts';
import { TemporaryRepository, temporaryDirectory } from '../support/temporary-repository.ts';
import { CAROL, startWriteService } from '../support/write-service.ts';

const DOCUMENT = fileURLToPath(new URL('../../docs/deployment.md', import.meta.url));

/** Lines of shell in a section of the document. */
function commandsOf(section: string): readonly string[] {
	const text = readFileSync(DOCUMENT, 'utf8').split(`\n## ${section}\n`)[1]?.split('\n## ')[0] ?? '';
	return [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.trim().split('\n'));
}

test('a_repository_with_its_queue_is_restored_from_a_mirror_made_while_it_served', async () => {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const service = await startWriteService(repository, { writes: 'queue' });
	const applied = await reviewer(service).propose('applied');
	const approver = reviewer(service.as(CAROL));
	await approver.decide({ approve: [applied] });
	expect((await approver.apply(applied)).status).toBe(200);
	const pending = await reviewer(service).propose('pending');

	const place = temporaryDirectory();
	const [backup = '', ...restore] = commandsOf('Backup and restore');
	const run = (command: string) => {
		const here = command
			.replaceAll('/var/lib/horde-references/references', repository.directory)
			.replaceAll('/backup', place);
		execFileSync('sh', ['-c', here], { cwd: place, stdio: 'pipe' });
	};
	expect(restore).toHaveLength(3);
	run(backup);
	await service.stop();
	for (const command of restore) run(command);

	const restored = await startWriteService(path.join(place, 'references'), { writes: 'queue' });
	expect((await restored.get('clip')).text).toBe(readFileSync(repository.path('clip.json'), 'utf8'));
	const queue = reviewer(restored);
	expect(await queue.statusOf(applied)).toBe('applied');
	expect(await queue.statusOf(pending)).toBe('pending');
	expect(await queue.propose('new')).toBeGreaterThan(pending);
	const again = reviewer(restored.as(CAROL));
	await again.decide({ approve: [pending] });
	expect((await again.apply(pending)).status).toBe(200);
	expect((await restored.get('clip')).text).toContain('"pending"');
});
