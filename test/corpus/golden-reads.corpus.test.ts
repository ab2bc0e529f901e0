/**
 * Every recorded read of the original service, asked again: the status and the JSON value agree, except where we differ on
 * purpose. Each exception names the row of the differences that allows it and says what is answered instead.
 */

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { importedCorpus } from '../support/imported-corpus.ts';
import { type RawAnswer, rawRequest } from '../support/raw-request.ts';
import { missingCorpus, sharedPath } from '../support/shared-corpus.ts';

interface Recorded {
	readonly request: {
		readonly method: string;
		readonly path: string;
		readonly headers: Readonly<Record<string, string>>;
	};
	readonly status: number;
	readonly headers: readonly (readonly [string, string])[];
	readonly body?: unknown;
	/** Large bodies are known by their digest only. */
	readonly body_sha256?: string;
	/** The file that the original service was given, and whether the answer equals it. */
	readonly seeded_file?: {
		readonly sha256: string;
		readonly byte_identical: boolean;
		readonly json_equal: boolean;
	};
}

interface Exception {
	/** Row of the differences, or where else the frozen contract leaves it to us. */
	readonly because: string;
	check(answer: RawAnswer, recorded: Recorded): void | Promise<void>;
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

const isGrouped = ({ body }: RawAnswer) => body.includes('"text_model_group_summary"');

const location: Exception = {
	because: 'R5: the Location is relative',
	check: (answer, recorded) => {
		expect(answer.status).toBe(307);
		const [, absolute = ''] = recorded.headers.find(([name]) => name === 'location') ?? [];
		expect(answer.headers.location).toMatch(/^\.\.\/\w+$/);
		expect(new URL(answer.headers.location ?? '', `http://host${recorded.request.path}`).pathname).toBe(
			new URL(absolute).pathname,
		);
	},
};

const derived: Exception = {
	because: 'R4: the values are derived from git',
	check: (answer, recorded) => {
		expect(answer.status).toBe(200);
		const ours: Record<string, unknown> = Object(answer.json());
		const theirs: Record<string, unknown> = Object(recorded.body);
		expect(Object.keys(ours)).toEqual(Object.keys(theirs));
		for (const [key, value] of Object.entries(theirs)) {
			// What happened last was null in a record of nothing; here it is the name of what did.
			if (key.startsWith('last_operation_'))
				expect([key, ours[key] ?? '']).toEqual([key, expect.any(String)]);
			else expect([key, typeof ours[key]]).toEqual([key, typeof value]);
		}
	},
};

const grouped: Exception = {
	because: 'only its digest was recorded, over values that db.json spells and orders otherwise (R1)',
	check: (answer) => {
		expect(answer.status).toBe(200);
		expect(isGrouped(answer)).toBe(true);
		expect(/^[ -~]+$/.test(answer.body.toString('latin1'))).toBe(true);
	},
};

/** By the number that begins the name of a recording. */
const EXCEPTIONS: Readonly<Record<string, Exception>> = {
	'005': {
		because: 'sentences are ours to write',
		check: (answer) => expect(answer.json()).toEqual({ message: expect.stringContaining('github.com') }),
	},
	'006': {
		because: 'sentences are ours to write',
		check: (answer) => expect(answer.json()).toEqual({ message: expect.stringContaining('github.com') }),
	},
	'007': location,
	'034': location,
	'035': grouped,
	'036': grouped,
	'040': {
		because: 'R3: db.json honours the flag',
		check: async (answer, recorded) => {
			await grouped.check(answer, recorded);
			expect(sha256(answer.body)).not.toBe(recorded.body_sha256);
		},
	},
	'041': {
		because: 'R2: HEAD is answered',
		check: (answer) => {
			expect(answer.status).toBe(200);
			expect(answer.body.length).toBe(0);
		},
	},
	'042': {
		because: 'R2: HEAD and OPTIONS are allowed too',
		check: (answer, recorded) => {
			expect(answer.status).toBe(405);
			expect(answer.json()).toEqual(recorded.body);
			expect(answer.headers.allow).toBe('GET, HEAD, OPTIONS');
		},
	},
	'043': {
		because: 'R6: one model can be read',
		check: (answer) => {
			expect(answer.status).toBe(200);
			expect(answer.json()).toMatchObject({ name: 'Deliberate' });
		},
	},
	'047': {
		because: 'R2: answers are compressed',
		check: (answer) => {
			expect(answer.status).toBe(200);
			expect(answer.headers['content-encoding']).toBe('gzip');
		},
	},
	'048': derived,
	'049': {
		because: 'R4: a category that no commit ever touched is absent',
		check: (answer, recorded) => {
			const ours: Record<string, unknown> = Object(answer.json());
			const theirs = Object.keys(Object(recorded.body));
			const touched = theirs.filter((name) => !/^(?:controlnet_annotator|video_|audio_|ti$)/.test(name));
			expect(Object.keys(ours)).toEqual(touched);
			for (const metadata of Object.values(ours)) {
				expect(Object.keys(Object(metadata))).toEqual(
					Object.keys(Object.values(Object(recorded.body))[0] ?? {}),
				);
			}
		},
	},
	'050': derived,
	'051': derived,
	'052': derived,
	'053': derived,
	'058': {
		because: 'the document describes this service',
		check: (answer) => expect(answer.json()).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./) }),
	},
};

const directory = sharedPath('golden', 'reads');
const recordings = existsSync(directory)
	? readdirSync(directory)
			.sort()
			.map((file): [string, Recorded] => [
				file.replace(/\.json$/, ''),
				JSON.parse(readFileSync(`${directory}/${file}`, 'utf8')),
			])
	: [];

describe.skipIf(missingCorpus)(`recorded reads ${missingCorpus ?? ''}`, () => {
	const { service } = importedCorpus();

	test('are_all_here_and_every_exception_is_about_one', () => {
		expect(recordings).toHaveLength(58);
		const numbers = recordings.map(([title]) => title.slice(0, 3));
		expect(Object.keys(EXCEPTIONS).filter((number) => !numbers.includes(number))).toEqual([]);
	});

	const rows = recordings.map(([title, recorded]) => {
		const exception = EXCEPTIONS[title.slice(0, 3)];
		return [exception ? `${title} (${exception.because})` : title, recorded, exception] as const;
	});

	test.each(rows)('%s', async (_title, recorded, exception) => {
		const { method, path, headers } = recorded.request;
		const answer = await rawRequest(service.url, path, { method, headers });
		if (exception) await exception.check(answer, recorded);
		else expectSame(answer, recorded);
	});
});

function expectSame(answer: RawAnswer, recorded: Recorded): void {
	expect(answer.status).toBe(recorded.status);
	for (const [name, value] of recorded.headers) {
		// R1: the bytes of the file are not as many as those of the text made from it.
		if (name !== 'content-length') expect([name, answer.headers[name]]).toEqual([name, value]);
	}
	if (recorded.body_sha256 === undefined) {
		const isJson = answer.headers['content-type'] === 'application/json';
		expect(isJson ? answer.json() : answer.body.toString()).toEqual(recorded.body);
		return;
	}
	// R1: what was recorded equals the file that the service was given, in bytes or as a value; we answer that file.
	expect(recorded.seeded_file?.json_equal).toBe(true);
	expect(sha256(answer.body)).toBe(recorded.seeded_file?.sha256);
	if (recorded.seeded_file?.byte_identical) expect(sha256(answer.body)).toBe(recorded.body_sha256);
}
