/** What must hold between ledger, branches of proposals and published branch at any time, read by git alone. */

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Counters, PendingChange } from '../../src/queue/pending-change.ts';
import { expectClean, expectSound } from './committer.ts';
import type { TemporaryRepository } from './temporary-repository.ts';

const LEDGER = 'refs/horde/queue';

export interface Ledger {
	readonly counters: Counters;
	/** Purged ones included. */
	readonly changes: ReadonlyMap<number, PendingChange>;
	/** Blob of each file, by path. */
	readonly files: ReadonlyMap<string, string>;
	/** Every event that the log tells, the first one first. */
	readonly events: readonly LedgerEvent[];
}

export interface LedgerEvent {
	readonly event: string;
	readonly number: number;
	readonly change: number;
}

export interface Exceptions {
	/** Changes whose branch a maintainer has moved, made or removed. */
	readonly branches?: readonly number[];
	/** Whether a maintainer has taken commits off the published branch or put proposals on it. */
	readonly published?: boolean;
	/** Whether a maintainer works in the tree, so that it need not be clean. */
	readonly tree?: boolean;
	/** Whether every object is looked at as well, which takes its time. */
	readonly thorough?: boolean;
}

/** The ledger and what belongs to it; undefined where there is none. */
export function readLedger(repository: TemporaryRepository): Ledger | undefined {
	if (repository.git('for-each-ref', LEDGER) === '') return undefined;
	const listing = repository.git('ls-tree', '-r', '-z', LEDGER).split('\0').filter(Boolean);
	const files = new Map(
		listing.map((line) => {
			const [, blob = '', file = ''] = /^\d+ blob (\S+)\t(.*)$/.exec(line) ?? [];
			return [file, blob] as const;
		}),
	);
	const states = [...files].filter(([file]) => /^changes\/.*\/\d+\.json$/.test(file));
	const texts = readBlobs(repository, [files.get('counters.json') ?? '', ...states.map(([, blob]) => blob)]);
	const [counters = '{}', ...changes] = texts;
	return {
		counters: JSON.parse(counters) as Counters,
		changes: new Map(
			changes.map((text) => {
				const change = JSON.parse(text) as PendingChange;
				return [change.change_id, change] as const;
			}),
		),
		files,
		events: eventsOf(repository),
	};
}

/** Ledger, branches and work tree agree, and nothing is left of any process that ended. */
export function expectQueueAgrees(repository: TemporaryRepository, exceptions: Exceptions = {}): Ledger {
	const ledger = readLedger(repository) ?? NO_LEDGER;
	expectNumbers(ledger);
	expectBranches(repository, ledger, exceptions.branches ?? []);
	if (!exceptions.published) expectPublished(repository, ledger);
	expectApprovedFolder(ledger);
	expect(locksIn(repository)).toEqual([]);
	if (exceptions.thorough) expect(repository.git('fsck', '--strict', '--no-dangling')).toBe('');
	if (!exceptions.tree) expectClean(repository);
	return ledger;
}

/** As `expectQueueAgrees`, with a look at every object. */
export function expectQueueSound(repository: TemporaryRepository, exceptions: Exceptions = {}): Ledger {
	if (!exceptions.tree) expectSound(repository);
	return expectQueueAgrees(repository, { ...exceptions, thorough: exceptions.tree === true });
}

const NO_LEDGER: Ledger = {
	counters: { last_change_id: 0, last_batch_id: 0, last_event_id: 0 },
	changes: new Map(),
	files: new Map(),
	events: [],
};

/** Every number was given once, in order, and none is above the counters. */
function expectNumbers({ counters, changes, files, events }: Ledger): void {
	const numbers = events.map(({ number }) => number);
	expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
	expect(counters.last_event_id).toBe(numbers.at(-1) ?? 0);
	const proposed = events.filter(({ event }) => event === 'propose').map(({ change }) => change);
	expect(proposed).toEqual([...new Set(proposed)].sort((a, b) => a - b));
	expect([...changes.keys()].sort((a, b) => a - b)).toEqual(proposed);
	for (const id of proposed) {
		expect(id).toBeLessThanOrEqual(counters.last_change_id);
		expect([...files.keys()].some((file) => file.endsWith(`/${id}.content.json`))).toBe(true);
	}
	for (const { batch_id = 0, ledger } of changes.values()) {
		const batches = [batch_id, ledger.decision_batch ?? 0, ledger.job_split?.new_batch_id ?? 0];
		expect(Math.max(...batches)).toBeLessThanOrEqual(counters.last_batch_id);
	}
}

/** Open changes have the branch that they were proposed with, others none. */
function expectBranches(
	repository: TemporaryRepository,
	{ changes }: Ledger,
	exceptions: readonly number[],
): void {
	const found = new Map(
		repository
			.git('for-each-ref', '--format=%(refname:lstrip=3) %(objectname)', 'refs/heads/pending')
			.split('\n')
			.filter(Boolean)
			.map((line) => line.split(' ') as [string, string]),
	);
	const open = [...changes.values()].filter(isOpen);
	const expected = new Map(open.map(({ change_id, ledger }) => [String(change_id), ledger.proposal]));
	for (const id of exceptions) for (const branches of [found, expected]) branches.delete(String(id));
	expect(found).toEqual(expected);
}

/** What was applied is on the published branch, once, and nothing else says that it is a change of the queue. */
function expectPublished(repository: TemporaryRepository, { changes }: Ledger): void {
	const format = '%H %(trailers:key=Change-Id,valueonly,separator=%x2C)';
	const lines = repository.git('log', `--format=${format}`, 'HEAD').split('\n');
	const commits = lines.flatMap((line) => {
		const [commit = '', id = ''] = line.split(' ');
		return id === '' ? [] : [[id, commit] as const];
	});
	const applied = [...changes.values()].flatMap(({ change_id, status, ledger }) =>
		status === 'applied' && ledger.applied_commit !== undefined
			? [[String(change_id), ledger.applied_commit] as const]
			: [],
	);
	const sorted = (pairs: readonly (readonly [string, string])[]) => pairs.map(String).sort();
	expect(sorted(commits)).toEqual(sorted(applied));
}

/** The folder of each batch holds its approved changes, with the same content. */
function expectApprovedFolder({ changes, files }: Ledger): void {
	const blobs = (folder: string) =>
		[...files].filter(([file]) => file.startsWith(`${folder}/`) && /\/\d+\.json$/.test(file));
	const listed = blobs('approved').map(([file, blob]) => {
		const [, batch, id] = /^approved\/(\d+)\/.*?(\d+)\.json$/.exec(file) ?? [];
		return `${batch} ${id} ${blob}`;
	});
	const expected = blobs('changes').flatMap(([file, blob]) => {
		const change = changes.get(Number(path.basename(file, '.json')));
		const isListed = change?.status === 'approved' && !change.ledger.purged;
		return isListed ? [`${change.batch_id} ${change.change_id} ${blob}`] : [];
	});
	expect(listed.sort()).toEqual(expected.sort());
}

/** Locks of refs and of the index, and journals of ours; the lock of the writer is for whoever runs. */
function locksIn(repository: TemporaryRepository): readonly string[] {
	const directory = repository.git('rev-parse', '--absolute-git-dir');
	const namesIn = (folder: string, recursive: boolean) =>
		readdirSync(path.join(directory, folder), { recursive, encoding: 'utf8' }).map((name) =>
			path.join(folder, name),
		);
	const own = existsSync(path.join(directory, 'horde-references')) ? namesIn('horde-references', false) : [];
	return [...namesIn('', false), ...namesIn('refs', true), ...own].filter(
		(file) =>
			file === 'horde-references/refs.json' ||
			(file.endsWith('.lock') && file !== 'horde-references/writer.lock'),
	);
}

export function isOpen({ status, ledger }: PendingChange): boolean {
	return (status === 'pending' || status === 'approved') && !ledger.purged;
}

function eventsOf(repository: TemporaryRepository): readonly LedgerEvent[] {
	const log = repository.git('log', '--reverse', '--first-parent', '--format=%(trailers:only)', LEDGER);
	const events: LedgerEvent[] = [];
	let event = '';
	let number = 0;
	for (const line of log.split('\n')) {
		const [, name, value = ''] = /^([A-Za-z-]+): (.*)$/.exec(line) ?? [];
		if (name === 'Event') event = value;
		if (name === 'Event-Id') number = Number(value);
		if (event === 'split' ? name === 'New-Batch-Id' : name === 'Change-Id' && number > 0) {
			events.push({ event, number, change: event === 'split' ? 0 : Number(value) });
			number = 0;
		}
	}
	return events;
}

function readBlobs(repository: TemporaryRepository, ids: readonly string[]): readonly string[] {
	const printed = execFileSync('git', ['cat-file', '--batch'], {
		cwd: repository.directory,
		input: ids.map((id) => `${id}\n`).join(''),
		maxBuffer: 256 * 1024 * 1024,
	});
	const texts: string[] = [];
	for (let at = 0; at < printed.length; ) {
		const end = printed.indexOf('\n', at);
		const size = Number(printed.toString('utf8', at, end).split(' ')[2]);
		texts.push(printed.toString('utf8', end + 1, end + 1 + size));
		at = end + 2 + size;
	}
	return texts;
}
