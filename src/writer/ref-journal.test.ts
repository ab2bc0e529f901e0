import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/temporary-repository.ts';
import { currentProcess } from './process-identity.ts';
import { RefJournal } from './ref-journal.ts';

const UPDATES = [
	{ ref: 'refs/heads/main', from: 'a'.repeat(40), to: 'b'.repeat(40) },
	{ ref: 'refs/horde/queue', from: undefined, to: 'c'.repeat(40) },
	{ ref: 'refs/heads/pending/7', from: 'd'.repeat(40), to: undefined },
];

/** A journal, and where it is kept. */
function openJournal(): { readonly journal: RefJournal; readonly file: string } {
	const commonDirectory = temporaryDirectory();
	const folder = path.join(commonDirectory, 'horde-references');
	mkdirSync(folder);
	return { journal: new RefJournal({ commonDirectory }), file: path.join(folder, 'refs.json') };
}

describe('the journal of refs', () => {
	test('reads_back_what_is_to_move_and_who_moves_it', () => {
		const { journal } = openJournal();
		expect(journal.read()).toBeUndefined();
		journal.write(UPDATES);
		expect(journal.read()).toEqual({ ...currentProcess(), updates: UPDATES });
		journal.write(UPDATES.slice(1));
		expect(journal.read()?.updates).toEqual(UPDATES.slice(1));
	});

	test('has_nothing_once_it_is_cleared', () => {
		const { journal, file } = openJournal();
		journal.clear();
		journal.write(UPDATES);
		journal.clear();
		expect(journal.read()).toBeUndefined();
		expect(readdirSync(path.dirname(file))).toEqual([]);
	});

	test('is_whole_or_not_there_wherever_writing_it_was_cut_off', () => {
		const { journal, file } = openJournal();
		journal.write(UPDATES);
		const text = readFileSync(file, 'utf8');
		for (let length = 0; length < text.length; length++) {
			writeFileSync(file, text.slice(0, length));
			expect(journal.read()).toBeUndefined();
		}
		writeFileSync(file, text);
		expect(journal.read()?.updates).toEqual(UPDATES);
	});

	test('a_plan_beside_it_that_was_never_put_in_its_place_counts_for_nothing', () => {
		const { journal, file } = openJournal();
		journal.write(UPDATES);
		const text = readFileSync(file, 'utf8');
		journal.clear();
		writeFileSync(`${file}.new`, text);
		expect(journal.read()).toBeUndefined();
		journal.write(UPDATES.slice(0, 1));
		expect(journal.read()?.updates).toHaveLength(1);
	});

	test.each(['null', '[]', '"x"', '{}', '{"updates":[]}'])('%s_is_no_plan', (text) => {
		const { journal, file } = openJournal();
		writeFileSync(file, text);
		expect(journal.read()).toBeUndefined();
	});

	test.each([
		{ updates: {} },
		{ updates: [null] },
		{ updates: [{ ref: 5 }] },
		{ pid: 'x' },
		{ host: undefined },
	])('a_plan_with_%j_is_none', (facts) => {
		const { journal, file } = openJournal();
		writeFileSync(file, JSON.stringify({ ...currentProcess(), updates: UPDATES, ...facts }));
		expect(journal.read()).toBeUndefined();
	});
});
