// Times the service's one walk through the history beside a `git log -1` per category, without and with a commit-graph.
import { CATEGORIES } from '../../dist/categories.js';
import { Git } from '../../dist/git/command.js';
import { walkHistory } from '../../dist/git/history.js';
import { git } from './git.mjs';
import { printTable } from './report.mjs';
import { spread } from './statistics.mjs';

/** Twelve category files; a file that a repository lacks is looked for in all of its history. */
const FILES = CATEGORIES.filter(({ external }) => !external)
	.map(({ file }) => file)
	.slice(0, 12);

export async function measureHistory(repositories, { runs }) {
	const rows = [];
	for (const { name, repo } of repositories) {
		// An import leaves a commit-graph behind: it has to be told not to use it.
		await git(repo, ['config', 'core.commitGraph', 'false']);
		rows.push(await row(`${name}, no commit-graph`, repo, runs));
		await git(repo, ['config', '--unset', 'core.commitGraph']);
		await git(repo, ['commit-graph', 'write', '--reachable', '--changed-paths']);
		rows.push(await row(`${name}, commit-graph with changed paths`, repo, runs));
	}
	printTable(
		['milliseconds, median (min - max)', 'walk of all', 'walk of the last commit', 'twelve git log -1'],
		rows,
	);
}

async function row(name, repo, runs) {
	const own = new Git(repo);
	const head = await git(repo, ['rev-parse', 'HEAD']);
	const parent = await git(repo, ['rev-parse', '--verify', '--quiet', 'HEAD~1']).catch(() => undefined);
	const before = parent && (await walkHistory(own, parent, FILES));
	const [all, last, logs] = [[], [], []];
	for (let run = 0; run < runs; run++) {
		all.push(await time(() => walkHistory(own, head, FILES)));
		last.push(await time(() => walkHistory(own, head, FILES, { known: before })));
		logs.push(
			await time(async () => {
				for (const file of FILES) await git(repo, ['log', '-1', '--format=%ct', '--', file]);
			}),
		);
	}
	return [name, spread(all), spread(last), spread(logs)];
}

async function time(action) {
	const started = performance.now();
	await action();
	return performance.now() - started;
}
