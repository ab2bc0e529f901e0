// Follows a service through thousands of writes: its memory, git's objects, and what one writer waits before, after and meanwhile.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { megabytes } from './memory.mjs';
import { print, printTable } from './report.mjs';
import { median, percentile, spread } from './statistics.mjs';
import { startWritingService } from './write-contenders.mjs';
import { MANY } from './write-times.mjs';

const WARM_UP = 100;
const TURN = 50;
const PAUSE = 700;

export async function measureGrowth(origin, cases, { rounds, writes, commits, program }) {
	for (const one of cases) {
		const grown = await startWritingService(origin, one, { program, connections: MANY });
		await grown.write({ writes: WARM_UP, connections: 1 });
		const before = await grown.write({ writes, connections: 1 });
		const maintenance = watchMaintenance(grown.repo);
		const rows = [[0, ...(await stateOf(grown)), '', '', '']];
		const waits = [];
		for (let done = 0; done < commits; ) {
			const step = Math.min(1000, commits - done);
			const result = await grown.write({ writes: step });
			done += step;
			waits.push(result);
			const { latencies, elapsed } = result;
			rows.push([
				done,
				...(await stateOf(grown)),
				((latencies.length / elapsed) * 1000).toFixed(0),
				median(latencies).toFixed(0),
				Math.max(...latencies).toFixed(0),
			]);
			process.stderr.write(`${one.file}: ${rows.at(-1).join('  ')}\n`);
		}
		print(`${one.file}, ${MANY} writers:\n`);
		printTable(
			[
				'commits',
				'RSS MB',
				'peak MB',
				'loose objects',
				'packs',
				'objects MB',
				'commits/s',
				'p50 ms',
				'max ms',
			],
			rows,
		);
		const single = await singleWrites(grown, maintenance, Math.max(writes, 1000));
		maintenance.stop();
		print();
		printTable(
			['what a write waits', 'writes', 'p50 ms', 'p99 ms', 'max ms'],
			[
				...split(`${MANY} writers`, waits, maintenance.spans),
				...split('one writer, afterwards', [single], maintenance.spans),
			],
		);
		print(
			`\nMaintenance ran ${maintenance.spans.length} times, ms: ${maintenance.spans.map(lengthOf).join(', ')}`,
		);
		await compareWithYoung(origin, one, { grown, before, rounds, commits, program });
		await grown.close();
	}
	print('\nTargets: memory flat; one writer afterwards within 1.2 times.');
}

/** One writer goes on until maintenance has come by, or it has been long enough. */
async function singleWrites(service, maintenance, atLeast) {
	const seen = maintenance.spans.length;
	const all = { latencies: [], ends: [] };
	while (all.ends.length < atLeast || (maintenance.spans.length === seen && all.ends.length < 3 * atLeast)) {
		const { latencies, ends } = await service.write({ writes: 200, connections: 1 });
		all.latencies.push(...latencies);
		all.ends.push(...ends);
	}
	return all;
}

/** Beside a service that has written next to nothing, in turns: the machine is as busy for the one as for the other. */
async function compareWithYoung(origin, one, { grown, before, rounds, commits, program }) {
	const young = await startWritingService(origin, one, { program, connections: 1 });
	await young.write({ writes: WARM_UP });
	const ratios = [];
	const times = { grown: [], young: [] };
	for (let round = 0; round < rounds; round++) {
		const turns = { grown: await turn(grown), young: await turn(young) };
		times.grown.push(turns.grown);
		times.young.push(turns.young);
		ratios.push(turns.grown / turns.young);
	}
	await young.close();
	print(
		`One writer, p50 ms: ${median(before.latencies).toFixed(1)} before; after ${commits.toLocaleString('en')} commits ` +
			`${spread(times.grown, 1)}, beside it a fresh service ${spread(times.young, 1)}: ratio ${spread(ratios, 2)}\n`,
	);
}

async function turn(service) {
	await new Promise((resolve) => setTimeout(resolve, PAUSE));
	return median((await service.write({ writes: TURN, connections: 1 })).latencies);
}

async function stateOf({ repo, pid }) {
	const objects = path.join(repo, '.git', 'objects');
	const folders = readdirSync(objects).filter((name) => /^[0-9a-f]{2}$/.test(name));
	const loose = folders.reduce((sum, name) => sum + readdirSync(path.join(objects, name)).length, 0);
	const packs = readdirSync(path.join(objects, 'pack')).filter((name) => name.endsWith('.pack')).length;
	return [
		(await megabytes(pid, 'VmRSS')).toFixed(0),
		(await megabytes(pid, 'VmHWM')).toFixed(0),
		loose,
		packs,
		await sizeOf(objects),
	];
}

/** Megabytes on disk. */
async function sizeOf(directory) {
	const { execFile } = await import('node:child_process');
	const { promisify } = await import('node:util');
	const { stdout } = await promisify(execFile)('du', ['-sm', directory]).catch((error) => error);
	return Number.parseInt(stdout, 10);
}

/** Git has a temporary pack while it repacks; when, in unix milliseconds. */
function watchMaintenance(repo) {
	const packs = path.join(repo, '.git', 'objects', 'pack');
	const isPacking = () => readdirSync(packs).some((name) => name.startsWith('.tmp-'));
	const spans = [];
	let since;
	const look = () => {
		const now = Date.now();
		if (isPacking()) since ??= now;
		else if (since !== undefined) {
			spans.push({ start: since, end: now });
			since = undefined;
		}
	};
	const timer = setInterval(look, 10);
	return {
		spans,
		stop() {
			clearInterval(timer);
			if (since !== undefined) spans.push({ start: since, end: Date.now() });
		},
	};
}

const lengthOf = ({ start, end }) => end - start;

/** Waits that fell into maintenance, and those that did not. */
function split(name, results, spans) {
	const during = [];
	const otherwise = [];
	for (const { latencies, ends } of results) {
		for (const [index, latency] of latencies.entries()) {
			const end = ends[index];
			const meets = spans.some((span) => span.start <= end && end - latency <= span.end);
			(meets ? during : otherwise).push(latency);
		}
	}
	const row = (what, values) => [
		`${name}, ${what}`,
		values.length,
		...(values.length === 0
			? ['', '', '']
			: [median(values), percentile(values, 0.99), Math.max(...values)].map((value) => value.toFixed(1))),
	];
	return [row('while maintenance ran', during), row('otherwise', otherwise)];
}
