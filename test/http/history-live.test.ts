/** What the history endpoints say while references are written, by clients and by hand, is what a new service reads from git. */

import { cpSync, readFileSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { history, versions } from '../support/model-history.ts';
import { clipReference, textReference } from '../support/records.ts';
import { TemporaryRepository, temporaryDirectory } from '../support/temporary-repository.ts';
import { startTestService } from '../support/test-service.ts';
import { CAROL, startWriteService } from '../support/write-service.ts';

const CATEGORIES = ['clip', 'blip', 'text_generation'];

interface Answer {
	readonly head?: string;
	readonly models?: readonly { readonly name: string }[];
}

/** Every answer that there is. */
async function allOf({ url }: { readonly url: string }): Promise<Readonly<Record<string, string>>> {
	const answers: Record<string, string> = {};
	const ask = async (path: string): Promise<Answer> => {
		const text = await (await fetch(`${url}/history/${path}`)).text();
		answers[path] = text;
		return JSON.parse(text) as Answer;
	};
	for (const category of CATEGORIES) {
		await ask(`${category}?limit=500`);
		const { models = [] } = await ask(`${category}/models`);
		for (const { name } of models) await ask(`${category}/model/${encodeURIComponent(name)}?limit=100`);
		answers[`metadata ${category}`] = await (
			await fetch(`${url}/model_references/v1/metadata/${category}`)
		).text();
	}
	return answers;
}

/** The same by a service that has nothing but the commits. */
async function readAnew(repository: TemporaryRepository) {
	const directory = temporaryDirectory();
	cpSync(repository.directory, directory, { recursive: true });
	rmSync(`${directory}/.git/horde-references`, { recursive: true, force: true });
	const service = await startTestService(directory);
	return allOf(service);
}

const untilHead = (service: { readonly url: string }, category: string, head: string) =>
	expect
		.poll(async () => ((await (await fetch(`${service.url}/history/${category}`)).json()) as Answer).head, {
			timeout: 10_000,
		})
		.toBe(head);

describe('the history', () => {
	test('of_writes_edits_by_hand_reverts_and_merges_is_as_if_read_at_once', async () => {
		const repository = TemporaryRepository.create({
			'clip.json': clipReference('a', 'b'),
			'db.json': textReference('org/one'),
		});
		const service = await startWriteService(repository);
		for (const name of ['new one', '__proto__', 'x"y', '🦄', 'n'.repeat(200)]) {
			const { status, text } = await service.post('clip', { name });
			expect(status, text).toBe(201);
		}
		await service.put('clip', { name: 'a', description: 'changed' });
		await service.put('clip', { name: 'a', description: 'changed' });
		await service.post('blip', { name: 'first of its file' });
		await service.delete('clip', 'b');
		await service.delete('clip', '🦄');
		const posted = await service.post('text_generation', {
			name: 'org/two',
			parameters: 7_000_000_000,
			baseline: 'x',
			description: 'text',
		});
		expect(posted.status, posted.text).toBe(201);
		const undone = repository.git('rev-parse', 'HEAD~2');
		const revert = await fetch(`${service.url}/history/revert/${undone}`, {
			method: 'POST',
			headers: { apikey: CAROL.key },
		});
		expect(revert.status).toBe(200);
		repository.git('switch', '--quiet', '--create', 'side', 'HEAD~1');
		repository.commit({ 'blip.json': clipReference('first of its file', 'on the side') }, 'Side');
		repository.git('switch', '--quiet', 'main');
		repository.commit({ 'clip.json': clipReference('a', 'by hand') }, 'By hand');
		repository.git('merge', '--quiet', '--no-ff', 'side', '-m', 'Merge side');
		await service.store.reload();
		await service.post('blip', { name: 'after all' });
		expect(await allOf(service)).toEqual(await readAnew(repository));
	});

	test('that_was_pushed_over_is_as_if_read_at_once', async () => {
		const repository = history(
			'clip.json',
			[1, 2, 3, 4].map((version) => versions({ a: version, b: 1 })),
		);
		const service = await startWriteService(repository);
		await allOf(service);
		repository.git('reset', '--quiet', '--hard', 'HEAD~2');
		const head = repository.commit({ 'clip.json': versions({ b: 2, c: 1 }) }, 'Another way');
		await untilHead(service, 'clip', head);
		await service.post('clip', { name: 'on top' });
		expect(await allOf(service)).toEqual(await readAnew(repository));
	});
});

describe('a restart', () => {
	test.each([
		['takes_up_what_was_kept_and_reads_no_version_again', true],
		['without_it_has_to_read_every_version', false],
	])('%s', async (_title, isKept) => {
		const repository = history(
			'clip.json',
			[1, 2, 3, 4, 5].map((version) => versions({ a: version })),
		);
		const blob = repository.git('rev-parse', 'HEAD~3:clip.json');
		const first = await startTestService(repository);
		const before = await allOf(first);
		await first.stop();
		// A version that is gone is held for what was there before it, where it is read.
		rmSync(repository.path(`.git/objects/${blob.slice(0, 2)}/${blob.slice(2)}`));
		if (!isKept) rmSync(repository.path('.git/horde-references/history.jsonl'));
		const second = await startTestService(repository);
		const after = await allOf(second);
		const table = 'clip?limit=500';
		if (isKept) expect(after[table]).toBe(before[table]);
		else expect(after[table]).not.toBe(before[table]);
	});

	test('soon_after_a_write_knows_of_it', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const first = await startWriteService(repository);
		await allOf(first);
		await first.post('clip', { name: 'z' });
		const before = await allOf(first);
		await first.stop();
		expect(await allOf(await startTestService(repository))).toEqual(before);
	});

	test('after_a_quiet_time_finds_the_writes_without_a_clean_end', async () => {
		const repository = TemporaryRepository.create({ 'clip.json': clipReference('a') });
		const service = await startWriteService(repository);
		await allOf(service);
		await service.post('clip', { name: 'z' });
		const head = repository.git('rev-parse', 'HEAD');
		const kept = () => readFileSync(repository.path('.git/horde-references/history.jsonl'), 'utf8');
		// As an item, and as the commit up to which all is known.
		await expect.poll(() => kept().split(head).length - 1, { timeout: 10_000 }).toBe(2);
	});
});
