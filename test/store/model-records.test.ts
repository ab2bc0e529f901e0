/** Records of old versions: read once, kept within bounds, and taken from before where a version is broken. */

import { describe, expect, onTestFinished, test } from 'vitest';
import { BlobReader } from '../../src/git/blobs.ts';
import { Git } from '../../src/git/command.ts';
import { type FileVersion, walkHistory } from '../../src/git/history.ts';
import { parentsFirst } from '../../src/store/model-history.ts';
import { ModelRecords } from '../../src/store/model-records.ts';
import { history, versions } from '../support/model-history.ts';
import type { TemporaryRepository } from '../support/temporary-repository.ts';

/** Records over a repository, its versions oldest first, and how often git was asked. */
async function open(repository: TemporaryRepository, mostKept?: number) {
	const git = new Git(repository.directory);
	const { files } = await walkHistory(git, repository.git('rev-parse', 'HEAD'), ['clip.json']);
	const newest = files.get('clip.json');
	if (!newest) throw new Error('there is no history');
	const blobs = new BlobReader(git);
	onTestFinished(() => blobs.close());
	const asked: string[] = [];
	const counting = Object.assign(Object.create(blobs) as BlobReader, {
		read: (name: string) => {
			asked.push(name);
			return blobs.read(name);
		},
	});
	const records = new ModelRecords(counting, mostKept);
	return { records, asked, line: parentsFirst(newest) };
}

const at = (line: readonly FileVersion[], index: number): FileVersion => {
	const version = line[index];
	if (!version) throw new Error(`there is no version ${index}`);
	return version;
};

describe('records of old versions', () => {
	test('are_read_once', async () => {
		const { records, asked, line } = await open(
			history('clip.json', [versions({ a: 1 }), versions({ a: 2 })]),
		);
		for (let time = 0; time < 3; time++) {
			expect(await records.record('clip', 'a', at(line, 0))).toBe('{"name":"a","type":"clip","version":1}');
			expect(await records.record('clip', 'nobody', at(line, 0))).toBeNull();
		}
		expect(asked).toHaveLength(2);
	});

	test('are_forgotten_where_they_are_too_many_the_one_used_last_at_last', async () => {
		const contents = [1, 2, 3].map((version) => versions({ a: version }));
		const { records, asked, line } = await open(history('clip.json', contents), 700);
		await records.record('clip', 'a', at(line, 0));
		await records.record('clip', 'a', at(line, 1));
		await records.record('clip', 'a', at(line, 0));
		await records.record('clip', 'a', at(line, 2));
		expect(asked).toHaveLength(3);
		await records.record('clip', 'a', at(line, 0));
		expect(asked).toHaveLength(3);
		await records.record('clip', 'a', at(line, 1));
		expect(asked).toHaveLength(4);
	});

	test('of_a_broken_version_are_those_of_the_one_before', async () => {
		const contents = [versions({ a: 1 }), '{"a": ', versions({ a: 2 })];
		const { records, line } = await open(history('clip.json', contents));
		const { fields } = await records.versionOf('clip', 'a', { version: at(line, 2), operation: 'update' });
		expect(fields).toEqual([{ path: 'version', before: '1', after: '2', type: 'modified' }]);
	});

	test('of_a_file_that_was_removed_there_are_none', async () => {
		const { records, line } = await open(history('clip.json', [versions({ a: 1 }), null]));
		expect(await records.record('clip', 'a', at(line, 1))).toBeNull();
		const { fields } = await records.versionOf('clip', 'a', { version: at(line, 1), operation: 'delete' });
		expect(fields.map(({ path, type }) => [path, type])).toEqual([
			['name', 'removed'],
			['type', 'removed'],
			['version', 'removed'],
		]);
	});
});
