// Times one call that applies a batch against as many calls that apply one change each, in turns.
import { pause, startQueueService, timed } from './queue-service.mjs';
import { print, printTable } from './report.mjs';
import { spread } from './statistics.mjs';

export async function measureBatches(origin, cases, { rounds, batch, program }) {
	const rows = [];
	for (const one of cases) {
		const service = await startQueueService(origin, { program, policy: 'queue' });
		const times = { propose: [], approve: [], batch: [], single: [] };
		const ready = async () => {
			let ids;
			times.propose.push((await timed(async () => (ids = await service.create(one, batch)))) / batch);
			let id;
			times.approve.push(await timed(async () => (id = await service.approve(ids))));
			await pause();
			return { ids, id };
		};
		const ways = {
			batch: ({ id }) => service.send('POST', `/pending_queue/apply_batch/${id}`),
			single: async ({ ids }) => {
				for (const id of ids) await service.send('POST', `/pending_queue/changes/${id}/apply`, '{}');
			},
		};
		for (let round = 0; round < rounds + 1; round++) {
			for (const way of round % 2 === 0 ? ['batch', 'single'] : ['single', 'batch']) {
				const changes = await ready();
				const time = await timed(() => ways[way](changes));
				// The first round is for warming up.
				if (round > 0) times[way].push(time);
			}
		}
		await service.close();
		const ratios = times.single.map((time, round) => time / times.batch[round]);
		rows.push([
			one.file,
			spread(times.propose, 1),
			spread(times.approve, 1),
			spread(times.batch),
			spread(times.single),
			spread(ratios, 1),
		]);
		process.stderr.write(`${one.file} done\n`);
	}
	printTable(
		[
			'',
			'propose one, ms',
			`approve ${batch}, ms`,
			`apply batch of ${batch}, ms`,
			`${batch} single applies, ms`,
			'single to batch',
		],
		rows,
	);
	print('\nTarget: the batch at least 5 times faster.');
}
