// Owns what has to be gone when a benchmark ends, however it ends: child processes (by pid) and temporary directories.
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const children = new Set();
const directories = new Set();
let interrupted = false;

/** Remembers a child process until it ends. */
export function track(child) {
	children.add(child);
	child.once('close', () => children.delete(child));
	if (interrupted) child.kill('SIGKILL');
	return child;
}

/** Asks a child to end, insists after five seconds, and is resolved when it is gone. */
export async function stop(child) {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const gone = new Promise((resolve) => child.once('close', resolve));
	child.kill('SIGTERM');
	const insist = setTimeout(() => child.kill('SIGKILL'), 5000);
	await gone;
	clearTimeout(insist);
}

/** A new directory that is removed at the end. */
export async function temporaryDirectory() {
	const directory = await mkdtemp(path.join(tmpdir(), 'horde-references-benchmark-'));
	directories.add(directory);
	return directory;
}

/** Runs the benchmark, then cleans up; a failure is printed and ends with 1, Ctrl-C with 130. */
export async function runAndCleanUp(benchmark) {
	const interrupt = async (signal) => {
		// A terminal sends its Ctrl-C to every process, and once more if it is pressed again: one clean end is enough.
		if (interrupted) return;
		interrupted = true;
		await cleanUp();
		process.exit(signal === 'SIGINT' ? 130 : 143);
	};
	process.on('SIGINT', interrupt);
	process.on('SIGTERM', interrupt);
	try {
		await benchmark();
	} catch (error) {
		if (interrupted) return;
		process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
		process.exitCode = 1;
	}
	if (interrupted) return;
	await cleanUp();
	process.exit();
}

/** Servers end by their own hand, so that nginx takes its worker along. */
async function cleanUp() {
	await Promise.all([...children].map(stop));
	for (const directory of directories) rmSync(directory, { recursive: true, force: true });
	directories.clear();
}
