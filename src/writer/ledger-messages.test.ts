import { describe, expect, test } from 'vitest';
import {
	appliedChange,
	approvedChange,
	PROPOSAL,
	pendingChange,
	rejectedChange,
} from '../../test/support/pending-changes.ts';
import { readTrailerValue, renderCommit } from '../git/commit-object.ts';
import { moveToBatch, purge } from '../queue/transitions.ts';
import type { CommitMessage } from './commit-message.ts';
import {
	applyMessage,
	decideMessage,
	proposeMessage,
	purgeMessage,
	splitMessage,
} from './ledger-messages.ts';

describe('what the ledger says of', () => {
	test.each([
		['create', 'add'],
		['update', 'update'],
		['delete', 'remove'],
	] as const)('a proposal to %s', (operation, word) => {
		const change = pendingChange(7, { operation, model_name: 'Foo' });
		expect(proposeMessage(change, [['Idempotency-Key', 'k']])).toEqual({
			subject: `Propose change 7: ${word} clip model Foo`,
			trailers: [
				['Event', 'propose'],
				['Event-Id', '70'],
				['Change-Id', '7'],
				['Category', 'clip'],
				['Model', 'Foo'],
				['Operation', operation],
				['Requested-By', 'alice#1'],
				['Proposal', PROPOSAL],
				['Idempotency-Key', 'k'],
			],
		});
	});

	test('approvals and rejections in one call, each with its event', () => {
		const message = decideMessage(
			'Monday',
			'carol#3',
			'not now',
			[approvedChange(7, 2), approvedChange(8, 2)],
			[rejectedChange(9, 2)],
		);
		expect(message).toEqual({
			subject: 'Approve changes 7, 8 in batch 2, reject change 9',
			trailers: [
				['Event', 'approve'],
				['Event-Id', '71'],
				['Change-Id', '7'],
				['Event', 'approve'],
				['Event-Id', '81'],
				['Change-Id', '8'],
				['Event', 'reject'],
				['Event-Id', '91'],
				['Change-Id', '9'],
				['Batch-Id', '2'],
				['Batch-Title', 'Monday'],
				['Reason', 'not now'],
				['Approved-By', 'carol#3'],
				['Rejected-By', 'carol#3'],
			],
		});
	});

	test('approvals alone has neither reason nor who rejected', () => {
		const { subject, trailers } = decideMessage('Monday', 'carol#3', '', [approvedChange(7, 2)], []);
		expect(subject).toBe('Approve change 7 in batch 2');
		expect(trailers.map(([name]) => name)).toEqual([
			...['Event', 'Event-Id', 'Change-Id', 'Batch-Id', 'Batch-Title', 'Approved-By'],
		]);
	});

	test('rejections alone has no batch', () => {
		const { subject, trailers } = decideMessage(
			'Monday',
			'carol#3',
			'no',
			[],
			[rejectedChange(9, undefined)],
		);
		expect(subject).toBe('Reject change 9');
		expect(trailers.map(([name]) => name)).toEqual([
			...['Event', 'Event-Id', 'Change-Id', 'Batch-Title', 'Reason', 'Rejected-By'],
		]);
	});

	test('applying, with the commit where there was something to change', () => {
		const { applied_commit: _none, ...ledger } = appliedChange(8, 2).ledger;
		const message = applyMessage('carol#3', [appliedChange(7, 2), { ...appliedChange(8, 2), ledger }]);
		expect(message).toEqual({
			subject: 'Apply changes 7, 8',
			trailers: [
				['Event', 'apply'],
				['Event-Id', '72'],
				['Change-Id', '7'],
				['Batch-Id', '2'],
				['Job-Id', 'job'],
				['Commit', 'c'.repeat(40)],
				['Event', 'apply'],
				['Event-Id', '82'],
				['Change-Id', '8'],
				['Batch-Id', '2'],
				['Job-Id', 'job'],
				['Applied-By', 'carol#3'],
			],
		});
	});

	test.each([
		[[8], '1 change left over go to batch 3'],
		[[8, 9], '2 changes left over go to batch 3'],
	])('a split of %j', (reassigned_change_ids, words) => {
		const split = { event: 80, original_batch_id: 2, new_batch_id: 3, reassigned_change_ids };
		expect(splitMessage(split)).toEqual({
			subject: `Split batch 2: ${words}`,
			trailers: [
				['Event', 'split'],
				['Event-Id', '80'],
				['Batch-Id', '2'],
				['New-Batch-Id', '3'],
				...reassigned_change_ids.map((id) => ['Change-Id', String(id)]),
			],
		});
	});

	test('a purge', () => {
		const step = { event: 99, at: 1, by: '3', username: 'carol#3' };
		expect(purgeMessage('carol#3', [purge(pendingChange(7), step)])).toEqual({
			subject: 'Purge change 7',
			trailers: [
				['Event', 'purge'],
				['Event-Id', '99'],
				['Change-Id', '7'],
				['Purged-By', 'carol#3'],
			],
		});
	});

	test.each([
		[5, 'Apply changes 1, 2, 3, 4, 5'],
		[6, 'Apply 6 changes'],
	])('%d changes names as many as a line holds', (count, subject) => {
		const changes = Array.from({ length: count }, (_, index) => appliedChange(index + 1, 2));
		expect(applyMessage('carol#3', changes).subject).toBe(subject);
	});
});

describe('whatever users type', () => {
	const AWKWARD = 'x\nChange-Id: 9\n\nEvent: purge\r\u2028\u0000 \u{1F600} "y"';
	const facts = { model_name: AWKWARD, requested_username: AWKWARD };
	const messages: readonly (readonly [string, CommitMessage, string])[] = [
		['a proposal', proposeMessage(pendingChange(7, facts), []), 'Model'],
		['a title', decideMessage(AWKWARD, 'c', '', [approvedChange(7, 2)], []), 'Batch-Title'],
		['a reason', decideMessage('t', 'c', AWKWARD, [], [rejectedChange(7, 2)]), 'Reason'],
		['a job id', applyMessage(AWKWARD, [appliedChange(7, 2, { applied_job_id: AWKWARD })]), 'Job-Id'],
		['a user name', purgeMessage(AWKWARD, [moveToBatch(approvedChange(7, 2), 3, 1, 1)]), 'Purged-By'],
	];

	test.each(messages)('%s stays in its line and reads back as it was', (_what, message, trailer) => {
		const person = { name: 'Service', email: 'service@example.invalid', time: 1 };
		const content = { tree: 'a'.repeat(40), parent: undefined, author: person, committer: person };
		const [, subject, block = ''] = renderCommit({ ...content, ...message })
			.toString()
			.split('\n\n');
		expect(subject?.split('\n')).toHaveLength(1);
		const lines = block.trimEnd().split('\n');
		expect(lines).toHaveLength(message.trailers.length);
		expect(lines.filter((line) => line.startsWith('Change-Id: '))).toEqual(['Change-Id: 7']);
		const line = lines.find((each) => each.startsWith(`${trailer}: `)) ?? '';
		expect(readTrailerValue(line.slice(trailer.length + 2))).toBe(AWKWARD);
	});
});
