// Measures several primaries on one remote: how many writes fit into a second, and how soon a write is on every replica.
import { parseArgs } from 'node:util';
import { runAndCleanUp } from './support/cleanup.mjs';
import { openCorpus } from './support/corpus.mjs';
import { measureFanOut } from './support/fan-out.mjs';
import { measurePrimaries } from './support/primary-rates.mjs';
import { print, printLoad } from './support/report.mjs';
import { PROGRAM } from './support/servers.mjs';
import { prepareCases } from './support/write-cases.mjs';

const PARTS = {
	rates: ['Writes per second', measurePrimaries],
	fanout: ['From the acknowledgement to the replicas', measureFanOut],
};

const USAGE = `node benchmarks/primaries.mjs [options]

  --only <part>    ${Object.keys(PARTS).join(', ')}; may be repeated
  --file <text>    the file whose name contains the text (stable_diffusion.json)
  --rounds <n>     timed turns of each contender (5)
  --seconds <n>    length of a turn (5)
  --writers <n>    writers of each primary (8)
  --writes <n>     writes that are followed to the replicas (40)
  --program <js>   another build of the service to measure
`;

async function main() {
	const options = readOptions();
	printLoad();
	const origin = await openCorpus();
	const [{ file, ...the }] = await prepareCases(origin, { program: options.program, only: [options.file] });
	print(`${file}: ${the.size.toLocaleString('en')} bytes, ${the.updates.length} records take turns.`);
	for (const part of options.only.length > 0 ? options.only : Object.keys(PARTS)) {
		const [title, measure] = PARTS[part];
		print(`\n${title}\n`);
		await measure(origin, { file, ...the }, options);
	}
}

function readOptions() {
	const { values } = parseArgs({
		options: {
			only: { type: 'string', multiple: true, default: [] },
			file: { type: 'string', default: 'stable_diffusion.json' },
			rounds: { type: 'string', default: '5' },
			seconds: { type: 'string', default: '5' },
			writers: { type: 'string', default: '8' },
			writes: { type: 'string', default: '40' },
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
		['rounds', 'seconds', 'writers', 'writes'].map((name) => [name, Number(texts[name])]),
	);
	const areWhole = Object.values(numbers).every((value) => Number.isInteger(value) && value > 0);
	if (!areWhole || only.some((part) => !(part in PARTS))) {
		throw new Error(`these options are not understood\n\n${USAGE}`);
	}
	return { only, file, program, ...numbers };
}

await runAndCleanUp(main);
