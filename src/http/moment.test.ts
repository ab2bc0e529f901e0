import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRevisionName, readMoment } from './moment.ts';

describe('readMoment', () => {
	test.each([
		['2025-03-01', '2025-03-01T00:00:00Z'],
		['2025-03-01T12:30:15Z', '2025-03-01T12:30:15Z'],
		['2025-03-01t12:30:15z', '2025-03-01T12:30:15Z'],
		['2025-03-01 12:30:15', '2025-03-01T12:30:15Z'],
		['2025-03-01T12:30', '2025-03-01T12:30:00Z'],
		['2025-03-01T12:30:15.999Z', '2025-03-01T12:30:15Z'],
		['2025-03-01T12:30:15+02:00', '2025-03-01T10:30:15Z'],
		['2025-03-01T12:30:15 02:00', '2025-03-01T10:30:15Z'],
		['2025-03-01T12:30:15-02:00', '2025-03-01T14:30:15Z'],
		['2024-02-29', '2024-02-29T00:00:00Z'],
		['2025-03-01T23:30:00-02:00', '2025-03-02T01:30:00Z'],
	])('%s_is_%s', (text, date) => {
		expect(readMoment(text)).toBe(Date.parse(date) / 1000);
	});

	test.each([
		'',
		'2025',
		'2025-03',
		'2025-3-1',
		'2025-13-01',
		'2025-02-29',
		'2025-02-30',
		'2025-00-10',
		'2025-03-00',
		'2025-03-01T25:00',
		'2025-03-01T12:60:00Z',
		'2025-03-01T12:00:60Z',
		'2025-03-01T12:00:00+99:00',
		'2025-03-01Z',
		' 2025-03-01',
		'2025-03-01\n',
		'1740787200',
		'20250301',
		'yesterday',
		'Sat, 01 Mar 2025 12:00:00 GMT',
	])('"%s"_is_no_date', (text) => {
		expect(readMoment(text)).toBeUndefined();
	});

	test('reads_whatever_a_date_writes', () => {
		const dates = fc.date({ min: new Date('1970-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
		fc.assert(
			fc.property(dates, (date) => {
				expect(readMoment(date.toISOString())).toBe(Math.floor(date.getTime() / 1000));
			}),
		);
	});
});

describe('isRevisionName', () => {
	test.each([
		'main',
		'feature/x',
		'v1.0',
		'deadbeef',
		'HEAD',
		'zmodel/stable_diffusion',
		'zweig-ä',
		'🐎',
		'2025',
	])('%s_can_be_one', (text) => {
		expect(isRevisionName(text)).toBe(true);
	});

	test.each([
		'',
		'main~1',
		'HEAD^',
		'HEAD^{tree}',
		'main:clip.json',
		'main@{yesterday}',
		'a..b',
		'a b',
		'a\nb',
		'-x',
		'/x',
		'x/',
		'x.',
		'a//b',
		'*',
		'[a]',
		'a\\b',
		'2025-13-45',
		'2025-3-1',
		'x'.repeat(256),
	])('"%s"_cannot', (text) => {
		expect(isRevisionName(text)).toBe(false);
	});
});
