// Starts those who write, each on a repository of its own: the service and its client, a script, the bare committer.
import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ask } from './ask.mjs';
import { temporaryDirectory } from './cleanup.mjs';
import { git } from './git.mjs';
import { startHelper } from './helper-process.mjs';
import { startService } from './servers.mjs';

const FLAGS = [
	...['--writes', 'direct', '--identity', 'keys', '--requestor-id', '1'],
	...['--writes-per-key', '0', '--writes-per-address', '0', '--failures-per-address', '0'],
];

/** A copy, so that no contender finds what another has written. */
export async function copyOf(repo) {
	const copy = path.join(await temporaryDirectory(), 'references');
	await cp(repo, copy, { recursive: true });
	await git(copy, ['status', '--porcelain']); // which notes the new times of the files in the index
	return copy;
}

/** The service on a copy, and a process that holds this many connections to it. */
export async function startWritingService(origin, { category, updates }, { program, connections }) {
	const repo = await copyOf(origin);
	const arguments_ = [program, 'keys', 'add', '--repo', repo, '--id', '1', '--name', 'bench'];
	const { stdout } = await promisify(execFile)(process.execPath, arguments_);
	const service = await startService(repo, { program, flags: FLAGS });
	// Counting the history is work of the first minutes of a new clone, not of writes: wait until it is done.
	await ask(`${service.url}/api/model_references/v1/metadata/metadata`);
	const client = await startHelper('write-client.mjs', {
		url: service.url,
		key: stdout.trim(),
		category,
		updates,
		connections,
	});
	return contender('service', repo, client, { url: service.url, pid: service.pid, stop: service.stop });
}

export async function startScript(origin, { file, text }) {
	const repo = await copyOf(origin);
	return contender('script', repo, await startHelper('script-writer.mjs', { repo, file, text }));
}

export async function startBareWriter(origin, { category, updates }, { program, priority = 0 }) {
	const repo = await copyOf(origin);
	const helper = await startHelper('bare-writer.mjs', { program, repo, category, updates, priority });
	return contender('bare', repo, helper);
}

async function contender(name, repo, helper, server) {
	const before = await commitsOf(repo);
	let written = 0;
	let edition = 1;
	return {
		name,
		repo,
		url: server?.url,
		pid: server?.pid,
		/** Without `writes`, until `end`. */
		async write(options) {
			const result = await helper.run('write', { ...options, edition });
			written += result.latencies.length;
			edition += result.latencies.length;
			return result;
		},
		end: () => helper.tell('end'),
		/** Ends it, and sees that every write is in the history and nothing is left lying about. */
		async close() {
			await helper.stop();
			await server?.stop();
			const after = await commitsOf(repo);
			const dirty = await git(repo, ['status', '--porcelain']);
			if (after - before !== written || dirty !== '') {
				throw new Error(
					`${name}: ${written} writes, ${after - before} commits; git status: ${dirty || 'clean'}`,
				);
			}
		},
	};
}

async function commitsOf(repo) {
	return Number(await git(repo, ['rev-list', '--count', 'HEAD']));
}
