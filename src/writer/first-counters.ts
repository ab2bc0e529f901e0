/**
 * Where the numbers of a new ledger begin. A clone brings no ledger, so one may be new in a repository that had another: what was
 * numbered there is found in commits and branches, but for what was rejected or purged, and numbers must not be given twice.
 */

import type { Repository } from '../git/repository.ts';
import { type Counters, NO_COUNTERS } from '../queue/pending-change.ts';

/** Left free behind the highest number that is found, for those that left no trace. */
const LEAP = 1_000;

export async function firstCounters({ git }: Repository): Promise<Counters> {
	const trailers = ['Change-Id', 'Batch-Id'].map(
		(name) => `%(trailers:key=${name},valueonly,separator=%x2C)`,
	);
	const log = await git.run([
		'log',
		'--all',
		'--no-show-signature',
		'--grep=^Change-Id: ',
		`--format=${trailers.join(' ')}`,
	]);
	const branches = await git.run(['for-each-ref', '--format=%(refname)', 'refs/heads', 'refs/remotes']);
	const changes = [...branches.matchAll(/\/pending\/(\d+)$/gm)].map(([, id]) => Number(id));
	const batches: number[] = [];
	for (const line of log.split('\n')) {
		const [change = '', batch = ''] = line.split(' ');
		changes.push(...change.split(',').map(Number));
		batches.push(...batch.split(',').map(Number));
	}
	return {
		...NO_COUNTERS,
		last_change_id: afterLeap(changes),
		last_batch_id: afterLeap(batches),
	};
}

function afterLeap(numbers: readonly number[]): number {
	const highest = numbers.filter(Number.isSafeInteger).reduce((a, b) => Math.max(a, b), 0);
	return highest === 0 ? 0 : Math.ceil((highest + 1) / LEAP) * LEAP;
}
