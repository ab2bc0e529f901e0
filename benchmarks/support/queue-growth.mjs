// Measures the queue at several sizes, side by side: opening, memory, transitions, listing and audit views.
import { generateLedger } from './generate-ledger.mjs';
import { megabytes } from './memory.mjs';
import { pause, startQueueService, timed, timedEach } from './queue-service.mjs';
import { print, printTable } from './report.mjs';
import { median, spread } from './statistics.mjs';

/** Undecided changes, whatever the size: what waits for review is what people can review. */
const PENDING = 500;

const WARM_UP = 30;

export async function measureGrowth(origin, cases, { rounds, writes, sizes, program }) {
	const [one] = cases;
	const services = [];
	for (const changes of sizes) {
		const prepare = (repo) => generateLedger(repo, { changes, pending: Math.min(PENDING, changes), program });
		const service = await startQueueService(origin, { program, policy: 'queue', prepare });
		await service.send('GET', '/pending_queue/changes');
		await pause();
		services.push({
			changes,
			service,
			started: service.started,
			resident: await megabytes(service.pid, 'VmRSS'),
		});
		process.stderr.write(`${changes} changes are ready\n`);
	}
	const without = await startQueueService(origin, { program, policy: 'direct' });
	await pause();
	printTable(
		['changes', 'start to listening, ms', 'RSS MB'],
		[
			['none, no queue', without.started.toFixed(0), (await megabytes(without.pid, 'VmRSS')).toFixed(0)],
			...services.map(({ changes, started, resident }) => [changes, started.toFixed(0), resident.toFixed(0)]),
		],
	);
	await without.close();
	print('\nTargets at 100,000: open within 3 s, below 300 MB.\n');
	const actions = actionsOn(one, sizes[0]);
	const times = services.map(() => Object.fromEntries(Object.keys(actions).map((name) => [name, []])));
	for (const { service } of services) {
		for (const action of Object.values(actions)) await timedEach(WARM_UP, () => action(service));
	}
	for (let round = 0; round < rounds; round++) {
		for (const [name, action] of Object.entries(actions)) {
			for (const [index, { service }] of services.entries()) {
				const turn = [];
				for (let count = 0; count < writes; count++) turn.push(await action(service));
				times[index][name].push(median(turn));
			}
		}
		process.stderr.write(`round ${round + 1} of ${rounds}\n`);
	}
	for (const { service } of services) await service.close();
	const last = times.length - 1;
	printTable(
		['p50 ms', ...sizes.map((size) => `${size} changes`), `${sizes[last]} to ${sizes[0]}`],
		Object.keys(actions).map((name) => [
			name,
			...times.map((of) => spread(of[name], 2)),
			spread(
				times[last][name].map((time, round) => time / times[0][name][round]),
				2,
			),
		]),
	);
	print('\nTargets: the first four within 1.5 times from 1,000 to 100,000; a list with filters below 5 ms.');
}

/** Each takes a service and gives the milliseconds of what is to be measured. */
function actionsOn(one, smallest) {
	const get = (path) => (service) => timed(() => service.send('GET', `/pending_queue/${path}`));
	return {
		propose: (service) => timed(() => service.put(one)),
		approve: async (service) => {
			const ids = await service.create(one, 1);
			const time = await timed(() => service.approve(ids));
			await service.send('POST', `/pending_queue/changes/${ids[0]}/apply`, '{}');
			return time;
		},
		apply: async (service) => {
			const [id] = await service.create(one, 1);
			await service.approve([id]);
			return timed(() => service.send('POST', `/pending_queue/changes/${id}/apply`, '{}'));
		},
		'list, two filters': get('changes?statuses=pending&categories=clip'),
		'list, requester and status': get('changes?requested_by=11&statuses=applied'),
		'list, part of a name': get('changes?model_name=model-a1'),
		'list, first page of all': get('changes'),
		'list, a page that is seldom asked for': (service) => {
			service.page = ((service.page ?? 0) + 7) % Math.floor(smallest / 50);
			return timed(() => service.send('GET', `/pending_queue/changes?offset=${service.page * 50}`));
		},
		'audit/current': get('audit/current'),
		'audit/batches': get('audit/batches'),
		'audit/batches/20': get('audit/batches/20'),
		'audit/batches/20/net_changes': get('audit/batches/20/net_changes'),
	};
}
