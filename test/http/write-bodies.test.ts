/** Bodies that are no record: each gets a clear answer, nothing is written, and the service goes on. */

import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startWriteService } from '../support/write-service.ts';

const GOOD = JSON.stringify({ name: 'b' });

async function start() {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const service = await startWriteService(repository);
	const expectUntouched = async () => {
		expect(repository.git('rev-list', '--count', 'HEAD')).toBe('1');
		expect((await service.post('clip', GOOD)).status).toBe(201);
	};
	return { service, expectUntouched };
}

test('what_is_no_record_is_refused_item_by_item', async () => {
	const { service, expectUntouched } = await start();
	const bodies: readonly (readonly [string | Buffer, string])[] = [
		['', 'missing'],
		['null', 'missing'],
		['[{"name":"b"}]', 'model_attributes_type'],
		['"b"', 'model_attributes_type'],
		['{"name":"b"', 'json_invalid'],
		['{"name":"b"}}', 'json_invalid'],
		['{"name":"b","name":"c"}', 'value_error'],
		[`${'{"x":'.repeat(200)}1${'}'.repeat(200)}`, 'value_error'],
		[Buffer.from('{"name":"é"}', 'latin1'), 'json_invalid'],
		[Buffer.from('{"name":"b"}', 'utf16le'), 'json_invalid'],
	];
	for (const [body, type] of bodies) {
		const answer = await service.post('clip', body);
		expect([answer.status, body]).toEqual([422, body]);
		expect(answer.headers.get('content-type')).toBe('application/json');
		expect(answer.body.detail).toEqual([expect.objectContaining({ type, msg: expect.any(String) })]);
	}
	await expectUntouched();
});

test('a_body_of_another_kind_is_415', async () => {
	const { service, expectUntouched } = await start();
	for (const headers of [
		{ 'Content-Type': 'text/plain' },
		{ 'Content-Type': 'application/x-www-form-urlencoded' },
		{ 'Content-Type': 'application/jsonp' },
		{ 'Content-Type': '' },
		{ 'Content-Type': 'application/json; charset=latin1' },
		{ 'Content-Type': 'application/json; charset="utf-16"' },
		{ 'Content-Encoding': 'gzip' },
	]) {
		const body = 'Content-Encoding' in headers ? gzipSync(GOOD) : GOOD;
		const answer = await service.post('clip', body, headers);
		expect([answer.status, headers]).toEqual([415, headers]);
		expect(answer.body.detail).toMatch(/application\/json/);
	}
	await expectUntouched();
});

test('every_spelling_of_json_is_taken', async () => {
	const { service } = await start();
	const types = [
		'application/json',
		'Application/JSON; charset=UTF-8',
		'application/json;charset="utf-8"',
		'application/vnd.model+json',
	];
	for (const [index, type] of types.entries()) {
		const answer = await service.post('clip', JSON.stringify({ name: `b${index}` }), {
			'Content-Type': type,
		});
		expect([answer.status, type]).toEqual([201, type]);
	}
});

test('a_record_of_a_megabyte_is_taken_and_more_is_413', async () => {
	const { service } = await start();
	const record = (length: number) => JSON.stringify({ name: 'b', description: 'x'.repeat(length) });
	const overhead = record(0).length;
	expect((await service.post('clip', record(1024 * 1024 - overhead))).status).toBe(201);
	const larger = await service.put('clip', record(1024 * 1024 - overhead + 1));
	expect(larger.status).toBe(413);
	expect(larger.body.detail).toMatch(/1048576 bytes/);
});

test.each(['with_a_length', 'in_chunks'])(
	'a_client_that_sends_fifty_megabytes_%s_learns_why_not',
	async (how) => {
		const { service, expectUntouched } = await start();
		const length = 50 << 20;
		const post = request(`${service.url}/api/model_references/v1/clip`, {
			method: 'POST',
			headers: {
				apikey: 'key-of-alice',
				'Content-Type': 'application/json',
				...(how === 'with_a_length' && { 'Content-Length': length }),
			},
		});
		post.end(Buffer.alloc(length, '0'));
		const [response] = await once(post, 'response');
		response.resume();
		expect(response.statusCode).toBe(413);
		await expectUntouched();
	},
);

test.each([
	['in_the_middle_of_a_body', 'Content-Length: 1000\r\n\r\n{"name":'],
	['in_the_middle_of_a_chunk', 'Transfer-Encoding: chunked\r\n\r\n400\r\n{"name":'],
])('a_client_that_hangs_up_%s_has_written_nothing', async (_title, rest) => {
	const { service, expectUntouched } = await start();
	const { hostname, port } = new URL(service.url);
	const socket = connect(Number(port), hostname);
	await once(socket, 'connect');
	const head = `POST /api/model_references/v1/clip HTTP/1.1\r\nHost: x\r\napikey: key-of-alice\r\nContent-Type: application/json\r\n`;
	socket.write(head + rest);
	socket.end();
	socket.resume();
	await once(socket, 'close');
	await expectUntouched();
});
