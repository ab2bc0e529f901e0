/** The grouped answer over the real text reference. Runs only where the corpus is: it is not part of the repository. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderGroupedText } from '../../src/record/grouped-text.ts';

const shared = process.env.REFERENCES_CORPUS ?? fileURLToPath(new URL('../../../shared', import.meta.url));
const bundle = join(shared, 'corpus', 'text-reference.bundle');
const golden = join(shared, 'golden', 'include-group-sample.json');
const missing = [bundle, golden].filter((path) => !existsSync(path));
const because = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', no ')})`;

type Grouped = { readonly text_model_group: unknown; readonly text_model_group_summary: unknown };

describe.skipIf(missing.length > 0)(`grouped_answer_of_the_real_text_reference${because}`, () => {
	let directory = '';
	let text = '';
	let answer = '';

	beforeAll(() => {
		directory = mkdtempSync(join(tmpdir(), 'include-group-'));
		const clone = join(directory, 'text');
		execFileSync('git', ['clone', '--quiet', '-b', 'main', bundle, clone], { stdio: 'pipe' });
		text = readFileSync(join(clone, 'db.json'), 'utf8');
		answer = renderGroupedText(text) ?? '';
	});

	afterAll(() => rmSync(directory, { recursive: true, force: true }));

	test('every_recorded_group_agrees_key_order_included', () => {
		const ours = new Map<string, Grouped>(Object.entries(JSON.parse(answer)));
		const recorded = Object.entries<Grouped>(JSON.parse(readFileSync(golden, 'utf8')));
		expect(recorded.length).toBeGreaterThan(600);
		const differing = recorded.filter(([key, expected]) => {
			const found = ours.get(key);
			return inWireOrder(found) !== inWireOrder(expected);
		});
		expect(differing.map(([key]) => key)).toEqual([]);
	});

	test('it_is_the_stored_document_with_two_fields_more_in_every_record', () => {
		const stored = Object.entries<object>(JSON.parse(text));
		const grouped = Object.entries<Grouped>(JSON.parse(answer));
		expect(stored).toHaveLength(2157);
		expect(grouped.map(([key]) => key)).toEqual(stored.map(([key]) => key));
		const expected = stored.map(([key, record], index) => {
			const { text_model_group, text_model_group_summary } = grouped[index]?.[1] ?? {};
			return [key, { ...record, text_model_group, text_model_group_summary }];
		});
		expect(JSON.stringify(grouped)).toBe(JSON.stringify(expected));
	});

	test('it_is_one_line_of_ascii', () => {
		expect(/^[ -~]+$/.test(answer)).toBe(true);
	});
});

function inWireOrder(record: Grouped | undefined): string {
	return JSON.stringify([record?.text_model_group, record?.text_model_group_summary]);
}
