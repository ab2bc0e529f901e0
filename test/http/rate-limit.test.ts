/** Limits by key, by address and by failed authentications; reads have none unless they are given one. */

import { expect, test } from 'vitest';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import type { TestServiceOptions } from '../support/test-service.ts';
import { BOB, startWriteService, type WriteAnswer } from '../support/write-service.ts';

const start = (limits: TestServiceOptions) =>
	startWriteService(TemporaryRepository.create({ 'clip.json': clipReference('a') }), limits);

function expectLimited(answer: WriteAnswer, what: RegExp): void {
	expect(answer.status).toBe(429);
	expect(answer.body.detail).toMatch(what);
	expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
	expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(60);
}

test('writes_are_limited_by_key', async () => {
	const service = await start({ writesPerKey: 2 });
	for (const name of ['b', 'c']) expect((await service.post('clip', { name })).status).toBe(201);
	expectLimited(await service.delete('clip', 'b'), /with this key: 2 a minute/);
	expect((await service.as(BOB).delete('clip', 'b')).status).toBe(204);
	expect((await service.get('clip')).status).toBe(200);
});

test('writes_are_limited_by_address_which_a_client_cannot_choose', async () => {
	const service = await start({ writesPerAddress: 2 });
	for (const name of ['b', 'c']) expect((await service.post('clip', { name })).status).toBe(201);
	const elsewhere = { 'X-Forwarded-For': '192.0.2.1' };
	expectLimited(await service.as(BOB).post('clip', { name: 'd' }, elsewhere), /from this address/);
});

test('behind_a_proxy_the_address_is_what_the_proxy_says', async () => {
	const service = await start({ writesPerAddress: 1, trustProxy: 1 });
	const from = (address: string) => ({ 'X-Forwarded-For': address });
	expect((await service.post('clip', { name: 'b' }, from('192.0.2.1'))).status).toBe(201);
	expect((await service.post('clip', { name: 'c' }, from('192.0.2.2'))).status).toBe(201);
	expectLimited(await service.post('clip', { name: 'd' }, from('192.0.2.7, 192.0.2.1')), /from this address/);
	// Whoever has one IPv6 address has a network of them.
	expect((await service.post('clip', { name: 'd' }, from('2001:db8::1'))).status).toBe(201);
	expectLimited(await service.post('clip', { name: 'e' }, from('2001:db8::2')), /from this address/);
});

test('guessing_keys_is_limited_and_writing_is_not', async () => {
	const service = await start({ failuresPerAddress: 3 });
	const many = Array.from({ length: 10 }, (_, index) => service.post('clip', { name: `b${index}` }));
	expect((await Promise.all(many)).map(({ status }) => status)).toEqual(Array(10).fill(201));
	for (let times = 0; times < 3; times++) {
		expect((await service.as({ key: `guess ${times}` }).post('clip', { name: 'c' })).status).toBe(401);
	}
	const asked = service.horde.calls.length;
	expectLimited(await service.as({ key: 'guess 4' }).post('clip', { name: 'c' }), /failed authentications/);
	expectLimited(await service.as(undefined).delete('clip', 'a'), /failed authentications/);
	expect(service.horde.calls).toHaveLength(asked);
});

test('reads_are_limited_where_that_is_asked_for', async () => {
	const service = await start({ readsPerAddress: 3 });
	const paths = ['clip', 'clip.json', 'model_categories'];
	for (const path of paths) expect((await service.get(path)).status).toBe(200);
	expectLimited(await service.get('clip'), /requests from this address: 3 a minute/);
	const other = await start({});
	for (let times = 0; times < 50; times++) expect((await other.get('clip')).status).toBe(200);
});
