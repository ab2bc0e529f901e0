// Measures writes: how long one takes, how many fit into a second, what reads lose by them, and what thousands leave behind.
import { parseArgs } from 'node:util';
import { runAndCleanUp } from './support/cleanup.mjs';
import { openCorpus } from './support/corpus.mjs';
import { measureReads } from './support/reads-while-writing.mjs';
import { print, printLoad } from './support/report.mjs';
import { PROGRAM } from './support/servers.mjs';
import { prepareCases } from './support/write-cases.mjs';
import { measureGrowth } from './support/write-growth.mjs';
import { measureMany, measureOne } from './support/write-times.mjs';

const PARTS = {
	one: ['One writer', measureOne],
	many: ['Many writers', measureMany],
	reads: ['Reads while writing', measureReads],
	growth: ['Growth', measureGrowth],
};

const USAGE = `node benchmarks/writes.mjs [options]

  --only <part>    ${Object.keys(PARTS).join(', ')}; may be repeated
  --file <text>    only files whose name contains the text: stable_diffusion.json, db.json; may be repeated
  --rounds <n>     timed turns of each contender (9)
  --writes <n>     writes of one writer in a turn; 32 writers make ten times as many (40)
  --seconds <n>    length of a turn of reads, whole seconds (3)
  --commits <n>    writes that memory and objects are followed through (10000)
  --program <js>   another build of the service to measure
`;

async function main() {
	const options = readOptions();
	printLoad();
	const origin = await openCorpus();
	const cases = await prepareCases(origin, { program: options.program, only: options.file });
	for (const { file, size, updates } of cases) {
		print(`${file}: ${size.toLocaleString('en')} bytes, ${updates.length} records take turns.`);
	}
	for (const part of options.only.length > 0 ? options.only : Object.keys(PARTS)) {
		const [title, measure] = PARTS[part];
		print(`\n${title}\n`);
		await measure(origin, cases, options);
	}
}

function readOptions() {
	const { values } = parseArgs({
		options: {
			only: { type: 'string', multiple: true, default: [] },
			file: { type: 'string', multiple: true, default: [] },
			rounds: { type: 'string', default: '9' },
			writes: { type: 'string', default: '40' },
			seconds: { type: 'string', default: '3' },
			commits: { type: 'string', default: '10000' },
			program: { type: 'string', default: PROGRAM },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) {
		process.stdout.write(USAGE);
		process.exit(0);
	}
	const { only, file, program, ...texts } = values;
	const numbers = Object.fromEntries(
		['rounds', 'writes', 'seconds', 'commits'].map((name) => [name, Number(texts[name])]),
	);
	const areWhole = Object.values(numbers).every((value) => Number.isInteger(value) && value > 0);
	if (!areWhole || only.some((part) => !(part in PARTS))) {
		throw new Error(`these options are not understood\n\n${USAGE}`);
	}
	return { only, file, program, ...numbers };
}

await runAndCleanUp(main);
