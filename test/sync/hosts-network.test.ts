/** Machines with a network of their own between them, end to end; where such cannot be made, the tests beside this one say the same. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { userKey, writeKeys } from '../identity/local-keys.ts';
import { expectSound } from '../support/committer.ts';
import { type Machine, Network, namespacesMissing } from '../support/hosts/namespaces.ts';
import { clipReference } from '../support/records.ts';
import { createRemote, type SharedRemote } from '../support/shared-remote.ts';
import type { TemporaryRepository } from '../support/temporary-repository.ts';
import { ALICE } from '../support/write-service.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const SOON = { timeout: 60_000, interval: 200 };

const missing = namespacesMissing();
if (missing !== undefined) process.stderr.write(`No test with network namespaces: ${missing}\n`);

interface Host {
	readonly machine: Machine;
	readonly repository: TemporaryRepository;
	/** Asks the service from its own machine. */
	ask(method: string, path: string, body?: object): { readonly status: number; readonly text: string };
}

/** Runs until the test ends. */
function run(machine: Machine, ...command: readonly string[]): ChildProcess {
	const [program = '', ...args] = [...machine.prefix, ...command];
	const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
	onTestFinished(async () => {
		if (child.exitCode !== null || child.signalCode !== null || !child.pid) return;
		const gone = once(child, 'exit');
		process.kill(-child.pid, 'SIGKILL');
		await gone;
	});
	return child;
}

async function until(child: ChildProcess, words: string): Promise<void> {
	let said = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream?.setEncoding('utf8').on('data', (text: string) => {
			said += text;
		});
	}
	await vi.waitFor(() => expect(said).toContain(words), SOON);
}

const key = await userKey(ALICE.id, 'alice');

async function startHost(machine: Machine, remote: SharedRemote, args: readonly string[]): Promise<Host> {
	const repository = remote.clone();
	const keys = repository.path('.git/horde-references/keys.json');
	mkdirSync(path.dirname(keys), { recursive: true });
	writeKeys(keys, [key.entry]);
	const how = ['--port', '8080', '--shutdown-delay', '0', '--identity', 'keys', '--writes', 'direct'];
	const who = ['--requestor-id', ALICE.id, '--pull-every', '1'];
	await until(
		run(machine, process.execPath, MAIN, 'serve', '--repo', repository.directory, ...how, ...who, ...args),
		'Serving',
	);
	return {
		machine,
		repository,
		ask: (method, where, body) => {
			const [program = '', ...prefix] = machine.prefix;
			const request = JSON.stringify({ method, where, body, key: key.text });
			return JSON.parse(
				execFileSync(program, [...prefix, process.execPath, '-e', ASK, request], { encoding: 'utf8' }),
			);
		},
	};
}

const ASK = `
const { method, where, body, key } = JSON.parse(process.argv[1]);
fetch('http://127.0.0.1:8080' + where, {
	method,
	headers: { apikey: key, ...(body && { 'Content-Type': 'application/json' }) },
	...(body && { body: JSON.stringify(body) }),
}).then(async (response) => console.log(JSON.stringify({ status: response.status, text: await response.text() })));
`;

function write(host: Host, name: string) {
	return host.ask('POST', '/api/model_references/v1/clip', { name });
}

test.skipIf(missing !== undefined)(
	'a_machine_that_is_cut_off_reads_on_and_comes_back_and_the_others_go_on',
	{ timeout: 180_000 },
	async () => {
		const remote = createRemote({ 'clip.json': clipReference('a') });
		const network = new Network(`hr${process.pid}`);
		const server = network.machine();
		const daemon = path.join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-daemon');
		const how = [
			'--export-all',
			'--enable=receive-pack',
			'--reuseaddr',
			'--verbose',
			'--log-destination=stderr',
		];
		const { directory } = remote.bare;
		await until(run(server, daemon, ...how, `--base-path=${directory}`, directory), 'Ready to rumble');
		const url = `git://${server.address}/`;
		const asPrimary = ['--remote', url, '--ack', 'remote'];
		const one = await startHost(network.machine(), remote, asPrimary);
		const two = await startHost(network.machine(), remote, asPrimary);
		const replica = await startHost(network.machine(), remote, ['--mode', 'replica', '--upstream', url]);
		const all = [one, two, replica];
		const wanted: string[] = ['a'];
		for (const [index, host] of [one, two].entries()) {
			expect(write(host, `before-${index}`).status).toBe(201);
			wanted.push(`before-${index}`);
		}
		for (const partition of ['line-down', 'no-route'] as const) {
			two.machine.cut(partition);
			const began = Date.now();
			expect(write(two, `lost-${partition}`).status).toBe(503);
			expect(Date.now() - began).toBeLessThan(30_000);
			expect(two.ask('GET', '/api/model_references/v1/clip.json').status).toBe(200);
			expect(write(one, `meanwhile-${partition}`).status).toBe(201);
			two.machine.join();
			await vi.waitFor(() => expect(write(two, `after-${partition}`).status).toBe(201), SOON);
			wanted.push(`meanwhile-${partition}`, `after-${partition}`);
		}
		for (const host of all) {
			await vi.waitFor(() => expect(host.repository.git('rev-parse', 'HEAD')).toBe(remote.at()), SOON);
			const { text } = host.ask('GET', '/api/model_references/v1/clip.json');
			expect(text.trimEnd()).toBe(remote.bare.git('show', 'main:clip.json'));
			expectSound(host.repository);
		}
		const there = Object.keys(JSON.parse(remote.bare.git('show', 'main:clip.json')));
		// What had no outcome may be there, once.
		expect(there.filter((name) => !name.startsWith('lost-')).sort()).toEqual(wanted.sort());
	},
);
