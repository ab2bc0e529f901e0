/** Which content coding a client gets for what it says it accepts (RFC 9110, 12.5.3). */

import { describe, expect, test } from 'vitest';
import { clipReference } from '../support/records.ts';
import { holding, serviceForSuite } from '../support/suite-service.ts';
import { BY_WAY, WAYS } from '../support/ways.ts';

const CLIP = '/api/model_references/v1/clip';
const service = serviceForSuite(holding({ 'clip.json': clipReference('a', 'b', 'c') }));

const CHOICES: readonly (readonly [string | undefined, string])[] = [
	[undefined, 'identity'],
	['', 'identity'],
	['identity', 'identity'],
	['gzip', 'gzip'],
	['br', 'br'],
	['GZip', 'gzip'],
	['gzip, deflate', 'gzip'],
	['gzip, deflate, br', 'br'],
	['br, gzip', 'br'],
	['gzip,br', 'br'],
	['deflate', 'identity'],
	['zstd, compress', 'identity'],
	['*', 'br'],
	['*;q=0.1', 'br'],
	['gzip;q=0', 'identity'],
	['gzip;q=0.000, br;q=0.0', 'identity'],
	['gzip;q=0, *', 'br'],
	['br;q=0, *', 'gzip'],
	['br;q=0.5, gzip', 'gzip'],
	['br;q=0.5, gzip;q=0.8', 'gzip'],
	['gzip;q=0.5, br;q=0.8', 'br'],
	['gzip;q=0.4, identity;q=0.5', 'identity'],
	['gzip;q=0.5, identity', 'identity'],
	['gzip ; q=1.0 ,  br ; q=0', 'gzip'],
	['gzip;q=1.000', 'gzip'],
	['identity;q=0, gzip', 'gzip'],
	['identity;q=0, *', 'br'],
	['*;q=0, gzip', 'gzip'],
	['*;q=0, identity', 'identity'],
	['identity, *;q=0', 'identity'],
];

const REFUSALS = [
	'identity;q=0',
	'*;q=0',
	'identity;q=0, deflate',
	'*;q=0, zstd',
	'identity;q=0, gzip;q=0, br;q=0',
];

describe.each(BY_WAY)('a read answered %s', (_title, { ask }) => {
	test.each(CHOICES)('for_"%s"_is_sent_in_%s', async (accepted, coding) => {
		const headers = accepted === undefined ? {} : { 'Accept-Encoding': accepted };
		const answer = await ask(service.url, CLIP, headers);
		expect(answer.status).toBe(200);
		expect(answer.headers['content-encoding'] ?? 'identity').toBe(coding);
		expect(answer.headers['content-length']).toBe(String(answer.body.length));
	});

	test.each(REFUSALS)('for_"%s"_is_not_acceptable', async (accepted) => {
		const answer = await ask(service.url, CLIP, { 'Accept-Encoding': accepted });
		expect(answer.status).toBe(406);
		expect(answer.headers['content-type']).toBe('application/json');
		expect(answer.headers['content-encoding']).toBeUndefined();
		expect(answer.json()).toEqual({ detail: expect.stringMatching(/gzip/) });
	});

	test('takes_two_lines_of_the_header_as_one_list', async () => {
		const answer = await ask(service.url, CLIP, { 'Accept-Encoding': ['identity;q=0', 'gzip'] });
		expect(answer.status).toBe(200);
		expect(answer.headers['content-encoding']).toBe('gzip');
	});
});

test('a_document_too_small_to_compress_is_sent_as_it_is', async () => {
	const response = await fetch(service.v1('lora'), { headers: { 'Accept-Encoding': 'gzip, br' } });
	expect(response.headers.get('content-encoding')).toBeNull();
	expect(await response.text()).toBe('{}');
});

test('many_different_spellings_are_all_understood', async () => {
	const [table] = WAYS;
	const accepting = async (accepted: string) => {
		const answer = await table.ask(service.url, CLIP, { 'Accept-Encoding': accepted });
		return answer.headers['content-encoding'];
	};
	for (let index = 0; index < 300; index++) {
		expect(await accepting(`x-${index}, gzip;q=${index % 2}`)).toBe(index % 2 === 1 ? 'gzip' : undefined);
	}
	expect(await accepting('x-0, gzip;q=0')).toBeUndefined();
	expect(await accepting('x-1, gzip;q=1')).toBe('gzip');
});
