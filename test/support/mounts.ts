/** File systems of a test's own, where the machine lets it mount any. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** Why nothing can be mounted here; undefined where it can. A test that needs it is skipped and says so. */
export const NO_MOUNTS = reasonAgainstMounts();

/** Mounts an empty file system of so many bytes over a directory, until the test ends. */
export function mountSmall(directory: string, size: number, options = ''): void {
	mount('-t', 'tmpfs', '-o', `size=${size}${options}`, 'tmpfs', directory);
	onTestFinished(() => unmount(directory));
}

/** Makes a directory one that cannot be written, until the test ends or it is told otherwise. */
export function mountReadOnly(directory: string): { readonly end: () => void } {
	mount('--bind', directory, directory);
	mount('-o', 'remount,ro,bind', directory);
	let isMounted = true;
	const end = () => {
		if (isMounted) unmount(directory);
		isMounted = false;
	};
	onTestFinished(end);
	return { end };
}

function reasonAgainstMounts(): string | undefined {
	const directory = mkdtempSync(path.join(tmpdir(), 'horde-references-mount-'));
	try {
		mount('-t', 'tmpfs', '-o', 'size=4096', 'tmpfs', directory);
		unmount(directory);
		return undefined;
	} catch (error) {
		return `nothing can be mounted here: ${error instanceof Error ? error.message.trim() : error}`;
	} finally {
		rmSync(directory, { recursive: true });
	}
}

function mount(...args: readonly string[]): void {
	execFileSync('mount', args, { stdio: 'pipe' });
}

function unmount(directory: string): void {
	// A git process that is about to end may still have its directory there.
	execFileSync('umount', ['--lazy', directory], { stdio: 'pipe' });
}
