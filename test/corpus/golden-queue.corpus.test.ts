/**
 * The flow through the queue recorded from the original service, done again on the imported references: status, fields, their
 * order and their values agree, except where we differ on purpose. Each exception names what allows it.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { expectSound } from '../support/committer.ts';
import { importOriginals } from '../support/imported-corpus.ts';
import { BATCH_EXCEPTIONS } from '../support/recorded-batches.ts';
import { PROPOSAL_EXCEPTIONS } from '../support/recorded-proposals.ts';
import {
	type Answer,
	errorShape,
	expectSame,
	ourAnswer,
	ourNumbers,
	ourPath,
	type Recorded,
} from '../support/recorded-queue.ts';
import { missingCorpus, sharedPath } from '../support/shared-corpus.ts';
import { serviceForSuite } from '../support/suite-service.ts';
import { WRITE_SETTINGS } from '../support/write-service.ts';

const EXCEPTIONS = { ...PROPOSAL_EXCEPTIONS, ...BATCH_EXCEPTIONS };

const directory = sharedPath('golden', 'queue');
const recordings = existsSync(directory)
	? readdirSync(directory)
			.sort()
			.map((file): [string, Recorded] => [
				file.replace(/\.json$/, ''),
				JSON.parse(readFileSync(`${directory}/${file}`, 'utf8')),
			])
	: [];

const COMMAND_LINE = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Whose the recorded keys were. */
const USERS = { approver: 'alice', requestor: 'bob', other: 'carol' };

describe.skipIf(missingCorpus)(`recorded queue ${missingCorpus ?? ''}`, () => {
	/** Ours for those that were recorded. */
	const keys = new Map<string, string>();
	const service = serviceForSuite(
		(repository) => {
			importOriginals(repository);
			for (const [index, [role, name]] of Object.entries(USERS).entries()) {
				const id = String(index + 1);
				const args = ['keys', 'add', '--repo', repository.directory, '--id', id, '--name', name];
				const printed = execFileSync(process.execPath, [COMMAND_LINE, ...args], { stdio: 'pipe' });
				keys.set(`key-${role}`, printed.toString().trim());
			}
		},
		{ ...WRITE_SETTINGS, writes: 'queue', identity: 'keys', requestorIds: ['2'], approverIds: ['1'] },
	);

	const ask = async ({ request: { method, path, headers, body } }: Recorded): Promise<Answer> => {
		const { apikey } = headers;
		const ours = apikey === undefined ? headers : { ...headers, apikey: keys.get(apikey) ?? apikey };
		const text = typeof body === 'string' ? body : JSON.stringify(ourNumbers(body));
		const sent = body === undefined || body === null ? {} : { body: text };
		const answer = await fetch(service.url + ourPath(path), { method, headers: ours, ...sent });
		const answered = await answer.text();
		return { status: answer.status, body: answered === '' ? '' : JSON.parse(answered) };
	};

	test('are_all_here_and_every_exception_is_about_one', () => {
		expect(recordings).toHaveLength(148);
		const numbers = recordings.map(([title]) => title.slice(0, 3));
		expect(Object.keys(EXCEPTIONS).filter((number) => !numbers.includes(number))).toEqual([]);
	});

	const rows = recordings.map(([title, recorded]) => {
		const exception = EXCEPTIONS[title.slice(0, 3)];
		return [exception ? `${title} (${exception.because})` : title, recorded, exception] as const;
	});

	// In their order: each builds on what those before it have done.
	test.each(rows)('%s', async (_title, recorded, exception) => {
		exception?.before?.(service.repository);
		const answer = await ask(recorded);
		expect(answer.status, JSON.stringify(answer.body)).toBe(exception?.status ?? recorded.status);
		if (exception) exception.check(answer, recorded);
		else expectAgreement(answer, recorded);
		if (exception?.again === undefined) return;
		const { request } = recorded;
		const body = { ...Object(request.body), ...exception.again };
		const second = await ask({ ...recorded, request: { ...request, body } });
		expect(second.status, JSON.stringify(second.body)).toBe(recorded.status);
		expectAgreement(second, recorded);
	});

	test('published_one_commit_for_each_change_that_was_applied', () => {
		const { repository } = service;
		const log = repository.git(
			'log',
			'--reverse',
			'--grep=^Change-Id: ',
			'--format=%an|%s|%(trailers:key=Change-Id,key=Batch-Id,key=Approved-By,valueonly,separator=%x2C)',
		);
		expect(log.split('\n')).toEqual([
			'bob#2|Add image_generation model Golden One|1,1,alice#1',
			'bob#2|Remove image_generation model Deliberate|3,2,alice#1',
			'bob#2|Update image_generation model Anything Diffusion|4,2,alice#1',
			'bob#2|Add blip model Golden blip|8,3,alice#1',
			'bob#2|Add clip model Golden clip|9,3,alice#1',
			'bob#2|Update blip model Golden blip|16,4,alice#1',
			'bob#2|Remove blip model Golden blip|17,5,alice#1',
			'alice#1|Add text_generation model golden/Tiny-7B|5,6,alice#1',
		]);
		const open = repository.git('for-each-ref', '--format=%(refname:lstrip=3)', 'refs/heads/pending/');
		expect(
			open
				.split('\n')
				.map(Number)
				.sort((a, b) => a - b),
		).toEqual([6, 7, 12, 13, 14, 15]);
		expectSound(repository);
	});
});

/** Sentences about the queue are the original's; those about a record are ours to write. */
function expectAgreement({ status, body }: Answer, { request, body: theirs }: Recorded): void {
	const isOurs = status >= 400 && !request.path.includes('/pending_queue/');
	if (isOurs) expect(errorShape(body)).toEqual(errorShape(theirs));
	else expectSame(body, ourAnswer(theirs));
}
