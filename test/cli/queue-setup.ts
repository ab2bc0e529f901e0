/** A queue as the commands find it: proposed by the part of the writer that commits, without a service. */

import { expect } from 'vitest';
import type { Author, Change, Proposal } from '../../src/writer/change.ts';
import type { CommandResult } from '../support/command-line.ts';
import { openCommitter } from '../support/committer.ts';
import { clipReference } from '../support/records.ts';
import { run } from '../support/run-program.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { propose } from '../support/transitions.ts';

export const BOB: Author = { id: '2', username: 'bob#2' };

type Files = Readonly<Record<string, string>>;
type Fields = Readonly<Record<string, unknown>>;

export interface ShellQueue {
	readonly repository: TemporaryRepository;
	/** `queue <command>` with further arguments. */
	queue(command: string, ...args: readonly string[]): Promise<CommandResult>;
	/** The same by carol; it must succeed. @returns what it printed */
	carol(command: string, ...args: readonly string[]): Promise<string>;
	/** The same as JSON; it must succeed. @returns what it printed, parsed */
	json(command: string, ...args: readonly string[]): Promise<Fields>;
	/** Ids and statuses of all changes. */
	statuses(): Promise<Readonly<Record<string, string>>>;
	/** Whatever must not move when a command is refused: every ref, HEAD, the work tree. */
	state(): readonly string[];
}

/** @param requests changes that bob proposes, or whole proposals */
export async function setUpQueue(
	requests: readonly (Change | Proposal)[] = [],
	files: Files = { 'clip.json': clipReference('a', 'b', 'c') },
): Promise<ShellQueue> {
	const repository = TemporaryRepository.create(files);
	if (requests.length > 0) await proposeAll(repository, requests);
	const queue: ShellQueue['queue'] = (command, ...args) =>
		run('queue', command, '--repo', repository.directory, ...args);
	const succeed = async (...args: readonly string[]) => {
		const [command = '', ...rest] = args;
		const { code, stdout, stderr } = await queue(command, ...rest);
		expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
		return stdout;
	};
	const carol: ShellQueue['carol'] = (command, ...args) => succeed(command, '--as', 'carol#3', ...args);
	const json: ShellQueue['json'] = async (command, ...args) =>
		Object(JSON.parse(await succeed(command, '--json', ...args)));
	return {
		repository,
		queue,
		carol,
		json,
		statuses: async () => {
			const { items } = await json('list', '-n', '0');
			const changes = [items].flat().map((item): Fields => Object(item));
			return Object.fromEntries(changes.map(({ change_id, status }) => [change_id, String(status)]));
		},
		state: () => [
			repository.git('for-each-ref'),
			repository.git('rev-parse', 'HEAD'),
			repository.git('status', '--porcelain'),
		],
	};
}

/** Proposes changes, in bob's name where a proposal names nobody itself. */
async function proposeAll(
	repository: TemporaryRepository,
	requests: readonly (Change | Proposal)[],
): Promise<void> {
	const committer = await openCommitter(repository);
	const proposals = requests.map((request) =>
		'transition' in request ? request : propose({ ...request, author: BOB }),
	);
	const { outcomes } = await committer.commit(...proposals);
	expect(outcomes.filter(({ kind }) => kind !== 'proposed')).toEqual([]);
	await committer.close();
}

/** The rows of a table, each as its cells, without headings; tables stand first in what is printed. */
export function rowsOf(printed: string): readonly (readonly string[])[] {
	const lines = printed.trimEnd().split('\n');
	const rule = lines.find((line) => /^-+( {2}-+)*$/.test(line)) ?? '';
	const starts = [...rule.matchAll(/-+/g)].map(({ index }) => index);
	const rows = lines.slice(lines.indexOf(rule) + 1);
	return rows.map((line) => starts.map((start, column) => line.slice(start, starts[column + 1]).trim()));
}
