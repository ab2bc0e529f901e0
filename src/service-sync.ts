/** Composes what keeps the repository of a service and its remote or upstream alike. */

import { systemClock } from './clock.ts';
import type { Settings } from './config/settings.ts';
import { AppError } from './errors.ts';
import { Remote } from './git/remote.ts';
import type { Repository } from './git/repository.ts';
import type { Logger } from './logger.ts';
import type { ReferenceStore } from './store/reference-store.ts';
import { FeedFollower, feedUrl } from './sync/feed-follower.ts';
import { RemoteSync } from './sync/remote-sync.ts';
import type { GroupResult } from './writer/change.ts';
import type { Writer } from './writer/writer.ts';

/** Undefined where there is neither remote nor upstream. */
export function openSync(
	{ remote, upstream, ack, pullEvery }: Settings,
	repository: Repository,
	writer: Writer,
	logger: Logger,
): RemoteSync | undefined {
	const url = remote || upstream;
	if (!url) return undefined;
	return new RemoteSync({
		remote: new Remote(repository.git, url),
		writer,
		isMirror: upstream !== '',
		isShared: ack === 'remote',
		every: pullEvery,
		clock: systemClock,
		logger,
	});
}

/** What somebody commits here by hand goes to the remote as well. */
export function pushHeads(store: ReferenceStore, sync: RemoteSync): void {
	let known = store.snapshot.history?.head;
	store.onSwap(({ history }) => {
		if (history?.head === known) return;
		known = history?.head;
		sync.push();
	});
}

/** The feed of an upstream says sooner than any timer that there is something new. */
export function followFeed(
	{ upstream }: Settings,
	sync: RemoteSync | undefined,
	logger: Logger,
): FeedFollower | undefined {
	const url = feedUrl(upstream);
	if (!sync || url === undefined) return undefined;
	return new FeedFollower({ url, onEvent: () => void sync.sync(), logger });
}

/** What was written here goes to the remote, unless that had it first. */
export function noteCommitted(
	{ outcomes, commits, ledger }: GroupResult,
	isShared: boolean,
	sync: RemoteSync | undefined,
): void {
	if (!isShared && (commits.length > 0 || ledger)) sync?.push();
	for (const outcome of outcomes) {
		if (outcome.kind === 'refused' && LEAVES_REMOTE_UNKNOWN.has(outcome.code)) {
			sync?.noteUnreachable(new AppError(outcome.code, outcome.message, outcome.data));
		}
	}
}

/** After these nobody knows what the remote has: it is looked at before anything else is written. */
const LEAVES_REMOTE_UNKNOWN: ReadonlySet<string> = new Set(['remote-unavailable', 'outcome-unknown']);
