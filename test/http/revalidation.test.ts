/** When a client may keep what it holds (RFC 9110, 13.1.2 and 13.1.3). */

import { beforeAll, describe, expect, test, vi } from 'vitest';
import { clipReference } from '../support/records.ts';
import { holding, serviceForSuite } from '../support/suite-service.ts';
import { BY_WAY, WAYS } from '../support/ways.ts';

const CLIP = '/api/model_references/v1/clip';
/** Tue, 14 Nov 2023 22:13:20 GMT */
const COMMITTED = 1_700_000_000;
const EXACT = 'Tue, 14 Nov 2023 22:13:20 GMT';

const service = serviceForSuite(holding({ 'clip.json': clipReference('a', 'b', 'c') }, COMMITTED));

let blob = '';
beforeAll(() => {
	blob = service.repository.git('hash-object', 'clip.json');
});

interface TagRow {
	/** `ID` stands for the blob id. */
	readonly header: string | string[];
	readonly accepted?: string;
	/** Tag of the 304, when it is one. */
	readonly held?: string;
}

const HELD: readonly TagRow[] = [
	{ header: '"ID"', held: '"ID"' },
	{ header: 'W/"ID"', held: '"ID"' },
	{ header: '"other", "ID"', held: '"ID"' },
	{ header: '"ID","other"', held: '"ID"' },
	{ header: 'W/"other" , W/"ID"', held: '"ID"' },
	{ header: '"a, b", "ID"', held: '"ID"' },
	{ header: '"", "ID"', held: '"ID"' },
	{ header: ['"other"', '"ID"'], held: '"ID"' },
	{ header: '*', held: '"ID"' },
	{ header: '*', accepted: 'gzip', held: '"ID-gzip"' },
	{ header: '"ID-gzip"', accepted: 'gzip', held: '"ID-gzip"' },
	{ header: '"ID-br"', accepted: 'br', held: '"ID-br"' },
	{ header: 'W/"ID-gzip"', accepted: 'gzip', held: '"ID-gzip"' },
	{ header: '"ID-gzip"', accepted: 'gzip, br', held: '"ID-gzip"' },
	{ header: '"ID"', accepted: 'gzip, br', held: '"ID"' },
];

const NOT_HELD: readonly TagRow[] = [
	{ header: '"other"' },
	{ header: 'W/"other"' },
	{ header: '"other", "another"' },
	{ header: '"ID ' },
	{ header: 'ID' },
	{ header: 'ID, other' },
	{ header: '"*"' },
	{ header: '' },
	{ header: ',' },
	{ header: '"IDx"' },
	{ header: '"id:ID"' },
	{ header: '"ID-deflate"' },
	{ header: '"ID-gzip"', accepted: 'identity' },
	{ header: '"ID-br"', accepted: 'gzip' },
	{ header: '"ID"', accepted: 'gzip, identity;q=0' },
];

const filled = (header: string | string[]) =>
	typeof header === 'string' ? header.replace('ID', blob) : header.map((line) => line.replace('ID', blob));
const titled = (rows: readonly TagRow[]) =>
	rows.map((row) => [`${row.header}_accepting_${row.accepted ?? 'nothing_in_particular'}`, row] as const);
const conditions = ({ header, accepted }: TagRow) => ({
	'If-None-Match': filled(header),
	...(accepted !== undefined && { 'Accept-Encoding': accepted }),
});

/** The second after the present one: by then these bytes have been served for a while. */
const soon = () => new Date(Date.now() + 1000).toUTCString();

describe.each(BY_WAY)('a read answered %s', (_title, { ask }) => {
	test.each(titled(HELD))('need_not_be_sent_to_who_holds_%s', async (_title, row) => {
		for (const method of ['GET', 'HEAD']) {
			const answer = await ask(service.url, CLIP, conditions(row), method);
			expect(answer.status).toBe(304);
			expect(answer.body.length).toBe(0);
			expect(answer.headers).toMatchObject({
				etag: filled(row.held ?? ''),
				'last-modified': EXACT,
				'cache-control': 'public, max-age=60, stale-while-revalidate=600',
				vary: expect.stringContaining('Accept-Encoding'),
			});
			expect(answer.headers).not.toHaveProperty('content-length');
			expect(answer.headers).not.toHaveProperty('content-type');
			expect(answer.headers).not.toHaveProperty('transfer-encoding');
		}
	});

	test.each(titled(NOT_HELD))('is_sent_to_who_says_%s', async (_title, row) => {
		const answer = await ask(service.url, CLIP, conditions(row));
		expect(answer.status).toBe(200);
		expect(answer.body.length).toBeGreaterThan(0);
	});

	test.each([
		['the_date_that_was_given_out', EXACT],
		['that_date_in_the_form_of_RFC_850', 'Tuesday, 14-Nov-23 22:13:20 GMT'],
		['that_date_in_the_form_of_asctime', 'Tue Nov 14 22:13:20 2023'],
	])('need_not_be_sent_again_since_%s', async (_title, date) => {
		const answer = await ask(service.url, CLIP, { 'If-Modified-Since': date });
		expect(answer.status).toBe(304);
		expect(answer.headers.etag).toBe(`"${blob}"`);
		expect(answer.body.length).toBe(0);
	});

	test('need_not_be_sent_again_since_now', async () => {
		expect((await ask(service.url, CLIP, { 'If-Modified-Since': soon() })).status).toBe(304);
	});

	test.each([
		['a_second_before_the_commit', 'Tue, 14 Nov 2023 22:13:19 GMT'],
		['the_beginning_of_time', 'Thu, 01 Jan 1970 00:00:00 GMT'],
		// The commit may have arrived here long after its date.
		['after_the_commit_but_before_it_was_served', 'Wed, 15 Nov 2023 00:00:00 GMT'],
		['garbage', 'garbage'],
		['nothing', ''],
		['a_bare_year', '2999'],
		['a_year_among_garbage', 'garbage 2999'],
		['a_date_of_another_form', '2999-01-01T00:00:00Z'],
		['a_number', '99999999'],
		['a_word_that_begins_like_a_day', 'Sunny days of 2999'],
	])('is_sent_to_who_has_it_since_%s', async (_title, date) => {
		const answer = await ask(service.url, CLIP, { 'If-Modified-Since': date });
		expect(answer.status).toBe(200);
		expect(answer.body.toString()).toBe(clipReference('a', 'b', 'c'));
	});

	test('goes_by_the_tag_where_there_is_also_a_date', async () => {
		const other = await ask(service.url, CLIP, { 'If-None-Match': '"other"', 'If-Modified-Since': EXACT });
		expect(other.status).toBe(200);
		const same = await ask(service.url, CLIP, {
			'If-None-Match': `"${blob}"`,
			'If-Modified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT',
		});
		expect(same.status).toBe(304);
	});

	test('is_still_not_acceptable_in_no_coding_at_all', async () => {
		const headers = { 'Accept-Encoding': '*;q=0' };
		expect((await ask(service.url, CLIP, { ...headers, 'If-None-Match': '*' })).status).toBe(406);
		expect((await ask(service.url, CLIP, { ...headers, 'If-Modified-Since': soon() })).status).toBe(406);
	});

	test('goes_by_the_date_wherever_on_earth_the_service_runs', async () => {
		vi.stubEnv('TZ', 'America/New_York');
		try {
			for (const date of [EXACT, 'Tuesday, 14-Nov-23 22:13:20 GMT', 'Tue Nov 14 22:13:20 2023']) {
				expect((await ask(service.url, CLIP, { 'If-Modified-Since': date })).status).toBe(304);
			}
		} finally {
			vi.unstubAllEnvs();
		}
	});
});

test.each([
	[EXACT, 'Thu, 01 Jan 1970 00:00:00 GMT'],
	['Thu, 01 Jan 1970 00:00:00 GMT', EXACT],
])('two_dates_mean_the_same_by_all_ways_%s_%s', async (...dates) => {
	const answers = await Promise.all(
		WAYS.map(({ ask }) => ask(service.url, CLIP, { 'If-Modified-Since': dates })),
	);
	expect(new Set(answers.map(({ status }) => status)).size).toBe(1);
});
