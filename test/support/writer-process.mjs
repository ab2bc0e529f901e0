/**
 * A process that only writes, to be killed at any instant: the writer of the built program without a service around it.
 * Told `open <directory>` on its input it says `opened`, told `write <prefix>` it commits groups of changes without end
 * and says the subject of each commit when it may be told to a client.
 */

import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { systemClock } from '../../dist/clock.js';
import { openRepository } from '../../dist/git/repository.js';
import { Committer } from '../../dist/writer/committer.js';
import { WriterLock } from '../../dist/writer/writer-lock.js';

const CATEGORIES = ['clip', 'blip', 'esrgan'];
const LARGEST_GROUP = 10;
const AUTHOR = { id: '1', username: 'alice#1' };

let committer;

createInterface({ input: process.stdin }).on('line', async (line) => {
	const [command, argument] = line.split(' ');
	if (command === 'write') return write(argument);
	const repository = await openRepository(argument);
	await WriterLock.acquire(repository, 'test');
	committer = await Committer.open({ repository, clock: systemClock, onNotice: () => {} });
	say('opened');
});

async function write(prefix) {
	const present = [];
	for (let count = 0; ; ) {
		const changes = Array.from({ length: 1 + (count % LARGEST_GROUP) }, () => {
			// What was made goes again, so that the files stay as small as they are.
			if (present.length > 3) return { ...present.shift(), operation: 'delete', record: null };
			const model = `${prefix}-${count++}`;
			const record = JSON.stringify({ name: model, description: 'x'.repeat(500) });
			const category = CATEGORIES[count % CATEGORIES.length];
			const change = { category, operation: 'create', model, record, author: AUTHOR };
			present.push(change);
			return change;
		});
		const { outcomes } = await committer.commit(changes);
		for (const [index, { kind, message }] of outcomes.entries()) {
			const { operation, category, model } = changes[index];
			if (kind !== 'applied') throw new Error(`${operation} ${model}: ${message}`);
			say(`${operation === 'create' ? 'Add' : 'Remove'} ${category} model ${model}`);
		}
	}
}

/** Out of the process before anything else can happen to it. */
function say(text) {
	writeSync(1, `${text}\n`);
}
