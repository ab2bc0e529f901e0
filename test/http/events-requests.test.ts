/** Requests to the feed that ask for something out of the ordinary: odd ids and filters, other methods and spellings. */

import { describe, expect, test, vi } from 'vitest';
import { CATEGORIES } from '../../src/categories.ts';
import { firstState, follow } from '../support/event-stream.ts';
import { rawRequest } from '../support/raw-request.ts';
import { clipReference } from '../support/records.ts';
import { holding, serviceForSuite } from '../support/suite-service.ts';

const service = serviceForSuite(holding({ 'clip.json': clipReference('a') }));

describe('an id', () => {
	test.each([
		['nothing', () => ''],
		['a number', () => '1'],
		['of another process', () => '00000000-1'],
		['without a process', () => '-1'],
		['__proto__', () => '__proto__'],
		['an emoji', () => Buffer.from('\u{1F980}').toString('latin1')],
		['of a step to come', (own: string) => `${own}-999999`],
		['of no whole number', (own: string) => `${own}-1e0`],
		['of a negative step', (own: string) => `${own}--1`],
		['with more behind it', (own: string) => `${own}-1-1`],
		['without a step', (own: string) => `${own}-`],
		['without a dash', (own: string) => own],
		['as long as a header may be', () => '1'.repeat(12_000)],
	])('that_we_never_gave_(%s)_is_answered_with_everything', async (_title, makeId) => {
		const first = await follow(service.url);
		await firstState(first);
		const [own = ''] = first.lastEventId()?.split('-') ?? [];
		const stream = await follow(service.url, { lastEventId: makeId(own) });
		expect(await firstState(stream)).toHaveLength(CATEGORIES.length);
	});

	test('that_is_the_present_one_is_answered_with_nothing_but_the_pause', async () => {
		const first = await follow(service.url);
		await firstState(first);
		const stream = await follow(service.url, { lastEventId: first.lastEventId() });
		await vi.waitFor(() => expect(stream.retry()).toBeDefined());
		expect(stream.text()).toMatch(/^retry: \d+\n\n$/);
	});
});

describe('a filter', () => {
	test.each(['nonsense', '', 'clip,blip', '__proto__', 'constructor', 'clip%0Adata:', 'CLIP', '..%2Fclip'])(
		'for_"%s"_is_refused',
		async (name) => {
			const answer = await rawRequest(service.url, `/api/events?category=clip&category=${name}`);
			expect(answer.status).toBe(422);
			expect(answer.json()).toMatchObject({ detail: [{ type: 'enum', loc: ['query', 'category', 1] }] });
		},
	);
});

describe('a method', () => {
	test('head_has_the_headers_and_ends', async () => {
		const answer = await rawRequest(service.url, '/api/events', { method: 'HEAD' });
		expect(answer.status).toBe(200);
		expect(answer.headers['content-type']).toBe('text/event-stream');
		expect(answer.headers['cache-control']).toBe('no-store');
		expect(answer.body).toHaveLength(0);
	});

	test('options_tells_the_methods', async () => {
		const answer = await rawRequest(service.url, '/events', { method: 'OPTIONS' });
		expect([answer.status, answer.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS']);
	});

	test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s_is_refused', async (method) => {
		const answer = await rawRequest(service.url, '/api/events', { method });
		expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
	});
});

test('a_slash_at_the_end_leads_to_it', async () => {
	const answer = await rawRequest(service.url, '/api/events/?category=clip');
	expect([answer.status, answer.headers.location]).toEqual([307, '../events?category=clip']);
});
