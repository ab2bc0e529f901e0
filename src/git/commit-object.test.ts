import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TemporaryRepository } from '../../test/support/temporary-repository.ts';
import { readTrailerValue, renderCommit, shownTexts, trailerValue } from './commit-object.ts';

const COMMITTER = { name: 'Service', email: 'service@example.invalid', time: 1_700_000_000 };

function rendered(name: string, email = 'x@example.invalid', subject = 'Add x'): string {
	const author = { name, email, time: 1_700_000_000.9 };
	return renderCommit({
		tree: 'a'.repeat(40),
		parent: undefined,
		author,
		committer: COMMITTER,
		subject,
		trailers: [],
	}).toString();
}

describe('the text of a commit', () => {
	test('has the headers that git expects, a subject and a block of trailers', () => {
		const text = renderCommit({
			tree: 'a'.repeat(40),
			parent: 'b'.repeat(40),
			author: { name: 'alice#1', email: '1@example.invalid', time: 1_700_000_000 },
			committer: COMMITTER,
			subject: 'Add clip model Foo',
			trailers: [
				['Category', 'clip'],
				['Model', 'Foo'],
			],
		});
		expect(text.toString()).toBe(
			[
				`tree ${'a'.repeat(40)}`,
				`parent ${'b'.repeat(40)}`,
				'author alice#1 <1@example.invalid> 1700000000 +0000',
				'committer Service <service@example.invalid> 1700000000 +0000',
				'',
				'Add clip model Foo',
				'',
				'Category: clip',
				'Model: Foo',
				'',
			].join('\n'),
		);
	});

	test.each([
		['Eve> <root@example.org', 'author Eve root@example.org <x@example.invalid> 1700000000 +0000'],
		['Eve\ncommitter Mallory <m@x> 1 +0000', 'author Eve committer Mallory m@x 1 +0000 <x@example.invalid> '],
		['  "dots.".  ', 'author dots <x@example.invalid> '],
		['', 'author unknown <x@example.invalid> '],
		['<>', 'author unknown <x@example.invalid> '],
	])('keeps the user name %j inside its field', (name, line) => {
		const [, author = ''] = rendered(name).split('\n');
		expect(author.startsWith(line)).toBe(true);
	});

	test('keeps a line break in an address or a subject inside its line', () => {
		const lines = rendered('a', 'a\nb c>@x', 'Add\nparent x\u2028y').split('\n');
		expect(lines[1]).toBe('author a <abc@x> 1700000000 +0000');
		expect(lines[4]).toBe('Add parent x y');
	});

	test('never has more header lines than it should, whatever a user is called', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, email) => {
				const [head = ''] = rendered(name, email).split('\n\n');
				expect(head.split('\n')).toHaveLength(3);
				expect(head.split('\n')[1]).toMatch(/^author [^<>\n]+ <[^<>\n ]*> 1700000000 \+0000$/);
			}),
		);
	});
});

describe('the value of a trailer', () => {
	test.each([
		['Foo', 'Foo'],
		['mistralai/Mistral-Nemo', 'mistralai/Mistral-Nemo'],
		['emoji 🦙 ünd', 'emoji 🦙 ünd'],
		['two\nlines', '"two\\nlines"'],
		['NUL\0', '"NUL\\u0000"'],
		[' blank', '" blank"'],
		['', '""'],
		['"quoted"', '"\\"quoted\\""'],
		['line\u2028separator', '"line\\u2028separator"'],
	])('%j is written as %s', (value, text) => {
		expect(trailerValue(value)).toBe(text);
	});

	test('is one line and reads back as it was', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (value) => {
				const text = trailerValue(value);
				expect(text).not.toMatch(/[\n\r\0]/);
				expect(readTrailerValue(text)).toBe(value);
			}),
		);
	});

	test('written by hand reads back as it stands', () => {
		expect(readTrailerValue('"open')).toBe('"open');
		expect(readTrailerValue('plain "text"')).toBe('plain "text"');
	});
});

test('what is said to be shown of a commit is what git shows', () => {
	const repository = TemporaryRepository.create({ 'a.txt': 'a' });
	const tree = repository.git('rev-parse', 'HEAD^{tree}');
	const texts = [
		'alice#1',
		'  blanks  ',
		'<angle>, "quoted".',
		'line\nbreak\ttab',
		'half \ud83d',
		'🦄'.repeat(120),
		`${'x'.repeat(199)} y`,
		'\u0085next\u2028line',
		'',
	];
	for (const text of texts) {
		const author = { name: text, email: 'x@example.invalid', time: 1_700_000_000 };
		const subject = `Add clip model ${text}`;
		const bytes = renderCommit({
			tree,
			parent: undefined,
			author,
			committer: COMMITTER,
			subject,
			trailers: [['A', 'b']],
		});
		repository.write('commit', bytes);
		const id = repository.git('hash-object', '-t', 'commit', '-w', 'commit');
		const [name, said] = repository
			.git('log', '-1', '-z', '--format=%an%x00%s', '--no-mailmap', id)
			.split('\0');
		expect(shownTexts(text, subject)).toEqual({ author: name, subject: said });
	}
});
