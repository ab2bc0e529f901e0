/**
 * The write flow recorded from the original service in direct mode, done again on the imported references: status and shape
 * agree, except where we differ on purpose. Each exception names the row of the differences that allows it.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { importOriginals } from '../support/imported-corpus.ts';
import { missingCorpus, sharedPath } from '../support/shared-corpus.ts';
import { serviceForSuite } from '../support/suite-service.ts';

interface Recorded {
	readonly request: {
		readonly method: string;
		readonly path: string;
		readonly headers: Readonly<Record<string, string>>;
		readonly body?: unknown;
	};
	/** Null where the connection ended without an answer. */
	readonly status: number | null;
	readonly headers: readonly (readonly [string, string])[];
	readonly body?: unknown;
}

interface Answer {
	readonly status: number;
	readonly headers: Headers;
	readonly body: unknown;
}

interface Exception {
	/** Row of the differences. */
	readonly because: string;
	/** Ours, where it is another one. */
	readonly status?: number;
	check?(answer: Answer, recorded: Recorded): void;
}

const roleMissing: Exception = { because: 'W3: a missing role is 403', status: 403 };
const stored: Exception = { because: 'W6 and W16: what is stored is answered, without nulls' };
const refusedName: Exception = { because: 'W13: control characters are refused', status: 422 };
const holds = (name: string, record: object | undefined): Exception => ({
	because: 'R1: the bytes of the file, with the record in it',
	check: ({ body }) => {
		if (record === undefined) expect(Object(body)).not.toHaveProperty([name]);
		else expect(Object(body)[name]).toMatchObject(record);
	},
});

const EXCEPTIONS: Readonly<Record<string, Exception>> = {
	'001': roleMissing,
	'002': roleMissing,
	'007': holds('Golden Direct', { description: 'A golden test model — café', available: false }),
	'008': {
		because: 'W5: nothing that was sent is dropped',
		check: ({ body }, { body: theirs }) =>
			expect(body).toEqual({ ...Object(theirs), min_bridge_version: 12, my_extra: 1 }),
	},
	'009': holds('Golden Direct', { description: 'updated', my_extra: 1 }),
	'014': holds('Golden / Min', { baseline: 'stable_diffusion_xl', type: 'ckpt', inpainting: false }),
	'016': {
		because: 'W12: nothing can fail after the commit',
		status: 201,
		check: ({ body }) => expect(body).toMatchObject({ name: 'Golden \u2603' }),
	},
	'019': refusedName,
	'020': refusedName,
	'021': refusedName,
	'024': roleMissing,
	'025': { because: 'W11: names with slashes can be deleted', status: 204 },
	'042': {
		because: 'Q10: types that the real references hold are accepted',
		check: ({ body }) => expect(body).toMatchObject({ detail: [{ type: 'literal_error', input: 'bogus' }] }),
	},
	'047': {
		because: 'R4: derived from git',
		check: ({ body }, { body: theirs }) => {
			expect(Object.keys(Object(body))).toEqual(Object.keys(Object(theirs)));
			expect(body).toMatchObject({ last_operation_type: 'delete', backend_type: 'GitWorkingTree' });
		},
	},
	'048': {
		because: 'R4: derived from git',
		check: ({ body }) => expect(body).toEqual({ last_updated: expect.any(Number) }),
	},
	'049': {
		because: 'W16: the record as stored',
		check: ({ body }) =>
			expect(body).toMatchObject({
				name: 'golden/Tiny-7B',
				model_name: 'Tiny-7B',
				tags: ['7B'],
				version: '1',
			}),
	},
	'050': {
		because: 'W10: a write destroys no store',
		check: ({ body }, { body: theirs }) => {
			for (const [name, record] of Object.entries(Object(theirs))) expect(Object(body)[name]).toEqual(record);
			expect(Object(body)).toHaveProperty(['acrastt/Marx-3B-V3']);
		},
	},
	'051': {
		because: 'W10: a write destroys no store',
		status: 200,
		check: ({ body }) =>
			expect(body).toMatchObject({ name: 'acrastt/Marx-3B-V3', parameters: 3_000_000_000 }),
	},
	...Object.fromEntries(
		['026', '028', '030', '032', '034', '036', '038', '040', '043'].map((n) => [n, stored]),
	),
	...Object.fromEntries(
		[
			['027', 'blip'],
			['029', 'clip'],
			['031', 'codeformer'],
			['033', 'esrgan'],
			['035', 'gfpgan'],
			['037', 'safety_checker'],
			['039', 'controlnet'],
			['041', 'miscellaneous'],
		].map(([number, category]) => [
			number,
			holds(`Golden ${category}`, { version: '1', extra_field: { a: [1] } }),
		]),
	),
};

const directory = sharedPath('golden', 'direct');
const recordings = existsSync(directory)
	? readdirSync(directory)
			.sort()
			.map((file): [string, Recorded] => [
				file.replace(/\.json$/, ''),
				JSON.parse(readFileSync(`${directory}/${file}`, 'utf8')),
			])
	: [];

const COMMAND_LINE = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

describe.skipIf(missingCorpus)(`recorded writes ${missingCorpus ?? ''}`, () => {
	/** Ours for those that were recorded. In direct mode the original asked for an approver, we ask for a requestor. */
	const keys = new Map<string, string>();
	const service = serviceForSuite(
		(repository) => {
			importOriginals(repository);
			for (const [id, name] of ['approver', 'requestor', 'other'].entries()) {
				const args = ['keys', 'add', '--repo', repository.directory, '--id', String(id + 1), '--name', name];
				const printed = execFileSync(process.execPath, [COMMAND_LINE, ...args], { stdio: 'pipe' });
				keys.set(`key-${name}`, printed.toString().trim());
			}
		},
		{ writes: 'direct', identity: 'keys', requestorIds: ['1'] },
	);

	const ask = async ({ request: { method, path, headers, body } }: Recorded): Promise<Answer> => {
		const { apikey } = headers;
		const ours = apikey === undefined ? headers : { ...headers, apikey: keys.get(apikey) ?? apikey };
		const sent = body === undefined || body === null ? {} : { body: JSON.stringify(body) };
		const answer = await fetch(service.url + path, { method, headers: ours, ...sent });
		const text = await answer.text();
		return { status: answer.status, headers: answer.headers, body: text === '' ? '' : JSON.parse(text) };
	};

	test('are_all_here_and_every_exception_is_about_one', () => {
		expect(recordings).toHaveLength(51);
		const numbers = recordings.map(([title]) => title.slice(0, 3));
		expect(Object.keys(EXCEPTIONS).filter((number) => !numbers.includes(number))).toEqual([]);
	});

	const rows = recordings.map(([title, recorded]) => {
		const exception = EXCEPTIONS[title.slice(0, 3)];
		return [exception ? `${title} (${exception.because})` : title, recorded, exception] as const;
	});

	// In their order: each builds on what those before it have written.
	test.each(rows)('%s', async (_title, recorded, exception) => {
		const answer = await ask(recorded);
		expect(answer.status).toBe(exception?.status ?? recorded.status);
		if (exception?.check) exception.check(answer, recorded);
		else if (exception?.status === undefined) expectSameShape(answer, recorded);
		expectLocation(answer, recorded);
	});

	test('each_left_one_commit_of_one_record_and_a_clean_tree', () => {
		const { repository } = service;
		const log = repository.git('log', '--format=%an %s', '--grep=^Operation: ', '--reverse').split('\n');
		const written = recordings.filter(([title, { request }]) => {
			const status =
				EXCEPTIONS[title.slice(0, 3)]?.status ?? recordings.find(([t]) => t === title)?.[1].status;
			return request.method !== 'GET' && typeof status === 'number' && status < 300;
		});
		expect(log).toHaveLength(written.length);
		expect(new Set(log.map((line) => line.split(' ')[0]))).toEqual(new Set(['approver#1']));
		expect(repository.git('status', '--porcelain')).toBe('');
	});
});

function expectSameShape({ status, body }: Answer, recorded: Recorded): void {
	if (status < 300) expect(body).toEqual(withoutNulls(recorded.body));
	else expect(shapeOf(body)).toEqual(shapeOf(recorded.body));
}

/** What a client reads an error by; the sentences are ours to write. */
function shapeOf(body: unknown): unknown {
	const { detail } = Object(body);
	return Array.isArray(detail) ? detail.map(({ type, loc }) => ({ type, loc })) : typeof detail;
}

function withoutNulls(body: unknown): unknown {
	if (body === '') return body;
	return Object.fromEntries(Object.entries(Object(body)).filter(([, value]) => value !== null));
}

/** Percent-encoded and under the prefix of the request (W12). */
function expectLocation({ status, headers }: Answer, { request, headers: theirs }: Recorded): void {
	const [, path] = theirs.find(([name]) => name === 'location') ?? [];
	if (status !== 201 || path === undefined) return;
	expect(headers.get('location')).toMatch(/^[!-~]+$/);
	expect(decodeURIComponent(headers.get('location') ?? '')).toBe(`/api${path}`);
	expect(request.method).toBe('POST');
}
