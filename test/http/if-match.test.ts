/** Reads that insist on a version (RFC 9110, 13.1.1): the tag is compared strongly, in whatever coding it was given. */

import { beforeAll, describe, expect, test } from 'vitest';
import { clipReference } from '../support/records.ts';
import { holding, serviceForSuite } from '../support/suite-service.ts';
import { BY_WAY } from '../support/ways.ts';

const CLIP = '/api/model_references/v1/clip';
const service = serviceForSuite(holding({ 'clip.json': clipReference('a', 'b', 'c') }));

let blob = '';
beforeAll(() => {
	blob = service.repository.git('hash-object', 'clip.json');
});

describe.each(BY_WAY)('a read answered %s', (_title, { ask }) => {
	const asking = (header: string, method = 'GET', further = {}) =>
		ask(service.url, CLIP, { 'If-Match': header.replace('ID', blob), ...further }, method);

	test.each(['"ID"', '*', '"ID-gzip"', '"ID-br"', '"other", "ID"'])(
		'is_sent_if_%s_matches',
		async (header) => {
			const answer = await asking(header);
			expect(answer.status).toBe(200);
			expect(answer.body.toString()).toBe(clipReference('a', 'b', 'c'));
		},
	);

	test.each(['"other"', 'W/"ID"', 'ID', '"ID', '"*"', '"IDx"', ''])(
		'fails_the_precondition_if_%s_must_match',
		async (header) => {
			const answer = await asking(header);
			expect(answer.status).toBe(412);
			expect(answer.headers['content-type']).toBe('application/json');
			expect(answer.json()).toEqual({ detail: expect.any(String) });
			const head = await asking(header, 'HEAD');
			expect(head.status).toBe(412);
			expect(head.body.length).toBe(0);
		},
	);

	test('looks_at_if_match_before_anything_else', async () => {
		expect((await asking('"other"', 'GET', { 'If-None-Match': '*' })).status).toBe(412);
		expect((await asking('"ID"', 'GET', { 'If-None-Match': '*' })).status).toBe(304);
	});
});
