/** What a reviewer must not overlook: critical fields, and changes that do not apply any more (spec: pending queue, section 6). */

import { describe, expect, test } from 'vitest';
import { proposalOf, queueForSuite, startQueue } from '../support/queue-service.ts';
import { reference } from '../support/records.ts';
import { ALICE, CAROL, DAVE } from '../support/write-service.ts';

const CONFIG = {
	files: [{ path: 'a.pt' }],
	download: [{ file_name: 'a.pt', file_url: 'https://example.org/a.pt' }],
};
const A = { name: 'a', type: 'clip', description: 'About a', config: CONFIG };
const VERSION = { field_path: 'version', change_type: 'modified' };

const IMAGE = { name: 'i', baseline: 'stable_diffusion_xl', nsfw: false };
const FILES = {
	'clip.json': reference([['a', A]]),
	'blip.json': reference([['a', { name: 'a', type: 'blip', config: CONFIG, style: 'x' }]]),
	'miscellaneous.json': reference([['a', { name: 'a', type: 'layer_diffuse', config: CONFIG, nsfw: false }]]),
	'stable_diffusion.json': reference([['i', { ...IMAGE, type: 'ckpt', inpainting: false, config: CONFIG }]]),
};

const shared = await queueForSuite(FILES);

test.each([
	['blip', { name: 'a', style: 'y', config: CONFIG }, ['style']],
	['blip', { name: 'a', style: 'x', config: CONFIG, nsfw: true, homepage: 'h' }, ['nsfw']],
	['blip', { name: 'a', style: 'x', config: { ...CONFIG, download: [] } }, ['config.download']],
	['blip', { name: 'a', style: 'x', config: { ...CONFIG, files: [] } }, []],
	['blip', { name: 'a', style: 'x', config: CONFIG, stylesheet: 1, description: 'd' }, []],
	['miscellaneous', { name: 'a', nsfw: true, config: { files: [], download: [] } }, []],
	['clip', { ...A, config: { ...CONFIG, download_size: 7 } }, ['config.download_size']],
	['image_generation', { ...IMAGE, config: CONFIG, baseline: 'flux_1' }, ['baseline']],
	['image_generation', { ...IMAGE, config: CONFIG, inpainting: true }, ['inpainting']],
	['image_generation', { ...IMAGE, config: CONFIG, trigger: ['x'], tags: ['y'] }, ['trigger']],
	['image_generation', { ...IMAGE, config: CONFIG, homepage: 'h', style: 'y' }, ['homepage']],
	['image_generation', { ...IMAGE, config: CONFIG, nsfw: true, description: 'd' }, ['nsfw']],
])('in_%s_%j_critical_are_%j', async (category, record, critical) => {
	const id = proposalOf(await shared.writesOf(ALICE).put(category, record));
	const { body } = await shared.as(DAVE).diff(id);
	expect(body).toMatchObject({ is_critical: critical.length > 0, critical_fields: critical });
	expect(body.net_operation).toBe('modified');
});

/** Requestors propose, and carol writes at once. */
const start = () => startQueue(FILES, { writes: 'by-role' });

describe('a diff of a model that moved', () => {
	test.each([
		['create', 'modified', { name: 'c' }, { name: 'c', version: '2' }],
		['update', 'modified', { name: 'a', version: '1' }, { name: 'a', version: '2' }],
		['update', 'added', { name: 'a', version: '1' }, null],
		['delete', 'deleted', null, { name: 'a', version: '2' }],
		['delete', 'unchanged', null, null],
	])('of_a_%s_is_%s_and_does_not_apply', async (operation, net, proposed, since) => {
		const { service, approver } = await start();
		const verb = operation === 'create' ? 'post' : 'put';
		const asked = proposed ? service[verb]('clip', proposed) : service.delete('clip', 'a');
		const id = proposalOf(await asked);
		const carol = service.as(CAROL);
		const name = proposed?.name ?? 'a';
		if (since === null) await carol.delete('clip', name);
		else await carol[verb]('clip', since);
		const { body } = await approver.diff(id);
		const now = Object((await service.get('clip')).body)[name] ?? null;
		expect(body).toMatchObject({ operation, net_operation: net, current_state: now, still_applies: false });
		expect(body.conflict).toMatch(
			new RegExp(`^Model '${name}' of category 'clip' has changed since change ${id} `),
		);
	});

	test('is_made_anew_each_time', async () => {
		const { service, approver } = await start();
		await service.put('clip', { ...A, version: '1' });
		expect((await approver.diff(1)).body).toMatchObject({ fields_added: ['version'], still_applies: true });
		await service.as(CAROL).put('clip', { ...A, version: '7' });
		const { body } = await approver.diff(1);
		expect(body.field_diffs).toEqual([{ ...VERSION, old_value: '7', new_value: '1' }]);
		expect(body.conflict).toContain('then it was {"version":null}, now it is {"version":"7"}');
	});
});

test('a_change_that_is_closed_does_not_apply_and_is_in_no_conflict', async () => {
	const { service, approver } = await start();
	await service.put('clip', { ...A, version: '1' });
	await service.put('clip', { ...A, version: '2' });
	await approver.approve(1);
	expect((await approver.diff(1)).body).toMatchObject({ still_applies: true, conflict: null });
	await approver.apply(1);
	await approver.reject(2);
	const [applied, rejected] = [(await approver.diff(1)).body, (await approver.diff(2)).body];
	expect(applied).toMatchObject({ net_operation: 'unchanged', field_diffs: [] });
	expect(rejected).toMatchObject({
		net_operation: 'modified',
		field_diffs: [{ ...VERSION, old_value: '1', new_value: '2' }],
	});
	for (const body of [applied, rejected])
		expect(body).toMatchObject({ still_applies: false, conflict: null });
});
