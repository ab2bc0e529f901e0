// Measures the history endpoints at a long history: the first reading, a restart, warm answers beside git itself, memory.

import { rm, stat } from 'node:fs/promises';
import { Agent } from 'node:http';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ask } from './support/ask.mjs';
import { runAndCleanUp, temporaryDirectory } from './support/cleanup.mjs';
import { generateRepository } from './support/generate-repository.mjs';
import { git } from './support/git.mjs';
import { megabytes } from './support/memory.mjs';
import { print, printLoad, printTable } from './support/report.mjs';
import { PROGRAM, startService } from './support/servers.mjs';
import { median, spread } from './support/statistics.mjs';

const USAGE = `node benchmarks/history.mjs [options]

  --commits <n>    commits of the generated repository (20000)
  --models <n>     models in each of its five files (60)
  --runs <n>       repetitions of each request (30), and of starts, of which at most five
  --program <js>   another build of the service to measure
`;

const FILE = 'stable_diffusion.json';
const HISTORY = '/api/history/image_generation';
const FORMAT = '--format=%H %an %at %ct %s';

/** What is asked, and what git has to be asked for the same. */
const QUESTIONS = [
	['newest 50 commits', HISTORY, ['log', '-50', FORMAT, '--', FILE]],
	['500 commits', `${HISTORY}?limit=500`, ['log', '-500', FORMAT, '--', FILE]],
	['commits of one model', `${HISTORY}?model=model-7`, ['log', '-50', FORMAT, '-S', '"model-7"', '--', FILE]],
	['table of all models', `${HISTORY}/models`, ['log', FORMAT, '--', FILE]],
	['20 versions of a model', `${HISTORY}/model/model-6`, ['log', '-20', '-p', `-L/"model-6"/,+10:${FILE}`]],
	['100 versions of a model', `${HISTORY}/model/model-6?limit=100`, undefined],
];

async function main() {
	const { commits, models, runs, program } = readOptions();
	printLoad();
	const repo = await temporaryDirectory();
	await generateRepository(repo, { commits, models });
	print(`A generated repository of ${commits.toLocaleString('en')} commits, five files of ${models} models.`);
	await measureStarts(repo, { runs: Math.min(runs, 5), program });
	await measureAnswers(repo, { runs, program });
}

/** Each with nothing kept, then with what that one has kept. */
async function measureStarts(repo, { runs, program }) {
	const kept = path.join(repo, '.git', 'horde-references', 'history.jsonl');
	const [first, again, rest, restAgain, peak, peakAgain] = [[], [], [], [], [], []];
	for (let run = 0; run < runs; run++) {
		await rm(path.dirname(kept), { recursive: true, force: true });
		for (const [times, memory, most] of [
			[first, rest, peak],
			[again, restAgain, peakAgain],
		]) {
			const started = performance.now();
			const service = await startService(repo, { program });
			await answered(service.url + HISTORY);
			times.push(performance.now() - started);
			await new Promise((resolve) => setTimeout(resolve, 1500));
			memory.push(await megabytes(service.pid, 'VmRSS'));
			most.push(await megabytes(service.pid, 'VmHWM'));
			await service.stop();
		}
	}
	const { size } = await stat(kept);
	printTable(
		['median (min - max)', 'nothing kept', 'restart'],
		[
			['start to first history answer, ms', spread(first), spread(again)],
			['resident after it, MB', spread(rest), spread(restAgain)],
			['peak, MB', spread(peak), spread(peakAgain)],
		],
	);
	print(`\nWhat is kept: ${(size / 1e6).toFixed(1)} MB.\n`);
}

async function answered(url) {
	for (;;) {
		const { status } = await ask(url);
		if (status === 200) return;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

/** Each question in turn to the service and to git, again and again. */
async function measureAnswers(repo, { runs, program }) {
	const service = await startService(repo, { program });
	const agent = new Agent({ keepAlive: true });
	await answered(service.url + HISTORY);
	const rows = QUESTIONS.map(([title, url, args]) => ({
		title,
		url,
		args,
		cold: 0,
		warm: [],
		own: [],
		bytes: 0,
	}));
	for (let run = 0; run <= runs; run++) {
		for (const row of rows) {
			const took = await time(async () => {
				const { status, body } = await ask(service.url + row.url, {}, agent);
				if (status !== 200) throw new Error(`${row.url} answered ${status}`);
				row.bytes = body.length;
			});
			if (run === 0) row.cold = took;
			else row.warm.push(took);
			// Git takes seconds for some: a few times are enough.
			if (row.args && run > 0 && run <= 5) row.own.push(await time(() => git(repo, row.args)));
		}
	}
	printTable(
		['milliseconds, median (min - max)', 'first', 'warm', 'git log', 'ratio', 'bytes'],
		rows.map(({ title, cold, warm, own, bytes }) => [
			title,
			cold.toFixed(1),
			spread(warm, 1),
			own.length > 0 ? spread(own) : '',
			own.length > 0 ? `${Math.round(median(own) / median(warm))}x` : '',
			bytes,
		]),
	);
	agent.destroy();
	await service.stop();
}

async function time(action) {
	const started = performance.now();
	await action();
	return performance.now() - started;
}

function readOptions() {
	const { values } = parseArgs({
		options: {
			commits: { type: 'string', default: '20000' },
			models: { type: 'string', default: '60' },
			runs: { type: 'string', default: '30' },
			program: { type: 'string', default: PROGRAM },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) {
		process.stdout.write(USAGE);
		process.exit(0);
	}
	const [commits, models, runs] = [values.commits, values.models, values.runs].map(Number);
	if (![commits, models, runs].every((number) => Number.isInteger(number) && number > 0)) {
		throw new Error(`these options are not understood\n\n${USAGE}`);
	}
	return { commits, models, runs, program: values.program };
}

await runAndCleanUp(main);
