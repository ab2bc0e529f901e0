/** Edits of every real reference, as it is and as it was: only the record that is meant changes, and it comes back. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CATEGORIES } from '../../src/categories.ts';
import { editReference, sameRecord } from '../../src/record/edit-reference.ts';
import { compactJson } from '../../src/record/record-fields.ts';
import {
	parseReference,
	type ReferenceFile,
	recordText,
	referenceBytes,
} from '../../src/record/reference-file.ts';
import { editAndCheck } from '../support/reference-texts.ts';
import { missingCorpus, sharedPath } from '../support/shared-corpus.ts';

/** Of long histories every so many versions, the newest and the oldest among them. */
const VERSIONS = 12;
const SAMPLES = 4;
const NEW_NAME = 'sp ace/é\u{1F600}"\\';
const NEW_RECORD =
	'{"name":"new","parameters":9007199254740993,"1":1.0,"tags":["é",[],{}],"config":{"files":[]}}';

interface Version {
	readonly title: string;
	readonly bytes: Buffer;
	readonly file: ReferenceFile;
}

const FILES = new Set(CATEGORIES.map(({ file }) => file));

describe.skipIf(missingCorpus)(`edits of the real references ${missingCorpus ?? ''}`, () => {
	const newest: Version[] = [];
	const all: Version[] = [];

	beforeAll(() => {
		const directory = mkdtempSync(path.join(tmpdir(), 'horde-references-originals-'));
		try {
			for (const original of ['image', 'text'] as const) {
				const clone = path.join(directory, original);
				const bundle = sharedPath('corpus', `${original}-reference.bundle`);
				execFileSync('git', ['clone', '--quiet', '--bare', bundle, clone], { stdio: 'pipe' });
				all.push(...versionsIn(clone));
			}
		} finally {
			rmSync(directory, { recursive: true, force: true });
		}
		newest.push(...all.filter(({ title }) => title.endsWith(' 0')));
	}, 120_000);

	test('there_are_enough_of_them_in_enough_styles', () => {
		expect(newest.length).toBeGreaterThanOrEqual(9);
		expect(all.length).toBeGreaterThan(40);
		const texts = all.map(({ file }) => file.text);
		for (const mark of ['\r\n', '\n\t"', '\n  "', '\n    "', '\\u2']) {
			expect(texts.some((text) => text.includes(mark))).toBe(true);
		}
	});

	test('every_record_of_today_is_spelled_as_we_spell_it', () => {
		for (const { title, file } of newest) {
			const respelled = file.records.filter(({ name }) => {
				const record = compactJson(recordText(file, name) ?? '');
				return editReference(file, [{ kind: 'put', name, record }]) !== file;
			});
			expect([title, respelled.map(({ name }) => name)]).toEqual([title, []]);
		}
	});

	test('every_record_of_any_version_keeps_its_value_and_all_others_their_bytes', () => {
		for (const { file } of all) {
			for (const [index, { name, start, end }] of file.records.entries()) {
				if (index % Math.ceil(file.records.length / 100) !== 0) continue;
				const record = compactJson(file.text.slice(start, end));
				const edited = editReference(file, [{ kind: 'put', name, record }]);
				const range = edited.records[index];
				const moved = edited.text.length - file.text.length;
				expect(range).toMatchObject({ name, start, end: end + moved });
				expect(sameRecord(recordText(edited, name) ?? '', record)).toBe(true);
				expect(edited.text.slice(0, start) === file.text.slice(0, start)).toBe(true);
				expect(edited.text.slice(end + moved) === file.text.slice(end)).toBe(true);
			}
		}
	});

	test('create_then_delete_gives_every_version_back', () => {
		for (const { title, bytes, file } of all) {
			const middle = file.records[file.records.length >> 1]?.name ?? '';
			for (const place of [{}, { after: middle }]) {
				const put = { kind: 'put', name: NEW_NAME, record: NEW_RECORD, ...place } as const;
				const created = editAndCheck(file, [put]);
				const restored = editAndCheck(created, [{ kind: 'delete', name: NEW_NAME }]);
				expect([title, referenceBytes(restored).equals(bytes)]).toEqual([title, true]);
			}
		}
	});

	test('records_are_replaced_and_deleted_alone', () => {
		for (const { file } of all) {
			const step = Math.ceil(file.records.length / SAMPLES);
			const names = file.records.filter((_record, index) => index % step === 0).map(({ name }) => name);
			for (const name of names) {
				const changed = editAndCheck(file, [{ kind: 'put', name, record: NEW_RECORD }]);
				const record = compactJson(recordText(file, name) ?? '');
				editAndCheck(changed, [{ kind: 'put', name, record }]);
				editAndCheck(file, [{ kind: 'delete', name }]);
			}
		}
	});

	test('a_new_record_is_broken_into_lines_as_its_file_is', () => {
		for (const { title, file } of newest) {
			const put = { kind: 'put', name: NEW_NAME, record: NEW_RECORD } as const;
			const lines = editReference(file, [put]).text.split('\n');
			const isMixed = new Set(lines.slice(0, -1).map((line) => line.endsWith('\r'))).size > 1;
			expect([title, isMixed]).toEqual([title, false]);
		}
	});
});

/** Versions of every category file that are references, the newest of each called 0. */
function versionsIn(directory: string): Version[] {
	const git = (...args: string[]) =>
		execFileSync('git', ['-C', directory, ...args], {
			maxBuffer: 1 << 26,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
	const files = git('ls-tree', '--name-only', 'main')
		.toString()
		.split('\n')
		.filter((file) => FILES.has(file));
	return files.flatMap((file) => {
		const commits = git('log', 'main', '--diff-filter=AM', '--format=%H', '--', file)
			.toString()
			.trim()
			.split('\n');
		const step = Math.ceil(commits.length / VERSIONS);
		const chosen = commits.filter((_commit, age) => age % step === 0 || age === commits.length - 1);
		return chosen.flatMap((commit, age) => {
			const bytes = git('cat-file', 'blob', `${commit}:${file}`);
			const parsed = parseReference(bytes);
			if (!parsed.ok || !parsed.file.text.trimStart().startsWith('{')) return [];
			return [{ title: `${file} ${age}`, bytes, file: parsed.file }];
		});
	});
}
