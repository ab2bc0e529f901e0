// Times single writers and many against a script and the bare committer, in turns.
import { print, printTable } from './report.mjs';
import { median, percentile, spread } from './statistics.mjs';
import { startBareWriter, startScript, startWritingService } from './write-contenders.mjs';

const WARM_UP = 40;

/** What the service does after a write when all is quiet (brotli) is not to fall into another's turn. Milliseconds. */
const PAUSE = 700;

export const MANY = 32;

/** One writer: the service over HTTP, a script, the bare committer. */
export async function measureOne(origin, cases, { rounds, writes, program }) {
	const rows = [];
	for (const one of cases) {
		const service = await startWritingService(origin, one, { program, connections: 1 });
		const script = await startScript(origin, one);
		const bare = await startBareWriter(origin, one, { program });
		const turns = [service, script, bare].map((contender) => ({ contender, writes, results: [] }));
		await takeTurns(turns, rounds);
		const [ofService, ofScript, ofBare] = turns;
		for (const turn of turns) {
			rows.push([
				`${one.file}: ${LABELS[turn.contender.name]}`,
				...timesOf(turn),
				turn === ofService ? spread(ratios(ofService, ofBare, typical), 2) : '',
				turn === ofService ? spread(ratios(ofService, ofScript, typical), 2) : '',
			]);
		}
		for (const { contender } of turns) await contender.close();
		process.stderr.write(`${one.file} done\n`);
	}
	printTable(['one writer', 'p50 ms', 'p99 ms', 'commits/s', 'p50 to bare', 'p50 to script'], rows);
	print('\nTargets: at most 1.3 to bare, below 1 to script.');
}

const LABELS = { service: 'service over HTTP', script: 'script (a)', bare: 'bare committer (b)' };

/** 32 writers at once against the one script, which cannot be more. */
export async function measureMany(origin, cases, { rounds, writes, program }) {
	const rows = [];
	for (const one of cases) {
		const service = await startWritingService(origin, one, { program, connections: MANY });
		const script = await startScript(origin, one);
		const turns = [
			{ contender: service, writes: writes * 10, results: [] },
			{ contender: script, writes, results: [] },
		];
		await takeTurns(turns, rounds);
		const [ofService, ofScript] = turns;
		const faster = spread(ratios(ofService, ofScript, perSecond), 1);
		rows.push([`${one.file}: service, ${MANY} writers`, ...timesOf(ofService), faster]);
		rows.push([`${one.file}: script (a)`, ...timesOf(ofScript), '']);
		for (const { contender } of turns) await contender.close();
		process.stderr.write(`${one.file} done\n`);
	}
	printTable(['many writers', 'p50 ms', 'p99 ms', 'commits/s', 'commits/s to script'], rows);
	print('\nTargets: at least 5 times the script on stable_diffusion.json, 3 times on db.json.');
}

/** The order alternates, so that what else the machine does falls on all alike. */
async function takeTurns(turns, rounds) {
	for (const { contender } of turns) await contender.write({ writes: WARM_UP });
	for (let round = 0; round < rounds; round++) {
		for (const { contender, writes, results } of round % 2 === 0 ? turns : [...turns].reverse()) {
			await new Promise((resolve) => setTimeout(resolve, PAUSE));
			results.push(await contender.write({ writes }));
		}
	}
}

function timesOf({ results }) {
	const all = results.flatMap(({ latencies }) => latencies);
	return [spread(results.map(typical), 1), percentile(all, 0.99).toFixed(1), spread(results.map(perSecond))];
}

const typical = ({ latencies }) => median(latencies);
const perSecond = ({ latencies, elapsed }) => (latencies.length / elapsed) * 1000;

/** Round by round: what was slow for one was slow for the other. */
function ratios(one, other, figure) {
	return one.results.map((result, round) => figure(result) / figure(other.results[round]));
}
