/** Which processes of git are making packs of a repository, as the system tells. */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { expect, vi } from 'vitest';
import type { TemporaryRepository } from './temporary-repository.ts';

/** Commands, such as `upload-pack` and the `pack-objects` that it starts, by process id. */
export function packingProcesses({ directory }: TemporaryRepository): ReadonlyMap<number, string> {
	const found = new Map<number, string>();
	for (const name of readdirSync('/proc')) {
		if (!/^\d+$/.test(name)) continue;
		try {
			const [, command] =
				/\0(upload-pack|pack-objects|rev-list)\0/.exec(readFileSync(`/proc/${name}/cmdline`, 'latin1')) ?? [];
			if (command !== undefined && readlinkSync(`/proc/${name}/cwd`).startsWith(directory)) {
				found.set(Number(name), command);
			}
		} catch {
			// It has ended meanwhile.
		}
	}
	return found;
}

/** Waits until both are at work. */
export async function untilPacking(repository: TemporaryRepository): Promise<void> {
	await vi.waitFor(
		() => {
			const commands = [...packingProcesses(repository).values()];
			expect(commands).toEqual(expect.arrayContaining(['upload-pack', 'pack-objects']));
		},
		{ timeout: 10_000, interval: 10 },
	);
}

export async function untilNothingPacks(repository: TemporaryRepository): Promise<void> {
	await vi.waitFor(() => expect([...packingProcesses(repository)]).toEqual([]), {
		timeout: 10_000,
		interval: 10,
	});
}
