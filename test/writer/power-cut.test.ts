/**
 * What is on the disk when the power goes is only what was synced, and no test can pull the plug: the order of the syncs and
 * of the names that are given and taken is what a restart without help rests on.
 */

import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { create, openCommitter } from '../support/committer.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';

const seen = vi.hoisted(() => ({ events: [] as (readonly [string, string])[] }));

vi.mock('node:fs', async (importOriginal) => {
	const fs = await importOriginal<typeof import('node:fs')>();
	const opened = new Map<number, string>();
	const note = (what: string, file: unknown) => seen.events.push([what, String(file)]);
	return {
		...fs,
		openSync: (...args: Parameters<typeof fs.openSync>) => {
			const descriptor = fs.openSync(...args);
			opened.set(descriptor, String(args[0]));
			return descriptor;
		},
		fsyncSync: (descriptor: number) => {
			fs.fsyncSync(descriptor);
			note('sync', opened.get(descriptor));
		},
		linkSync: (...args: Parameters<typeof fs.linkSync>) => {
			fs.linkSync(...args);
			note('link', args[1]);
		},
		renameSync: (...args: Parameters<typeof fs.renameSync>) => {
			fs.renameSync(...args);
			note('rename', args[1]);
		},
		rmSync: (...args: Parameters<typeof fs.rmSync>) => {
			fs.rmSync(...args);
			note('remove', args[0]);
		},
	};
});

const OWN_INDEX = `.git/horde-references/index.${process.pid}`;

test('the_journal_is_synced_before_anything_moves_and_goes_once_the_index_is', async () => {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const { one } = await openCommitter(repository);
	seen.events = [];
	expect(await one(create('b'))).toMatchObject({ kind: 'applied' });
	const ofInterest = [
		`${OWN_INDEX}.journal`,
		OWN_INDEX,
		'.git',
		'.git/index.lock',
		'.git/index',
		'clip.json',
	];
	const events = seen.events
		.map(([what, file]) => [what, path.relative(repository.directory, file)] as const)
		.filter(([, file]) => ofInterest.includes(file));
	expect(events).toEqual([
		['sync', `${OWN_INDEX}.journal`],
		['link', '.git/index.lock'],
		['remove', `${OWN_INDEX}.journal`],
		['sync', '.git'],
		['remove', OWN_INDEX], // of an earlier write, were there one
		['sync', 'clip.json'],
		['sync', OWN_INDEX],
		['rename', '.git/index'],
		['sync', '.git'],
		['remove', '.git/index.lock'],
	]);
});
