/** Trees as edited by this program, against what git itself makes of the same edits. */

import { execFileSync } from 'node:child_process';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { objectId } from '../../src/git/object-writer.ts';
import {
	editTree,
	filesInTree,
	findInTree,
	parseTree,
	renderTree,
	type TreeEntry,
	type TreeStore,
} from '../../src/git/tree.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';

interface File {
	readonly mode: string;
	readonly id: string;
}
/** Files by path; null is none. */
type Files = ReadonlyMap<string, File>;
type Edits = ReadonlyMap<string, string | null>;

/** Trees in memory under the ids that git gives them; how often each was written is counted. */
function memoryTrees(): TreeStore & { readonly written: string[] } {
	const trees = new Map<string, readonly TreeEntry[]>();
	const written: string[] = [];
	return {
		written,
		read: async (id) => {
			if (id === undefined) return [];
			const entries = trees.get(id);
			if (!entries) throw new Error(`there is no tree ${id}`);
			return entries;
		},
		write: (entries) => {
			const body = renderTree(entries);
			const id = objectId('sha1', 'tree', body);
			written.push(id);
			trees.set(id, parseTree(body, 20));
			return id;
		},
	};
}

/** What git's own index comes to; nothing of the repository is touched but for the trees. */
class GitIndex {
	readonly #repository = TemporaryRepository.create();
	readonly #env = { ...process.env, GIT_INDEX_FILE: this.#repository.path('.git/other-index') };

	/** @returns the id of the tree of these files with these edits */
	tree(files: Files, edits: Edits): string {
		this.#run(['read-tree', '--empty']);
		const gone = '0'.repeat(40);
		const lines = [
			...Array.from(files, ([file, { mode, id }]) => `${mode} ${id}\t${file}\0`),
			...Array.from(edits, ([file, id]) => {
				return id === null ? `0 ${gone}\t${file}\0` : `${files.get(file)?.mode ?? '100644'} ${id}\t${file}\0`;
			}),
		];
		this.#run(['update-index', '-z', '--index-info'], lines.join(''));
		return this.#run(['write-tree', '--missing-ok']).trim();
	}

	#run(args: readonly string[], input = ''): string {
		return execFileSync('git', args, {
			cwd: this.#repository.directory,
			env: this.#env,
			input,
			encoding: 'utf8',
		});
	}
}

/** Names of files and of folders have none in common, and sort before, between and after each other. */
const fileName = fc.constantFrom('a-', 'a.json', 'a0', 'é.json', '7.json', '10.json', 'b', '\u{1F600}');
const folderName = fc.constantFrom('a', 'a.d', 'ab', '00', '01', 'ü');
const filePath = fc
	.tuple(fc.array(folderName, { maxLength: 3 }), fileName)
	.map(([folders, name]) => [...folders, name].join('/'));
const id = fc.constantFrom(...['a', 'b', 'c', 'd'].map((digit) => digit.repeat(40)));
const files: fc.Arbitrary<Files> = fc
	.array(fc.tuple(filePath, fc.record({ mode: fc.constantFrom('100644', '100755'), id })), { maxLength: 12 })
	.map((entries) => new Map(entries));

/** Puts and removals anywhere, and often of what is there. */
const filesAndEdits = files.chain((given) => {
	const paths = given.size === 0 ? filePath : fc.oneof(fc.constantFrom(...given.keys()), filePath);
	const edit = fc.tuple(paths, fc.option(id, { nil: null }));
	return fc.tuple(
		fc.constant(given),
		fc.array(edit, { maxLength: 12 }).map((edits): Edits => new Map(edits)),
	);
});

/** A tree of these files, made without `editTree`. */
function treeOf(store: TreeStore, given: Files): string {
	const folders = new Map<string, [string, File][]>();
	const entries: TreeEntry[] = [];
	for (const [file, facts] of given) {
		const [first = '', ...rest] = file.split('/');
		if (rest.length === 0) entries.push({ name: latin1(first), ...facts });
		else folders.set(first, [...(folders.get(first) ?? []), [rest.join('/'), facts]]);
	}
	for (const [name, inside] of folders) {
		entries.push({ name: latin1(name), mode: '40000', id: treeOf(store, new Map(inside)) });
	}
	return store.write(entries);
}

function latin1(text: string): string {
	return Buffer.from(text).toString('latin1');
}

function edited(given: Files, edits: Edits): Files {
	const result = new Map(given);
	for (const [file, blob] of edits) {
		if (blob === null) result.delete(file);
		else result.set(file, { mode: given.get(file)?.mode ?? '100644', id: blob });
	}
	return result;
}

describe('an edited tree', () => {
	test('is_what_git_makes_of_the_same_edits', async () => {
		const git = new GitIndex();
		await fc.assert(
			fc.asyncProperty(filesAndEdits, async ([given, edits]) => {
				const store = memoryTrees();
				const base = treeOf(store, given);
				const tree = await editTree(store, base, edits);
				expect(tree).toBe(git.tree(given, edits));
				expect(tree).toBe(treeOf(memoryTrees(), edited(given, edits)));
			}),
			{ numRuns: 60 },
		);
	});

	test('is_the_same_whether_edits_come_at_once_or_one_by_one', async () => {
		await fc.assert(
			fc.asyncProperty(filesAndEdits, async ([given, edits]) => {
				const store = memoryTrees();
				const base = treeOf(store, given);
				let oneByOne = base;
				for (const edit of edits) oneByOne = await editTree(store, oneByOne, new Map([edit]));
				expect(oneByOne).toBe(await editTree(store, base, edits));
			}),
		);
	});

	test('lists_and_finds_the_files_that_it_was_given', async () => {
		await fc.assert(
			fc.asyncProperty(filesAndEdits, folderName, async ([given, edits], folder) => {
				const store = memoryTrees();
				const tree = await editTree(store, treeOf(store, given), edits);
				const all = edited(given, edits);
				const inside = [...all].filter(([file]) => file.startsWith(`${folder}/`));
				const relative = inside.map(([file, facts]) => [latin1(file.slice(folder.length + 1)), facts.id]);
				expect(new Set(await filesInTree(store, tree, folder))).toEqual(new Set(relative));
				for (const file of [...all.keys(), ...edits.keys()]) {
					const entry = await findInTree(store, tree, file);
					const facts = all.get(file);
					const name = latin1(path.posix.basename(file));
					expect(entry).toEqual(facts && { name, ...facts });
				}
			}),
		);
	});

	test('writes_each_folder_on_the_way_once_and_no_other', async () => {
		const store = memoryTrees();
		const facts = { mode: '100644', id: 'a'.repeat(40) };
		const names = ['x/1/p', 'x/2/p', 'y/1/p', 'y/2/p'];
		const base = treeOf(store, new Map(names.map((name) => [name, facts])));
		store.written.length = 0;
		const blob = 'b'.repeat(40);
		await editTree(
			store,
			base,
			new Map([
				['x/1/p', blob],
				['x/1/q', blob],
				['x/1/r', null],
			]),
		);
		expect(store.written).toHaveLength(3);
	});

	test('from_which_the_last_file_went_is_the_empty_tree', async () => {
		const store = memoryTrees();
		const facts = { mode: '100644', id: 'a'.repeat(40) };
		const base = treeOf(store, new Map([['a/b/c', facts]]));
		const tree = await editTree(store, base, new Map([['a/b/c', null]]));
		expect(tree).toBe(new GitIndex().tree(new Map(), new Map()));
		expect(await filesInTree(store, tree, 'a')).toEqual([]);
	});

	test('is_refused_where_a_folder_is_to_be_a_file_or_a_file_a_folder', async () => {
		const store = memoryTrees();
		const facts = { mode: '100644', id: 'a'.repeat(40) };
		const base = treeOf(store, new Map([['folder/file', facts]]));
		const blob = 'b'.repeat(40);
		for (const edits of [
			[['folder', blob]],
			[['folder', null]],
			[['folder/file/inside', blob]],
			[
				['new', blob],
				['new/inside', blob],
			],
		] as const) {
			const refusal = { code: 'not-a-file', message: expect.stringContaining(edits.at(-1)?.[0] ?? '') };
			await expect(editTree(store, base, new Map(edits))).rejects.toMatchObject(refusal);
		}
	});
});
