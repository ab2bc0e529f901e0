/** A bare repository that several machines share, and the clones that they serve. */

import { execFileSync } from 'node:child_process';
import { expect, vi } from 'vitest';
import { TemporaryRepository, temporaryDirectory } from './temporary-repository.ts';
import type { TestService } from './test-service.ts';

export interface SharedRemote {
	readonly bare: TemporaryRepository;
	/** As a setting. */
	readonly url: string;
	/** A clone as an operator would make it. */
	clone(): TemporaryRepository;
	/** The commit of one of its branches, or of any ref. */
	at(ref?: string): string;
	/** Commits as a maintainer elsewhere and pushes. @returns the commit */
	commitElsewhere(files: Readonly<Record<string, string>>, subject?: string): string;
}

export function createRemote(files: Readonly<Record<string, string>>): SharedRemote {
	const bare = new TemporaryRepository(temporaryDirectory());
	bare.git('init', '--quiet', '--bare', '--initial-branch=main');
	const first = TemporaryRepository.create(files);
	first.git('push', '--quiet', bare.directory, 'main');
	const url = `file://${bare.directory}`;
	const clone = () => cloneOf(url);
	return {
		bare,
		url,
		clone,
		at: (ref = 'refs/heads/main') => bare.git('rev-parse', '--verify', ref),
		commitElsewhere: (changed, subject = 'Change by hand') => {
			const elsewhere = clone();
			const commit = elsewhere.commit(changed, subject);
			elsewhere.git('push', '--quiet', 'origin', 'HEAD:main');
			return commit;
		},
	};
}

export function cloneOf(url: string): TemporaryRepository {
	const directory = temporaryDirectory();
	execFileSync('git', ['clone', '--quiet', url, directory], { stdio: ['ignore', 'ignore', 'pipe'] });
	return new TemporaryRepository(directory);
}

export interface ShownSync {
	readonly remote: string;
	readonly state: string;
	readonly trouble: string | null;
	readonly last_sync: string | null;
	readonly unsynced_commits: number;
}

/** What a service says of its remote. */
export async function shownSync(service: TestService): Promise<ShownSync> {
	const response = await fetch(`${service.url}/readyz`);
	const { sync } = (await response.json()) as { readonly sync: ShownSync };
	return sync;
}

/** Waits until the service says this of its remote. */
export async function untilSync(service: TestService, check: (sync: ShownSync) => void): Promise<void> {
	await vi.waitFor(async () => check(await shownSync(service)), { timeout: 20_000, interval: 25 });
}

export async function untilInStep(service: TestService): Promise<void> {
	await untilSync(service, ({ state, unsynced_commits }) =>
		expect({ state, unsynced_commits }).toEqual({ state: 'ok', unsynced_commits: 0 }),
	);
}
