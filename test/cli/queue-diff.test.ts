/** `queue diff`: what a change would do to its model as it is committed. */

import { describe, expect, test } from 'vitest';
import type { Output } from '../../src/cli/output.ts';
import { runProgram } from '../../src/cli/program.ts';
import { create, remove, update } from '../support/committer.ts';
import { clipReference, reference } from '../support/records.ts';
import { setUpQueue } from './queue-setup.ts';

/** Clip model `a` as it is at first. */
const A = { name: 'a', type: 'clip', description: 'About a' };

const WAITING = /^ {2}pending, requested by bob#2 at \d{4}-\S+Z$/;

describe('queue diff', () => {
	test('shows_every_field_with_a_mark_and_names_the_critical_ones', async () => {
		const { queue } = await setUpQueue([
			update('a', { description: 'Better', nsfw: true, style: 'x', config: { files: [], download: [1] } }),
		]);
		const { code, stdout, stderr } = await queue('diff', '1');
		expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
		const lines = stdout.trimEnd().split('\n');
		expect(lines[1]).toMatch(WAITING);
		expect(lines.toSpliced(1, 1)).toEqual([
			'change 1: update clip model a',
			'  still applies',
			'  the model would be modified',
			'  + config.files: []',
			'  + config.download [critical]: [1]',
			'  ~ description: "About a" -> "Better"',
			'  + nsfw [critical]: true',
			'  + style [critical]: "x"',
		]);
	});

	test('shows_additions_and_removals_whole_and_several_changes_in_the_order_asked_for', async () => {
		const { queue } = await setUpQueue([
			{ transition: 'propose', change: create('p'), notes: 'Look at \u001b[2J this' },
			remove('a'),
		]);
		const { stdout } = await queue('diff', '2', '1');
		expect(stdout.replace(/ by .*Z$/gm, '')).toBe(
			[
				'change 2: delete clip model a',
				'  pending, requested',
				'  still applies',
				'  the model would be deleted',
				'  - name: "a"',
				'  - type: "clip"',
				'  - description: "About a"',
				'',
				'change 1: create clip model p',
				'  pending, requested',
				'  notes: Look at \\u001b[2J this',
				'  still applies',
				'  the model would be added',
				'  + name: "p"',
				'  + type: "clip"',
				'',
			].join('\n'),
		);
	});

	test('gives_long_values_lines_of_their_own_and_cuts_nothing', async () => {
		const long = `${'words '.repeat(400)}\u202e`;
		const { queue } = await setUpQueue([update('a', { description: long })]);
		const { stdout } = await queue('diff', '1');
		expect(stdout).toContain(
			`  ~ description\n      - "About a"\n      + "${'words '.repeat(400)}\\u202e"\n`,
		);
	});

	test('paints_what_is_added_removed_and_critical_where_there_are_colours', async () => {
		const { repository } = await setUpQueue([
			{ ...update('a'), record: JSON.stringify({ name: 'a', description: 'Better', nsfw: false }) },
		]);
		const printed: string[] = [];
		const output: Output = {
			print: (text) => void printed.push(text),
			note: () => {},
			progress: () => {},
			paint: (style, text) => `<${style}>${text}</${style}>`,
		};
		expect(await runProgram(['queue', 'diff', '1', '--repo', repository.directory], output)).toBe(0);
		expect(printed.join('\n').split('\n').slice(2)).toEqual([
			'  <green>still applies</green>',
			'  the model would be modified',
			'  <yellow>~ description</yellow>: <red>"About a"</red> -> <green>"Better"</green>',
			'  <green>+ nsfw</green> <bold>[critical]</bold>: <green>false</green>',
			'  <red>- type</red>: <red>"clip"</red>',
		]);
	});

	test('says_why_a_change_does_not_apply_any_more', async () => {
		const { queue, repository, json } = await setUpQueue([update('a', { nsfw: true }), create('p')]);
		const moved = reference([['a', { ...A, version: 1 }]]);
		repository.commit({ 'clip.json': moved }, 'By hand');
		const { code, stdout } = await queue('diff', '1', '2');
		expect(code).toBe(0);
		expect(stdout).toContain(
			"\n  does not apply: Model 'a' of category 'clip' has changed since change 1 was proposed: " +
				'then it was {"version":null}, now it is {"version":1}. Reject the change',
		);
		expect(stdout.match(/still applies/g)).toHaveLength(1);
		const { diffs } = await json('diff', '1', '2');
		const states = [diffs].flat().map((diff) => Object(diff).still_applies);
		expect(states).toEqual([false, true]);
	});

	test('compares_with_what_is_committed_and_not_with_edits_by_hand', async () => {
		const { queue, repository } = await setUpQueue([update('a', { description: 'Better' })]);
		const before = await queue('diff', '1');
		repository.write('clip.json', 'no JSON at all');
		expect(await queue('diff', '1')).toEqual(before);
		expect(before.stdout).toContain('~ description: "About a" -> "Better"');
		repository.commit({}, 'Broken');
		expect(await queue('diff', '1')).toMatchObject({
			code: 3,
			stdout: '',
			stderr: expect.stringMatching(/clip\.json is broken in the last commit \(line 1, column 1/),
		});
	});

	test('of_a_closed_change_shows_how_the_model_stands_to_it', async () => {
		const { queue, carol } = await setUpQueue([update('a', { nsfw: true }), create('p')]);
		await carol('approve', '1', '--title', 'x');
		await carol('apply', '1');
		await carol('reject', '2', '--title', 'x', '--reason', 'y');
		const { stdout } = await queue('diff', '1', '2');
		expect(stdout).toMatch(/^ {2}applied, .*\n {2}the model is like this already$/m);
		expect(stdout).toMatch(
			/^ {2}rejected, .*\n {2}against the model as it is now: added\n {2}\+ name: "p"$/m,
		);
		expect(stdout).not.toMatch(/appl(ies|y)/);
	});

	test('does_not_take_for_the_same_what_differs_in_no_field', async () => {
		const { queue } = await setUpQueue([update('a', { description: 'About a', config: {} })]);
		expect((await queue('diff', '1')).stdout).toMatch(
			/\n {2}the model would be modified, but only in empty objects, or in true for 1\n$/,
		);
	});

	test('shows_the_others_where_one_is_unknown_and_fails', async () => {
		const { queue } = await setUpQueue([create('p')]);
		const result = await queue('diff', '9', '1', '8', '1');
		expect(result).toMatchObject({
			code: 3,
			stdout: expect.stringMatching(/^change 1: [\s\S]*^change 1: /m),
			stderr: expect.stringMatching(/^error: there is no change 9; .*; there is no change 8; /),
		});
		const { code, stdout } = await queue('diff', '9', '1', '--json');
		expect(code).toBe(3);
		expect(JSON.parse(stdout)).toMatchObject({
			diffs: [{ change_id: 1, net_operation: 'added', still_applies: true }],
			total: 2,
			errors: [{ change_id: 9, error_type: 'NotFound', error: expect.stringContaining('no change 9') }],
		});
	});

	test('needs_numbers', async () => {
		const { queue } = await setUpQueue([create('p')], { 'clip.json': clipReference('a') });
		expect(await queue('diff')).toMatchObject({ code: 2, stdout: '' });
		expect(await queue('diff', '1', 'x')).toMatchObject({
			code: 2,
			stdout: '',
			stderr: 'error: "x" is not the number of a change; numbers are whole, from 1\n',
		});
	});

	test('works_before_the_first_commit', async () => {
		const { queue } = await setUpQueue([create('p')], {});
		const { code, stdout } = await queue('diff', '1');
		expect(code).toBe(0);
		expect(stdout).toContain('the model would be added');
	});
});
