/** With the queue on, the v1 writes propose: they answer 202 and publish nothing (spec: v1 writes, section 7). */

import { describe, expect, test } from 'vitest';
import { expectSound } from '../support/committer.ts';
import { proposalOf, startQueue } from '../support/queue-service.ts';
import { clipReference, textReference } from '../support/records.ts';
import { BOB, type WriteClient } from '../support/write-service.ts';

const TIME = expect.any(Number);
const CONFIG = { files: [], download: [] };
const TEXT = { name: 'Auth/New-7B', parameters: 7_000_000_000, description: 'New', nsfw: false };

const start = () => startQueue({ 'clip.json': clipReference('a', 'b'), 'db.json': textReference('A/M-7B') });

const ALL_FIELDS = ['change_id', 'category', 'model_name', 'operation', 'payload', 'requested_by'];
const FIELDS = [
	...ALL_FIELDS,
	'requested_username',
	'requested_at',
	'status',
	'updated_at',
	'request_metadata',
];

describe('a proposal', () => {
	test('is_answered_with_its_record_without_nulls', async () => {
		const { service } = await start();
		const answer = await service.post('clip', {
			name: 'd',
			description: 'About d',
			version: null,
			x: { y: null },
		});
		expect(answer.status).toBe(202);
		expect(Object.keys(answer.body)).toEqual(FIELDS);
		expect(answer.body).toEqual({
			...{ change_id: 1, category: 'clip', model_name: 'd', operation: 'create' },
			payload: { name: 'd', type: 'clip', description: 'About d', config: CONFIG, x: { y: null } },
			...{ requested_by: '1', requested_username: 'alice#1', requested_at: TIME, status: 'pending' },
			...{ updated_at: answer.body.requested_at, request_metadata: { route: 'create_legacy_clip_model' } },
		});
		expect(answer.headers.get('content-type')).toBe('application/json');
		expect(answer.headers.get('cache-control')).toBe('no-store');
		expect(answer.headers.get('location')).toBeNull();
		expect(answer.headers.get('x-reference-commit')).toBeNull();
	});

	test.each([
		['create_legacy_clip_model', 'create', (client) => client.post('clip', { name: 'd' })],
		['update_legacy_clip_model', 'update', (client) => client.put('clip', { name: 'a' })],
		['delete_legacy_model', 'delete', (client) => client.delete('clip', 'a')],
		['create_legacy_blip_model', 'create', (client) => client.post('blip', { name: 'd' })],
		['create_legacy_text_generation_model', 'create', (client) => client.post('text_generation', TEXT)],
		['delete_legacy_model', 'delete', (client) => client.delete('text_generation', 'A/M-7B')],
		[
			'create_legacy_image_generation_model',
			'create',
			(client) => client.post('image_generation', { name: 'i', baseline: 'flux_1' }),
		],
	] as const satisfies readonly (readonly [string, string, (client: WriteClient) => unknown])[])(
		'by_%s_is_a_%s',
		async (route, operation, send) => {
			const { service, approver } = await start();
			const answer = await send(service);
			expect(answer.status).toBe(202);
			expect(answer.body).toMatchObject({ operation, request_metadata: { route } });
			const shown = Object.entries((await approver.change(1)).body).filter(([, value]) => value !== null);
			expect(Object.entries(answer.body)).toEqual(shown);
		},
	);

	test('to_update_an_image_has_the_name_that_the_original_gives_it', async () => {
		const image = { name: 'i', type: 'ckpt', baseline: 'flux_1', inpainting: false };
		const { service } = await startQueue({ 'stable_diffusion.json': JSON.stringify({ i: image }) });
		const { body } = await service.put('image_generation', { ...image, nsfw: true });
		expect(body.request_metadata).toEqual({ route: 'update_legacy_model' });
	});

	test('to_delete_shows_what_is_deleted_and_a_text_model_its_twins', async () => {
		const { service } = await start();
		const { body } = await service.delete('text_generation', 'A/M-7B');
		expect(body.payload).toMatchObject({ name: 'A/M-7B', parameters: 7_000_000_000 });
		expect(body.related_models).toEqual(['aphrodite/A/M-7B', 'koboldcpp/M-7B']);
		expect(Object.keys(body)).toEqual([...FIELDS, 'related_models']);
	});

	test('has_advice_in_a_header_and_as_notes_for_the_reviewer', async () => {
		const { service, approver } = await start();
		const config = { files: [{ path: 'd.pt' }], download: [] };
		const answer = await service.post('clip', { name: 'd', config });
		expect(answer.headers.get('x-reference-advice')).toBe('no-description, no-sha256');
		expect(answer.body.notes).toBe('There is no description. A file has no SHA-256 checksum.');
		expect((await approver.change(1)).body.notes).toBe(answer.body.notes);
		const well = await service.post('clip', { name: 'e', description: 'About e' });
		expect(well.headers.get('x-reference-advice')).toBeNull();
		expect(well.body).not.toHaveProperty('notes');
		expect((await approver.change(2)).body.notes).toBeNull();
	});

	test('tells_the_entity_tag_of_the_published_category', async () => {
		const { repository, service } = await start();
		const version = repository.git('rev-parse', 'main:clip.json');
		expect((await service.post('clip', { name: 'd' })).headers.get('etag')).toBe(`"${version}"`);
		expect((await service.post('blip', { name: 'd' })).headers.get('etag')).toBeNull();
	});

	test('is_on_condition_of_the_entity_tag_when_it_says_so', async () => {
		const { service, approver } = await start();
		const etag = (await service.get('clip')).headers.get('etag') ?? '';
		const stale = await service.post('clip', { name: 'd' }, { 'If-Match': '"other"' });
		expect([stale.status, (await approver.idsOf()).length]).toEqual([412, 0]);
		expect(proposalOf(await service.post('clip', { name: 'd' }, { 'If-Match': etag }))).toBe(1);
		expect(proposalOf(await service.post('clip', { name: 'e' }, { 'If-Match': '*' }))).toBe(2);
		// What moves afterwards is another model's matter.
		await approver.approve(1, 2);
		expect((await approver.applyBatch(1)).status).toBe(200);
		expect((await service.delete('clip', 'a', { 'If-Match': etag })).status).toBe(412);
	});
});

test('no_read_shows_a_proposal_before_it_is_applied_and_every_one_does_right_after', async () => {
	const { repository, service, approver } = await start();
	const reads = [
		'clip',
		'clip.json',
		'text_generation',
		'db.json?include_group=true',
		'clip/model/a',
		'metadata/clip',
	];
	const all = async () => Promise.all(reads.map(async (path) => (await service.get(path)).text));
	const before = [await all(), repository.git('rev-parse', 'main')];
	await service.put('clip', { name: 'a', version: '2' });
	await service.post('text_generation', TEXT);
	await approver.approve(1, 2);
	expect([await all(), repository.git('rev-parse', 'main')]).toEqual(before);
	expect((await service.get('clip/model/d')).status).toBe(404);

	await approver.applyBatch(1);
	expect((await service.get('clip')).body.a).toMatchObject({ version: '2' });
	expect((await service.get('clip/model/a')).body).toMatchObject({ version: '2' });
	const text = (await service.get('text_generation')).body;
	expect(Object.keys(text)).toEqual(expect.arrayContaining(['Auth/New-7B', 'koboldcpp/New-7B']));
	expect((await service.get('metadata/clip')).body).toMatchObject({
		last_operation_type: 'update',
		total_updates: 1,
	});
	expectSound(repository);
});

test('what_is_not_right_is_refused_as_in_a_direct_write_and_takes_no_number', async () => {
	const { repository, service, approver } = await start();
	const rows = [
		[409, await service.post('clip', { name: 'a' })],
		[404, await service.put('clip', { name: 'z' })],
		[404, await service.delete('clip', 'z')],
		[422, await service.post('clip', { name: 5 })],
		[422, await service.post('clip', '{')],
		[422, await service.post('clip', { name: 'a\\b' })],
		[400, await service.post('text_generation', { ...TEXT, name: 'koboldcpp/x' })],
		[422, await service.post('text_generation', { name: 'Auth/X' })],
		[422, await service.post('text_generation', { ...TEXT, settings: { bogus: 1 } })],
	] as const;
	expect(rows.map(([, { status }]) => status)).toEqual(rows.map(([status]) => status));
	expect(repository.git('for-each-ref', 'refs/heads/pending', 'refs/horde')).toBe('');
	expect(proposalOf(await service.post('clip', { name: 'd' }))).toBe(1);
	expect((await approver.changes()).body.total).toBe(1);
});

test('two_identical_proposals_are_two_changes', async () => {
	const { service, approver } = await start();
	for (const client of [service, service, service.as(BOB)]) await client.post('clip', { name: 'd' });
	expect(await approver.idsOf()).toEqual([1, 2, 3]);
});

test('an_update_that_changes_nothing_can_be_proposed_and_applied', async () => {
	const { repository, service, approver } = await start();
	const record = { name: 'a', type: 'clip', description: 'About a' };
	await service.put('clip', { ...record, config: CONFIG });
	await approver.approve(1);
	await approver.apply(1);
	const main = repository.git('rev-parse', 'main');
	await service.put('clip', { ...record, config: CONFIG });
	await approver.approve(2);
	const { status, body } = await approver.apply(2);
	expect([status, Object(body.record).status]).toEqual([200, 'applied']);
	expect(repository.git('rev-parse', 'main')).toBe(main);
});
