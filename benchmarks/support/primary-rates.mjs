// Writes per second of a service alone and of one, two and three primaries that share a remote.
import { setTimeout } from 'node:timers/promises';
import { git } from './git.mjs';
import { bareCopy, put, startOn } from './primaries.mjs';
import { print, printTable } from './report.mjs';
import { percentile, spread } from './statistics.mjs';
import { filled } from './write-texts.mjs';

let edition = 1;

export async function measurePrimaries(origin, { category, updates }, { rounds, seconds, writers, program }) {
	const alone = await startOn(`file://${origin}`, { program, flags: [] });
	const bare = await bareCopy(origin);
	const url = `file://${bare}`;
	const before = await git(bare, ['rev-parse', 'HEAD']);
	const flags = ['--remote', url, '--ack', 'remote', '--pull-every', '3600'];
	const primaries = [];
	for (let index = 0; index < 3; index++) primaries.push(await startOn(url, { program, flags }));
	const contenders = [
		['alone, no remote', [alone]],
		...[1, 2, 3].map((count) => [`${count} on one remote`, primaries.slice(0, count)]),
	];
	const results = new Map(contenders.map(([name]) => [name, []]));
	let acknowledged = 0;
	for (let round = 0; round < rounds; round++) {
		const order = round % 2 === 0 ? contenders : [...contenders].reverse();
		for (const [name, services] of order) {
			await setTimeout(1000);
			const result = await turn(services, { category, updates, writers, seconds });
			results.get(name).push(result);
			if (services[0] !== alone) acknowledged += result.done;
		}
	}
	const first = results.get(contenders[0][0]);
	printTable(
		['', 'writes/s', 'to alone', 'p50 ms', 'p99 ms', 'answered 503 or 409', 'of the busiest primary'],
		contenders.map(([name]) => {
			const turns = results.get(name);
			const latencies = turns.flatMap(({ latencies: found }) => found);
			return [
				name,
				spread(turns.map(({ rate }) => rate)),
				spread(
					turns.map(({ rate }, index) => rate / first[index].rate),
					2,
				),
				percentile(latencies, 0.5).toFixed(0),
				percentile(latencies, 0.99).toFixed(0),
				`${turns.reduce((sum, { refused }) => sum + refused, 0)} of ${turns.reduce((sum, { done, refused }) => sum + done + refused, 0)}`,
				`${spread(turns.map(({ share }) => 100 * share))} %`,
			];
		}),
	);
	const made = Number(await git(bare, ['rev-list', '--count', 'HEAD', '--not', before]));
	print(`\n${acknowledged} writes were acknowledged, ${made} are at the remote.`);
	if (made < acknowledged) throw new Error('an acknowledged write is not at the remote');
	for (const service of [alone, ...primaries]) await service.stop();
}

/** Every writer has a record of its own, so that none stands in another's way. */
async function turn(services, { category, updates, writers, seconds }) {
	const latencies = [];
	const counts = services.map(() => 0);
	let refused = 0;
	const began = performance.now();
	const end = began + seconds * 1000;
	const write = async (which, writer) => {
		const update = updates[(which * writers + writer) % updates.length];
		while (performance.now() < end) {
			const sent = performance.now();
			const status = await put(services[which], category, filled(update.body, edition++));
			if (status === 200) {
				counts[which]++;
				latencies.push(performance.now() - sent);
			} else if (status === 503 || status === 409) refused++;
			else throw new Error(`a write was answered ${status}`);
		}
	};
	await Promise.all(
		services.flatMap((_, which) => Array.from({ length: writers }, (__, writer) => write(which, writer))),
	);
	const done = counts.reduce((sum, count) => sum + count, 0);
	const elapsed = (performance.now() - began) / 1000;
	return { rate: done / elapsed, done, refused, latencies, share: Math.max(...counts) / Math.max(1, done) };
}
