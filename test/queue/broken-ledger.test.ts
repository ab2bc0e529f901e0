/** A ledger that was edited into nonsense: what is wrong is named, reads go on, and it heals when it is put right. */

import { expect, test, vi } from 'vitest';
import { create, openCommitter } from '../support/committer.ts';
import { editLedger, LEDGER, ledgerFile } from '../support/edit-ledger.ts';
import { expectQueueSound } from '../support/queue-invariants.ts';
import { clipReference } from '../support/records.ts';
import { reviewer } from '../support/reviewer.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { approve, propose } from '../support/transitions.ts';
import { CAROL, startWriteService } from '../support/write-service.ts';

const COMPLAINT = 'the ledger of the queue cannot be read';
const CLIP = clipReference('a');
const FIRST = 'changes/00/00/1.json';

/** Proposals 1 to 3, of which the first is approved. */
async function start() {
	const repository = TemporaryRepository.create({ 'clip.json': CLIP });
	const committer = await openCommitter(repository);
	await committer.commit(...['b', 'c', 'd'].map((model) => propose(create(model))));
	await committer.one(approve(1));
	await committer.close();
	return repository;
}

async function serve(repository: TemporaryRepository) {
	const service = await startWriteService(repository, { writes: 'queue', expectedErrors: [COMPLAINT] });
	return { service, carol: reviewer(service.as(CAROL)) };
}

type Served = Awaited<ReturnType<typeof serve>>;

function replaced(repository: TemporaryRepository, from: string | RegExp, to: string): string {
	const before = ledgerFile(repository, FIRST);
	const after = before.replace(from, to);
	expect(after).not.toBe(before);
	return after;
}

/** What is done to the ledger, and how it is named. */
const DAMAGES: readonly (readonly [string, (repository: TemporaryRepository) => void, RegExp])[] = [
	[
		'whose_ref_names_a_file',
		(repository) => repository.git('update-ref', LEDGER, repository.git('rev-parse', 'HEAD:clip.json')),
		/refs\/horde\/queue names [0-9a-f]{40}: not a commit/,
	],
	[
		'whose_ref_names_a_commit_of_references',
		(repository) => repository.git('update-ref', LEDGER, 'HEAD'),
		/refs\/horde\/queue:counters\.json.*it is missing/,
	],
	[
		'without_counters',
		(repository) => editLedger(repository, { 'counters.json': null }),
		/refs\/horde\/queue:counters\.json.*it is missing/,
	],
	[
		'whose_counters_are_no_numbers',
		(repository) => editLedger(repository, { 'counters.json': '{"last_change_id":"three"}' }),
		/refs\/horde\/queue:counters\.json \(blob [0-9a-f]{40}\): last_change_id must be a number/,
	],
	[
		'whose_counters_are_no_JSON',
		(repository) => editLedger(repository, { 'counters.json': '<<<<<<< HEAD\n' }),
		/refs\/horde\/queue:counters\.json \(blob [0-9a-f]{40}\): not JSON/,
	],
	[
		'in_which_a_change_is_no_JSON',
		(repository) => editLedger(repository, { [FIRST]: '{"change_id": 1,' }),
		/refs\/horde\/queue:changes\/00\/00\/1\.json \(blob [0-9a-f]{40}\): not JSON/,
	],
	[
		'in_which_a_change_has_the_id_of_another',
		(repository) =>
			editLedger(repository, { [FIRST]: replaced(repository, '"change_id": 1', '"change_id": 2') }),
		/1\.json \(blob [0-9a-f]{40}\): change_id must be 1/,
	],
	[
		'in_which_a_change_has_a_status_that_there_is_not',
		(repository) => editLedger(repository, { [FIRST]: replaced(repository, '"approved"', '"applying"') }),
		/1\.json \(blob [0-9a-f]{40}\): status must be pending, approved, applied or rejected/,
	],
	[
		'in_which_a_change_has_a_category_that_there_is_not',
		(repository) => editLedger(repository, { [FIRST]: replaced(repository, '"clip"', '"__proto__"') }),
		/1\.json \(blob [0-9a-f]{40}\): there is no category '__proto__'/,
	],
	[
		'in_which_a_change_does_not_say_what_was_proposed',
		(repository) =>
			editLedger(repository, { [FIRST]: replaced(repository, /"proposal": "\w+"/, '"proposal": "HEAD"') }),
		/1\.json \(blob [0-9a-f]{40}\): ledger\.proposal must be a commit id/,
	],
	[
		'that_is_gone',
		(repository) => repository.git('update-ref', '-d', LEDGER),
		/is gone: refs\/horde\/queue was at/,
	],
];

/** Everything that changes the queue is refused with this. */
async function expectRefused({ service, carol }: Served, problem: RegExp): Promise<void> {
	const refused = { status: 503, body: { detail: expect.stringMatching(problem) } };
	await vi.waitFor(() => expect(service.log).toContainEqual(expect.objectContaining({ msg: COMPLAINT })), {
		timeout: 10_000,
	});
	expect(await carol.purge()).toMatchObject(refused);
	expect(await service.post('clip', { name: 'new' })).toMatchObject(refused);
	expect(await carol.decide({ approve: [2] })).toMatchObject(refused);
	expect(await carol.apply(1)).toMatchObject(refused);
	expect(await carol.applyBatch(1)).toMatchObject(refused);
	expect(await service.get('clip.json')).toMatchObject({ status: 200, text: CLIP });
}

async function expectHealed({ service, carol }: Served, repository: TemporaryRepository): Promise<void> {
	await vi.waitFor(async () => expect((await carol.decide({ approve: [2] })).status).toBe(200), {
		timeout: 10_000,
	});
	expect((await carol.applyBatch(1)).status).toBe(200);
	expect(await service.post('clip', { name: 'new' })).toMatchObject({ status: 202, body: { change_id: 4 } });
	expectQueueSound(repository);
}

test.each(DAMAGES)(
	'a_ledger_%s_is_refused_by_name_while_the_queue_is_read_on_and_heals_without_a_restart',
	async (_name, damage, problem) => {
		const repository = await start();
		const served = await serve(repository);
		const before = (await served.carol.list()).text;
		const good = repository.git('rev-parse', LEDGER);
		damage(repository);
		await expectRefused(served, problem);
		expect(await served.carol.list()).toMatchObject({ status: 200, text: before });
		expect((await served.carol.diff(2)).status).toBe(200);
		repository.git('update-ref', LEDGER, good);
		await expectHealed(served, repository);
	},
);

/** Of each kind one, but the ledger that is gone: whoever starts then begins anew. */
const AT_START = ['whose_ref_names_a_file', 'without_counters', 'in_which_a_change_is_no_JSON'];

test.each(DAMAGES.filter(([name]) => AT_START.includes(name)))(
	'a_ledger_%s_does_not_keep_a_service_from_starting',
	async (_name, damage, problem) => {
		const repository = await start();
		const good = repository.git('rev-parse', LEDGER);
		damage(repository);
		const served = await serve(repository);
		await expectRefused(served, problem);
		// There was never anything else to show.
		expect(await served.carol.list()).toMatchObject({
			status: 503,
			body: { detail: expect.stringMatching(problem) },
		});
		repository.git('update-ref', LEDGER, good);
		await expectHealed(served, repository);
	},
);

test('nothing_is_put_on_top_of_damage_that_nobody_has_looked_at_yet', async () => {
	const repository = await start();
	const { service } = await serve(repository);
	editLedger(repository, { [FIRST]: '<<<<<<< HEAD\n' });
	const damaged = repository.git('rev-parse', LEDGER);
	// It would not read the change that is damaged.
	const refused = await service.post('clip', { name: 'new' });
	expect(refused).toMatchObject({
		status: 503,
		body: { detail: expect.stringMatching(/1\.json.*not JSON/) },
	});
	expect(repository.git('rev-parse', LEDGER)).toBe(damaged);
});

test('a_change_whose_records_are_missing_concerns_that_change_alone', async () => {
	const repository = await start();
	editLedger(repository, { 'changes/00/00/1.content.json': null, 'changes/00/00/2.content.json': '[]' });
	const { carol, service } = await serve(repository);
	await carol.decide({ approve: [2, 3] });
	for (const [id, problem] of [
		[1, /refs\/horde\/queue:changes\/00\/00\/1\.content\.json: it is missing/],
		[2, /refs\/horde\/queue:changes\/00\/00\/2\.content\.json \(blob [0-9a-f]{40}\): not an object/],
	] as const) {
		const refused = { status: 503, body: { detail: expect.stringMatching(problem) } };
		expect(await carol.apply(id)).toMatchObject(refused);
		expect(await carol.diff(id)).toMatchObject(refused);
	}
	expect((await carol.apply(3)).status).toBe(200);
	expect((await service.post('clip', { name: 'new' })).status).toBe(202);
});
