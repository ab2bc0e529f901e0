/** Reads the ledger from git: all of it, what differs between two of its commits, and the records of one change. */

import { AppError } from '../errors.ts';
import { BlobReader } from '../git/blobs.ts';
import type { Repository } from '../git/repository.ts';
import { changeIdOf, contentPath, LEDGER_REF } from './ledger-layout.ts';
import {
	brokenLedger,
	type ChangeContent,
	type PendingChange,
	readChange,
	readContent,
} from './pending-change.ts';

/** Objects that are asked for at once. */
const READ_AHEAD = 2_000;

export interface LedgerChanges {
	/** New states. */
	readonly put: AsyncIterable<PendingChange>;
	/** Ids of changes that are not there any more: only by somebody's hand. */
	readonly gone: readonly number[];
}

interface StateFile {
	readonly id: number;
	readonly path: string;
	/** Undefined where it is gone. */
	readonly blob: string | undefined;
}

export class LedgerReader {
	readonly #repository: Repository;
	readonly #blobs: BlobReader;

	/** @param blobs for the few objects that are asked for by a request */
	constructor(repository: Repository, blobs: BlobReader) {
		this.#repository = repository;
		this.#blobs = blobs;
	}

	/**
	 * The commit that the ledger is at; undefined before the first proposal.
	 * @throws AppError `ledger-broken` when the ref names something else
	 */
	async tip(): Promise<string | undefined> {
		const object = await this.#blobs.read(LEDGER_REF);
		if (!object) return undefined;
		if (object.type !== 'commit') throw brokenLedger(`${LEDGER_REF} names ${object.id}`, 'not a commit');
		return object.id;
	}

	/**
	 * What is in the ledger at a commit or, given an earlier one, what differs from that.
	 * @throws AppError `ledger-broken` that names the object, now or while the states are taken
	 */
	async changes(tip: string, known: string | undefined): Promise<LedgerChanges> {
		const files = await (known === undefined ? this.#all(tip) : this.#differences(known, tip));
		const put = files.filter(({ blob }) => blob !== undefined);
		const gone = files.flatMap(({ blob, id }) => (blob === undefined ? [id] : []));
		return { put: this.#states(put), gone };
	}

	/** @throws AppError `ledger-broken` that names the object */
	async content(tip: string, id: number): Promise<ChangeContent> {
		const path = contentPath(id);
		const object = await this.#blobs.read(`${tip}:${path}`);
		if (!object) throw brokenLedger(`${LEDGER_REF}:${path}`, 'it is missing');
		return readContent(object.bytes.toString('utf8'), `${LEDGER_REF}:${path} (blob ${object.id})`);
	}

	async #all(tip: string): Promise<readonly StateFile[]> {
		const listing = await this.#run(['ls-tree', '-r', '-z', '--full-tree', tip, 'changes/'], tip);
		return stateFiles(listing.split('\0'), (line) => {
			const [, blob, path] = /^\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
			return path === undefined ? undefined : { path, blob };
		});
	}

	async #differences(known: string, tip: string): Promise<readonly StateFile[]> {
		const diff = ['diff-tree', '-r', '-z', '--no-renames', '--no-abbrev', known, tip, '--', 'changes/'];
		const fields = (await this.#run(diff, tip)).split('\0');
		const lines = fields.flatMap((field, index) =>
			index % 2 === 0 ? [`${field}\0${fields[index + 1]}`] : [],
		);
		return stateFiles(lines, (line) => {
			const [, blob = '', status, path] =
				/^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) ([A-Z])\d*\0(.*)$/s.exec(line) ?? [];
			return path === undefined ? undefined : { path, blob: status === 'D' ? undefined : blob };
		});
	}

	async *#states(files: readonly StateFile[]): AsyncGenerator<PendingChange, void> {
		// Its own process: what a request asks for meanwhile need not wait for all of it.
		const blobs = new BlobReader(this.#repository.git);
		const pool = new Map<unknown, unknown>();
		try {
			for (let at = 0; at < files.length; at += READ_AHEAD) {
				const some = files.slice(at, at + READ_AHEAD);
				const objects = await Promise.all(some.map(({ blob = '' }) => blobs.read(blob)));
				for (const [index, { id, path, blob }] of some.entries()) {
					const where = `${LEDGER_REF}:${path} (blob ${blob})`;
					const object = objects[index];
					if (!object) throw brokenLedger(where, 'the object is missing');
					yield shared(readChange(object.bytes.toString('utf8'), id, where), pool);
				}
			}
		} finally {
			blobs.close();
		}
	}

	async #run(args: readonly string[], tip: string): Promise<string> {
		try {
			return await this.#repository.git.run(args);
		} catch (error) {
			if (!(error instanceof AppError) || error.code !== 'git-failed') throw error;
			throw brokenLedger(`commit ${tip}`, error.message);
		}
	}
}

function stateFiles(
	lines: readonly string[],
	read: (line: string) => Omit<StateFile, 'id'> | undefined,
): readonly StateFile[] {
	return lines.flatMap((line) => {
		const file = read(line);
		const id = file && changeIdOf(file.path);
		return file && id !== undefined ? [{ id, ...file }] : [];
	});
}

/** What many changes have in common, kept once. */
const SHARED_FIELDS = [
	'category',
	'operation',
	'status',
	'requested_by',
	'requested_username',
	'batch_title',
	'approved_by',
	'approved_username',
	'rejected_by',
	'rejected_username',
	'reject_reason',
	'applied_by',
	'applied_username',
	'applied_job_id',
	'notes',
] as const;

/** The same change, with texts that many have in common taken from a pool: they are most of what it takes in memory. */
function shared(change: PendingChange, pool: Map<unknown, unknown>): PendingChange {
	const fields: Record<string, unknown> = Object(change);
	for (const name of SHARED_FIELDS) {
		const value = fields[name];
		if (value === undefined) continue;
		const known = pool.get(value);
		if (known === undefined) pool.set(value, value);
		else fields[name] = known;
	}
	return change;
}
