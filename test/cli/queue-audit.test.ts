/** `queue audit`: batches, the events of one, and what it did to models. */

import { describe, expect, test } from 'vitest';
import { create, remove, update } from '../support/committer.ts';
import { rowsOf, setUpQueue } from './queue-setup.ts';

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Batch 1 has applied change 1 and 2, of which 1 is purged; batch 2 has 3, which is approved; 4 is rejected. */
async function history() {
	const shell = await setUpQueue([
		create('p', { nsfw: false }),
		update('a', { version: '\u001b[2J' }),
		remove('b'),
		create('q'),
	]);
	await shell.carol('approve', '1', '2', '--title', 'First "one"');
	await shell.carol('apply', '--batch', '1', '--job', 'monday');
	await shell.carol('approve', '3', '--title', 'Second \u001b[31m');
	await shell.carol('reject', '4', '--title', 'No', '--reason', 'because');
	await shell.carol('purge', '1');
	return shell;
}

describe('queue audit', () => {
	test('shows_batches_the_newest_first', async () => {
		const { queue } = await history();
		const { code, stdout, stderr } = await queue('audit');
		expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
		const rows = rowsOf(stdout);
		expect(rows.map((row) => [...row.slice(0, 3), row.slice(5)])).toEqual([
			['2', 'Second \\u001b[31m', 'carol#3', ['1', '0', '0']],
			['1', 'First "one"', 'carol#3', ['2', '0', '2']],
		]);
		expect(rows.map((row) => row.slice(3, 5).map((cell) => DATE.test(cell)))).toEqual([
			[true, false],
			[true, true],
		]);
	});

	test('shows_a_page_and_how_to_see_the_next', async () => {
		const { queue, json } = await history();
		expect(await queue('audit', '-n', '1')).toMatchObject({
			code: 0,
			stderr: 'note: there are older ones; --cursor 2 shows them, -n 0 all\n',
		});
		const next = await queue('audit', '--cursor', '2');
		expect(rowsOf(next.stdout).map(([id]) => id)).toEqual(['1']);
		expect(await queue('audit', '--cursor', '1')).toEqual({
			code: 0,
			stdout: '',
			stderr: 'note: there is no batch below 1\n',
		});
		expect(await json('audit', '-n', '1')).toMatchObject({
			domain: 'legacy',
			batches: [{ batch_id: 2, total_change_count: 1 }],
			next_cursor: 2,
		});
		expect(await json('audit', '--limit', '0')).toMatchObject({ next_cursor: null });
	});

	test('shows_every_event_of_a_batch_in_order', async () => {
		const { queue, json } = await history();
		const { stdout, stderr } = await queue('audit', '--batch', '1');
		expect(stderr).toBe('');
		expect(stdout).toMatch(/^batch 1, "First \\"one\\""\n2 approved, 0 rejected, 2 applied\n\nevent /);
		const rows = rowsOf(stdout);
		expect(rows.map((row) => row.toSpliced(1, 1).join('|'))).toEqual([
			'1|enqueue|bob#2|1|create|clip|p|',
			'2|enqueue|bob#2|2|update|clip|a|',
			'5|approve|carol#3|1|create|clip|p|First "one"',
			'6|approve|carol#3|2|update|clip|a|First "one"',
			'7|apply|carol#3|1|create|clip|p|monday',
			'8|apply|carol#3|2|update|clip|a|monday',
			'11|purge|carol#3|1|create|clip|p|',
		]);
		expect(rows.every(([, date]) => DATE.test(date ?? ''))).toBe(true);
		const batch = await json('audit', '--batch', '1');
		expect(batch).toMatchObject({ batch_id: 1, applied_change_count: 2, last_event_id: 11 });
		expect([batch.changes].flat()).toHaveLength(2);
	});

	test('knows_no_batch_of_what_was_only_rejected', async () => {
		const { queue, carol, json } = await setUpQueue([create('p')]);
		await carol('reject', '1', '--title', 'No', '--reason', 'because');
		expect(await json('audit')).toEqual({ domain: 'legacy', batches: [], next_cursor: null });
		expect(await queue('audit')).toEqual({ code: 0, stdout: '', stderr: 'note: there is no batch yet\n' });
	});

	test('shows_what_a_batch_did_to_models_in_the_end', async () => {
		const { queue, json } = await history();
		const { stdout } = await queue('audit', '--batch', '1', '--net');
		expect(stdout).toBe(
			[
				'batch 1, "First \\"one\\""',
				'1 added, 1 modified, 0 deleted, 0 unchanged; 5 fields, some of them critical',
				'',
				'clip model p: added',
				'  + name: "p"',
				'  + type: "clip"',
				'  + nsfw [critical]: false',
				'',
				'clip model a: modified',
				'  - description: "About a"',
				'  + version: "\\u001b[2J"',
				'',
			].join('\n'),
		);
		expect(await json('audit', '--batch', '1', '--net')).toMatchObject({
			batch_id: 1,
			models_added: 1,
			total_field_changes: 5,
			model_changes: [{ model_name: 'p', before_state: null }, { model_name: 'a' }],
		});
		const nothing = await queue('audit', '--batch', '2', '--net');
		expect(nothing.stdout).toContain('\n0 added, 0 modified, 0 deleted, 0 unchanged; 0 fields\n');
	});

	test('keeps_numbers_as_they_were_spelled', async () => {
		const record = '{"name":"p","big":12345678901234567890,"one":1.0}';
		const { queue, carol } = await setUpQueue([{ ...create('p'), record }]);
		await carol('approve', '1', '--title', 'x');
		await carol('apply', '1');
		const { stdout } = await queue('audit', '--batch', '1', '--net');
		expect(stdout).toContain('  + big: 12345678901234567890\n  + one: 1.0\n');
		expect((await queue('audit', '--batch', '1', '--net', '--json')).stdout).toContain('"one": 1.0\n');
	});

	test.each<[readonly string[], number, string]>([
		[['--net'], 2, '--net is about one batch; name it with --batch <number>'],
		[['--batch', 'x'], 2, '--batch must be the number of a batch, not "x"'],
		[['--batch', '-1'], 2, '--batch must be the number of a batch, not "-1"'],
		[['--cursor', '0'], 2, '--cursor must be the number of a batch, not "0"'],
		[['--batch', '1', '--cursor', '3'], 2, "option '--cursor <number>' cannot be used with option '--batch"],
		[['--limit', 'x'], 2, '--limit must be a whole number, 0 for no limit, not "x"'],
		[['--batch', '9'], 3, 'there is no batch 9; see which there are with: horde-references queue audit'],
		[['--batch', '9', '--net'], 3, 'there is no batch 9'],
	])('with_%j_fails_and_says_what_to_do', async (args, code, words) => {
		const { queue } = await setUpQueue([create('p')]);
		const result = await queue('audit', ...args);
		expect(result).toMatchObject({ code, stdout: '' });
		expect(result.stderr).toContain(words);
	});
});
