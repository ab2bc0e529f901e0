/** Committed files in memory: within their bound, and read once however many ask. */

import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openRepository } from '../../src/git/repository.ts';
import { identityOf } from '../../src/store/representation.ts';
import { Revisions } from '../../src/store/revisions.ts';
import { StoredBlobs } from '../../src/store/stored-blobs.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';

const KILO = 1024;
const MEGA = KILO * KILO;

async function open(files: Readonly<Record<string, string | Buffer>>, mostBytes?: number) {
	const temporary = TemporaryRepository.create(files);
	const repository = await openRepository(temporary.directory);
	const revisions = new Revisions(repository);
	const blobs = new StoredBlobs(repository, revisions.objects, mostBytes);
	onTestFinished(async () => {
		await blobs.close();
		await revisions.close();
	});
	const id = (file: string) => temporary.git('rev-parse', `HEAD:${file}`);
	return { blobs, revisions, id };
}

const bytesOf = (blob: Awaited<ReturnType<StoredBlobs['read']>>) => identityOf(blob.representation).body;

describe('a blob', () => {
	test('that_many_ask_for_at_once_is_read_once', async () => {
		const { blobs, revisions, id } = await open({ 'a.txt': 'a'.repeat(10_000) });
		const read = vi.spyOn(revisions.objects, 'read');
		const found = await Promise.all(Array.from({ length: 50 }, () => blobs.read(id('a.txt'))));
		expect(new Set(found).size).toBe(1);
		expect(read).toHaveBeenCalledTimes(1);
		expect(await blobs.read(id('a.txt'))).toBe(found[0]);
		expect(read).toHaveBeenCalledTimes(1);
	});

	test('has_further_forms_once_it_is_asked_for_again', async () => {
		const { blobs, id } = await open({ 'a.txt': 'a'.repeat(10_000) });
		const codings = async () =>
			(await blobs.read(id('a.txt'))).representation.variants.map(({ coding }) => coding);
		expect(await codings()).toEqual(['identity']);
		await vi.waitFor(async () => expect((await codings()).sort()).toEqual(['br', 'gzip', 'identity']));
	});

	test('that_is_no_text_is_not_compressed', async () => {
		const { blobs, id } = await open({ 'a.bin': Buffer.alloc(10_000) });
		for (let time = 0; time < 3; time++) await blobs.read(id('a.bin'));
		await blobs.close();
		const { isText, representation } = await blobs.read(id('a.bin'));
		expect([isText, representation.variants.length]).toEqual([false, 1]);
	});

	test('that_cannot_be_read_is_tried_again_by_the_next', async () => {
		const { blobs, revisions, id } = await open({ 'a.txt': 'a' });
		vi.spyOn(revisions.objects, 'read').mockRejectedValueOnce(new Error('gone'));
		await expect(blobs.read(id('a.txt'))).rejects.toThrow('gone');
		expect(bytesOf(await blobs.read(id('a.txt'))).toString()).toBe('a');
	});

	test('that_is_missing_is_an_error_and_no_empty_file', async () => {
		const { blobs } = await open({ 'a.txt': 'a' });
		await expect(blobs.read('1'.repeat(40))).rejects.toMatchObject({ code: 'git-failed' });
	});
});

describe('the memory', () => {
	test('is_bounded_whatever_is_read_and_those_that_left_are_told', async () => {
		const files = Object.fromEntries(
			Array.from({ length: 40 }, (_, index) => [`${index}.txt`, `${index} `.repeat(5 * KILO)]),
		);
		const { blobs, id } = await open(files, 100 * KILO);
		const left: string[] = [];
		blobs.onLeave((blob) => left.push(blob.id));
		for (const file of Object.keys(files)) {
			await blobs.read(id(file));
			await blobs.read(id(file));
			expect(blobs.bytes).toBeLessThanOrEqual(100 * KILO);
		}
		await blobs.close();
		expect(blobs.bytes).toBeLessThanOrEqual(100 * KILO);
		expect(left.length).toBeGreaterThan(20);
	});

	test('holds_no_file_that_is_very_large_and_two_who_get_it_share_it', async () => {
		const { blobs, id } = await open({ 'large.txt': 'x'.repeat(9 * MEGA) });
		const one = await blobs.read(id('large.txt'));
		const other = await blobs.read(id('large.txt'));
		expect(blobs.bytes).toBe(0);
		expect(bytesOf(one)).toBe(bytesOf(other));
		expect(bytesOf(one).length).toBe(9 * MEGA);
		expect(one.representation.variants).toHaveLength(1);
	});

	test('never_holds_a_file_that_is_beyond_all_bounds', async () => {
		const { blobs, revisions, id } = await open({ 'huge.txt': Buffer.alloc(64 * MEGA + 1) });
		const read = vi.spyOn(revisions.objects, 'read');
		await expect(blobs.read(id('huge.txt'))).rejects.toMatchObject({ code: 'file-too-large' });
		expect(read).not.toHaveBeenCalled();
	});
});
