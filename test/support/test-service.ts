/** The service as it runs, on a free loopback port, stopped when the test ends. An unexpected error fails the test. */

import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, onTestFinished, vi } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { Logger } from '../../src/logger.ts';
import { type RunningService, startService } from '../../src/service.ts';
import type { TemporaryRepository } from './temporary-repository.ts';

export interface TestService extends RunningService {
	/** Parsed log lines so far. */
	readonly log: readonly Readonly<Record<string, unknown>>[];
	/** Path under v1, such as `clip.json`, to a whole URL. */
	v1(path: string): string;
	/** Waits until a read of this path under v1 fulfils the check. */
	until(path: string, check: (response: Response, body: string) => boolean): Promise<void>;
}

export interface TestServiceOptions extends Partial<Settings> {
	/** Log messages at error level that the test expects. */
	readonly expectedErrors?: readonly string[];
}

export async function startTestService(
	repository: TemporaryRepository | string,
	{ expectedErrors = [], ...overrides }: TestServiceOptions = {},
): Promise<TestService> {
	const log: Record<string, unknown>[] = [];
	const repo = typeof repository === 'string' ? repository : repository.directory;
	const settings = loadConfig({ flags: { repo, port: 0, shutdownDelay: 0, ...overrides }, environment: {} });
	const service = await startService(settings, recordingLogger(log));
	let stopping: Promise<void> | undefined;
	const stop = () => {
		stopping ??= service.stop();
		return stopping;
	};
	onTestFinished(async () => {
		await stop();
		const errors = log.filter(({ level }) => Number(level) >= 50).map(({ msg }) => msg);
		expect(errors.filter((message) => !expectedErrors.includes(String(message)))).toEqual([]);
	});
	const v1 = (path: string) => `${service.url}/api/model_references/v1/${path}`;
	const until: TestService['until'] = (path, check) =>
		vi.waitFor(
			async () => {
				const response = await fetch(v1(path));
				expect(check(response, await response.text())).toBe(true);
			},
			{ timeout: 10_000, interval: 10 },
		);
	return { ...service, stop, log, v1, until };
}

function recordingLogger(log: Record<string, unknown>[]): Logger {
	const lines = new Writable({
		write(chunk, _encoding, done) {
			log.push(JSON.parse(String(chunk)));
			done();
		},
	});
	return pino({ level: 'info' }, lines);
}
