import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Git } from '../../src/git/command.ts';
import { LooseObjects } from '../../src/git/loose-objects.ts';
import { RefTransactions } from '../../src/git/ref-transactions.ts';
import {
	findInTree,
	parseTree,
	putInTree,
	renderTree,
	type TreeEntry,
	type TreeStore,
} from '../../src/git/tree.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';

function objectsOf(repository: TemporaryRepository): LooseObjects {
	return new LooseObjects(repository.path('.git'), 'sha1');
}

describe('loose objects', () => {
	test.each([
		['nothing', Buffer.alloc(0)],
		['text', Buffer.from('hello\n')],
		['a megabyte', Buffer.alloc(1_000_000, 'abc\n')],
		['any bytes', Buffer.from([0, 255, 10, 13, 0])],
	])('%s has the id that git gives it, and git reads it back', (_name, bytes) => {
		const repository = TemporaryRepository.create();
		const objects = objectsOf(repository);
		const id = objects.write('blob', bytes);
		objects.sync();
		writeFileSync(repository.path('file'), bytes);
		expect(id).toBe(repository.git('hash-object', 'file'));
		expect(repository.git('cat-file', '-s', id)).toBe(String(bytes.length));
		repository.git('fsck', '--strict', '--full');
	});

	test('written twice is there once, and leaves nothing temporary', () => {
		const repository = TemporaryRepository.create();
		const objects = objectsOf(repository);
		expect(objects.write('blob', Buffer.from('x'))).toBe(objects.write('blob', Buffer.from('x')));
		objects.sync();
		expect(repository.git('count-objects')).toMatch(/^1 objects/);
		expect(readdirSync(repository.path('.git/objects')).filter((name) => name.startsWith('tmp_'))).toEqual(
			[],
		);
	});

	test('uses the hash of the repository', () => {
		const repository = new TemporaryRepository();
		repository.git('init', '--quiet', '--object-format=sha256');
		const objects = new LooseObjects(repository.path('.git'), 'sha256');
		const id = objects.write('blob', Buffer.from('x'));
		objects.sync();
		expect(id).toHaveLength(64);
		expect(repository.git('cat-file', 'blob', id)).toBe('x');
	});
});

function memoryTrees(): TreeStore & { readonly written: Map<string, readonly TreeEntry[]> } {
	const written = new Map<string, readonly TreeEntry[]>();
	return {
		written,
		read: async (id) => (id === undefined ? [] : (written.get(id) ?? [])),
		write: (entries) => {
			const id = `tree${written.size}`.padStart(40, '0');
			written.set(id, entries);
			return id;
		},
	};
}

describe('trees', () => {
	const name = fc.stringMatching(/^[!-.0-~]{1,12}$/).filter((text) => text !== '.' && text !== '..');
	const entry = fc.record({
		mode: fc.constantFrom('100644', '100755', '40000', '120000', '160000'),
		name,
		id: fc.stringMatching(/^[0-9a-f]{40}$/),
	});

	test('read back as they were written, in the order that git wants', () => {
		fc.assert(
			fc.property(fc.uniqueArray(entry, { selector: (each) => each.name }), (entries) => {
				const rendered = renderTree(entries);
				expect(new Set(parseTree(rendered, 20))).toEqual(new Set(entries));
				expect(renderTree([...entries].reverse())).toEqual(rendered);
			}),
		);
	});

	test('of git itself are rendered byte for byte', () => {
		const repository = TemporaryRepository.create({
			'a.json': '{}',
			a: 'x',
			'b/c.json': '{}',
			'é.json': '{}',
			'a-b': '',
		});
		const objects = objectsOf(repository);
		const id = repository.git('rev-parse', 'HEAD^{tree}');
		const entries = repository
			.git('-c', 'core.quotePath=false', 'ls-tree', '-z', 'HEAD')
			.split('\0')
			.filter(Boolean)
			.map((line) => {
				const [, mode = '', blob = '', file = ''] = /^0*(\d+) \w+ ([0-9a-f]+)\t(.+)$/s.exec(line) ?? [];
				return { mode, id: blob, name: Buffer.from(file).toString('latin1') };
			});
		expect(objects.write('tree', renderTree(entries))).toBe(id);
	});

	test('a file is found, replaced and added, also in folders', async () => {
		const store = memoryTrees();
		const blob = 'b'.repeat(40);
		const sub = store.write([{ mode: '100755', name: 'x.json', id: 'a'.repeat(40) }]);
		const root = store.write([
			{ mode: '40000', name: 'sub', id: sub },
			{ mode: '100644', name: 'other', id: 'c'.repeat(40) },
		]);
		const next = await putInTree(store, root, 'sub/x.json', blob);
		expect(await findInTree(store, next, 'sub/x.json')).toEqual({ mode: '100755', name: 'x.json', id: blob });
		expect(await findInTree(store, next, 'other')).toMatchObject({ id: 'c'.repeat(40) });
		expect(await findInTree(store, root, 'sub/x.json')).toMatchObject({ id: 'a'.repeat(40) });
		const added = await putInTree(store, undefined, 'new/deep/é.json', blob);
		expect(await findInTree(store, added, 'new/deep/é.json')).toMatchObject({ mode: '100644', id: blob });
		expect(await findInTree(store, added, 'new/deep')).toMatchObject({ mode: '40000' });
		expect(await findInTree(store, added, 'new/é.json')).toBeUndefined();
	});

	test.each(['link', 'link/x.json', 'module'])('nothing is put at %s, which is no file', async (path) => {
		const store = memoryTrees();
		const root = store.write([
			{ mode: '120000', name: 'link', id: 'a'.repeat(40) },
			{ mode: '160000', name: 'module', id: 'a'.repeat(40) },
		]);
		await expect(putInTree(store, root, path, 'b'.repeat(40))).rejects.toMatchObject({ code: 'not-a-file' });
	});
});

describe('ref transactions', () => {
	async function withRefs(
		run: (
			refs: RefTransactions,
			repository: TemporaryRepository,
			first: string,
			second: string,
		) => Promise<void>,
	): Promise<void> {
		const repository = TemporaryRepository.create({ a: '1' });
		const first = repository.git('rev-parse', 'HEAD');
		const second = repository.commit({ a: '2' }, 'Second');
		const refs = new RefTransactions(new Git(repository.directory), 'test');
		try {
			await run(refs, repository, first, second);
		} finally {
			await refs.close();
		}
	}

	test('move all refs together, again and again', () =>
		withRefs(async (refs, repository, first, second) => {
			await refs.move([
				{ ref: 'refs/heads/main', from: second, to: first },
				{ ref: 'refs/heads/new', from: undefined, to: second },
			]);
			expect(repository.git('rev-parse', 'main', 'new')).toBe(`${first}\n${second}`);
			await refs.move([{ ref: 'refs/heads/new', from: second, to: first }]);
			expect(repository.git('rev-parse', 'new')).toBe(first);
			expect(repository.git('reflog', '-1', '--format=%gs')).toBe('test');
		}));

	test.each([
		[
			'is elsewhere',
			(first: string, _second: string) => ({ ref: 'refs/heads/main', from: first, to: first }),
		],
		['should not be there', (first: string) => ({ ref: 'refs/heads/main', from: undefined, to: first })],
		[
			'is not there',
			(first: string, second: string) => ({ ref: 'refs/heads/gone', from: first, to: second }),
		],
	])('none moves when one %s, and the next transaction works', (_name, update) =>
		withRefs(async (refs, repository, first, second) => {
			const good = { ref: 'refs/heads/other', from: undefined, to: first };
			await expect(refs.move([good, update(first, second)])).rejects.toMatchObject({ code: 'ref-moved' });
			expect(repository.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
			await refs.move([good]);
			expect(repository.git('rev-parse', 'other')).toBe(first);
		}),
	);

	test('a lock that another process holds is told as a ref that cannot be moved', () =>
		withRefs(async (refs, repository, first, second) => {
			writeFileSync(repository.path(path.join('.git', 'refs', 'heads', 'main.lock')), '');
			const move = refs.move([{ ref: 'refs/heads/main', from: second, to: first }]);
			await expect(move).rejects.toMatchObject({ code: 'ref-moved' });
			expect(repository.git('rev-parse', 'main')).toBe(second);
		}));

	test('hooks of the repository are not asked', () =>
		withRefs(async (refs, repository, first, second) => {
			const hook = repository.path('.git/hooks/reference-transaction');
			repository.write('.git/hooks/reference-transaction', '#!/bin/sh\nexit 1\n');
			(await import('node:fs')).chmodSync(hook, 0o755);
			await refs.move([{ ref: 'refs/heads/main', from: second, to: first }]);
			expect(repository.git('rev-parse', 'main')).toBe(first);
		}));
});
