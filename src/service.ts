/** Composes a running service from settings: repository, store, application, listener; and takes it down in order. */

import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { createApp } from './app.ts';
import { systemClock } from './clock.ts';
import type { Settings } from './config/settings.ts';
import { openRepository } from './git/repository.ts';
import { PublishedReads } from './http/published-reads.ts';
import type { Lifecycle } from './http/service-routes.ts';
import type { Logger } from './logger.ts';
import { listen } from './server.ts';
import { ThreadBackground } from './store/background.ts';
import { MetadataService } from './store/metadata.ts';
import { ReferenceStore } from './store/reference-store.ts';
import { TotalsCache } from './store/totals-cache.ts';

export interface RunningService {
	readonly url: string;
	readonly store: ReferenceStore;
	/** Ends cleanly: requests in flight are answered first. */
	stop(): Promise<void>;
}

/** @throws AppError for a repository that cannot be served or a port that cannot be had */
export async function startService(settings: Settings, logger: Logger): Promise<RunningService> {
	const repository = await openRepository(settings.repo, settings.subdir);
	const background = new ThreadBackground();
	const store = await ReferenceStore.open({ repository, logger, clock: systemClock, background });
	try {
		const cache = new TotalsCache(repository, logger);
		const metadata = new MetadataService({ store, background, cache, logger, known: await cache.load() });
		const reads = await PublishedReads.create(settings.cacheControl, systemClock);
		store.onSwap((snapshot) => reads.publish(snapshot));
		const lifecycle: Lifecycle = { draining: false, inFlight: new Set() };
		const { replicateMode, canonicalFormat, cacheControl, corsAllowedOrigins } = settings;
		const app = createApp({
			store,
			metadata,
			reads,
			logger,
			lifecycle,
			mode: { replicateMode, canonicalFormat },
			cacheControl,
			corsAllowedOrigins,
			version: packageVersion(),
		});
		const isBusy = (socket: Socket) => [...lifecycle.inFlight].some((response) => response.socket === socket);
		const server = await listen(app, settings.host, settings.port, isBusy);
		await store.watch();
		// Counting reads every version there ever was: after the service answers, and again after each change.
		store.onSwap(() => void metadata.refresh());
		return {
			url: server.url,
			store,
			stop: async () => {
				lifecycle.draining = true;
				await setTimeout(settings.shutdownDelay * 1000);
				await server.stop();
				await Promise.all([metadata.close(), background.close()]);
				await store.close();
			},
		};
	} catch (error) {
		await store.close();
		throw error;
	}
}

/** Version of this program, from its package. */
export function packageVersion(): string {
	const { version }: { version: string } = JSON.parse(
		readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
	);
	return version;
}
