/** `text check`: whether the text reference is what is generated from its base records, and agrees with its table. */

import { CATEGORIES, type CategoryEntry, isBackendVariant } from '../categories.ts';
import { AppError } from '../errors.ts';
import { modelNames, parseReference } from '../record/reference-file.ts';
import { checkTextRule } from '../record/text-rule.ts';
import type { TextRuleFinding } from '../record/text-rule-finding.ts';
import { openSource } from '../store/reference-source.ts';
import { type Output, table } from './output.ts';

export interface TextCheckFlags {
	readonly subdir: string;
	readonly format: string;
}

interface Finding extends Omit<TextRuleFinding, 'in' | 'rule'> {
	readonly rule: TextRuleFinding['rule'] | 'syntax';
}

interface FileReport {
	readonly file: string;
	/** Base records of the reference; absent where it cannot be read and for the table. */
	readonly models?: number;
	readonly findings: readonly Finding[];
}

/** The category that has generated records, and the table that mirrors it in some repositories. */
const TEXT = CATEGORIES.find(({ name }) => name === 'text_generation');
const TABLE_FILE = 'models.csv';

/**
 * Answers whether the rule holds.
 * @throws AppError `config-invalid`, `ref-unknown`, or `source-unusable` when there is no text reference to check
 */
export async function textCheck(target: string, flags: TextCheckFlags, output: Output): Promise<boolean> {
	const format = FORMATS.get(flags.format);
	if (!format) {
		throw new AppError(
			'config-invalid',
			`--format must be one of ${[...FORMATS.keys()].join(', ')}, not ${flags.format}`,
		);
	}
	const reports = await checkSource(target, flags.subdir);
	format(reports, output);
	return reports.every(({ findings }) => findings.length === 0);
}

async function checkSource(target: string, subdir: string): Promise<readonly FileReport[]> {
	if (!TEXT) throw new Error('the table of categories has no text_generation');
	const source = await openSource(target, { subdir, staged: false });
	try {
		const bytes = await source.read(TEXT);
		if (!bytes) {
			throw new AppError(
				'source-unusable',
				`there is no ${TEXT.file} in ${target}; name the folder that holds it with --subdir`,
			);
		}
		const asCompanion: CategoryEntry = { ...TEXT, file: TABLE_FILE };
		const csv = await source.read(asCompanion);
		return reportsOf(bytes, csv, source.prefix, TEXT.file);
	} finally {
		source.close();
	}
}

function reportsOf(
	bytes: Uint8Array,
	csv: Uint8Array | undefined,
	prefix: string,
	file: string,
): readonly FileReport[] {
	const reference = prefix + file;
	const parsed = parseReference(bytes);
	if (!parsed.ok) return [{ file: reference, findings: [{ rule: 'syntax', ...parsed.problem }] }];
	const models = [...modelNames(parsed.file)].filter((name) => !isBackendVariant(name)).length;
	const text = csv && utf8Text(csv);
	const found = checkTextRule(parsed.file, text);
	const of = (where: TextRuleFinding['in']): Finding[] =>
		found.filter((finding) => finding.in === where).map(({ in: _, ...finding }) => finding);
	const report = { file: reference, models, findings: of('reference') };
	if (csv === undefined) return [report];
	const garbled: Finding = { rule: 'syntax', message: 'not valid UTF-8', line: 1, column: 1 };
	return [report, { file: prefix + TABLE_FILE, findings: text === undefined ? [garbled] : of('table') }];
}

function utf8Text(bytes: Uint8Array): string | undefined {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return undefined;
	}
}

type Format = (reports: readonly FileReport[], output: Output) => void;

const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
	['table', asTable],
	['json', (reports, output) => output.print(JSON.stringify({ files: reports }, null, 2))],
]);

function asTable(reports: readonly FileReport[], output: Output): void {
	for (const { file, findings } of reports) {
		for (const { model, message, line, column } of findings) {
			const subject = model === undefined ? '' : `${JSON.stringify(model)} `;
			output.print(`${file}:${line}:${column}: ${output.paint('red', 'error')}: ${subject}${message}`);
		}
	}
	if (reports.some(({ findings }) => findings.length > 0)) output.print('');
	const rows = reports.map(({ file, models, findings }) => [file, models ?? '', findings.length]);
	output.print(table(['file', 'models', 'errors'], rows));
}
