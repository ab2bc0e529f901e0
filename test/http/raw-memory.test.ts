/** The table of raw reads takes no more memory than it may, however many URLs are asked for. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openRepository } from '../../src/git/repository.ts';
import { RawReads } from '../../src/http/raw-reads.ts';
import { ReadAnswers } from '../../src/http/read-answers.ts';
import { Revisions } from '../../src/store/revisions.ts';
import { StoredBlobs } from '../../src/store/stored-blobs.ts';
import { rawRequest } from '../support/raw-request.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';

const BOUND = 100 * 1024;

async function start(repository: TemporaryRepository) {
	const opened = await openRepository(repository.directory);
	const revisions = new Revisions(opened);
	const blobs = new StoredBlobs(opened, revisions.objects, BOUND);
	const answers = new ReadAnswers();
	const raw = new RawReads({ revisions, blobs, answers, cacheControl: 'no-cache', pathPrefix: '' });
	const atOnce: string[] = [];
	const handle = async (request: IncomingMessage, response: ServerResponse) => {
		const url = request.url ?? '';
		if (raw.serve(request, response)) atOnce.push(url);
		else await raw.send(url, decodeURIComponent(url.slice(1)), request, response);
	};
	const server = createServer((request, response) => void handle(request, response));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(async () => {
		server.close();
		await blobs.close();
		await revisions.close();
	});
	const { port } = server.address() as AddressInfo;
	return { raw, blobs, atOnce, ask: (path: string) => rawRequest(`http://127.0.0.1:${port}`, path) };
}

/** Ways to write one and the same path. */
function spellings(path: string): readonly string[] {
	const escaped = [...path].map((letter) => `%${letter.charCodeAt(0).toString(16)}`);
	return [...path].map((_letter, index) => path.slice(0, index) + escaped[index] + path.slice(index + 1));
}

test('many_urls_of_many_files_stay_within_the_bound_and_the_newest_are_answered_at_once', async () => {
	const repository = TemporaryRepository.create();
	const commits = Array.from({ length: 12 }, (_, index) =>
		repository.commit(
			{ 'clip.json': JSON.stringify({ [`model ${index}`]: 'x'.repeat(10_000) }) },
			`${index}`,
		),
	);
	const { raw, blobs, atOnce, ask } = await start(repository);
	for (const commit of commits) {
		for (const path of spellings('clip.json')) {
			expect((await ask(`/${commit}/${path}`)).status).toBe(200);
			expect(blobs.bytes).toBeLessThanOrEqual(BOUND);
			expect(raw.size).toBeLessThan(BOUND / 3000);
		}
	}
	expect(raw.size).toBeGreaterThan(0);
	const last = `/${commits.at(-1)}/${spellings('clip.json').at(-1)}`;
	await ask(last);
	expect(atOnce.at(-1)).toBe(last);
});

test('very_many_urls_of_one_file_stay_within_the_bound', async () => {
	const repository = TemporaryRepository.create({ 'a-file-with-a-long-name-of-forty-letters.txt': 'a' });
	const commit = repository.git('rev-parse', 'HEAD');
	const { raw, blobs, ask } = await start(repository);
	for (const path of spellings('a-file-with-a-long-name-of-forty-letters.txt')) {
		for (const name of ['main', commit, commit.slice(0, 8)]) {
			expect((await ask(`/${name}/${path}`)).status).toBe(200);
			expect(blobs.bytes).toBeLessThanOrEqual(BOUND);
			expect(raw.size).toBeLessThan(BOUND / 3000);
		}
	}
});

test('urls_that_are_very_long_are_not_listed', async () => {
	const folder = 'deep'.repeat(50);
	const path = Array.from({ length: 6 }, () => folder).join('/');
	const repository = TemporaryRepository.create({ 'clip.json': '{}', [`${path}/a.txt`]: 'a' });
	const { raw, ask } = await start(repository);
	expect((await ask(`/main/${path}/a.txt`)).body.toString()).toBe('a');
	expect(raw.size).toBe(0);
	expect((await ask('/main/clip.json')).status).toBe(200);
	expect(raw.size).toBe(1);
});
