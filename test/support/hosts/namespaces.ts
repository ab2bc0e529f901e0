/**
 * Machines as network namespaces, each joined by a pair of devices to a bridge of its test: a real network, which can be cut as one is. Needs
 * root and iproute2; all goes with the test.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { onTestFinished } from 'vitest';

/** Why there can be none here; undefined where there can. */
export function namespacesMissing(): string | undefined {
	const name = `hr-probe-${process.pid}`;
	const added = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' });
	if (added.error) return `ip cannot be run: ${added.error.message}`;
	if (added.status !== 0) return `network namespaces cannot be made: ${added.stderr.trim()}`;
	// A kernel may have namespaces and no devices to join them.
	const joined = spawnSync(
		'ip',
		['-n', name, 'link', 'add', 'left', 'type', 'veth', 'peer', 'name', 'right'],
		{
			encoding: 'utf8',
		},
	);
	const bridged = spawnSync('ip', ['-n', name, 'link', 'add', 'bridge', 'type', 'bridge'], {
		encoding: 'utf8',
	});
	ip('netns', 'del', name);
	if (joined.status !== 0) return `devices cannot be made: ${joined.stderr.trim()}`;
	if (bridged.status !== 0) return `bridges cannot be made: ${bridged.stderr.trim()}`;
	return undefined;
}

/** How a machine is cut off: its line goes down, and what it sends vanishes, or it is told at once that there is no way. */
export type Partition = 'line-down' | 'no-route';

export interface Machine {
	readonly address: string;
	/** What runs a command there: to be put before it. */
	readonly prefix: readonly string[];
	cut(how: Partition): void;
	join(): void;
}

/** A network of its own, out of reach from outside. */
export class Network {
	readonly #name: string;
	readonly #hub: string;
	#count = 0;

	/** @param name short and unique: device names have at most 15 characters */
	constructor(name: string) {
		this.#name = name;
		this.#hub = `${name}-hub`;
		this.#namespace(this.#hub);
		ip('-n', this.#hub, 'link', 'add', 'bridge', 'type', 'bridge');
		ip('-n', this.#hub, 'link', 'set', 'bridge', 'up');
	}

	machine(): Machine {
		const number = ++this.#count;
		const space = `${this.#name}-${number}`;
		const address = `10.87.0.${number}`;
		const port = `port${number}`;
		this.#namespace(space);
		ip('-n', this.#hub, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
		ip('-n', this.#hub, 'link', 'set', port, 'master', 'bridge', 'up');
		ip('-n', space, 'address', 'add', `${address}/24`, 'dev', 'eth0');
		ip('-n', space, 'link', 'set', 'eth0', 'up');
		return {
			address,
			prefix: ['ip', 'netns', 'exec', space],
			cut: (how) => {
				if (how === 'line-down') ip('-n', this.#hub, 'link', 'set', port, 'down');
				else ip('-n', space, 'route', 'add', 'unreachable', '10.87.0.1/32');
			},
			join: () => {
				ip('-n', this.#hub, 'link', 'set', port, 'up');
				spawnSync('ip', ['-n', space, 'route', 'del', 'unreachable', '10.87.0.1/32']);
			},
		};
	}

	#namespace(name: string): void {
		ip('netns', 'add', name);
		onTestFinished(() => ip('netns', 'del', name));
		ip('-n', name, 'link', 'set', 'lo', 'up');
	}
}

function ip(...args: readonly string[]): void {
	execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
