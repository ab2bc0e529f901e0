// Measures everything about the service that is not a request: start, reload, memory, and the walk through the history.
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runAndCleanUp, temporaryDirectory } from './support/cleanup.mjs';
import { openCorpus } from './support/corpus.mjs';
import { generateRepository } from './support/generate-repository.mjs';
import { measureHistory } from './support/history-time.mjs';
import { measureMemory } from './support/memory.mjs';
import { measureReload } from './support/reload-time.mjs';
import { print, printLoad } from './support/report.mjs';
import { PROGRAM } from './support/servers.mjs';
import { measureStart } from './support/start-time.mjs';

const PARTS = {
	start: ['Start to first answer', measureStart],
	reload: ['Reload', measureReload],
	memory: ['Memory', measureMemory],
	history: ['History walk', measureHistory],
};

const USAGE = `node benchmarks/startup.mjs [options]

  --only <part>    ${Object.keys(PARTS).join(', ')}; may be repeated
  --runs <n>       repetitions of each measurement (7)
  --commits <n>    commits of the generated repository, 0 to leave it out (20000)
  --program <js>   another build of the service to measure
`;

async function main() {
	const { only, runs, commits, program } = readOptions();
	printLoad();
	const corpus = await openCorpus();
	const repositories = [{ name: 'references', repo: corpus }];
	if (commits > 0) {
		const repo = await temporaryDirectory();
		await generateRepository(repo, { commits });
		print(`Also: a generated repository of ${commits.toLocaleString('en')} commits, five files.`);
		repositories.push({ name: 'generated', repo });
	}
	for (const part of only.length > 0 ? only : Object.keys(PARTS)) {
		const [title, measure] = PARTS[part];
		print(`\n${title}\n`);
		await measure(await fresh(repositories), { runs, program });
	}
}

/** Copies, so that no part finds what another has left behind. */
async function fresh(repositories) {
	const directory = await temporaryDirectory();
	return Promise.all(
		repositories.map(async ({ name, repo }) => {
			const copy = path.join(directory, name);
			await cp(repo, copy, { recursive: true });
			return { name, repo: copy };
		}),
	);
}

function readOptions() {
	const { values } = parseArgs({
		options: {
			only: { type: 'string', multiple: true, default: [] },
			runs: { type: 'string', default: '7' },
			commits: { type: 'string', default: '20000' },
			program: { type: 'string', default: PROGRAM },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) {
		process.stdout.write(USAGE);
		process.exit(0);
	}
	const [runs, commits] = [Number(values.runs), Number(values.commits)];
	const unknown = values.only.filter((part) => !(part in PARTS));
	if (
		!(Number.isInteger(runs) && runs > 0 && Number.isInteger(commits) && commits >= 0) ||
		unknown.length > 0
	) {
		throw new Error(`these options are not understood\n\n${USAGE}`);
	}
	return { only: values.only, runs, commits, program: values.program };
}

await runAndCleanUp(main);
