// Compares reads of the service with a bare node:http server that writes the same bytes, and with nginx, in one run.
import { parseArgs } from 'node:util';
import { ask } from './support/ask.mjs';
import { runAndCleanUp } from './support/cleanup.mjs';
import { openCorpus } from './support/corpus.mjs';
import { nginxVersion, startNginx } from './support/nginx.mjs';
import { processorTime } from './support/processor-time.mjs';
import { CELLS, prepareCell, verify } from './support/read-cells.mjs';
import { print, printLoad, printTable } from './support/report.mjs';
import { PROGRAM, startBare, startService } from './support/servers.mjs';
import { median, spread } from './support/statistics.mjs';
import { hasWrk, load } from './support/wrk.mjs';

const USAGE = `node benchmarks/reads.mjs [options]

  --pairs <n>     fresh processes per cell, each with a fresh bare server (3)
  --rounds <n>    timed turns of each server per pair (3)
  --seconds <n>   length of a turn, whole seconds (2)
  --only <text>   only cells whose name contains the text; may be repeated
  --no-nginx      leave nginx out
  --program <js>  another build of the service to measure
`;

const TARGET = 0.9;
const WARM_UP_SECONDS = 1;

async function main() {
	const options = readOptions();
	if (!hasWrk()) throw new Error('wrk is not installed; install it with: sudo apt-get install wrk');
	const cells = CELLS.filter(
		({ name }) => options.only.length === 0 || options.only.some((text) => name.includes(text)),
	);
	if (cells.length === 0)
		throw new Error(`no such cell; there are: ${CELLS.map((cell) => cell.name).join(', ')}`);
	const version = options.nginx ? nginxVersion() : undefined;
	if (options.nginx && !version) print('nginx is not installed: its columns are left out.');
	printLoad();
	const repo = await openCorpus();
	print(
		`Node ${process.versions.node}${version ? `, ${version}` : ''}; wrk -t1 -c32; ` +
			`${options.pairs} pairs of processes, ${options.rounds} rounds of ${options.seconds} s each.\n`,
	);
	const rows = [];
	for (const cell of cells) {
		const result = await measure(cell, repo, options, version !== undefined);
		rows.push(result);
		process.stderr.write(`${result.join('  ')}\n`);
	}
	const nginxHead = version ? ['nginx /s', 'to nginx'] : [];
	printTable(
		['cell', 'bytes', 'service /s', 'bare /s', 'to bare, pair by pair', 'CPU µs', ...nginxHead, ''],
		rows,
	);
	const below = rows.filter((row) => row.at(-1) !== '').map((row) => row[0]);
	print(
		below.length === 0
			? `\nEvery cell reaches ${TARGET} of the bare server.`
			: `\nBelow ${TARGET} of the bare server: ${below.join(', ')}.`,
	);
}

function readOptions() {
	const { values } = parseArgs({
		options: {
			pairs: { type: 'string', default: '3' },
			rounds: { type: 'string', default: '3' },
			seconds: { type: 'string', default: '2' },
			only: { type: 'string', multiple: true, default: [] },
			'no-nginx': { type: 'boolean', default: false },
			program: { type: 'string', default: PROGRAM },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) {
		process.stdout.write(USAGE);
		process.exit(0);
	}
	const [pairs, rounds, seconds] = [values.pairs, values.rounds, values.seconds].map(Number);
	if (![pairs, rounds, seconds].every((value) => Number.isInteger(value) && value > 0)) {
		throw new Error(`--pairs, --rounds and --seconds are whole numbers from 1\n\n${USAGE}`);
	}
	return { pairs, rounds, seconds, only: values.only, nginx: !values['no-nginx'], program: values.program };
}

/** One row of the table: every pair has processes of its own, because two that should be alike differ by up to 25 %. */
async function measure(cell, repo, options, withNginx) {
	const perPair = [];
	let bytes = 0;
	for (let pair = 0; pair < options.pairs; pair++) {
		const service = await startService(repo, { program: options.program });
		// Counting the history is work of the first minutes of a new clone, not of reads: wait until it is done.
		await ask(`${service.url}/api/model_references/v1/metadata/metadata`);
		const prepared = await prepareCell(cell, service.url);
		bytes = prepared.expected.length;
		const contenders = { service, bare: await startBare(prepared.answer) };
		if (withNginx && prepared.documents) {
			contenders.nginx = await startNginx(prepared.documents, prepared.cacheControl);
		}
		const targets = await Promise.all(
			Object.entries(contenders).map(async ([name, { url, pid }]) => ({
				name,
				pid,
				url: url + cell.path,
				headers: await verify(name, url + cell.path, prepared),
				perSecond: [],
				microseconds: [],
			})),
		);
		await race(targets, bytes, options);
		perPair.push(Object.fromEntries(targets.map((target) => [target.name, summary(target)])));
		await Promise.all(Object.values(contenders).map((server) => server.stop()));
	}
	return row(cell, bytes, perPair, withNginx);
}

/** Turns alternate, and so does the order, so that what else the machine does falls on all alike. */
async function race(targets, body, { rounds, seconds }) {
	for (const { url, headers } of targets) await load(url, headers, { seconds: WARM_UP_SECONDS, body });
	for (let round = 0; round < rounds; round++) {
		const order = round % 2 === 0 ? targets : [...targets].reverse();
		for (const { url, headers, pid, perSecond, microseconds } of order) {
			const before = await processorTime(pid);
			const result = await load(url, headers, { seconds, body });
			const after = await processorTime(pid);
			perSecond.push(result.perSecond);
			if (after !== undefined) microseconds.push(((after - before) * 1000) / result.requests);
		}
	}
}

function summary({ perSecond, microseconds }) {
	return { perSecond: median(perSecond), microseconds: median(microseconds) };
}

function row(cell, bytes, perPair, withNginx) {
	const toBare = perPair.map(({ service, bare }) => service.perSecond / bare.perSecond);
	const all = (name) => Math.round(median(perPair.map((pair) => pair[name].perSecond))).toLocaleString('en');
	const work = (name) => {
		const value = median(perPair.map((pair) => pair[name].microseconds));
		return Number.isNaN(value) ? '-' : value.toFixed(1);
	};
	const nginx = perPair[0].nginx
		? [
				all('nginx'),
				median(perPair.map(({ service, nginx }) => service.perSecond / nginx.perSecond)).toFixed(2),
			]
		: ['', ''];
	return [
		cell.name,
		bytes.toLocaleString('en'),
		all('service'),
		all('bare'),
		spread(toBare, 2),
		`${work('service')} / ${work('bare')}`,
		...(withNginx ? nginx : []),
		median(toBare) < TARGET ? 'below' : '',
	];
}

await runAndCleanUp(main);
