/** Whoever watches git is told of each process that ended, by the command behind git's own options. */

import { describe, expect, test } from 'vitest';
import { finished, Git, type GitRun } from '../../src/git/command.ts';
import { GitTotals } from '../../src/git/git-totals.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';

function watched() {
	const { directory } = TemporaryRepository.create({ 'a.txt': 'a' });
	const runs: GitRun[] = [];
	return { git: new Git(directory, undefined, undefined, (run) => runs.push(run)), runs };
}

const seen = (runs: readonly GitRun[]) => runs.map(({ command, outcome }) => `${command} ${outcome}`);

describe('an observer', () => {
	test('tells_successes_answers_and_failures_apart', async () => {
		const { git, runs } = watched();
		await git.run(['rev-parse', 'HEAD']);
		expect(await git.ask(['rev-parse', '--verify', '--quiet', 'refs/heads/nowhere'])).toBeUndefined();
		await expect(git.run(['rev-parse', 'nowhere'])).rejects.toThrow('nowhere');
		expect(seen(runs)).toEqual(['rev-parse ok', 'rev-parse no', 'rev-parse failed']);
		for (const { seconds } of runs) expect(seconds).toBeGreaterThan(0);
	});

	test('is_told_of_processes_whose_streams_are_driven', async () => {
		const { git, runs } = watched();
		await finished(git.spawn(['cat-file', '-e', 'HEAD']), ['cat-file']);
		await expect(finished(git.spawn(['cat-file', '-e', 'nowhere']), ['cat-file'])).rejects.toThrow();
		const ahead = git.spawnAhead(['-c', 'core.hooksPath=/dev/null', 'diff-tree', '--quiet']);
		ahead.stdin.end('HEAD\nHEAD\n');
		await finished(ahead, ['diff-tree']);
		expect(seen(runs)).toEqual(['cat-file ok', 'cat-file failed', 'diff-tree ok']);
	});

	test.each([
		[['-c', 'core.fsync=reference', '-c', 'x.y=z', 'rev-parse', 'HEAD'], 'rev-parse'],
		[['--no-pager', 'log', '-1'], 'log'],
		[['--version'], 'none'],
	])('of_%j_is_told_%s', async (args, command) => {
		const { git, runs } = watched();
		await git.run(args);
		expect(seen(runs)).toEqual([`${command} ok`]);
	});

	test('goes_along_with_variables_and_signals', async () => {
		const { git, runs } = watched();
		await git
			.with({ GIT_AUTHOR_NAME: 'somebody' })
			.until(new AbortController().signal)
			.run(['rev-parse', 'HEAD']);
		git.note({ command: 'update-ref', outcome: 'ok', seconds: 1 });
		expect(seen(runs)).toEqual(['rev-parse ok', 'update-ref ok']);
	});
});

test('totals_are_kept_by_command_and_outcome', () => {
	const totals = new GitTotals();
	for (const [outcome, seconds] of [
		['ok', 1],
		['ok', 2],
		['failed', 4],
	] as const) {
		totals.note({ command: 'log', outcome, seconds });
	}
	expect([...totals.all]).toEqual([
		{ command: 'log', outcome: 'ok', runs: 2, seconds: 3 },
		{ command: 'log', outcome: 'failed', runs: 1, seconds: 4 },
	]);
});
