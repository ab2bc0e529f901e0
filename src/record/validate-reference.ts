/** Checks one category file whole: that it is a reference, that no name is there twice, and every record by its schema. */

import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';
import { type CategoryEntry, isBackendVariant } from '../categories.ts';
import { findDuplicateKeys } from './duplicate-keys.ts';
import { LineIndex, type Position } from './line-index.ts';
import type { RecordRange } from './members.ts';
import { modelNames, parseReference, type ReferenceFile } from './reference-file.ts';
import type { SchemaIssue } from './schema-issues.ts';
import type { RecordSchemas } from './schemas.ts';

export interface Finding extends Position {
	/** Errors make a validation fail; warnings are said. */
	readonly severity: 'error' | 'warning';
	/** Stable name of the rule: a JSON Schema keyword, or `syntax`, `byte-order-mark`, `empty`, `duplicate`, `name`. */
	readonly rule: string;
	readonly message: string;
	/** Model whose record it is about; absent for the file as a whole. */
	readonly model?: string;
}

export interface FileReport {
	readonly category: string;
	readonly file: string;
	/** False where the file cannot be read as a reference at all. */
	readonly isReference: boolean;
	/** Models in the file; generated backend twins of text models are not counted. */
	readonly models: number;
	/** Records that break a rule. */
	readonly invalidRecords: number;
	readonly findings: readonly Finding[];
}

export interface ValidateFileOptions {
	/** Also report fields that no schema mentions. */
	readonly strict?: boolean;
}

export function validateReference(
	category: CategoryEntry,
	bytes: Uint8Array,
	schemas: RecordSchemas,
	options: ValidateFileOptions = {},
): FileReport {
	const parsed = parseReference(bytes);
	const base = { category: category.name, file: category.file };
	if (!parsed.ok) {
		const finding: Finding = { severity: 'error', rule: 'syntax', ...parsed.problem };
		return { ...base, isReference: false, models: 0, invalidRecords: 0, findings: [finding] };
	}
	const { file } = parsed;
	const lines = new LineIndex(file.text);
	const validate = (record: unknown) => schemas.validate(category, record, options);
	const recordFindings = file.records.map((record) =>
		recordProblems(category, file, lines, record, validate),
	);
	const duplicates = duplicateProblems(file, lines);
	return {
		...base,
		isReference: true,
		models: [...modelNames(file)].filter((name) => !isBackendVariant(name)).length,
		invalidRecords: recordFindings.filter((findings) => findings.length > 0).length,
		findings: [...fileProblems(file), ...duplicates, ...recordFindings.flat()].sort(
			(a, b) => a.line - b.line || a.column - b.column,
		),
	};
}

function fileProblems(file: ReferenceFile): Finding[] {
	const findings: Finding[] = [];
	const start = { line: 1, column: 1 };
	if (file.byteOrderMark) {
		const message =
			'begins with a byte order mark, at which many JSON parsers stop; save it as UTF-8 without one';
		findings.push({ severity: 'error', rule: 'byte-order-mark', message, ...start });
	}
	if (!file.text.trimStart().startsWith('{')) {
		const message = `holds ${JSON.stringify(file.text.trim().slice(0, 20))}; an empty reference is {}`;
		findings.push({ severity: 'warning', rule: 'empty', message, ...start });
	}
	return findings;
}

function duplicateProblems(file: ReferenceFile, lines: LineIndex): Finding[] {
	return findDuplicateKeys(file.text).map(({ name, path, offset, firstOffset }) => {
		const [model] = path;
		const first = lines.positionAt(firstOffset).line;
		return {
			severity: 'error',
			rule: 'duplicate',
			message: `${JSON.stringify(name)} is there twice, first in line ${first}: parsers keep only the last`,
			...(typeof model === 'string' ? { model } : { model: name }),
			...lines.positionAt(offset),
		};
	});
}

function recordProblems(
	category: CategoryEntry,
	file: ReferenceFile,
	lines: LineIndex,
	{ name, start, end, keyStart }: RecordRange,
	validate: (record: unknown) => readonly SchemaIssue[],
): Finding[] {
	const text = file.text.slice(start, end);
	const record: unknown = JSON.parse(text);
	const issues = validate(record);
	const tree = issues.length > 0 ? parseTree(text) : undefined;
	const findings = issues.map((issue): Finding => {
		const message = `${fieldName(issue.path)} ${issue.message}`.trim();
		const position = lines.positionAt(start + offsetOf(tree, issue));
		return { severity: 'error', rule: issue.keyword, message, model: name, ...position };
	});
	const ownName = category.schema === null ? undefined : Reflect.get(Object(record), 'name');
	if (typeof ownName === 'string' && ownName !== name) {
		const message = `name is ${JSON.stringify(ownName)}, but must be the key, ${JSON.stringify(name)}`;
		findings.push({ severity: 'error', rule: 'name', message, model: name, ...lines.positionAt(keyStart) });
	}
	return findings;
}

/** Offset, in the record's text, of what an issue is about, or of the nearest thing around it that exists. */
function offsetOf(tree: Node | undefined, { path }: SchemaIssue): number {
	for (let depth = path.length; tree && depth > 0; depth--) {
		const node = findNodeAtLocation(tree, path.slice(0, depth));
		if (node) return node.offset;
	}
	return 0;
}

/** `config.files[0].path` */
function fieldName(path: readonly (string | number)[]): string {
	return path.reduce<string>((name, part) => {
		if (typeof part === 'number') return `${name}[${part}]`;
		return name === '' ? part : `${name}.${part}`;
	}, '');
}
