/** If-Match guards against writing over what somebody else wrote, Idempotency-Key against writing twice. */

import { describe, expect, test } from 'vitest';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { BOB, startWriteService } from '../support/write-service.ts';

async function start() {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const service = await startWriteService(repository);
	const commits = () => Number(repository.git('rev-list', '--count', 'HEAD'));
	return { repository, service, commits };
}

describe('If-Match', () => {
	test('takes_the_tag_of_any_form_of_the_category', async () => {
		const { service } = await start();
		for (const coding of ['identity', 'gzip', 'br']) {
			const tag = (await service.get('clip', { 'Accept-Encoding': coding })).headers.get('etag') ?? '';
			const answer = await service.put(
				'clip',
				{ name: 'a', version: coding },
				{ 'If-Match': `"other", ${tag}` },
			);
			expect([coding, answer.status]).toEqual([coding, 200]);
		}
		expect((await service.delete('clip', 'a', { 'If-Match': '*' })).status).toBe(204);
	});

	test('refuses_a_write_when_anything_in_the_category_changed', async () => {
		const { service, commits } = await start();
		const { headers } = await service.get('clip');
		const tag = headers.get('etag') ?? '';
		await service.post('clip', { name: 'b' });
		for (const write of [
			service.post('clip', { name: 'c' }, { 'If-Match': tag }),
			service.put('clip', { name: 'a' }, { 'If-Match': tag }),
			service.delete('clip', 'a', { 'If-Match': tag }),
			service.delete('clip', 'a', { 'If-Match': `W/${tag}` }),
			service.delete('clip', 'a', { 'If-Match': 'nonsense' }),
		]) {
			const answer = await write;
			expect(answer.status).toBe(412);
			expect(answer.body.detail).toMatch(/entity tag is "[0-9a-f]{40}" now/);
		}
		expect(commits()).toBe(2);
	});

	test('lets_exactly_one_of_many_at_once_through', async () => {
		const { service, commits } = await start();
		const tag = (await service.get('clip')).headers.get('etag') ?? '';
		const answers = await Promise.all(
			Array.from({ length: 10 }, (_, index) =>
				service.put('clip', { name: 'a', version: String(index) }, { 'If-Match': tag }),
			),
		);
		expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(412)]);
		expect(commits()).toBe(2);
	});

	test('matches_nothing_where_a_category_has_no_file', async () => {
		const { service } = await start();
		expect((await service.post('blip', { name: 'a' }, { 'If-Match': '*' })).status).toBe(412);
	});
});

describe('Idempotency-Key', () => {
	const key = (value: string) => ({ 'Idempotency-Key': value });

	test('makes_a_request_that_is_sent_again_do_nothing_and_answer_the_same', async () => {
		const { service, commits } = await start();
		const send = [
			() => service.post('clip', { name: 'b', version: '1' }, key('one')),
			() => service.put('clip', { name: 'b', version: '2' }, key('two')),
			() => service.put('clip', { name: 'b', version: '2' }, key('nothing to do')),
			() => service.delete('clip', 'b', key('three')),
		];
		const first = [];
		for (const request of send) first.push(await request());
		expect(first.map(({ status }) => status)).toEqual([201, 200, 200, 204]);
		expect(commits()).toBe(4);
		for (const [index, request] of send.entries()) {
			const again = await request();
			const { status, headers, text } = first[index] ?? again;
			expect([again.status, again.text]).toEqual([status, text]);
			for (const name of ['etag', 'location', 'x-reference-commit', 'x-reference-advice']) {
				expect([name, again.headers.get(name)]).toEqual([name, headers.get(name)]);
			}
		}
		expect(commits()).toBe(4);
	});

	test('belongs_to_its_user', async () => {
		const { service, commits } = await start();
		expect((await service.post('clip', { name: 'b' }, key('k'))).status).toBe(201);
		expect((await service.as(BOB).post('clip', { name: 'c' }, key('k'))).status).toBe(201);
		expect(commits()).toBe(3);
	});

	test('may_not_be_used_for_another_request', async () => {
		const { service, commits } = await start();
		await service.post('clip', { name: 'b' }, key('k'));
		const other = await service.post('clip', { name: 'c' }, key('k'));
		expect(other.status).toBe(422);
		expect(other.body.detail).toMatch(/Idempotency-Key/);
		expect(commits()).toBe(2);
	});

	test('is_free_again_when_its_request_was_refused', async () => {
		const { service } = await start();
		expect((await service.post('clip', { name: 'a' }, key('k'))).status).toBe(409);
		expect((await service.post('clip', { name: 'b' }, key('k'))).status).toBe(201);
	});

	test.each(['', ' ', 'x'.repeat(256), 'é'])('%j_is_none', async (value) => {
		const { service } = await start();
		const answer = await service.post('clip', { name: 'b' }, key(value));
		expect(answer.status).toBe(422);
		expect(answer.body.detail).toMatchObject([{ loc: ['header', 'idempotency-key'] }]);
	});
});
