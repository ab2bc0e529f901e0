/** Several machines with one remote, on one: each a service in processes of its own, with its own clone and its own line to the remote. */

import { expect, vi } from 'vitest';
import { FakeHorde } from '../fake-horde.ts';
import { endProcess, writerOf } from '../killable-writer.ts';
import { clipReference } from '../records.ts';
import { type ServeProcess, startServeProcess } from '../serve-process.ts';
import { createRemote, type ShownSync } from '../shared-remote.ts';
import type { TemporaryRepository } from '../temporary-repository.ts';
import { CAROL, USERS, type WriteClient, writeClient } from '../write-service.ts';
import { type GitDaemon, startGitDaemon } from './git-daemon.ts';
import { Link } from './link.ts';

/** Carol's writes are done at once, those of others wait for her. */
const BOTH_WAYS = ['--writes', 'by-role', '--approver-id', CAROL.id, '--requestor-id', CAROL.id];

const LONGEST = { timeout: 60_000, interval: 50 };

export interface HostOptions {
	/** Further arguments of `serve`. */
	readonly args?: readonly string[];
	readonly env?: NodeJS.ProcessEnv;
}

export interface Hosts {
	readonly bare: TemporaryRepository;
	readonly daemon: GitDaemon;
	readonly primaries: readonly Host[];
	readonly replicas: readonly Host[];
	/** A ref of the remote; empty where there is none. */
	at(ref?: string): string;
}

export class Host {
	readonly name: string;
	readonly repository: TemporaryRepository;
	readonly link: Link;
	readonly #horde: FakeHorde;
	readonly #options: HostOptions;
	#server: ServeProcess | undefined;

	constructor(
		name: string,
		repository: TemporaryRepository,
		link: Link,
		horde: FakeHorde,
		options: HostOptions,
	) {
		this.name = name;
		this.repository = repository;
		this.link = link;
		this.#horde = horde;
		this.#options = options;
	}

	get server(): ServeProcess {
		if (!this.#server) throw new Error(`${this.name} is off`);
		return this.#server;
	}

	get isUp(): boolean {
		return this.#server !== undefined;
	}

	async start(): Promise<void> {
		const { args = [], env } = this.#options;
		this.#server = await startServeProcess(this.repository.directory, this.#horde, {
			args,
			...(env && { env }),
		});
	}

	/** Ends the service at once, or cleanly. */
	async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
		const server = this.server;
		this.#server = undefined;
		await server.end(signal);
	}

	/** Ends the service and the process that writes for it, both at once; what they had git do goes on. */
	async kill(): Promise<void> {
		const writer = writerOf(this.repository);
		const ended = this.end('SIGKILL');
		if (writer !== undefined) endProcess(writer);
		await ended;
	}

	/** Requests in the name of a user. */
	as({ key }: { readonly key: string }): WriteClient {
		return writeClient(this.server.url, key);
	}

	async sync(): Promise<ShownSync> {
		const response = await fetch(`${this.server.url}/readyz`);
		const { sync } = (await response.json()) as { readonly sync: ShownSync };
		return sync;
	}

	/** Waits until it says this of its remote. */
	async untilSync(check: (sync: ShownSync) => void): Promise<void> {
		await vi.waitFor(async () => check(await this.sync()), LONGEST);
	}

	async untilInStep(): Promise<void> {
		await this.untilSync(({ state, trouble, unsynced_commits }) =>
			expect({ state, trouble, unsynced_commits }).toEqual({
				state: 'ok',
				trouble: null,
				unsynced_commits: 0,
			}),
		);
	}
}

export interface HostsOptions {
	readonly primaries?: number;
	readonly replicas?: number;
	/** Of each primary, by its number. */
	readonly primary?: (index: number) => HostOptions;
}

/** Started, and in step with the remote. */
export async function startHosts({
	primaries = 3,
	replicas = 0,
	primary = () => ({}),
}: HostsOptions = {}): Promise<Hosts> {
	const remote = createRemote({
		'clip.json': clipReference('shared-0', 'shared-1', 'shared-2'),
		'README.md': 'read me\n',
	});
	const { bare } = remote;
	bare.git('config', 'core.logAllRefUpdates', 'always');
	const daemon = await startGitDaemon(bare.directory);
	const horde = await FakeHorde.start(USERS);
	const make = async (name: string, args: (url: string) => readonly string[], options: HostOptions) => {
		const link = await Link.open(daemon.port);
		const all = { ...options, args: [...args(`git://127.0.0.1:${link.port}/`), ...(options.args ?? [])] };
		const host = new Host(name, remote.clone(), link, horde, all);
		await host.start();
		return host;
	};
	const often = ['--pull-every', '1'];
	const asPrimary = (url: string) => [...BOTH_WAYS, '--remote', url, '--ack', 'remote', ...often];
	const asReplica = (url: string) => ['--mode', 'replica', '--upstream', url, ...often];
	const all = await Promise.all([
		...Array.from({ length: primaries }, (_, index) => make(`primary ${index}`, asPrimary, primary(index))),
		...Array.from({ length: replicas }, (_, index) => make(`replica ${index}`, asReplica, {})),
	]);
	const hosts: Hosts = {
		bare,
		daemon,
		primaries: all.slice(0, primaries),
		replicas: all.slice(primaries),
		at: (ref = 'refs/heads/main') => bare.git('for-each-ref', '--format=%(objectname)', ref),
	};
	for (const host of all) await host.untilInStep();
	return hosts;
}
