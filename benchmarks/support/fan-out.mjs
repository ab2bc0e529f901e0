// How soon a write that was acknowledged is served by each of two replicas.
import { setTimeout } from 'node:timers/promises';
import { bareCopy, put, read, startOn } from './primaries.mjs';
import { print, printTable } from './report.mjs';
import { percentile } from './statistics.mjs';
import { filled } from './write-texts.mjs';

/** Between two looks; milliseconds. */
const POLL = 5;
const LONGEST = 30_000;

export async function measureFanOut(origin, { category, file, updates }, { writes, program }) {
	const bare = await bareCopy(origin);
	const remote = `file://${bare}`;
	const flags = ['--remote', remote, '--ack', 'remote'];
	const primary = await startOn(remote, { program, flags });
	const clone = `${primary.url}/references.git`;
	const probe = await fetch(`${clone}/info/refs?service=git-upload-pack`);
	await probe.arrayBuffer();
	const hasFeed = probe.status === 200;
	print(
		hasFeed
			? 'The replicas clone the primary over HTTP and listen to its change feed.'
			: 'The primary has no clone URL: the replicas look at the remote every second.',
	);
	const how = hasFeed ? ['--upstream', clone] : ['--upstream', remote, '--pull-every', '1'];
	const replicas = [];
	for (let index = 0; index < 2; index++) {
		replicas.push(await startOn(remote, { program, flags: ['--mode', 'replica', ...how] }));
	}
	const delays = [];
	for (let index = 0; index < writes; index++) {
		// At any moment of the timer.
		await setTimeout(300 + 1000 * Math.random());
		const edition = `fan-out-${process.pid}-${index}`;
		const status = await put(primary, category, filled(updates[index % updates.length].body, edition));
		if (status !== 200) throw new Error(`a write was answered ${status}`);
		const acknowledged = performance.now();
		delays.push(
			await Promise.all(replicas.map((replica) => untilServed(replica, file, edition, acknowledged))),
		);
	}
	const all = delays.map((one) => Math.max(...one));
	printTable(
		['', 'p50 ms', 'p95 ms', 'longest ms', 'within 1 s'],
		[
			...replicas.map((_, which) =>
				row(
					`replica ${which + 1}`,
					delays.map((one) => one[which]),
				),
			),
			row('both', all),
		],
	);
	for (const service of [...replicas, primary]) await service.stop();
}

function row(name, times) {
	const soon = times.filter((time) => time <= 1000).length;
	const shown = [percentile(times, 0.5), percentile(times, 0.95), Math.max(...times)].map((time) =>
		time.toFixed(0),
	);
	return [name, ...shown, `${soon} of ${times.length}`];
}

async function untilServed(replica, file, text, since) {
	while (performance.now() - since < LONGEST) {
		if ((await read(replica, file)).includes(text)) return performance.now() - since;
		await setTimeout(POLL);
	}
	throw new Error('a write did not come to a replica');
}
