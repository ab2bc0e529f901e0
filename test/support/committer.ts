/** The part of the writer that commits, without a service around it, and the changes that tests ask of it. */

import { existsSync } from 'node:fs';
import { expect, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { openRepository } from '../../src/git/repository.ts';
import type { Change, DoneOf, GroupResult, Refusal, WriteRequest } from '../../src/writer/change.ts';
import { Committer } from '../../src/writer/committer.ts';
import type { TemporaryRepository } from './temporary-repository.ts';

const AUTHOR = { id: '1', username: 'alice#1' } as const;

export interface TestCommitter {
	/** What it told about recovery. */
	readonly notices: readonly string[];
	/** Commits a group. */
	commit(...requests: readonly WriteRequest[]): Promise<GroupResult>;
	/** Does one request. */
	one<Request extends WriteRequest>(request: Request): Promise<DoneOf<Request> | Refusal>;
	close(): Promise<void>;
}

export interface CommitterSettings {
	readonly subdir?: string;
	/** How long a git command of somebody else is waited for; milliseconds. */
	readonly patience?: number;
	/** URL of a repository that must have a write before it is done. */
	readonly shared?: string;
	/** Called once a group is drafted and before it is published, each time that is tried. */
	readonly beforePublish?: () => void;
}

/** Closed when the test ends. */
export async function openCommitter(
	repository: TemporaryRepository | string,
	{ subdir = '', patience, shared, beforePublish }: CommitterSettings = {},
): Promise<TestCommitter> {
	const directory = typeof repository === 'string' ? repository : repository.directory;
	const notices: string[] = [];
	const committer = await Committer.open({
		repository: await openRepository(directory, subdir),
		clock: systemClock,
		onNotice: (message) => notices.push(message),
		patience,
		shared,
	});
	let closing: Promise<void> | undefined;
	const close = () => {
		closing ??= committer.close();
		return closing;
	};
	onTestFinished(close);
	const commit: TestCommitter['commit'] = (...requests) => committer.commit(requests, beforePublish);
	return {
		notices,
		commit,
		one: async <Request extends WriteRequest>(request: Request) => {
			const [outcome] = (await commit(request)).outcomes;
			if (!outcome) throw new Error('the committer has no outcome for a request');
			return outcome as DoneOf<Request> | Refusal;
		},
		close,
	};
}

/** Adds a clip model. */
export function create(model: string, fields: object = {}): Change {
	return change('create', model, fields);
}

/** Replaces a clip model. */
export function update(model: string, fields: object = {}): Change {
	return change('update', model, fields);
}

/** Removes a clip model. */
export function remove(model: string): Change {
	return { category: 'clip', operation: 'delete', model, record: null, author: AUTHOR };
}

/** The same change to another category. */
export function to(category: string, of: Change): Change {
	return { ...of, category };
}

function change(operation: 'create' | 'update', model: string, fields: object): Change {
	const record = JSON.stringify({ name: model, type: 'clip', ...fields });
	return { category: 'clip', operation, model, record, author: AUTHOR };
}

/** The repository is whole, nothing in it waits for a commit, and no lock was left. */
export function expectSound(repository: TemporaryRepository): void {
	expect(repository.git('fsck', '--strict', '--no-dangling')).toBe('');
	expectClean(repository);
}

/** As `expectSound`, without the look at every object. */
export function expectClean(repository: TemporaryRepository): void {
	expect(repository.git('status', '--porcelain')).toBe('');
	const gitDirectory = repository.git('rev-parse', '--absolute-git-dir');
	expect(existsSync(`${gitDirectory}/index.lock`)).toBe(false);
}

/** Subjects of the branch's commits, the newest first. */
export function subjects(repository: TemporaryRepository, ...args: readonly string[]): readonly string[] {
	return repository.git('log', '--encoding=UTF-8', '--format=%s', ...args).split('\n');
}
