// Measures the pending queue: what a proposal costs beside a direct write, what applying a batch saves, and what a long past costs.
import { parseArgs } from 'node:util';
import { runAndCleanUp } from './support/cleanup.mjs';
import { openCorpus } from './support/corpus.mjs';
import { measureBatches } from './support/queue-batches.mjs';
import { measureGrowth } from './support/queue-growth.mjs';
import { measureProposals } from './support/queue-proposals.mjs';
import { print, printLoad } from './support/report.mjs';
import { PROGRAM } from './support/servers.mjs';
import { prepareCases } from './support/write-cases.mjs';

const PARTS = {
	propose: ['Proposals beside direct writes', measureProposals],
	apply: ['A batch beside single applies', measureBatches],
	growth: ['Growth of the queue', measureGrowth],
};

const USAGE = `node benchmarks/queue.mjs [options]

  --only <part>    ${Object.keys(PARTS).join(', ')}; may be repeated
  --file <text>    only files whose name contains the text: stable_diffusion.json, db.json; may be repeated
  --rounds <n>     timed turns of each contender (7)
  --writes <n>     proposals or requests in a turn (40)
  --batch <n>      changes in a batch (100)
  --changes <n>    a size of the queue for growth; may be repeated (1000, 10000, 100000)
  --program <js>   another build of the service to measure
`;

async function main() {
	const options = readOptions();
	printLoad();
	const origin = await openCorpus();
	const cases = await prepareCases(origin, { program: options.program, only: options.file });
	for (const { file, size } of cases) print(`${file}: ${size.toLocaleString('en')} bytes.`);
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
			rounds: { type: 'string', default: '7' },
			writes: { type: 'string', default: '40' },
			batch: { type: 'string', default: '100' },
			changes: { type: 'string', multiple: true, default: ['1000', '10000', '100000'] },
			program: { type: 'string', default: PROGRAM },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) {
		process.stdout.write(USAGE);
		process.exit(0);
	}
	const { only, file, program, changes, ...texts } = values;
	const numbers = Object.fromEntries(
		['rounds', 'writes', 'batch'].map((name) => [name, Number(texts[name])]),
	);
	const sizes = changes.map(Number);
	const areWhole = [...Object.values(numbers), ...sizes].every(
		(value) => Number.isInteger(value) && value > 0,
	);
	if (!areWhole || only.some((part) => !(part in PARTS))) {
		throw new Error(`these options are not understood\n\n${USAGE}`);
	}
	return { only, file, program, sizes, ...numbers };
}

await runAndCleanUp(main);
