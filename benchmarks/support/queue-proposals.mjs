// Times proposals against direct writes of the same records, in turns: one client, then as many as the writes benchmark has.
import { pause, startQueueService, timed, timedEach } from './queue-service.mjs';
import { print, printTable } from './report.mjs';
import { median, percentile, spread } from './statistics.mjs';

const WARM_UP = 40;
const MANY = 32;

export async function measureProposals(origin, cases, { rounds, writes, program }) {
	const rows = [];
	for (const one of cases) {
		const turns = { queue: [], direct: [] };
		const rates = { queue: [], direct: [] };
		const services = {};
		for (const policy of Object.keys(turns)) {
			services[policy] = await startQueueService(origin, { program, policy, connections: MANY });
			await timedEach(WARM_UP, () => services[policy].put(one));
		}
		for (let round = 0; round < rounds; round++) {
			const order = round % 2 === 0 ? ['queue', 'direct'] : ['direct', 'queue'];
			for (const policy of order) {
				await pause();
				turns[policy].push(await timedEach(writes, () => services[policy].put(one)));
				const all = () => Promise.all(Array.from({ length: writes * 5 }, () => services[policy].put(one)));
				rates[policy].push((writes * 5 * 1000) / (await timed(all)));
			}
		}
		for (const service of Object.values(services)) await service.close();
		const ratio = (figure, of) =>
			spread(
				of.queue.map((result, round) => figure(result) / figure(of.direct[round])),
				2,
			);
		for (const [policy, label] of [
			['queue', 'proposal'],
			['direct', 'direct write'],
		]) {
			const isQueue = policy === 'queue';
			rows.push([
				`${one.file}: ${label}`,
				spread(turns[policy].map(median), 1),
				percentile(turns[policy].flat(), 0.99).toFixed(1),
				spread(rates[policy]),
				isQueue ? ratio(median, turns) : '',
				isQueue ? ratio((rate) => rate, rates) : '',
			]);
		}
		process.stderr.write(`${one.file} done\n`);
	}
	const head = ['', 'p50 ms', 'p99 ms', `/s by ${MANY}`, 'p50 to direct', '/s to direct'];
	printTable(head, rows);
	print('\nTarget: p50 of a proposal at most 1.5 times that of a direct write.');
}
