/** Packs as git itself sees them: it verifies them, reads every object back, and repacks them. */

import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LooseObjects } from '../../src/git/loose-objects.ts';
import { PackedObjects } from '../../src/git/packed-objects.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';

const packs = (repository: TemporaryRepository) =>
	readdirSync(repository.path('.git/objects/pack')).filter((name) => name.endsWith('.pack'));

const read = (repository: TemporaryRepository, id: string): Buffer =>
	execFileSync('git', ['cat-file', 'blob', id], { cwd: repository.directory, maxBuffer: 1 << 25 });

describe.each(['sha1', 'sha256'] as const)('a pack in a %s repository', (format) => {
	const start = () => {
		const repository = new TemporaryRepository();
		repository.git('init', '--quiet', `--object-format=${format}`);
		return { repository, objects: new PackedObjects(repository.path('.git'), format) };
	};

	test('holds versions of a file as differences, and git reads every one', () => {
		const { repository, objects } = start();
		const versions = Array.from({ length: 130 }, (_, index) =>
			Buffer.from(
				`{\n${'  "line": 1,\n'.repeat(3000)}  "version": ${index},\n${'  "x": 2,\n'.repeat(3000)}}\n`,
			),
		);
		const ids = versions.map((body) => objects.write('blob', body, 'a.json'));
		objects.place();
		objects.sync();
		const [pack = ''] = packs(repository);
		expect(packs(repository)).toHaveLength(1);
		expect(repository.git('verify-pack', '-v', `.git/objects/pack/${pack}`)).toMatch(
			/chain length = 50: 2 objects/,
		);
		expect(statSync(repository.path(`.git/objects/pack/${pack}`)).size).toBeLessThan(30_000);
		for (const [index, id] of ids.entries())
			expect(read(repository, id).equals(versions[index] ?? Buffer.of())).toBe(true);
		repository.git('fsck', '--strict', '--full');
	});

	test('holds objects of every kind and size, each once', () => {
		const { repository, objects } = start();
		const loose = new LooseObjects(repository.path('.git'), format);
		const bodies = [0, 1, 15, 16, 17, 2047, 2048, 2_100_000].map((length) => Buffer.alloc(length, 'ab\n'));
		const ids = [...bodies, ...bodies].map((body) => objects.write('blob', body));
		expect(new Set(ids).size).toBe(bodies.length);
		expect(ids.slice(0, bodies.length)).toEqual(bodies.map((body) => loose.write('blob', body)));
		loose.sync();
		const tree = objects.write(
			'tree',
			Buffer.concat([Buffer.from('100644 f\0'), Buffer.from(ids[1] ?? '', 'hex')]),
		);
		const who = 'A <a@b> 1700000000 +0000';
		const commit = objects.write(
			'commit',
			Buffer.from(`tree ${tree}\nauthor ${who}\ncommitter ${who}\n\nx\n`),
		);
		objects.place();
		objects.sync();
		repository.git('update-ref', 'HEAD', commit);
		expect(repository.git('fsck', '--strict', '--full')).not.toMatch(/error/);
		repository.git('repack', '-adq');
		repository.git('prune');
		expect(repository.git('show', 'HEAD:f')).toBe('a');
	});
});

test('an_object_is_seen_only_once_it_is_placed_and_nothing_makes_no_pack', () => {
	const repository = TemporaryRepository.create({ a: 'a' });
	const objects = new PackedObjects(repository.path('.git'), 'sha1');
	objects.place();
	objects.sync();
	const id = objects.write('blob', Buffer.from('x'));
	expect(() => repository.git('cat-file', '-e', id)).toThrow();
	objects.abandon();
	objects.place();
	expect(() => repository.git('cat-file', '-e', id)).toThrow();
	expect(packs(repository)).toEqual([]);
	objects.write('blob', Buffer.from('x'));
	objects.place();
	expect(repository.git('cat-file', 'blob', id)).toBe('x');
	objects.sync();
	expect(readdirSync(repository.path('.git/objects/pack')).filter((name) => name.startsWith('tmp_'))).toEqual(
		[],
	);
});
