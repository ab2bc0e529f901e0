// What a script does for each change: write the file, `git add`, `git commit`, durably, a process each.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { serveCommands } from './helper-process.mjs';
import { filled } from './write-texts.mjs';

const IDENTITY = {
	GIT_AUTHOR_NAME: 'Bench',
	GIT_AUTHOR_EMAIL: 'bench@example.invalid',
	GIT_COMMITTER_NAME: 'Bench',
	GIT_COMMITTER_EMAIL: 'bench@example.invalid',
};

let target;

serveCommands({
	async open({ repo, file, text }) {
		target = { repo, file, text };
		return true;
	},
	async write({ writes, edition }) {
		const { repo, file, text } = target;
		const latencies = [];
		const started = performance.now();
		for (let index = 0; index < writes; index++) {
			const began = performance.now();
			await writeFile(path.join(repo, file), filled(text, edition + index));
			await git(['add', '--', file]);
			await git(['commit', '--quiet', '--message', `Update ${file}`]);
			latencies.push(performance.now() - began);
		}
		return { latencies, elapsed: performance.now() - started };
	},
});

async function git(args) {
	const child = spawn('git', ['-C', target.repo, '-c', 'core.fsync=all', ...args], {
		env: { ...process.env, ...IDENTITY },
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	const [code] = await once(child, 'close');
	if (code !== 0) throw new Error(`git ${args[0]} ended with ${code}`);
}
