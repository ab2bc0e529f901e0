/** What becomes of each thing that AI-Horde can answer, or fail to. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { HordeIdentity } from '../../src/identity/horde-identity.ts';
import { FakeHorde, type HordeBehaviour } from '../support/fake-horde.ts';
import { recordLog } from '../support/recorded-log.ts';
import { ALICE, ALICE_KEY, setUpHorde, unavailability, WRONG_KEY } from './horde-setup.ts';

describe('a_question', () => {
	test('carries_the_key_in_its_header_and_nowhere_else', async () => {
		const { horde, identity } = await setUpHorde();
		expect(await identity.identify(ALICE_KEY)).toEqual(ALICE);
		expect(horde.calls).toMatchObject([
			{ method: 'GET', url: '/api/v2/find_user', headers: { apikey: ALICE_KEY } },
		]);
		expect(horde.calls[0]?.headers).not.toHaveProperty('authorization');
	});

	test('goes_beside_a_base_url_that_lacks_its_slash', async () => {
		const horde = await FakeHorde.start();
		const { identity } = await setUpHorde({ baseUrl: horde.url.replace(/\/$/, '') });
		await identity.identify(ALICE_KEY);
		expect(horde.calls.map(({ url }) => url)).toEqual(['/v2/find_user']);
	});

	test.each(['', 'aihorde.net', 'ftp://aihorde.net/api/', 'https://me:hunter2@aihorde.net/api/'])(
		'is_not_put_to_%j',
		(baseUrl) => {
			const { logger } = recordLog();
			const make = () => new HordeIdentity({ baseUrl, clock: () => 0, logger });
			expect(make).toThrow(expect.objectContaining({ code: 'config-invalid' }));
			expect(make).not.toThrow(/hunter2/);
		},
	);
});

describe('a_key_is_that_of', () => {
	test.each([
		['alice#123', { id: '123', username: 'alice#123' }],
		['a#b#2', { id: '2', username: 'a#b#2' }],
		['Anonymous#0', { id: '0', username: 'Anonymous#0' }],
		['mallory <root@localhost>\nApproved-by: root#9', { id: '9' }],
	])('%j', async (username, user) => {
		const { identity } = await setUpHorde({ users: { [ALICE_KEY]: username } });
		const found = await identity.identify(ALICE_KEY);
		expect(found).toMatchObject(user);
		expect(found?.username).not.toMatch(/[<>\n]/);
	});

	test('a_user_whose_answer_is_long_but_not_too_long', async () => {
		const { horde, identity } = await setUpHorde();
		horde.behaviour = { body: JSON.stringify({ username: 'alice#1', more: 'x'.repeat(60_000) }) };
		expect(await identity.identify(ALICE_KEY)).toEqual(ALICE);
	});

	test('the_anonymous_user_where_it_is_the_anonymous_key', async () => {
		const { identity } = await setUpHorde({ users: { '0000000000': 'Anonymous#0' } });
		expect(await identity.identify('0000000000')).toEqual({ id: '0', username: 'Anonymous#0' });
	});
});

describe('a_key_is_nobodys_where_the_answer_is', () => {
	test.each<[string, HordeBehaviour]>([
		['that_no_user_has_it', 'right'],
		['400', { status: 400 }],
		['401', { status: 401 }],
		['403', { status: 403 }],
		['404', { status: 404 }],
		['a_username_without_an_id', { body: '{"username": "alice", "id": 1}' }],
		['a_username_with_an_empty_id', { body: '{"username": "alice#"}' }],
		['a_username_with_a_garbled_id', { body: '{"username": "alice#1\\n2"}' }],
		['no_username', { body: '{"id": 1}' }],
		['a_username_that_is_no_text', { body: '{"username": 1}' }],
	])('%s', async (_title, behaviour) => {
		const { horde, identity } = await setUpHorde();
		horde.behaviour = behaviour;
		expect(await identity.identify(WRONG_KEY)).toBeUndefined();
		expect(horde.calls).toHaveLength(1);
		expect(identity.health()).toMatchObject({ degraded: false, consecutiveFailures: 0 });
	});
});

describe('it_cannot_be_told_whose_a_key_is_where_ai_horde', () => {
	test.each<[string, HordeBehaviour, number]>([
		['drops_the_connection', 'reset', 10],
		['answers_a_web_page', 'not-json', 10],
		['answers_half_of_it', 'truncated', 10],
		['answers_without_end', 'endless', 10],
		['answers_a_list', { body: '[{"username": "alice#1"}]' }, 10],
		['answers_null', { body: 'null' }, 10],
		['answers_a_text', { body: '"alice#1"' }, 10],
		['answers_nothing', { body: '' }, 10],
		['answers_too_much', { body: `{"username": "alice#1"}${' '.repeat(70_000)}` }, 10],
		['answers_201', { status: 201 }, 10],
		['answers_204', { status: 204 }, 10],
		['answers_500', { status: 500 }, 10],
		['answers_503_and_when_to_return', { status: 503, headers: { 'Retry-After': '25' } }, 25],
		['answers_429', { status: 429 }, 10],
		['answers_429_and_when_to_return', { status: 429, headers: { 'Retry-After': '7' } }, 7],
		['answers_429_and_to_return_at_once', { status: 429, headers: { 'Retry-After': '0' } }, 1],
		['answers_429_and_to_return_tomorrow', { status: 429, headers: { 'Retry-After': '86400' } }, 300],
		[
			'answers_429_and_a_date',
			{ status: 429, headers: { 'Retry-After': 'Mon, 01 Jan 2035 00:00:00 GMT' } },
			10,
		],
		['answers_429_and_nonsense', { status: 429, headers: { 'Retry-After': '-5' } }, 10],
	])('%s', async (_title, behaviour, retryAfter) => {
		const { horde, identity, lines } = await setUpHorde();
		horde.behaviour = behaviour;
		expect(await unavailability(identity.identify(ALICE_KEY))).toEqual({
			message: 'Auth service unavailable',
			retryAfter,
		});
		// It is not asked a second time unasked.
		expect(horde.calls).toHaveLength(1);
		expect(identity.health()).toMatchObject({ degraded: false, consecutiveFailures: 1 });
		expect(lines).toHaveLength(1);
	});

	test('is_not_there', async () => {
		const { identity } = await setUpHorde({ baseUrl: `http://127.0.0.1:${await closedPort()}/api/` });
		const { message } = await unavailability(identity.identify(ALICE_KEY));
		expect(message).toBe('Auth service unavailable');
	});

	test.each([301, 302, 303, 307, 308])('redirects_with_%i_and_the_key_goes_nowhere_else', async (status) => {
		const elsewhere = await FakeHorde.start({ [ALICE_KEY]: 'mallory#666' });
		const { horde, identity } = await setUpHorde();
		horde.behaviour = { status, headers: { Location: `${elsewhere.url}v2/find_user` } };
		await unavailability(identity.identify(ALICE_KEY));
		expect(elsewhere.calls).toEqual([]);
	});

	test.each<HordeBehaviour & string>(['slow', 'stalled'])(
		'is_%s_beyond_the_time_limit',
		async (behaviour) => {
			const { horde, identity } = await setUpHorde({ limits: { timeout: 20 } });
			horde.behaviour = behaviour;
			expect(await unavailability(identity.identify(ALICE_KEY))).toEqual({
				message: 'Auth service timed out',
				retryAfter: 10,
			});
			expect(identity.health()).toMatchObject({ consecutiveFailures: 1 });
		},
	);
});

/** A port at which nobody listens. */
async function closedPort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	server.close();
	await once(server, 'close');
	return typeof address === 'object' && address !== null ? address.port : 0;
}
