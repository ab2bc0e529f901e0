/**
 * One running service for all tests of a file that only read from it. A test that changes anything starts its own
 * (`startTestService`).
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, expect } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import type { Settings } from '../../src/config/settings.ts';
import { type RunningService, startService } from '../../src/service.ts';
import { TemporaryRepository } from './temporary-repository.ts';

export interface SuiteService {
	/** `http://host:port`; there from the first test on. */
	readonly url: string;
	readonly repository: TemporaryRepository;
	/** Path under v1, such as `clip.json`, to a whole URL. */
	v1(path: string): string;
}

/**
 * Prepares a repository and starts the service before the first test of the file; ends both after the last one, which
 * fails upon any error in the log.
 * @param prepare fills an empty directory with a repository
 */
export function serviceForSuite(
	prepare: (repository: TemporaryRepository) => void,
	settings: Partial<Settings> = {},
): SuiteService {
	const errors: unknown[] = [];
	let repository: TemporaryRepository | undefined;
	let service: RunningService | undefined;
	beforeAll(async () => {
		const directory = mkdtempSync(path.join(tmpdir(), 'horde-references-suite-'));
		repository = new TemporaryRepository(directory);
		prepare(repository);
		const config = loadConfig({
			flags: { repo: directory, port: 0, shutdownDelay: 0, ...settings },
			environment: {},
		});
		service = await startService(config, pino({ level: 'error' }, collecting(errors)));
	}, 120_000);
	afterAll(async () => {
		await service?.stop();
		if (repository) rmSync(repository.directory, { recursive: true, force: true });
		expect(errors).toEqual([]);
	});
	return {
		get url() {
			return started(service).url;
		},
		get repository() {
			return started(repository);
		},
		v1(name) {
			return `${this.url}/api/model_references/v1/${name}`;
		},
	};
}

function started<Part>(part: Part | undefined): Part {
	if (part === undefined) throw new Error('the service starts only before the first test');
	return part;
}

/** Prepares a repository with one commit of these files. */
export function holding(
	files: Readonly<Record<string, string | Buffer>>,
	time?: number,
): (repository: TemporaryRepository) => void {
	return (repository) => {
		repository.git('init', '--quiet', '--initial-branch=main');
		repository.commit(files, 'Add references', time);
	};
}

function collecting(lines: unknown[]): Writable {
	return new Writable({
		write(chunk, _encoding, done) {
			lines.push(JSON.parse(String(chunk)));
			done();
		},
	});
}
