/** Whatever a model is called, it goes into the file, the commit and the URL as data. */

import { describe, expect, test } from 'vitest';
import { rawRequest } from '../support/raw-request.ts';
import { clipReference } from '../support/records.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startWriteService } from '../support/write-service.ts';

const NAMES: readonly string[] = [
	'__proto__',
	'constructor',
	'hasOwnProperty',
	'-rf',
	'--output=/tmp/x',
	'refs/heads/main',
	'main.lock',
	'../../etc/passwd',
	'a//b',
	'/a',
	'a/',
	'a/./b',
	'a/../b',
	'🦙 llama',
	'e\u0301',
	'שלום עולם',
	'\u202eabc',
	'"quoted"',
	"it's",
	'$(touch x)`y`',
	'%2F%00',
	'a%',
	'a?b=c#d',
	'a;b&c|d',
	'Change-Id: 7',
	':(top)x',
	'HEAD^{tree}',
	'@{-1}',
	'*',
	'null',
	'0',
	'x'.repeat(200),
	'🦙'.repeat(200),
];

test('good_ones_are_added_found_and_removed_and_leave_the_file_as_it_was', async () => {
	const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
	const service = await startWriteService(repository);
	const before = repository.git('rev-parse', 'HEAD:clip.json');
	for (const name of NAMES) {
		const added = await service.post('clip', `{"name":${JSON.stringify(name)},"description":"d"}`);
		expect([name, added.status]).toEqual([name, 201]);
		const location = added.headers.get('location') ?? '';
		const found = await fetch(new URL(location, service.url));
		expect([name, found.status]).toEqual([name, 200]);
		expect(JSON.parse(await found.text()).name).toBe(name);
		expect(repository.git('log', '-1', '--format=%s')).toBe(`Add clip model ${name}`);
		expect(repository.git('log', '-1', '--format=%(trailers:key=Model,valueonly)').trim()).toBe(
			name.startsWith('"') ? JSON.stringify(name) : name,
		);
	}
	const names = Object.keys((await service.get('clip')).body);
	expect(new Set(names)).toEqual(new Set(['a', ...NAMES]));
	for (const name of NAMES) expect([name, (await service.delete('clip', name)).status]).toEqual([name, 204]);
	expect(repository.git('rev-parse', 'HEAD:clip.json')).toBe(before);
	expect(repository.git('status', '--porcelain')).toBe('');
	expect(repository.git('fsck', '--strict')).toBe('');
});

test.each(['.', '..'])('%j_can_be_removed_by_clients_that_send_the_path_as_it_is', async (name) => {
	const service = await startWriteService(TemporaryRepository.create({ 'clip.json': clipReference('a') }));
	expect((await service.post('clip', { name })).status).toBe(201);
	const path = `/api/model_references/v1/clip/model/${name}`;
	expect((await rawRequest(service.url, path)).json()).toMatchObject({ name });
	const removed = await rawRequest(service.url, path, {
		method: 'DELETE',
		headers: { apikey: 'key-of-alice' },
	});
	expect(removed.status).toBe(204);
});

describe('bad ones', () => {
	test.each([
		['empty', '""'],
		['blank', '"   "'],
		['with_a_blank_in_front', '" a"'],
		['with_a_line_break', '"a\\nb"'],
		['with_a_nul', '"a\\u0000b"'],
		['with_a_tab', '"a\\tb"'],
		['with_a_c1_control', '"a\\u0085b"'],
		['with_a_backslash', '"a\\\\b"'],
		['with_half_a_pair', '"a\\ud83eb"'],
		['of_201_characters', `"${'x'.repeat(201)}"`],
		['of_300_characters', `"${'x'.repeat(300)}"`],
		['that_is_a_number', '5'],
		['that_is_null', 'null'],
	])('%s_are_refused_and_nothing_is_written', async (_title, name) => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const service = await startWriteService(repository);
		for (const write of [service.post, service.put]) {
			const answer = await write('clip', `{"name":${name}}`);
			expect(answer.status).toBe(422);
			expect(answer.body.detail).toBeTruthy();
		}
		expect(repository.git('rev-list', '--count', 'HEAD')).toBe('1');
	});

	test.each(['a%00b', 'a%0Ab', '%20', 'a%5Cb', 'x'.repeat(300)])(
		'in_a_path_as_%s_are_refused',
		async (segment) => {
			const service = await startWriteService(
				TemporaryRepository.create({ 'clip.json': clipReference('a') }),
			);
			const answer = await fetch(service.v1(`clip/model/${segment}`), {
				method: 'DELETE',
				headers: { apikey: 'key-of-alice' },
			});
			expect(answer.status).toBe(422);
			expect(Object(await answer.json()).detail).toMatch(/^Model name must /);
		},
	);
});
