// Measures clones over HTTP beside clones of the same repository by file://, which is git without us.
import { parseArgs } from 'node:util';
import { runAndCleanUp, temporaryDirectory } from './support/cleanup.mjs';
import { measureClones } from './support/clone-times.mjs';
import { openCorpus } from './support/corpus.mjs';
import { generateRepository } from './support/generate-repository.mjs';
import { print, printLoad } from './support/report.mjs';
import { PROGRAM } from './support/servers.mjs';

const USAGE = `node benchmarks/clones.mjs [options]

  --runs <n>       timed clones of each kind (15)
  --commits <n>    commits of the generated repository, 0 to leave it out (20000)
  --program <js>   another build of the service to measure
`;

async function main() {
	const { runs, commits, program } = readOptions();
	printLoad();
	const repositories = [{ name: 'references', repo: await openCorpus() }];
	if (commits > 0) {
		const repo = await temporaryDirectory();
		await generateRepository(repo, { commits });
		print(`Also: a generated repository of ${commits.toLocaleString('en')} commits, five files.`);
		repositories.push({ name: 'generated', repo });
	}
	print();
	await measureClones(repositories, { runs, program });
}

function readOptions() {
	const { values } = parseArgs({
		options: {
			runs: { type: 'string', default: '15' },
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
	if (!(Number.isInteger(runs) && runs > 0 && Number.isInteger(commits) && commits >= 0)) {
		throw new Error(`these options are not understood\n\n${USAGE}`);
	}
	return { runs, commits, program: values.program };
}

await runAndCleanUp(main);
