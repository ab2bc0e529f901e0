// The floor: the service's own committer in a process of its own, one change at a time, with no HTTP, thread, lock or readers.
import { setPriority } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { serveCommands } from './helper-process.mjs';
import { filled } from './write-texts.mjs';

const AUTHOR = { id: '1', username: 'bench#1' };

let target;
let committer;

serveCommands({
	async open({ program, repo, category, updates, priority = 0 }) {
		setPriority(priority);
		const load = (module) => import(pathToFileURL(path.join(path.dirname(program), '..', module)).href);
		const { Committer } = await load('writer/committer.js');
		const { openRepository } = await load('git/repository.js');
		committer = await Committer.open({
			repository: await openRepository(repo),
			clock: Date.now,
			onNotice: (message) => process.stderr.write(`${message}\n`),
		});
		target = { category, updates };
		return true;
	},
	async write({ writes, edition }) {
		const { category, updates } = target;
		const latencies = [];
		const started = performance.now();
		for (let index = 0; index < writes; index++) {
			const { name, record } = updates[index % updates.length];
			const began = performance.now();
			const change = {
				category,
				operation: 'update',
				model: name,
				record: filled(record, edition + index),
				author: AUTHOR,
			};
			const { outcomes } = await committer.commit([change]);
			latencies.push(performance.now() - began);
			if (outcomes[0].kind !== 'applied') throw new Error(`a change was ${JSON.stringify(outcomes[0])}`);
		}
		return { latencies, elapsed: performance.now() - started };
	},
});
