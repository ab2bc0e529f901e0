import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	approvedPath,
	changeIdOf,
	changePath,
	contentPath,
	isPendingRef,
	pendingRef,
} from './ledger-layout.ts';

describe('the layout of the ledger', () => {
	test.each([
		[7, 'changes/00/00/7.json'],
		[99, 'changes/00/00/99.json'],
		[100, 'changes/00/01/100.json'],
		[12_345, 'changes/01/23/12345.json'],
		[1_000_000, 'changes/100/00/1000000.json'],
	])('the state of change %d is at %s', (id, file) => {
		expect(changePath(id)).toBe(file);
		expect(contentPath(id)).toBe(file.replace('.json', '.content.json'));
	});

	test('a_path_tells_its_change', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 999_999_999_999_999 }), fc.nat(), (id, batch) => {
				expect(changeIdOf(changePath(id))).toBe(id);
				expect(changeIdOf(`${id}.json`)).toBe(id);
				expect(changeIdOf(approvedPath(batch, id))).toBe(id);
				expect(changeIdOf(contentPath(id))).toBeUndefined();
			}),
		);
	});

	test.each([
		'counters.json',
		'changes/00/00/x.json',
		'changes/7.json.txt',
		'a7.json',
		'1234567890123456.json',
	])('%s is the state of no change', (file) => {
		expect(changeIdOf(file)).toBeUndefined();
	});

	test('no_folder_holds_more_than_a_hundred_changes', () => {
		const folders = new Map<string, number>();
		for (let id = 1; id <= 30_000; id++) {
			const folder = path.dirname(changePath(id));
			folders.set(folder, (folders.get(folder) ?? 0) + 1);
		}
		expect(Math.max(...folders.values())).toBe(100);
	});

	test('branches_of_proposals_are_told_from_others', () => {
		expect(pendingRef(42)).toBe('refs/heads/pending/42');
		expect(isPendingRef(pendingRef(42))).toBe(true);
		for (const other of [
			'refs/heads/pending',
			'refs/heads/main',
			'refs/horde/queue',
			'refs/heads/pendings/1',
		]) {
			expect(isPendingRef(other)).toBe(false);
		}
	});
});
