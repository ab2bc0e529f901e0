// Compares reads of a service whose 32 writers are at rest with reads while they write as fast as they can.
import { ask } from './ask.mjs';
import { print, printTable } from './report.mjs';
import { median, spread } from './statistics.mjs';
import { startWritingService } from './write-contenders.mjs';
import { MANY } from './write-times.mjs';
import { hasWrk, load } from './wrk.mjs';

const V1 = '/api/model_references/v1';
const PAUSE = 700;

const gzip = { 'Accept-Encoding': 'gzip' };
/** A tag would be out of date after the first write; a date to come is not, and is answered the same way. */
const held = { ...gzip, 'If-Modified-Since': 'Fri, 01 Jan 2100 00:00:00 GMT' };

export async function measureReads(origin, cases, { rounds, seconds, program }) {
	if (!hasWrk()) throw new Error('wrk is not installed; install it with: sudo apt-get install wrk');
	const rows = [];
	for (const one of cases) {
		const service = await startWritingService(origin, one, { program, connections: MANY });
		await service.write({ writes: MANY });
		const other = one.file === 'db.json' ? 'stable_diffusion.json' : 'db.json';
		for (const [what, file, headers] of [
			['same file, 304', one.file, held],
			['same file, gzip', one.file, gzip],
			[`${other}, 304`, other, held],
			[`${other}, gzip`, other, gzip],
		]) {
			const url = `${service.url}${V1}/${file}`;
			await expectForm(url, headers);
			const idle = [];
			const busy = [];
			await load(url, headers, { seconds: 1 });
			for (let round = 0; round < rounds; round++) {
				const turns = [
					async () => idle.push(await load(url, headers, { seconds })),
					async () => busy.push(await loadWhileWriting(service, url, headers, seconds)),
				];
				for (const turn of round % 2 === 0 ? turns : turns.reverse()) {
					await new Promise((resolve) => setTimeout(resolve, PAUSE));
					await turn();
				}
			}
			const row = rowOf(`${one.file} written; ${what}`, idle, busy);
			process.stderr.write(`${row.join('  ')}\n`);
			rows.push(row);
		}
		await service.close();
	}
	printTable(
		['reads', 'idle /s', 'while writing /s', 'ratio', 'p99 ms idle / writing', 'commits/s meanwhile'],
		rows,
	);
	print('\nTarget: at least 0.8 of idle.');
}

async function loadWhileWriting(service, url, headers, seconds) {
	const writing = service.write({});
	await new Promise((resolve) => setTimeout(resolve, 100));
	const reads = await load(url, headers, { seconds });
	service.end();
	const { latencies, elapsed } = await writing;
	return { ...reads, commits: (latencies.length / elapsed) * 1000 };
}

async function expectForm(url, headers) {
	const { status, headers: got } = await ask(url, headers);
	const expected = headers === held ? 304 : 200;
	if (status !== expected || (status === 200 && got['content-encoding'] !== 'gzip')) {
		throw new Error(`${url} was answered ${status} ${got['content-encoding']}, not ${expected} gzip`);
	}
}

function rowOf(name, idle, busy) {
	const typical = (results, figure) => median(results.map((result) => result[figure]));
	return [
		name,
		Math.round(typical(idle, 'perSecond')).toLocaleString('en'),
		Math.round(typical(busy, 'perSecond')).toLocaleString('en'),
		spread(
			busy.map(({ perSecond }, round) => perSecond / idle[round].perSecond),
			2,
		),
		`${typical(idle, 'p99').toFixed(1)} / ${typical(busy, 'p99').toFixed(1)}`,
		spread(busy.map(({ commits }) => commits)),
	];
}
