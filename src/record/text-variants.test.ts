import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textReference } from '../../test/support/records.ts';
import { isBackendVariant } from '../categories.ts';
import { editReference } from './edit-reference.ts';
import { parseReference, type ReferenceFile, recordText } from './reference-file.ts';
import { checkTextRule } from './text-rule.ts';
import { relatedModels, textDeleteEdits, textPutEdits } from './text-variants.ts';

function fileOf(text: string): ReferenceFile {
	const parsed = parseReference(Buffer.from(text));
	if (!parsed.ok) throw new Error(parsed.problem.message);
	return parsed.file;
}

const put = (file: ReferenceFile, name: string, version: string) =>
	editReference(file, textPutEdits(file, name, JSON.stringify({ name, version })));
const remove = (file: ReferenceFile, name: string) => editReference(file, textDeleteEdits(file, name));
const keys = (file: ReferenceFile) => file.records.map(({ name }) => name);
const versionOf = (file: ReferenceFile, name: string): unknown =>
	JSON.parse(recordText(file, name) ?? '{}').version;

test.each([
	['Auth/W-7B', ['aphrodite/Auth/W-7B', 'koboldcpp/W-7B']],
	['W-7B', ['aphrodite/W-7B', 'koboldcpp/W-7B']],
	['A/B/C', ['aphrodite/A/B/C', 'koboldcpp/B/C']],
])('the_related_models_of_%s', (name, expected) => {
	expect(relatedModels(name)).toEqual(expected);
});

describe('one_change', () => {
	test('a_new_model_stands_at_the_end_with_its_twins_under_their_own_names', () => {
		const file = put(fileOf(textReference('A/M')), 'B/N/X', '1');
		expect(keys(file).slice(3)).toEqual(['B/N/X', 'aphrodite/B/N/X', 'koboldcpp/N']);
		for (const key of keys(file).slice(3)) {
			expect(JSON.parse(recordText(file, key) ?? '')).toEqual({ name: key, version: '1' });
		}
	});

	test('the_twin_that_two_authors_share_is_that_of_the_later_one_at_the_place_of_the_first', () => {
		let file = put(put(put(fileOf('{}'), 'A/M', 'a'), 'X/N', 'x'), 'B/M', 'b');
		const order = [
			'A/M',
			'aphrodite/A/M',
			'koboldcpp/M',
			'X/N',
			'aphrodite/X/N',
			'koboldcpp/N',
			'B/M',
			'aphrodite/B/M',
		];
		expect(keys(file)).toEqual(order);
		expect(versionOf(file, 'koboldcpp/M')).toBe('b');
		file = put(file, 'A/M', 'a2');
		expect([versionOf(file, 'aphrodite/A/M'), versionOf(file, 'koboldcpp/M')]).toEqual(['a2', 'b']);
		expect(versionOf(remove(file, 'B/M'), 'koboldcpp/M')).toBe('a2');
		file = remove(file, 'A/M');
		expect(keys(file)).toEqual([
			'X/N',
			'aphrodite/X/N',
			'koboldcpp/N',
			'B/M',
			'aphrodite/B/M',
			'koboldcpp/M',
		]);
		expect(versionOf(file, 'koboldcpp/M')).toBe('b');
	});

	test('create_then_delete_gives_back_the_file', () => {
		const text = textReference('A/M', 'B/N');
		for (const name of ['C/O', 'C/M', 'solo']) {
			expect(remove(put(fileOf(text), name, '1'), name).text).toBe(text);
		}
	});

	test('a_twin_that_was_missing_goes_where_it_is_missed', () => {
		const whole: Record<string, unknown> = JSON.parse(textReference('A/M', 'B/N'));
		const without = (...missing: readonly string[]) =>
			fileOf(
				JSON.stringify(
					Object.fromEntries(Object.entries(whole).filter(([key]) => !missing.includes(key))),
					null,
					4,
				),
			);
		for (const missing of [['aphrodite/A/M'], ['koboldcpp/M'], ['aphrodite/A/M', 'koboldcpp/M']]) {
			const file = put(without(...missing), 'A/M', '2');
			expect(keys(file)).toEqual(Object.keys(whole));
			expect(checkTextRule(file)).toEqual([]);
		}
	});

	test('a_file_that_breaks_the_rule_elsewhere_is_not_put_right', () => {
		const broken = textReference('A/M', 'B/N').replace('"name": "koboldcpp/N"', '"name": "wrong"');
		const before = checkTextRule(fileOf(broken));
		expect(before).toMatchObject([{ model: 'koboldcpp/N' }]);
		const rules = (file: ReferenceFile) => checkTextRule(file).map(({ rule, model }) => [rule, model]);
		expect(rules(put(fileOf(broken), 'A/M', '2'))).toEqual([['twin-differs', 'koboldcpp/N']]);
		expect(rules(remove(fileOf(broken), 'A/M'))).toEqual([['twin-differs', 'koboldcpp/N']]);
	});

	test('a_shared_twin_that_is_neither_of_the_model_nor_behind_it_is_left_alone', () => {
		const broken = textReference('A/M', 'B/M', 'C/M').replace('"name": "koboldcpp/M"', '"name": "wrong"');
		for (const change of [remove(fileOf(broken), 'B/M'), put(fileOf(broken), 'B/M', '2')]) {
			expect(JSON.parse(recordText(change, 'koboldcpp/M') ?? '')).toMatchObject({ name: 'wrong' });
		}
	});

	test('what_is_not_there_is_not_deleted', () => {
		const file = fileOf(textReference('A/M'));
		expect(textDeleteEdits(file, 'B/N')).toEqual([]);
	});
});

/** The rule by itself, with what JavaScript's own maps do: a key keeps its first place and takes its last value. */
function generate(bases: ReadonlyMap<string, string>): [string, unknown][] {
	const records = new Map<string, unknown>();
	for (const [base, version] of bases) {
		const part = base.includes('/') ? base.split('/')[1] : base;
		for (const name of [base, `aphrodite/${base}`, `koboldcpp/${part}`]) records.set(name, { name, version });
	}
	return [...records];
}

test('a_file_that_is_what_the_rule_generates_stays_so_and_what_is_not_concerned_keeps_its_bytes', () => {
	const part = fc.constantFrom('M', 'N', 'koboldcpp', 'aphrodite', '__proto__', 'é"x', '');
	const author = fc.constantFrom('A', 'B', 'koboldcp', '__proto__');
	const name = fc
		.oneof(
			fc.tuple(author, part),
			fc.tuple(part.filter((only) => only !== '')),
			fc.tuple(author, part, fc.constantFrom('C', 'koboldcpp/x')),
		)
		.map((parts) => parts.join('/'))
		.filter((full) => !isBackendVariant(full));
	const change = fc.tuple(name, fc.option(fc.string(), { nil: undefined, freq: 3 }));
	fc.assert(
		fc.property(fc.array(change, { minLength: 1, maxLength: 25 }), (changes) => {
			const bases = new Map<string, string>();
			let file = fileOf('{}');
			for (const [model, version] of changes) {
				const before = file;
				const shared = generate(new Map([[model, '']])).at(-1)?.[0];
				if (version === undefined) {
					bases.delete(model);
					file = remove(file, model);
				} else {
					bases.set(model, version);
					file = put(file, model, version);
				}
				expect(file.records.map(({ name: key }) => [key, JSON.parse(recordText(file, key) ?? '')])).toEqual(
					generate(bases),
				);
				expect(fileOf(file.text)).toEqual(file);
				expect(checkTextRule(file)).toEqual([]);
				for (const key of keys(before)) {
					if (key === model || key === `aphrodite/${model}` || key === shared) continue;
					expect(recordText(file, key)).toBe(recordText(before, key));
				}
			}
		}),
	);
});
