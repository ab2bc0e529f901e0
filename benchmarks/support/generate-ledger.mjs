// Gives a data repository a queue with a long past, by git fast-import: most changes applied or rejected, the newest ones pending.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { git } from './git.mjs';

/** Changes that are decided together. */
const BATCH = 20;

const CATEGORIES = ['image_generation', 'text_generation', 'clip', 'blip', 'controlnet', 'esrgan'];
const REQUESTERS = 40;
const START = 1_600_000_000;

/** Seconds between two proposals. */
const EVERY = 600;

/**
 * @param {string} repo
 * @param {{ changes: number, pending: number, program: string }} options `pending` of them are undecided; `program` is the built
 *   command, whose modules say what the ledger looks like
 */
export async function generateLedger(repo, { changes, pending, program }) {
	const load = (module) => import(pathToFileURL(path.join(path.dirname(program), '..', module)).href);
	const { changeText, contentText, countersText } = await load('queue/pending-change.js');
	const { changePath, contentPath, COUNTERS_PATH, LEDGER_REF, pendingRef } =
		await load('queue/ledger-layout.js');
	const head = await git(repo, ['rev-parse', 'HEAD']);
	const importer = spawn('git', ['-C', repo, 'fast-import', '--quiet', '--force'], {
		stdio: ['pipe', 'inherit', 'inherit'],
	});
	const write = async (text) => {
		if (!importer.stdin.write(text)) await once(importer.stdin, 'drain');
	};
	const file = (name, text) => write(`M 100644 inline ${name}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
	await write(
		`commit ${LEDGER_REF}\ncommitter Bench <bench@example.invalid> ${START} +0000\n${dataOf('Begin')}`,
	);
	let event = 0;
	const lastBatch = Math.ceil((changes - pending) / BATCH);
	for (let id = 1; id <= changes; id++) {
		const state = stateOf(id, { head, isPending: id > changes - pending, next: () => ++event });
		await file(changePath(id), changeText(state));
		await file(contentPath(id), contentText(contentOf(id)));
	}
	const counters = { last_change_id: changes, last_batch_id: lastBatch, last_event_id: event };
	await file(COUNTERS_PATH, countersText(counters));
	for (let id = changes - pending + 1; id <= changes; id++)
		await write(`reset ${pendingRef(id)}\nfrom ${head}\n\n`);
	importer.stdin.end('done\n');
	const [code] = await once(importer, 'close');
	if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
	// As maintenance leaves them: fast-import writes few differences.
	await git(repo, ['repack', '-a', '-d', '-q', '--window=10']);
}

function stateOf(id, { head, isPending, next }) {
	const at = START + id * EVERY;
	const requester = String(10 + (id % REQUESTERS));
	const state = {
		change_id: id,
		category: CATEGORIES[id % CATEGORIES.length],
		model_name: nameOf(id),
		operation: 'create',
		requested_by: requester,
		requested_username: `user#${requester}`,
		requested_at: at,
		status: 'pending',
		updated_at: at,
		ledger: { proposal: head, enqueue_event: next() },
	};
	if (isPending) return state;
	const batch = Math.ceil(id / BATCH);
	const decided = {
		...state,
		batch_id: batch,
		batch_title: `Models of week ${batch}`,
		updated_at: at + EVERY,
		ledger: { ...state.ledger, decision_event: next(), decision_batch: batch },
	};
	if (id % 10 === 0) {
		return {
			...decided,
			status: 'rejected',
			rejected_by: '3',
			rejected_username: 'carol#3',
			rejected_at: at + EVERY,
			reject_reason: 'The files cannot be downloaded.',
		};
	}
	return {
		...decided,
		status: 'applied',
		approved_by: '3',
		approved_username: 'carol#3',
		approved_at: at + EVERY,
		applied_at: at + EVERY,
		applied_by: '3',
		applied_username: 'carol#3',
		applied_job_id: `apply-${id}-${id.toString(16).padStart(32, '0')}`,
		ledger: { ...decided.ledger, apply_event: next(), applied_commit: head },
	};
}

function contentOf(id) {
	const name = nameOf(id);
	const record = {
		name,
		baseline: 'stable diffusion 1',
		type: 'ckpt',
		inpainting: false,
		description: `A generated record of about the size of a real one, the ${id}th of its kind. `.repeat(4),
		version: '1',
		style: 'generalist',
		nsfw: false,
		download_all: false,
		config: {
			files: [{ path: `${name}.ckpt`, sha256sum: id.toString(16).padStart(64, '0') }],
			download: [{ file_name: `${name}.ckpt`, file_path: '', file_url: `https://models.example/${id}` }],
		},
	};
	return { payload: JSON.stringify(record), before: null };
}

function nameOf(id) {
	return `Generated/Model-${id.toString(36)}-${(id * 7919) % 1000}B`;
}

function dataOf(text) {
	return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
