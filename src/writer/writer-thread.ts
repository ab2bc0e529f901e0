/** Entry of the thread that writes: opens the repository, then commits group after group until it is told to end. */

import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../clock.ts';
import { AppError, messageOf } from '../errors.ts';
import { Git } from '../git/command.ts';
import type { WrittenFile } from '../store/written.ts';
import { Committer } from './committer.ts';
import type { FromThread, ToThread, WriterData } from './writer-protocol.ts';

const port = parentPort;
if (!port) throw new Error('this file is the entry of a thread');
const say = (message: FromThread, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

try {
	// On Linux this is the thread's own priority, and that of the git commands it starts: readers come first.
	setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);
} catch {
	// A system that knows no such thing treats both alike.
}

const data = workerData as WriterData;
try {
	const committer = await Committer.open({
		repository: { ...data, git: new Git(data.root) },
		clock: systemClock,
		onNotice: (message) => say({ kind: 'notice', message }),
	});
	say({ kind: 'opened' });
	port.on('message', (message: ToThread | 'close') => {
		if (message === 'close') {
			void committer.close().then(() => port.close());
			return;
		}
		void committer
			.commit(message.changes, handOver)
			.then(({ files: _handedOver, ...result }) => say({ kind: 'done', result }), fail);
	});
} catch (error) {
	fail(error);
	port.close();
}

function fail(error: unknown): void {
	const stack = error instanceof Error && !(error instanceof AppError) ? error.stack : undefined;
	const code = error instanceof AppError ? error.code : undefined;
	say({ kind: 'failed', code, message: stack ?? messageOf(error) });
}

function handOver(files: readonly WrittenFile[]): void {
	const own = files.map((file) => ({ ...file, bytes: ownMemory(file.bytes) }));
	say(
		{ kind: 'written', files: own },
		own.map(({ bytes }) => bytes.buffer),
	);
}

/** Small buffers are parts of a larger one that is not ours to give away. */
function ownMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
	const { buffer } = bytes;
	const whole = buffer.byteLength === bytes.byteLength;
	return whole && buffer instanceof ArrayBuffer ? new Uint8Array(buffer) : new Uint8Array(bytes);
}
