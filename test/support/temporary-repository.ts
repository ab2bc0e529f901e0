/** A real git repository in a temporary directory, in the state that a test asks for; removed when the test ends. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

const IDENTITY = ['-c', 'user.name=Maintainer', '-c', 'user.email=maintainer@example.invalid'];

/** An empty directory that is removed when the running test ends. */
export function temporaryDirectory(): string {
	const directory = mkdtempSync(path.join(tmpdir(), 'horde-references-test-'));
	onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
	return directory;
}

export class TemporaryRepository {
	readonly directory: string;

	constructor(directory: string = temporaryDirectory()) {
		this.directory = directory;
	}

	/** A repository whose first commit holds these files; no commit when there are none. */
	static create(files: Readonly<Record<string, string | Buffer>> = {}): TemporaryRepository {
		const repository = new TemporaryRepository();
		repository.git('init', '--quiet', '--initial-branch=main');
		if (Object.keys(files).length > 0) repository.commit(files, 'Add references');
		return repository;
	}

	/** Runs git there as a maintainer and answers what it printed, without the last line break. */
	git(...args: string[]): string {
		const printed = execFileSync('git', [...IDENTITY, ...args], {
			cwd: this.directory,
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		return printed.replace(/\n$/, '');
	}

	/** As `git`, with something to read. */
	gitInput(input: string, ...args: string[]): string {
		return execFileSync('git', args, {
			cwd: this.directory,
			encoding: 'utf8',
			input,
			stdio: ['pipe', 'pipe', 'pipe'],
		});
	}

	path(file: string): string {
		return path.join(this.directory, file);
	}

	write(file: string, content: string | Buffer): void {
		mkdirSync(path.dirname(this.path(file)), { recursive: true });
		writeFileSync(this.path(file), content);
	}

	remove(file: string): void {
		rmSync(this.path(file));
	}

	/**
	 * Writes files and commits all there is.
	 * @param time committer and author date, unix seconds
	 * @returns the commit id
	 */
	commit(files: Readonly<Record<string, string | Buffer>>, subject: string, time?: number): string {
		for (const [file, content] of Object.entries(files)) this.write(file, content);
		this.git('add', '--all');
		const date = time === undefined ? [] : [`--date=@${time} +0000`];
		const environment = time === undefined ? {} : { GIT_COMMITTER_DATE: `@${time} +0000` };
		execFileSync('git', [...IDENTITY, 'commit', '--quiet', '--allow-empty', '-m', subject, ...date], {
			cwd: this.directory,
			env: { ...process.env, ...environment },
		});
		return this.git('rev-parse', 'HEAD');
	}

	/** Committer date of the newest commit that touches a file, unix seconds, by git itself. */
	lastCommitTime(file: string): number {
		return Number(this.git('log', '-1', '--format=%ct', '--', file));
	}
}
