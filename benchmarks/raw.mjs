// Compares reads of committed files at a commit id with category reads of the same bytes, and tells what a first read costs.
import { Agent } from 'node:http';
import { parseArgs } from 'node:util';
import { ask, askUntil } from './support/ask.mjs';
import { runAndCleanUp } from './support/cleanup.mjs';
import { openCorpus } from './support/corpus.mjs';
import { git } from './support/git.mjs';
import { processorTime } from './support/processor-time.mjs';
import { print, printLoad, printTable } from './support/report.mjs';
import { PROGRAM, startService } from './support/servers.mjs';
import { median, percentile, spread } from './support/statistics.mjs';
import { hasWrk, load } from './support/wrk.mjs';

const USAGE = `node benchmarks/raw.mjs [options]

  --pairs <n>     fresh processes of the service (3)
  --rounds <n>    timed turns of each read per process (3)
  --seconds <n>   length of a turn, whole seconds (2)
  --files <n>     versions that are read for the first time (200)
  --only <part>   warm or cold (both)
  --program <js>  another build of the service to measure
`;

const TARGET = 0.9;
const WARM_UP_SECONDS = 1;
const V1 = '/api/model_references/v1';
const FILES = ['blip.json', 'stable_diffusion.json', 'db.json'];
const FORMS = ['identity', 'gzip', '304'];

async function main() {
	const options = readOptions();
	printLoad();
	const repo = await openCorpus();
	print(`Node ${process.versions.node}.\n`);
	if (options.only !== 'cold') await measureWarm(repo, options);
	if (options.only !== 'warm') await measureCold(repo, options);
}

function readOptions() {
	const { values } = parseArgs({
		options: {
			pairs: { type: 'string', default: '3' },
			rounds: { type: 'string', default: '3' },
			seconds: { type: 'string', default: '2' },
			files: { type: 'string', default: '200' },
			only: { type: 'string' },
			program: { type: 'string', default: PROGRAM },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) {
		process.stdout.write(USAGE);
		process.exit(0);
	}
	const numbers = [values.pairs, values.rounds, values.seconds, values.files].map(Number);
	if (!numbers.every((value) => Number.isInteger(value) && value > 0)) {
		throw new Error(`--pairs, --rounds, --seconds and --files are whole numbers from 1\n\n${USAGE}`);
	}
	const [pairs, rounds, seconds, files] = numbers;
	return { pairs, rounds, seconds, files, only: values.only, program: values.program };
}

/** Both reads are asked of the same process, in alternating order: what else the machine does falls on both alike. */
async function measureWarm(repo, { pairs, rounds, seconds, program }) {
	if (!hasWrk()) throw new Error('wrk is not installed; install it with: sudo apt-get install wrk');
	const head = await git(repo, ['rev-parse', 'HEAD']);
	const cells = FILES.flatMap((file) =>
		FORMS.map((form) => ({ file, form, ratios: [], raw: [], category: [] })),
	);
	for (let pair = 0; pair < pairs; pair++) {
		const service = await startService(repo, { program });
		await ask(`${service.url}${V1}/metadata/metadata`);
		for (const cell of cells) {
			const targets = await targetsOf(service, head, cell);
			for (const target of targets) await load(target.url, target.headers, { seconds: WARM_UP_SECONDS });
			for (let round = 0; round < rounds; round++) {
				for (const target of round % 2 === 0 ? targets : [...targets].reverse()) {
					const before = await processorTime(service.pid);
					const result = await load(target.url, target.headers, { seconds, body: target.bytes });
					const after = await processorTime(service.pid);
					target.perSecond.push(result.perSecond);
					target.microseconds.push(((after - before) * 1000) / result.requests);
				}
			}
			const [raw, category] = targets.map(({ perSecond, microseconds }) => ({
				perSecond: median(perSecond),
				microseconds: median(microseconds),
			}));
			cell.raw.push(raw);
			cell.category.push(category);
			cell.ratios.push(raw.perSecond / category.perSecond);
		}
		await service.stop();
		process.stderr.write(`process ${pair + 1} of ${pairs} done\n`);
	}
	print(`Warm: wrk -t1 -c32; ${pairs} processes, ${rounds} rounds of ${seconds} s each.\n`);
	const figure = (list, name, digits) => median(list.map((one) => one[name])).toFixed(digits);
	printTable(
		['warm read', 'raw /s', 'category /s', 'raw to category, process by process', 'CPU µs', ''],
		cells.map(({ file, form, ratios, raw, category }) => [
			`${file} ${form}`,
			figure(raw, 'perSecond', 0),
			figure(category, 'perSecond', 0),
			spread(ratios, 2),
			`${figure(raw, 'microseconds', 1)} / ${figure(category, 'microseconds', 1)}`,
			median(ratios) < TARGET ? 'below' : '',
		]),
	);
	const below = cells.filter(({ ratios }) => median(ratios) < TARGET);
	print(below.length === 0 ? `\nEvery read reaches ${TARGET} of a category read.\n` : '\n');
}

/** Sees that both give the same bytes under the same tag before they are timed. */
async function targetsOf({ url }, head, { file, form }) {
	const accept = form === 'identity' ? {} : { 'Accept-Encoding': 'gzip' };
	const urls = [`${url}/raw/${head}/${file}`, `${url}${V1}/${file}`];
	// The coded forms are made once a file is asked for again.
	for (const one of urls) {
		await askUntil((answer) => form === 'identity' || answer.headers['content-encoding'] === 'gzip', {
			url: one,
			headers: accept,
		});
	}
	const [raw, category] = await Promise.all(urls.map((one) => ask(one, accept)));
	if (!raw.body.equals(category.body) || raw.headers.etag !== category.headers.etag) {
		throw new Error(`${urls[0]} and ${urls[1]} are not the same`);
	}
	const headers = form === '304' ? { ...accept, 'If-None-Match': raw.headers.etag } : accept;
	const bytes = form === '304' ? 0 : raw.body.length;
	return urls.map((one) => ({ url: one, headers, bytes, perSecond: [], microseconds: [] }));
}

/** Each version that the file ever had, or so many of them, newest first: its first read, and its second. */
async function measureCold(repo, { files, program }) {
	const rows = [];
	for (const file of FILES) {
		const commits = await distinctVersions(repo, file, files);
		for (const [title, path] of [
			[`/raw/{commit}/${file}`, (commit) => `/raw/${commit}/${file}`],
			[`${file}?at={commit}`, (commit) => `${V1}/${file}?at=${commit}`],
		]) {
			const service = await startService(repo, { program });
			await ask(`${service.url}${V1}/metadata/metadata`);
			const agent = new Agent({ keepAlive: true, maxSockets: 1 });
			const time = async (commit) => {
				const started = performance.now();
				const { status } = await ask(service.url + path(commit), {}, agent);
				// A version that is no reference is refused as a category; that it was looked at counts all the same.
				if (status !== 200 && status !== 404 && status !== 409) throw new Error(`${path(commit)}: ${status}`);
				return performance.now() - started;
			};
			const [first = '', ...others] = commits;
			const start = await time(first);
			const cold = [];
			const warm = [];
			for (const commit of others) {
				cold.push(await time(commit));
				warm.push(await time(commit));
			}
			agent.destroy();
			await service.stop();
			rows.push([title, cold.length, start.toFixed(1), ...[cold, warm].flatMap(timesOf)]);
		}
		process.stderr.write(`${file} done\n`);
	}
	print('Cold: one connection, one request after the other, each version read twice. Milliseconds.\n');
	printTable(['cold read', 'versions', 'very first', 'first p50', 'p99', 'second p50', 'p99'], rows);
}

const timesOf = (times) =>
	times.length === 0 ? ['-', '-'] : [median(times).toFixed(2), percentile(times, 0.99).toFixed(2)];

async function distinctVersions(repo, file, most) {
	const log = await git(repo, ['log', '--raw', '--no-abbrev', '--no-renames', '--format=%H', '--', file]);
	const commits = new Map();
	let commit;
	for (const line of log.split('\n')) {
		if (/^[0-9a-f]{40,64}$/.test(line)) commit = line;
		const [, blob] = /^:\S+ \S+ \S+ ([0-9a-f]+) /.exec(line) ?? [];
		if (blob !== undefined && /[^0]/.test(blob) && !commits.has(blob)) commits.set(blob, commit);
	}
	return [...commits.values()].slice(0, most + 1);
}

await runAndCleanUp(main);
