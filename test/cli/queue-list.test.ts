/** `queue list` and `queue show`: what there is, for people and for scripts. */

import { describe, expect, test } from 'vitest';
import { create, remove, to, update } from '../support/committer.ts';
import { clipReference } from '../support/records.ts';
import { BOB, rowsOf, setUpQueue } from './queue-setup.ts';

const TEXT_MODEL = {
	category: 'text_generation',
	operation: 'create',
	model: 'A/M',
	record: '{"name":"A/M","model_name":"M","parameters":7000000000}',
	author: BOB,
} as const;

/** Changes 1 to 5: 1 is applied, 2 approved, 3 rejected, 4 and 5 are pending; 5 is alice's. */
async function variety() {
	const shell = await setUpQueue([
		create('First One'),
		update('a'),
		remove('b'),
		to('blip', create('second one')),
		{ transition: 'propose', change: create('z') },
	]);
	await shell.carol('approve', '1', '2', '--title', 'A batch');
	await shell.carol('apply', '1');
	await shell.carol('reject', '3', '--title', 'No', '--reason', 'because');
	return shell;
}

describe('queue list', () => {
	test('shows_a_row_for_each_change_the_oldest_first', async () => {
		const { queue } = await variety();
		const { code, stdout, stderr } = await queue('list');
		expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
		expect(stdout.split('\n')[0]).toMatch(
			/^change {2}status +operation +category +model +requested by +requested +batch +title$/,
		);
		const rows = rowsOf(stdout);
		expect(rows.map(([, ...cells]) => cells.toSpliced(5, 1))).toEqual([
			['applied', 'create', 'clip', 'First One', 'bob#2', '1', 'A batch'],
			['approved', 'update', 'clip', 'a', 'bob#2', '2', 'A batch'],
			['rejected', 'delete', 'clip', 'b', 'bob#2', '', 'No'],
			['pending', 'create', 'blip', 'second one', 'bob#2', '', ''],
			['pending', 'create', 'clip', 'z', 'alice#1', '', ''],
		]);
		expect(rows.map(([id]) => id)).toEqual(['1', '2', '3', '4', '5']);
		for (const row of rows) expect(row[6]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
	});

	test('shows_only_what_fulfils_every_option', async () => {
		const { json } = await variety();
		const idsOf = async (...args: readonly string[]) => {
			const { items } = await json('list', ...args);
			return [items].flat().map((item) => Number(Object(item).change_id));
		};
		const cases: readonly (readonly [args: string, ids: readonly number[]])[] = [
			['--status pending', [4, 5]],
			['--status pending --status applied', [1, 4, 5]],
			['--status applying', []],
			['--category blip', [4]],
			['--category clip.json --category blip', [1, 2, 3, 4, 5]],
			['--batch 1', [1]],
			['--batch 9', []],
			['--model ONE', [1, 4]],
			['--user 1', [5]],
			['--user bob#2 --status pending', [4]],
			['--user 1 --user 2 --model z', [5]],
			['-n 2', [1, 2]],
			['--limit 2 --offset 3', [4, 5]],
			['--offset 9', []],
			['-n 0 --status pending --category clip', [5]],
		];
		const found: unknown[] = [];
		for (const [args] of cases) found.push([args, await idsOf(...args.split(' '))]);
		expect(found).toEqual(cases);
	});

	test('says_which_part_is_shown_and_how_to_see_the_rest', async () => {
		const { queue, json } = await setUpQueue(['p', 'q', 'r'].map((name) => create(name)));
		expect((await queue('list', '-n', '2')).stderr).toBe(
			'note: these are 1 to 2 of 3; --offset 2 shows what follows, -n 0 all\n',
		);
		expect((await queue('list', '--offset', '2')).stderr).toBe('note: these are 3 to 3 of 3\n');
		expect(await queue('list', '--offset', '7')).toEqual({
			code: 0,
			stdout: '',
			stderr: 'note: there are 3, and --offset goes past the last\n',
		});
		expect((await queue('list', '-n', '3')).stderr).toBe('');
		expect(await json('list', '-n', '2', '--offset', '1')).toMatchObject({ total: 3, offset: 1, limit: 2 });
		expect(await json('list', '-n', '0', '--status', 'applied')).toEqual({
			items: [],
			total: 0,
			offset: 0,
			limit: 0,
		});
	});

	test('of_nothing_says_why_and_is_no_failure', async () => {
		const { queue, carol, json } = await setUpQueue();
		const nothing = await queue('list');
		expect(nothing).toMatchObject({ code: 0, stdout: '' });
		expect(nothing.stderr).toContain('nothing was ever proposed here');
		expect(nothing.stderr).toContain('refs/horde/queue');
		expect(await json('list')).toEqual({ items: [], total: 0, offset: 0, limit: 50 });
		const filled = await setUpQueue([create('p')]);
		expect((await filled.queue('list', '--model', 'zzz')).stderr).toBe('note: no change matches\n');
		await filled.carol('purge', '--all');
		expect(await filled.queue('list')).toEqual({
			code: 0,
			stdout: '',
			stderr: 'note: the queue is empty\n',
		});
		expect(await carol('purge', '--all')).toBe('Nothing to purge: no change matches.\n');
	});

	test('refuses_options_that_make_no_sense', async () => {
		const { queue } = await setUpQueue([create('p')]);
		const cases: readonly (readonly [args: readonly string[], words: string])[] = [
			[['--status', 'PENDING'], "--status: Input should be 'pending', 'approved'"],
			[['--category', 'nope'], 'there is no category "nope"'],
			[['--batch', '0'], '--batch must be the number of a batch, not "0"; numbers are whole, from 1'],
			[['--batch', '1e3'], '--batch must be the number of a batch'],
			[['-n', '-5'], '--limit must be a whole number, 0 for no limit, not "-5"'],
			[['--limit', 'x\u001b[2J'], 'not "x\\u001b[2J"'],
			[['--offset', '1.5'], '--offset must be a whole number, not "1.5"'],
			[['--model', 'x'.repeat(201)], '--model: String should have at most 200 characters'],
			[['--model', ' '], '--model must not be blank'],
			[['--user', ''], '--user must be a user id or name#id'],
			[['--user', 'bob#'], '--user must be a user id or name#id'],
			[['--nope'], "unknown option '--nope'"],
			[['extra'], 'too many arguments'],
		];
		for (const [args, words] of cases) {
			const result = await queue('list', ...args);
			expect(result, args.join(' ')).toMatchObject({ code: 2, stdout: '' });
			expect(result.stderr).toContain(words);
		}
	});

	test('lets_no_name_move_the_cursor_and_cuts_what_is_long', async () => {
		const names = [
			'a/b/../c',
			'\'"`$(x)',
			'🦄 שלום',
			'-x',
			'--all',
			'e\u001b[2J\u009b\u202e\u2028',
			'y'.repeat(99),
		];
		const author = { id: '7', username: 'm\u001ballory#7' };
		const { queue, json } = await setUpQueue(
			names.map((name) => ({ transition: 'propose', change: { ...create(name), author } })),
		);
		const { stdout } = await queue('list');
		const shown = rowsOf(stdout).map((row) => row[4]);
		expect(shown.slice(0, 5)).toEqual(names.slice(0, 5));
		expect(stdout).toContain('e\\u001b[2J\\u009b\\u202e\\u2028');
		expect(stdout).toContain(`${'y'.repeat(59)}… `);
		expect(stdout).toContain('m\\u001ballory#7');
		// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
		expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028]/);
		const { items } = await json('list');
		expect([items].flat().map((item) => Object(item).model_name)).toEqual(names);
	});
});

describe('queue show', () => {
	test('tells_what_is_proposed_by_whom_and_where_to_look', async () => {
		const { queue, repository } = await setUpQueue(
			[{ transition: 'propose', change: TEXT_MODEL, notes: 'It could be better.' }],
			{ 'db.json': '{}\n' },
		);
		const { code, stdout, stderr } = await queue('show', '1');
		expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
		const lines = stdout.trimEnd().split('\n');
		expect(lines.toSpliced(3, 1)).toEqual([
			'change    1, pending',
			'does      create text_generation model A/M',
			'with      aphrodite/A/M, koboldcpp/M',
			'notes     It could be better.',
			'branch    pending/1; see: git show refs/heads/pending/1',
			'record that is proposed',
			'{',
			'  "name": "A/M",',
			'  "model_name": "M",',
			'  "parameters": 7000000000',
			'}',
		]);
		expect(lines[3]).toMatch(/^requested \d{4}-\S+Z by bob#2$/);
		expect(repository.git('show', '--format=%an', '--no-patch', 'refs/heads/pending/1')).toBe('bob#2');
	});

	test('tells_who_decided_and_what_came_of_it', async () => {
		const { queue, carol, repository } = await setUpQueue([create('p'), remove('b'), create('q')]);
		await carol('approve', '1', '2', '--title', 'New "models"');
		await carol('reject', '3', '--title', 'No', '--reason', 'because\nof \u001b[2J');
		await carol('apply', '2', '--job', 'monday');
		const { stdout } = await queue('show', '2');
		expect(stdout).toContain('change    2, applied\ndoes      delete clip model b\n');
		expect(stdout).toContain('\nbatch     1, "New \\"models\\""\n');
		expect(stdout).toMatch(/\napproved {2}\S+Z by carol#3\n/);
		expect(stdout).toContain(`by carol#3, job monday, in ${repository.git('rev-parse', 'HEAD')}\n`);
		expect(stdout).toContain('\nrecord that goes\n{\n  "name": "b",');
		expect(stdout).not.toContain('branch');
		const rejected = await queue('show', '3');
		expect(rejected.stdout).toContain('\nbatch     none, "No"\n');
		expect(rejected.stdout).toMatch(/\nrejected {2}\S+Z by carol#3: because\\u000aof \\u001b\[2J\n/);
	});

	test('prints_numbers_as_they_were_spelled', async () => {
		const record = '{"name":"p","type":"clip","big":12345678901234567890,"one":1.0,"odd":"\\u001b\u009b"}';
		const { queue } = await setUpQueue([{ ...create('p'), record }]);
		const shown = await queue('show', '1');
		expect(shown.stdout).toContain(
			'  "big": 12345678901234567890,\n  "one": 1.0,\n  "odd": "\\u001b\\u009b"\n',
		);
		const { stdout } = await queue('show', '1', '--json');
		expect(stdout).toContain('    "big": 12345678901234567890,\n    "one": 1.0,\n');
		expect(JSON.parse(stdout)).toMatchObject({ change_id: 1, status: 'pending', batch_id: null });
	});

	test.each([
		['nope', 2, '"nope" is not the number of a change; numbers are whole, from 1'],
		['0', 2, '"0" is not the number of a change'],
		['1.0', 2, '"1.0" is not the number of a change'],
		['99999999999999999999', 2, 'is not the number of a change'],
		['pending/1', 2, '"pending/1" is not the number of a change'],
		['7', 3, 'there is no change 7; see which there are with: horde-references queue list'],
	])('of_%s_fails_and_says_what_to_do', async (id, code, words) => {
		const { queue } = await setUpQueue([create('p')]);
		const result = await queue('show', id);
		expect(result).toMatchObject({ code, stdout: '' });
		expect(result.stderr).toContain(words);
	});

	test('of_an_id_with_a_leading_dash_is_no_number', async () => {
		const { queue } = await setUpQueue([create('p')]);
		expect(await queue('show', '--', '-1')).toMatchObject({
			code: 2,
			stderr: 'error: "-1" is not the number of a change; numbers are whole, from 1\n',
		});
		expect(await queue('show', '-1')).toMatchObject({ code: 2, stdout: '' });
		expect(await queue('show', '--', '--all')).toMatchObject({ code: 2, stdout: '' });
	});

	test('of_a_purged_change_says_who_purged_it', async () => {
		const { queue, carol } = await setUpQueue([create('p')], { 'clip.json': clipReference('a') });
		await carol('purge', '1');
		expect(await queue('show', '1')).toMatchObject({
			code: 3,
			stdout: '',
			stderr: expect.stringMatching(/change 1 is not in the queue any more: it was purged by carol#3 at \d/),
		});
	});
});
