/** The queue in front of the repository: groups of bounded size, a bounded number who wait, and nobody forgotten. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect, onTestFinished, test, vi } from 'vitest';
import { errorHandler } from '../../src/http/errors.ts';
import type { Outcome, WriteRequest } from '../../src/writer/change.ts';
import { Writer, type WriterOptions } from '../../src/writer/writer.ts';
import { create } from '../support/committer.ts';
import { recordLog } from '../support/recorded-log.ts';

const QUEUE = 1_000;
const LARGEST_GROUP = 64;

/** A writer whose session commits when it is told to. */
function setUp() {
	const { logger, lines } = recordLog();
	const groups: (readonly WriteRequest[])[] = [];
	const commits: { readonly finish: () => void; readonly fail: (error: Error) => void }[] = [];
	const sessions = { opened: 0, closed: 0, usable: true };
	let isHeld = true;
	const session: NonNullable<WriterOptions['session']> = {
		get usable() {
			return sessions.usable;
		},
		commit: (changes) =>
			new Promise((resolve, reject) => {
				groups.push(changes);
				const outcomes = changes.map((): Outcome => ({ kind: 'unchanged', version: '', record: '' }));
				const finish = () =>
					resolve({
						outcomes,
						base: undefined,
						head: undefined,
						commits: [],
						files: [],
						ledger: undefined,
						followed: false,
					});
				commits.push({ finish, fail: reject });
				if (!isHeld) finish();
			}),
		follow: () => Promise.reject(new Error('there is no remote')),
		noteShared: () => Promise.reject(new Error('there is no remote')),
		close: async () => void sessions.closed++,
	};
	const writer = new Writer({
		store: {
			exclusively: (action) => action(),
			publishWritten: () => Promise.reject(new Error('nothing is written')),
		},
		history: { noteWritten: () => {} },
		queue: { publishWritten: async () => {}, follow: async () => {}, trouble: undefined },
		logger,
		open: async () => {
			sessions.opened++;
			sessions.usable = true;
			return session;
		},
		session,
	});
	const release = () => {
		isHeld = false;
		for (const { finish } of commits) finish();
	};
	return { writer, groups, commits, sessions, release, lines };
}

test('who_comes_when_the_queue_is_full_is_told_to_come_again_and_the_others_are_done', async () => {
	const { writer, groups, release } = setUp();
	const first = writer.submit(create('first'));
	const waiting = Array.from({ length: QUEUE }, (_, index) => writer.submit(create(`model ${index}`)));
	await expect(writer.submit(create('too many'))).rejects.toMatchObject({
		code: 'overloaded',
		data: { retryAfter: 2 },
	});
	release();
	await Promise.all([first, ...waiting]);
	await expect(writer.submit(create('in a moment'))).resolves.toMatchObject({ kind: 'unchanged' });
	expect(Math.max(...groups.map(({ length }) => length))).toBe(LARGEST_GROUP);
	const names = groups.flatMap((group) => group.map((request) => ('model' in request ? request.model : '')));
	expect(names).toEqual([
		'first',
		...Array.from({ length: QUEUE }, (_, index) => `model ${index}`),
		'in a moment',
	]);
});

test('a_group_that_fails_by_a_mistake_of_ours_takes_no_other_with_it', async () => {
	const { writer, commits, release } = setUp();
	const first = writer.submit(create('first'));
	const second = writer.submit(create('second'));
	const failed = expect(first).rejects.toThrow('a mistake');
	await vi.waitFor(() => expect(commits).toHaveLength(1));
	commits[0]?.fail(new Error('a mistake'));
	await failed;
	release();
	await expect(second).resolves.toMatchObject({ kind: 'unchanged' });
});

test('a_session_that_was_lost_is_closed_and_another_is_opened', async () => {
	const { writer, sessions, release } = setUp();
	release();
	const before = await writer.ready();
	expect(await writer.ready()).toBe(before);
	sessions.usable = false;
	await writer.submit(create('a'));
	expect(sessions).toMatchObject({ opened: 1, closed: 1 });
});

test('closing_waits_for_who_waits', async () => {
	const { writer, sessions, release } = setUp();
	const writes = [writer.submit(create('a')), writer.submit(create('b'))];
	const closed = writer.close().then(() => sessions.closed);
	release();
	await Promise.all(writes);
	expect(await closed).toBe(1);
});

test('being_told_to_come_again_is_503_with_retry_after', async () => {
	const { writer, release } = setUp();
	const waiting = Array.from({ length: QUEUE + 1 }, (_, index) => writer.submit(create(`model ${index}`)));
	const app = express();
	app.get('/', async () => void (await writer.submit(create('too many'))));
	app.use(errorHandler(recordLog().logger));
	const server = createServer(app).listen(0, '127.0.0.1');
	onTestFinished(() => void server.close());
	await once(server, 'listening');
	const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
	expect(answer.status).toBe(503);
	expect(answer.headers.get('retry-after')).toBe('2');
	expect(await answer.json()).toEqual({ detail: expect.stringContaining('too many writes are waiting') });
	release();
	await Promise.all(waiting);
});
