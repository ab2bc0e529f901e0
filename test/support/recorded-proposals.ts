/** Exceptions to what was recorded of proposals: how they are made, listed and shown. */

import { expect } from 'vitest';
import {
	apartFrom,
	type Exception,
	errorShape,
	expectSame,
	fieldPaths,
	MARX,
	ourAnswer,
	STORED_TEXT,
} from './recorded-queue.ts';

const keyFirst: Exception = {
	because: 'W2: who it is comes first',
	status: 401,
	check: ({ body }) => expect(body).toEqual({ detail: 'Invalid API key' }),
};
const deletesMarx = (id: number): Exception => ({
	because: 'W11: names with slashes can be deleted',
	status: 202,
	check: ({ body }) =>
		expect(body).toMatchObject({
			change_id: id,
			operation: 'delete',
			payload: { name: MARX },
			related_models: [`aphrodite/${MARX}`, 'koboldcpp/Marx-3B-V3'],
		}),
});
/** Lists that agree but for the changes 6 and 7; @param more how many those make, and @param others that are not in ours */
export const listing = (more = 1, others: readonly number[] = [], because = ''): Exception => ({
	because: `${because}W9 and W11: change 6 is another one, and 7 is one more`,
	check: ({ body }, recorded) => {
		const [ours, theirs] = [body, ourAnswer(recorded.body)].map((one) => apartFrom([6, 7, ...others], one));
		const counts = Object.entries(theirs ?? {}).filter(([name]) => /^total|_count$/.test(name));
		expectSame(ours, {
			...theirs,
			...Object.fromEntries(counts.map(([name, n]) => [name, Number(n) + more])),
		});
	},
});
/** @param critical by diff */
const diffs = (...critical: (readonly string[])[]): Exception => ({
	because: 'issue 4, 3: it says whether it still applies and names critical fields',
	check: ({ body }, recorded) => {
		const all = Object(body).diffs ?? [body];
		for (const [index, { critical_fields, still_applies, conflict }] of all.entries()) {
			expect({ critical_fields, still_applies, conflict }).toEqual({
				critical_fields: critical[index],
				still_applies: true,
				conflict: null,
			});
		}
		const plain = JSON.stringify(body, (name, value) =>
			['critical_fields', 'still_applies', 'conflict'].includes(name) ? undefined : value,
		);
		expectSame(JSON.parse(plain), ourAnswer(recorded.body));
	},
});
export const PROPOSAL_EXCEPTIONS: Readonly<Record<string, Exception>> = {
	'010': {
		because: 'W8: a list that is none is named itself',
		check: ({ body }, recorded) => {
			const isDownload = ({ loc }: { readonly loc: unknown[] }) => loc.includes('download');
			const [ours, theirs] = [body, recorded.body].map((one) => Object(one).detail);
			expect(ours.find(isDownload)).toMatchObject({ type: 'list_type', loc: ['body', 'config', 'download'] });
			expect(ours.findIndex(isDownload)).toBe(theirs.findIndex(isDownload));
			expectSame(
				ours.filter((item: never) => !isDownload(item)),
				theirs.filter((item: never) => !isDownload(item)),
			);
		},
	},
	'011': {
		because: 'W8: 422 and the field',
		status: 422,
		check: ({ body }) =>
			expect(errorShape(body)).toEqual([{ type: 'model_attributes_type', loc: ['body', 'config'] }]),
	},
	'017': {
		because: 'W2: 415 for what is not JSON',
		status: 415,
		check: ({ body }) => expect(Object(body).detail).toMatch(/application\/json.*text\/plain/),
	},
	...Object.fromEntries(['025', '026', '027', '036'].map((number) => [number, keyFirst])),
	'037': {
		because: 'W11: names with slashes can be deleted, but not those of twins',
		status: 400,
		check: ({ body }) => expect(Object(body).detail).toMatch(/backend prefix/),
	},
	'038': {
		because: 'W10: models.csv has no column for the field',
		status: 422,
		check: ({ body }) =>
			expect(errorShape(body)).toEqual([{ type: 'value_error', loc: ['body', 'unknown_field'] }]),
		again: { unknown_field: undefined },
	},
	'039': {
		because: 'W9: rules of text models run when the change is submitted',
		status: 422,
		check: ({ body }) => expect(errorShape(body)).toEqual([{ type: 'missing', loc: ['body', 'parameters'] }]),
	},
	'040': deletesMarx(6),
	'041': deletesMarx(7),
	...Object.fromEntries(['050', '051', '059', '073', '115', '118'].map((number) => [number, listing()])),
	'066': diffs(['baseline', 'inpainting', 'homepage', 'nsfw', 'config.download']),
	'067': {
		because: 'Q7: a delete proposes nothing and removes every field',
		check: ({ body }, recorded) => {
			const { current_state: current, ...rest } = Object(body);
			expectSame(current, Object(recorded.body).current_state);
			const removed = fieldPaths(current);
			expect(rest).toMatchObject({ change_id: 3, operation: 'delete', net_operation: 'deleted' });
			expect(rest).toMatchObject({ proposed_state: null, fields_removed: removed, fields_added: [] });
			expect(rest.field_diffs.map((diff: object) => Object(diff).field_path)).toEqual(removed);
			expect(rest).toMatchObject({ is_critical: true, still_applies: true, conflict: null });
		},
	},
	'068': diffs(['trigger']),
	'069': {
		because: 'W16: the record as stored',
		check: ({ body }, recorded) => {
			const fields = Object.keys(Object(recorded.body));
			expect(Object.keys(Object(body)).slice(0, fields.length)).toEqual(fields);
			const paths = fieldPaths(STORED_TEXT);
			expect(body).toMatchObject({
				net_operation: 'added',
				proposed_state: STORED_TEXT,
				fields_added: paths,
			});
			expect(body).toMatchObject({ critical_fields: ['baseline', 'parameters', 'nsfw', 'url'] });
		},
	},
	'071': diffs(['baseline', 'inpainting', 'homepage', 'nsfw', 'config.download'], ['trigger']),
	'092': {
		because: 'R1: the bytes of the file, with the record in it',
		check: ({ body }) =>
			expect(Object.entries(Object(body)).at(-1)).toEqual([
				'Golden One',
				expect.objectContaining({ name: 'Golden One', size_on_disk_bytes: 123_456_789 }),
			]),
	},
};
