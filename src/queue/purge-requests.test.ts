import { describe, expect, test } from 'vitest';
import { bytes, items, sentence, value } from '../../test/support/queue-bodies.ts';
import { readPurge } from './queue-requests.ts';

describe('a purge', () => {
	const NO_FILTER =
		'Value error, Provide at least one filter or set purge_all=true to clear the entire queue.';

	test('is read with blanks trimmed and blank values left out', () => {
		const body = {
			statuses: ['pending', 'applying'],
			categories: ['clip'],
			model_name: ' x ',
			requested_by: [' 1', '', ' '],
			dry_run: true,
		};
		expect(value(readPurge(bytes(body)))).toEqual({
			filter: {
				statuses: ['pending', 'applying'],
				categories: ['clip'],
				modelName: 'x',
				requestedBy: ['1'],
			},
			dryRun: true,
		});
	});

	test.each([
		{},
		{ dry_run: true },
		{ statuses: [], categories: null, model_name: '  ', requested_by: [' '] },
	])('of everything must be asked for: %j', (body) => {
		expect(sentence(readPurge(bytes(body)))).toBe(NO_FILTER);
		expect(value(readPurge(bytes({ ...body, purge_all: true }))).filter).toMatchObject({
			modelName: undefined,
		});
	});

	test('tells_which_of_the_values_is_wrong', () => {
		const body = {
			statuses: ['pending', 'PENDING', 5],
			categories: ['clip.json'],
			requested_by: [1],
			model_name: 'x'.repeat(201),
		};
		expect(items(readPurge(bytes(body)))).toMatchObject([
			{ type: 'enum', loc: ['body', 'statuses', 1], input: 'PENDING' },
			{ type: 'enum', loc: ['body', 'statuses', 2], input: 5 },
			{ type: 'enum', loc: ['body', 'categories', 0] },
			{ type: 'string_too_long', loc: ['body', 'model_name'] },
			{ type: 'string_type', loc: ['body', 'requested_by', 0] },
		]);
	});
});
