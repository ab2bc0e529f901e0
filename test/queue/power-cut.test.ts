/**
 * What is on the disk when the power goes is only what was synced: objects come before what names them, what is about to move is
 * written down before it moves, and is crossed out only when it is there to stay.
 */

import path from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Transition } from '../../src/writer/change.ts';
import { create, openCommitter } from '../support/committer.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { apply, approve, propose, purge, reject } from '../support/transitions.ts';

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

const STATE = '.git/horde-references';
const JOURNAL = `${STATE}/refs.json`;

test.each<readonly [string, Transition]>([
	['a_proposal', propose(create('e'))],
	['an_approval', approve(3)],
	['a_rejection', reject(3)],
	['an_apply', apply(1)],
	['a_purge', purge(1)],
])(
	'%s_is_written_down_when_its_objects_are_durable_and_crossed_out_when_its_refs_are',
	async (_name, request) => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const { one, commit } = await openCommitter(repository);
		await commit(...['b', 'c', 'd'].map((model) => propose(create(model))));
		await one(approve(1, 2));
		seen.events = [];
		expect(await one(request)).not.toMatchObject({ kind: 'refused' });
		const events = seen.events.map(([what, file]) => `${what} ${path.relative(repository.directory, file)}`);
		const objects = events.flatMap((event, index) => (/^sync \.git\/objects/.test(event) ? [index] : []));
		expect(objects.length).toBeGreaterThan(0);
		const places = [
			Math.max(...objects),
			...[
				`sync ${JOURNAL}.new`,
				`rename ${JOURNAL}`,
				`sync ${STATE}`,
				'sync .git/refs/horde',
				`remove ${JOURNAL}`,
			].map((event) => events.indexOf(event)),
		];
		expect(places, events.join('\n')).not.toContain(-1);
		expect(places, events.join('\n')).toEqual([...places].sort((a, b) => a - b));
	},
);
