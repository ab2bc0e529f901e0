import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { delta } from './delta.ts';

/** Applies a difference as the format says, written down again from the other side. */
function applied(base: Buffer, difference: Buffer): Buffer {
	let at = 0;
	const next = () => difference[at++] ?? 0;
	const varint = () => {
		let value = 0;
		for (let shift = 1; ; shift *= 128) {
			const byte = next();
			value += (byte & 0x7f) * shift;
			if (byte < 0x80) return value;
		}
	};
	expect(varint()).toBe(base.length);
	const length = varint();
	const parts: Buffer[] = [];
	while (at < difference.length) {
		const command = next();
		if (command < 0x80) {
			parts.push(difference.subarray(at, at + command));
			at += command;
			continue;
		}
		const fields = [0, 1, 2, 3, 4, 5, 6].map((bit) => (command & (1 << bit) ? next() : 0));
		const offset = fields.slice(0, 4).reduceRight((sum, byte) => sum * 256 + byte, 0);
		const size = fields.slice(4).reduceRight((sum, byte) => sum * 256 + byte, 0) || 0x10000;
		parts.push(base.subarray(offset, offset + size));
	}
	const target = Buffer.concat(parts);
	expect(target.length).toBe(length);
	return target;
}

const big = (fill: string) => Buffer.alloc(20_000_000, fill);

describe('a difference', () => {
	test.each([
		[
			'an insertion',
			Buffer.from(`a${'x'.repeat(9000)}`),
			Buffer.from(`a${'x'.repeat(4000)}new${'x'.repeat(5000)}`),
		],
		['a deletion', Buffer.alloc(100_000, 'abc'), Buffer.alloc(70_000, 'abc')],
		['nothing', Buffer.alloc(0x10000, 'q'), Buffer.alloc(0x10000, 'q')],
		['a change beyond the longest copy', big('x'), Buffer.concat([big('x'), Buffer.from('y')])],
		[
			'a change at the start',
			Buffer.alloc(5000, 'x'),
			Buffer.concat([Buffer.from('yy'), Buffer.alloc(5000, 'x')]),
		],
	])('of %s gives the target back', (_title, base, target) => {
		const difference = delta(base, target);
		expect(difference && applied(base, difference).equals(target)).toBe(true);
	});

	test('of any two versions of a text gives the target back, or does not pay', () => {
		const part = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
		fc.assert(
			fc.property(part, part, part, part, (start, before, after, end) => {
				const base = Buffer.concat([start, before, end]);
				const target = Buffer.concat([start, after, end]);
				const difference = delta(base, target);
				if (difference) expect(applied(base, difference)).toEqual(target);
				else expect(after.length).toBeGreaterThan(0);
			}),
		);
	});

	test('of texts with nothing in common does not pay', () => {
		expect(delta(Buffer.alloc(1000, 'a'), Buffer.alloc(1000, 'b'))).toBeUndefined();
	});
});
