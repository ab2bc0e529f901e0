/** The commands of the queue beside a service, beside each other, and on a ledger that somebody damaged. */

import { describe, expect, test } from 'vitest';
import { runCommand } from '../support/command-line.ts';
import { create } from '../support/committer.ts';
import { editLedger, LEDGER } from '../support/edit-ledger.ts';
import { startQueue } from '../support/queue-service.ts';
import { clipReference } from '../support/records.ts';
import { run } from '../support/run-program.ts';
import { setUpQueue } from './queue-setup.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Times apart, as two calls have different ones. */
function timeless(value: unknown): unknown {
	return JSON.parse(
		JSON.stringify(value, (name, field: unknown) =>
			name.endsWith('_at') && typeof field === 'number' ? 0 : field,
		),
	);
}

/** A service with changes 1 to 6: 1 and 2 are applied in batch 1, 3 is approved, 4 rejected, 5 and 6 (text) are pending. */
async function serviceWithHistory() {
	const started = await startQueue({ 'clip.json': clipReference('a', 'b', 'c'), 'db.json': '{}\n' });
	const { service, approver, propose } = started;
	await propose('p', 'q/r "s"');
	await approver.approve(1, 2);
	await approver.applyBatch(1, { job_id: 'monday' });
	await service.delete('clip', 'a');
	await propose('🦄');
	await service.put('clip', { name: 'b', description: 'Better', big: 1.5, nsfw: true });
	await service.post('text_generation', { name: 'A/M', parameters: 7e9 });
	await approver.approve(3);
	await approver.reject(4);
	return started;
}

describe('beside a running service', () => {
	test('reading_commands_print_what_the_api_answers', async () => {
		const { repository, approver } = await serviceWithHistory();
		const asked: readonly (readonly [command: string, answer: Promise<{ readonly body: Fields }>])[] = [
			['list', approver.changes()],
			[
				'list --status pending --status applied -n 2 --offset 1',
				approver.changes({ statuses: ['pending', 'applied'], limit: 2, offset: 1 }),
			],
			['list --batch 1 --model Q', approver.changes({ batch_id: 1, model_name: 'Q' })],
			['show 2', approver.change(2)],
			['show 6', approver.change(6)],
			['diff 3 5 6 1', approver.diffs([3, 5, 6, 1])],
			['audit -n 1', approver.audit('batches', { limit: 1 })],
			['audit --cursor 2', approver.audit('batches', { cursor: 2 })],
			['audit --batch 1', approver.audit('batches/1')],
			['audit --batch 1 --net', approver.audit('batches/1/net_changes')],
			['purge --all --dry-run', approver.purge({ purge_all: true, dry_run: true })],
		];
		for (const [command, answer] of asked) {
			const { code, stdout, stderr } = await run(
				'queue',
				...command.split(' '),
				'--json',
				'--repo',
				repository.directory,
			);
			expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: '' });
			const { body } = await answer;
			expect(JSON.stringify(timeless(JSON.parse(stdout))), command).toBe(JSON.stringify(timeless(body)));
		}
	});

	test('changing_commands_name_the_process_that_writes_and_change_nothing', async () => {
		const { repository, propose, approver } = await startQueue();
		await propose('p', 'q');
		await approver.approve(1);
		const refs = () => repository.git('for-each-ref');
		const before = refs();
		for (const args of [
			['approve', '2', '--title', 'x'],
			['reject', '2', '--title', 'x', '--reason', 'y'],
			['apply', '1'],
			['apply', '--batch', '1'],
			['purge', '--all'],
		]) {
			const result = await run('queue', ...args, '--as', 'carol#3', '--repo', repository.directory);
			expect(result).toMatchObject({ code: 3, stdout: '' });
			expect(result.stderr).toMatch(
				new RegExp(`is being written by process ${process.pid} on .*\\(serve, since .*send the change to it`),
			);
		}
		expect(refs()).toBe(before);
		expect((await approver.change(2)).body.status).toBe('pending');
	});

	test('changing_commands_print_what_the_api_answers_once_it_has_ended', async () => {
		const [api, shell] = await Promise.all([serviceWithHistory(), serviceWithHistory()]);
		await shell.service.stop();
		const { approver } = api;
		const asked: readonly (readonly [
			args: readonly string[],
			ask: () => Promise<{ readonly body: Fields }>,
		])[] = [
			[
				['approve', '6', '5', '--title', ' New "ones" '],
				() => approver.decide({ batch_title: ' New "ones" ', approved_ids: [6, 5] }),
			],
			[['apply', '6', '--job', 'a'], () => approver.applyMany({ change_ids: [6], job_id: 'a' })],
			[['apply', '--batch', '3', '--job', 'b'], () => approver.applyBatch(3, { job_id: 'b' })],
			[['apply', '--batch', '3', '--job', 'b'], () => approver.applyBatch(3, { job_id: 'b' })],
			[['apply', '--batch', '3'], () => approver.applyBatch(3)],
			[['purge', '--status', 'rejected'], () => approver.purge({ statuses: ['rejected'] })],
		];
		for (const [args, ask] of asked) {
			const command = [...args, '--json', '--as', 'carol#3', '--repo', shell.repository.directory];
			const { code, stdout, stderr } = await run('queue', ...command);
			expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
			const { body } = await ask();
			expect(JSON.stringify(timeless(JSON.parse(stdout))), args.join(' ')).toBe(
				JSON.stringify(timeless(body)),
			);
		}
		const heads = [api, shell].map(({ repository }) =>
			['%s %an', '%(trailers:key=Approved-By,key=Applied-By,key=Batch-Id,key=Job-Id)'].map((format) =>
				repository.git('log', '-4', `--format=${format}`),
			),
		);
		expect(heads[1]).toEqual(heads[0]);
	});
});

describe('beside each other', () => {
	test('two_approvals_of_a_change_are_one', async () => {
		const { repository, json } = await setUpQueue([create('p')]);
		const attempts = ['One', 'Two'].map((title) =>
			runCommand(['queue', 'approve', '1', '--title', title, '--repo', repository.directory]),
		);
		const results = await Promise.all(attempts);
		expect(results.map(({ code }) => code).sort()).toEqual([0, 3]);
		const lost = results.find(({ code }) => code !== 0);
		expect(lost?.stderr).toMatch(/is being written by process \d+ on .*\(queue approve, |is not pending/);
		const winner = results.findIndex(({ code }) => code === 0);
		expect(await json('show', '1')).toMatchObject({ batch_title: ['One', 'Two'][winner] });
		expect(repository.git('rev-list', '--count', LEDGER)).toBe('2');
	});
});

describe('on a damaged ledger', () => {
	const COMMANDS = [
		['list'],
		['show', '1'],
		['diff', '1'],
		['audit'],
		['purge', '--all', '--dry-run'],
		['approve', '1', '--title', 'x'],
		['reject', '1', '--title', 'x', '--reason', 'y'],
		['apply', '1'],
		['purge', '--all'],
	];

	test('every_command_names_the_object_and_changes_nothing', async () => {
		const { repository, queue, state, statuses } = await setUpQueue([create('p'), create('q')]);
		const good = editLedger(repository, { 'changes/00/00/2.json': '{"change_id": 2, \u001b' });
		const blob = repository.git('rev-parse', `${LEDGER}:changes/00/00/2.json`);
		const before = state();
		for (const args of COMMANDS) {
			const [command = '', ...rest] = args;
			const result = await queue(command, ...rest);
			expect(result, args.join(' ')).toMatchObject({ code: 3, stdout: '' });
			expect(result.stderr).toContain(
				`The ledger of the queue is damaged: ${LEDGER}:changes/00/00/2.json (blob ${blob}): not JSON. Put`,
			);
		}
		expect(state()).toEqual(before);
		repository.git('update-ref', LEDGER, good);
		expect(await statuses()).toEqual({ 1: 'pending', 2: 'pending' });
	});

	test('a_record_that_is_no_record_is_told_by_whoever_needs_it', async () => {
		const { repository, queue } = await setUpQueue([create('p'), create('q')]);
		editLedger(repository, { 'changes/00/00/2.content.json': '[]' });
		expect(await queue('list')).toMatchObject({ code: 0 });
		for (const args of [
			['show', '2'],
			['diff', '1', '2'],
			['list', '--json'],
		]) {
			const [command = '', ...rest] = args;
			const result = await queue(command, ...rest);
			expect(result.code, args.join(' ')).toBe(3);
			expect(result.stderr).toContain(`${LEDGER}:changes/00/00/2.content.json (blob `);
		}
		expect((await queue('diff', '1', '2')).stdout).toMatch(/^change 1: create clip model p\n/);
	});

	test('a_ref_that_names_no_commit_is_told', async () => {
		const { repository, queue } = await setUpQueue([create('p')]);
		const blob = repository.git('rev-parse', 'HEAD:clip.json');
		repository.git('update-ref', LEDGER, blob);
		expect(await queue('list')).toMatchObject({
			code: 3,
			stderr: expect.stringContaining(`${LEDGER} names ${blob}: not a commit`),
		});
	});
});

describe('the program', () => {
	test('prints_no_colours_into_a_pipe', async () => {
		const { repository } = await setUpQueue([create('p', { nsfw: true })]);
		const { code, stdout, stderr } = await runCommand(['queue', 'diff', '1', '--repo', repository.directory]);
		expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
		expect(stdout).toContain('\n  + nsfw [critical]: true\n');
		expect(stdout).not.toContain('\u001b');
	});

	test('takes_the_repository_from_the_settings_of_serve', async () => {
		const { repository } = await setUpQueue([create('p')]);
		const env = { HORDE_REFERENCES_REPO: repository.directory };
		const listed = await runCommand(['queue', 'list', '--json'], { env });
		expect(JSON.parse(listed.stdout)).toMatchObject({ total: 1 });
	});

	test.each(['list', 'show', 'diff', 'audit', 'approve', 'reject', 'apply', 'purge'])(
		'explains_%s',
		async (command) => {
			const help = await run('queue', '--help');
			expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining(`\n  ${command} [options]`) });
			const { code, stdout } = await run('queue', command, '--help');
			expect(code).toBe(0);
			expect(stdout).toContain(`Usage: horde-references queue ${command} [options]`);
			expect(stdout).toContain('--repo <dir>');
			expect(stdout).toContain('--json');
		},
	);
});
