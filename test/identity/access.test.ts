/** Who may do what, with AI-Horde saying who they are. */

import { describe, expect, test } from 'vitest';
import { Access, type Role } from '../../src/identity/access.ts';
import { ALICE, ALICE_KEY, BOB_KEY, SECRET, setUpHorde, WRONG_KEY } from './horde-setup.ts';

const CAROL_KEY = `carol-${SECRET}`;
const ANONYMOUS_KEY = '0000000000';

/** Alice is 1, Bob is 2, Carol is 3; by default Alice proposes and Bob decides. */
async function setUp(requestorIds: readonly string[] = ['1'], approverIds: readonly string[] = ['2']) {
	const { horde, identity, logger, lines } = await setUpHorde({
		users: { [CAROL_KEY]: 'carol#3', [ANONYMOUS_KEY]: 'Anonymous#0' },
	});
	return { horde, lines, access: new Access({ provider: identity, requestorIds, approverIds, logger }) };
}

describe('a_user', () => {
	test.each<[string, string, Role, string | undefined]>([
		['on_no_list_reads', CAROL_KEY, 'reader', undefined],
		['on_no_list_does_not_propose', CAROL_KEY, 'requestor', 'role-missing'],
		['on_no_list_does_not_decide', CAROL_KEY, 'approver', 'role-missing'],
		['without_a_name_reads', ANONYMOUS_KEY, 'reader', undefined],
		['without_a_name_does_not_propose', ANONYMOUS_KEY, 'requestor', 'role-missing'],
		['who_is_a_requestor_reads', ALICE_KEY, 'reader', undefined],
		['who_is_a_requestor_proposes', ALICE_KEY, 'requestor', undefined],
		['who_is_a_requestor_does_not_decide', ALICE_KEY, 'approver', 'role-missing'],
		['who_is_an_approver_reads', BOB_KEY, 'reader', undefined],
		['who_is_an_approver_proposes', BOB_KEY, 'requestor', undefined],
		['who_is_an_approver_decides', BOB_KEY, 'approver', undefined],
		['whom_nobody_knows_does_not_read', WRONG_KEY, 'reader', 'key-invalid'],
		['whom_nobody_knows_does_not_propose', WRONG_KEY, 'requestor', 'key-invalid'],
		['whom_nobody_knows_does_not_decide', WRONG_KEY, 'approver', 'key-invalid'],
	])('%s', async (_title, key, role, code) => {
		const { access } = await setUp();
		const authorised = access.authorise(key, role);
		if (code !== undefined) await expect(authorised).rejects.toMatchObject({ code });
		else expect(await authorised).toMatchObject({ username: expect.stringMatching(/#\d$/) });
	});

	test.each(['requestor', 'approver'] as const)('without_the_role_of_%s_is_told_which', async (role) => {
		const { access, lines } = await setUp();
		await expect(access.authorise(CAROL_KEY, role)).rejects.toThrow(
			`You are not on the pending queue ${role} list.`,
		);
		expect(lines.join('')).toContain('carol#3');
	});

	test.each([undefined, ''])('who_sends_the_key_%j_is_not_asked_for', async (key) => {
		const { access, horde } = await setUp([], []);
		for (const role of ['reader', 'requestor', 'approver'] as const) {
			await expect(access.authorise(key, role)).rejects.toMatchObject({
				code: 'key-missing',
				message: 'Not authenticated',
			});
		}
		expect(horde.calls).toEqual([]);
	});

	test('of_whom_nothing_can_be_told_is_refused_as_such', async () => {
		const { access, horde } = await setUp();
		horde.behaviour = { status: 500 };
		await expect(access.authorise(BOB_KEY, 'approver')).rejects.toMatchObject({
			code: 'identity-unavailable',
		});
	});

	test('has_the_roles_of_the_lists', async () => {
		const { access } = await setUp();
		expect(access.rolesOf({ id: '2', username: 'bob#2' })).toEqual(['approver', 'requestor']);
		expect(access.rolesOf(ALICE)).toEqual(['requestor']);
		expect(access.rolesOf({ id: '3', username: 'carol#3' })).toEqual([]);
	});
});

describe('a_list', () => {
	test.each<[string, readonly string[], readonly string[], Role]>([
		['without_approvers_is_closed_to_requestors', ['1'], [], 'approver'],
		['of_blanks_is_empty', [' '], ['', '\t'], 'requestor'],
		['that_is_empty_is_closed', [], [], 'requestor'],
	])('%s_without_a_question', async (_title, requestors, approvers, role) => {
		const { access, horde, lines } = await setUp(requestors, approvers);
		await expect(access.authorise(ALICE_KEY, role)).rejects.toMatchObject({
			code: 'key-invalid',
			message: 'Invalid API key',
		});
		expect(horde.calls).toEqual([]);
		expect(lines).toHaveLength(1);
	});

	test('that_is_empty_keeps_nobody_from_reading', async () => {
		const { access } = await setUp([], []);
		expect(await access.authorise(ALICE_KEY, 'reader')).toEqual(ALICE);
		expect(access.rolesOf(ALICE)).toEqual([]);
	});

	test('of_approvers_is_one_of_requestors_too', async () => {
		const { access } = await setUp([], ['1']);
		expect(await access.authorise(ALICE_KEY, 'requestor')).toEqual(ALICE);
	});

	test('is_compared_without_the_blanks_around_its_ids', async () => {
		const { access } = await setUp([' 1 ', '']);
		expect(await access.authorise(ALICE_KEY, 'requestor')).toEqual(ALICE);
	});

	test.each(['01', '1.0', '+1', 'alice#1', 'alice', '11'])(
		'that_holds_%j_does_not_hold_user_1',
		async (id) => {
			const { access } = await setUp([id]);
			await expect(access.authorise(ALICE_KEY, 'requestor')).rejects.toMatchObject({ code: 'role-missing' });
		},
	);
});
