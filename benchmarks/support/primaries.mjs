// Starts primaries and replicas around a bare remote, and writes to them.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { temporaryDirectory } from './cleanup.mjs';
import { git } from './git.mjs';
import { startService } from './servers.mjs';

const LIMITS = ['--writes-per-key', '0', '--writes-per-address', '0', '--failures-per-address', '0'];
const V1 = '/api/model_references/v1';

/** @returns the directory of a bare copy that takes pushes */
export async function bareCopy(origin) {
	const directory = await temporaryDirectory();
	await git(directory, ['clone', '--quiet', '--bare', origin, '.']);
	return directory;
}

/** A service with a clone of its own. @param flags what makes it a primary, a replica or neither */
export async function startOn(url, { program, flags }) {
	const repo = await temporaryDirectory();
	await git(repo, ['clone', '--quiet', url, '.']);
	const made = ['keys', 'add', '--repo', repo, '--id', '1', '--name', 'bench'];
	const { stdout } = await promisify(execFile)(process.execPath, [program, ...made]);
	const own = ['--writes', 'direct', '--identity', 'keys', '--approver-id', '1', ...LIMITS];
	const service = await startService(repo, { program, flags: [...own, ...flags] });
	return { ...service, repo, key: stdout.trim() };
}

/** Sends one write. @returns its status */
export async function put({ url, key }, category, body) {
	const response = await fetch(`${url}${V1}/${category}`, {
		method: 'PUT',
		headers: { apikey: key, 'Content-Type': 'application/json' },
		body,
	});
	await response.arrayBuffer();
	return response.status;
}

export async function read({ url }, file) {
	return (await fetch(`${url}${V1}/${file}`)).text();
}
