/**
 * A process that only writes, to be killed at any instant: the writer of the built program without a service around it. Told
 * `open <directory>` on its input it says `opened`, told `write <seed>` it proposes, decides, applies, splits and purges without
 * end, by chance, and says each event when it may be told to a client: `apply 7 clip model-7`.
 */

import { execFileSync } from 'node:child_process';
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { systemClock } from '../../dist/clock.js';
import { openRepository } from '../../dist/git/repository.js';
import { Committer } from '../../dist/writer/committer.js';
import { WriterLock } from '../../dist/writer/writer-lock.js';

const CATEGORIES = ['clip', 'blip', 'esrgan'];
const AUTHOR = { id: '1', username: 'alice#1' };
const ACTOR = { id: '3', username: 'carol#3' };

let committer;
let directory;

createInterface({ input: process.stdin }).on('line', async (line) => {
	const [command, argument] = line.split(' ');
	if (command === 'write') return write(Number(argument));
	directory = argument;
	const repository = await openRepository(directory);
	await WriterLock.acquire(repository, 'test');
	committer = await Committer.open({ repository, clock: systemClock, onNotice: () => {} });
	say('opened');
});

async function write(seed) {
	const chance = chances(seed);
	const below = (limit) => Math.floor(chance() * limit);
	const take = (list, most) => list.splice(0, 1 + below(most));
	/** Changes by what they wait for, and models that are published. */
	const known = { pending: [], approved: [], published: [] };
	const { pending, approved, published } = known;
	const [leftOver] = (
		await committer.commit([{ transition: 'purge', ids: openOnes(), filter: {}, actor: ACTOR }])
	).outcomes;
	note(leftOver, known);
	for (let count = 0; ; ) {
		const group = Array.from({ length: 1 + below(5) }, () => {
			// What was published goes again, so that the files stay as small as they are.
			if (published.length > 3) {
				const { category, model_name: model } = published.shift();
				return proposal({ category, operation: 'delete', model, record: null });
			}
			const model = `${seed}-${count++}`;
			const record = JSON.stringify({ name: model, description: 'x'.repeat(200) });
			return proposal({ category: CATEGORIES[below(CATEGORIES.length)], operation: 'create', model, record });
		});
		if (pending.length > 3) {
			const approve = take(pending, 3);
			const reject = pending.length > 0 && below(2) === 0 ? take(pending, 2) : [];
			const reason = reject.length > 0 ? 'by chance' : '';
			group.push({ transition: 'decide', title: 'by chance', approve, reject, reason, actor: ACTOR });
		}
		if (approved.length > 2) {
			// Most times some of the batch are left over, and it is split.
			const target = below(4) === 0 ? { batch: newestBatch() } : { ids: take(approved, 3), mixed: true };
			group.push({ transition: 'apply', target, jobId: undefined, atomic: below(2) === 0, actor: ACTOR });
		}
		if (pending.length > 4)
			group.push({ transition: 'purge', ids: take(pending, 3), filter: {}, actor: ACTOR });
		const { outcomes } = await committer.commit(group);
		for (const outcome of outcomes) note(outcome, known);
	}
}

function proposal(change) {
	return { transition: 'propose', change: { ...change, author: AUTHOR } };
}

function note(outcome, { pending, approved, published }) {
	const tell = (event, { change_id, category, model_name }) =>
		say(`${event} ${change_id} ${category} ${model_name}`);
	switch (outcome.kind) {
		case 'proposed':
			pending.push(outcome.change.change_id);
			return tell('propose', outcome.change);
		case 'decided':
			for (const change of outcome.approved) tell('approve', change);
			for (const change of outcome.rejected) tell('reject', change);
			approved.push(...outcome.approved.map(({ change_id }) => change_id));
			return;
		case 'applied-changes':
			if (outcome.failure) throw new Error(outcome.failure.error);
			for (const change of outcome.applied) {
				tell('apply', change);
				const place = approved.indexOf(change.change_id);
				if (place >= 0) approved.splice(place, 1);
				if (change.operation === 'create') published.push(change);
			}
			return;
		case 'purged':
			for (const id of outcome.ids) say(`purge ${id}`);
			return;
		default:
			throw new Error(outcome.message);
	}
}

/** What earlier processes have left open. */
function openOnes() {
	const format = '--format=%(refname:lstrip=3)';
	const printed = execFileSync('git', ['for-each-ref', format, 'refs/heads/pending'], { cwd: directory });
	return String(printed).split('\n').filter(Boolean).map(Number);
}

function newestBatch() {
	const printed = execFileSync('git', ['ls-tree', '--name-only', 'refs/horde/queue', 'approved/'], {
		cwd: directory,
	});
	const batches = String(printed)
		.split('\n')
		.map((name) => Number(name.split('/')[1]));
	return Math.max(...batches.filter(Number.isSafeInteger));
}

/** Numbers from 0 to below 1 that are the same for the same seed (Lehmer's generator). */
function chances(seed) {
	let state = (seed % 2_147_483_646) + 1;
	return () => {
		state = (state * 48_271) % 2_147_483_647;
		return state / 2_147_483_647;
	};
}

/** Out of the process before anything else can happen to it. */
function say(text) {
	writeSync(1, `${text}\n`);
}
