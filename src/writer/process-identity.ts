/** Tells one process from every other that ever had its number, and whether it still runs. */

import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessIdentity {
	readonly host: string;
	/** Id of the machine's run since it was started; empty where the system has none. */
	readonly boot: string;
	/** Name of the space in which `pid` is unique (a container has its own); empty where the system has none. */
	readonly namespace: string;
	readonly pid: number;
	/** When it started, in the system's own ticks; empty where the system does not tell. */
	readonly started: string;
}

export function currentProcess(): ProcessIdentity {
	return {
		host: hostname(),
		boot: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
		namespace: attempt(() => readlinkSync('/proc/self/ns/pid')),
		pid: process.pid,
		started: startOf(process.pid),
	};
}

/** `unknown` where the process would be on another machine or in a container that cannot be seen from here. */
export function stateOf(identity: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
	const here = currentProcess();
	if (identity.boot !== here.boot) return identity.host === here.host ? 'dead' : 'unknown';
	if (identity.host !== here.host && here.boot === '') return 'unknown';
	if (identity.namespace !== here.namespace) return 'unknown';
	if (!exists(identity.pid) || isZombie(identity.pid)) return 'dead';
	return startOf(identity.pid) === identity.started ? 'alive' : 'dead';
}

export function isProcessIdentity(value: unknown): value is ProcessIdentity {
	if (typeof value !== 'object' || value === null) return false;
	const fields = value as Readonly<Record<string, unknown>>;
	return (
		['host', 'boot', 'namespace', 'started'].every((name) => typeof fields[name] === 'string') &&
		Number.isSafeInteger(fields.pid)
	);
}

function exists(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// A process of another user cannot be signalled, but is there.
		return error instanceof Error && 'code' in error && error.code === 'EPERM';
	}
}

/** Ended, but its parent has not asked how: in a container whose first process never does, it stays for good. */
function isZombie(pid: number): boolean {
	return ['Z', 'X'].includes(statField(pid, 3));
}

function startOf(pid: number): string {
	return statField(pid, 22);
}

/** A field of `stat` as its manual numbers them, from 3 on; the name before may hold blanks and brackets. */
function statField(pid: number, number: number): string {
	return attempt(() => {
		const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
		return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[number - 3] ?? '';
	});
}

function attempt(read: () => string): string {
	try {
		return read();
	} catch {
		return '';
	}
}
