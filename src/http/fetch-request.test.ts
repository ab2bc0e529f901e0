import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorPacket, packet, readFetchRequest } from './fetch-request.ts';

const ID = 'a'.repeat(40);
const OTHER = '0123456789abcdef'.repeat(4);

/** Texts become lines; `0000` and `0001` separate. */
const body = (...parts: readonly string[]) =>
	Buffer.concat(parts.map((part) => (/^000[012]$/.test(part) ? Buffer.from(part) : packet(part))));

const read = (...parts: readonly string[]) => readFetchRequest(body(...parts));

describe('a request', () => {
	test('of_version_2_tells_what_it_wants', () => {
		const { wants, refPrefixes } = read(
			...['command=fetch', 'agent=git/2.39.5', 'object-format=sha1', '0001', 'thin-pack', 'ofs-delta'],
			...[`want ${ID}\n`, `want ${OTHER}\n`, `want ${ID}\n`, `have ${'b'.repeat(40)}\n`, 'done\n', '0000'],
		);
		expect([...wants]).toEqual([ID, OTHER]);
		expect(refPrefixes).toEqual([]);
	});

	test('of_version_2_tells_which_refs_it_asks_about', () => {
		const { wants, refPrefixes } = read(
			...['command=ls-refs\n', '0001', 'peel\n', 'symrefs\n', 'ref-prefix HEAD\n', 'ref-prefix refs/a b/'],
			'0000',
		);
		expect(wants.size).toBe(0);
		expect(refPrefixes).toEqual(['HEAD', 'refs/a b/']);
	});

	test('of_an_earlier_version_tells_what_it_wants', () => {
		const { wants } = read(
			...[`want ${ID} multi_ack_detailed no-done side-band-64k agent=git/2.39.5\n`, `want ${OTHER}\n`],
			...['deepen 1\n', '0000', `have ${'b'.repeat(40)}\n`, 'done\n'],
		);
		expect([...wants]).toEqual([ID, OTHER]);
	});

	test.each([
		['after the end', ['command=fetch', '0001', '0000', `want ${ID}`]],
		['before the command', [`want ${ID}`, 'command=fetch', '0000']],
		['of another command', ['command=ls-refs', '0001', `want ${ID}`, '0000']],
		['after the haves of an earlier version', ['0000', `have ${OTHER}`, `want ${ID}`]],
		['in capitals', [`want ${ID.toUpperCase()}`]],
		['with anything behind it', [`want ${ID}xyz\n`]],
		['with digits behind it', [`want ${ID}0123\n`]],
		['with a zero byte behind it', [`want ${ID}\0 want`]],
		['with a line break behind it', [`want ${ID}\n\n`]],
	])('hides_no_object_that_is_wanted_%s', (_where, parts) => {
		expect([...read(...parts).wants]).toEqual([ID]);
	});

	test('may_be_empty_or_nothing_but_an_end_as_git_sends_it_to_try_a_connection', () => {
		expect(readFetchRequest(Buffer.alloc(0)).wants.size).toBe(0);
		expect(read('0000').wants.size).toBe(0);
	});

	test.each([
		['a line without its length', Buffer.from('want')],
		['a length that is cut off', Buffer.from('00')],
		['a length that is no number', Buffer.from('+03fwant')],
		['a line that is cut off', Buffer.from(`0032want ${'a'.repeat(20)}`)],
		['a length that cannot be', Buffer.from('0003')],
		['a line that is too long', Buffer.concat([Buffer.from('fff1'), Buffer.alloc(65_520, 'a')])],
		['something behind the end', Buffer.concat([body('command=fetch', '0000'), Buffer.from('rest')])],
		['a want that is no id', body('want HEAD')],
		['a want that is a part of an id', body(`want ${'a'.repeat(39)}`)],
		['a want of two words', body(`want  ${ID}`)],
		['a command that is none of ours', body('command=object-info', '0001', `oid ${ID}`, '0000')],
		['a command that is not named', body('command=')],
	])('with_%s_is_refused', (_what, bytes) => {
		expect(() => readFetchRequest(bytes)).toThrow(expect.objectContaining({ code: 'request-malformed' }));
	});

	test('of_any_bytes_is_read_or_refused', () => {
		fc.assert(
			fc.property(
				fc.array(fc.oneof(fc.string(), fc.constant('0000'), fc.constant(`want ${ID}`))),
				(parts) => {
					const text = parts.join('');
					try {
						readFetchRequest(Buffer.from(text));
					} catch (error) {
						expect(error).toMatchObject({ code: 'request-malformed' });
					}
				},
			),
		);
	});

	test('gives_back_the_ids_that_were_put_into_it', () => {
		const id = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 40, maxLength: 40 });
		fc.assert(
			fc.property(fc.uniqueArray(id), (ids) => {
				expect([...read(...ids.map((one) => `want ${one}\n`), '0000').wants]).toEqual(ids);
			}),
		);
	});
});

test('an_error_is_a_packet_that_counts_itself_in_bytes', () => {
	expect(errorPacket('no').toString()).toBe('000aERR no');
	expect(errorPacket('ä').toString()).toBe('000aERR ä');
});
