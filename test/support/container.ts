/**
 * What a container is made of, without Docker: the files that the Dockerfile puts into the image, in namespaces of their own, with a root
 * file system that cannot be written, as the first process, as a user without any right.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished, vi } from 'vitest';
import { temporaryDirectory } from './temporary-repository.ts';

const TOP = fileURLToPath(new URL('../../', import.meta.url));

/** One that exists everywhere and owns nothing. */
const NOBODY = 65534;

/** Why no container can be played here; undefined where one can. */
export const NO_CONTAINER = reasonAgainstContainers();

/** Instructions of a Dockerfile with continued lines put together. */
export function dockerfile(): readonly { readonly name: string; readonly value: string }[] {
	const text = readFileSync(path.join(TOP, 'docs/deployment/Dockerfile'), 'utf8');
	const lines = text
		.replace(/^#.*\n/gm, '')
		.replace(/\\\n\s*/g, '')
		.split('\n');
	return lines.flatMap((line) => {
		const [, name = '', value = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
		return name === '' ? [] : [{ name, value }];
	});
}

/** The instructions of the stage that becomes the image. */
export function lastStage(): ReturnType<typeof dockerfile> {
	const all = dockerfile();
	return all.slice(all.findLastIndex(({ name }) => name === 'FROM'));
}

/** Puts together the image's `/app`: what the last stage copies, with the packages that are no development ones. */
export function makeApp(): string {
	const app = temporaryDirectory();
	for (const { name, value } of lastStage()) {
		if (name !== 'COPY') continue;
		const words = value.split(' ').filter((word) => !word.startsWith('--'));
		const target = words.pop() ?? '';
		for (const source of words) {
			const relative = source.replace(/^\/app\//, '');
			if (relative === 'node_modules') copyPackages(path.join(app, target));
			else cpSync(path.join(TOP, relative), targetOf(app, target, relative), { recursive: true });
		}
	}
	chmodSync(app, 0o755);
	return app;
}

function targetOf(app: string, target: string, source: string): string {
	return path.join(app, target === './' ? path.basename(source) : target);
}

/** As `npm ci --omit=dev` has it. */
function copyPackages(target: string): void {
	const lock: { packages: Record<string, { dev?: boolean; devOptional?: boolean; optional?: boolean }> } =
		JSON.parse(readFileSync(path.join(TOP, 'package-lock.json'), 'utf8'));
	for (const [place, { dev, devOptional, optional }] of Object.entries(lock.packages)) {
		if (place === '' || dev || devOptional || optional) continue;
		cpSync(path.join(TOP, place), path.join(target, place.replace(/^node_modules\//, '')), {
			recursive: true,
			filter: (file) => !file.endsWith('.cache'),
		});
	}
}

export interface Container {
	/** Its first process, as seen from outside. */
	readonly pid: number;
	readonly said: () => string;
	/** Exit code, once it is gone. */
	readonly ended: Promise<number | null>;
}

/**
 * @param app becomes /opt, where nothing can be written
 * @param data becomes /mnt, the one place besides /tmp where something can
 */
export async function runContainer(
	app: string,
	data: string,
	command: readonly string[],
	environment: Readonly<Record<string, string>>,
): Promise<Container> {
	chownSync(data, NOBODY, NOBODY);
	const script = [
		`mount --bind ${app} /opt`,
		'mount -o remount,bind,ro /opt',
		`mount --bind ${data} /mnt`,
		'mount -t tmpfs tmpfs /tmp',
		'mount -o remount,bind,ro /',
		'cd /opt',
		`exec setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all "$@"`,
	].join(' && ');
	const child = spawn(
		'unshare',
		['--mount', '--pid', '--mount-proc', '--fork', '--kill-child', 'sh', '-c', script, 'sh', ...command],
		{ env: { PATH: process.env.PATH, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
	);
	onTestFinished(() => void child.kill('SIGKILL'));
	let said = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (text: string) => {
			said += text;
		});
	}
	const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
	const pid = await vi.waitFor(() => firstProcess(child), { timeout: 10_000 });
	return { pid, said: () => said, ended };
}

function firstProcess({ pid = 0 }: ChildProcess): number {
	const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
	if (children === '') throw new Error('there is no process in it yet');
	return Number(children.split(' ')[0]);
}

/** An empty directory that everybody can come to. */
export function dataDirectory(): string {
	const directory = path.join(temporaryDirectory(), 'data');
	mkdirSync(directory);
	chmodSync(path.dirname(directory), 0o755);
	return directory;
}

/** Names of the packages in an app. */
export function packagesOf(app: string): readonly string[] {
	return readdirSync(path.join(app, 'node_modules')).filter((name) => !name.startsWith('.'));
}

function reasonAgainstContainers(): string | undefined {
	if (process.getuid?.() !== 0) return 'only root can make namespaces';
	const script = `mount -t tmpfs tmpfs /tmp && setpriv --reuid=${NOBODY} --clear-groups ${process.execPath} --version && git --version`;
	const tried = spawnSync('unshare', ['--mount', '--pid', '--mount-proc', '--fork', 'sh', '-c', script], {
		encoding: 'utf8',
	});
	return tried.status === 0
		? undefined
		: `no namespaces can be made here: ${tried.error?.message ?? tried.stderr}`;
}
