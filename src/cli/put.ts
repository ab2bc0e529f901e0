/** `put`: adds one model, or replaces it where it is there. */

import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { AppError, messageOf } from '../errors.ts';
import { fieldsText } from '../record/record-fields.ts';
import { RecordSchemas } from '../record/schemas.ts';
import { readSubmission } from '../record/submission.ts';
import type { Operation } from '../store/model-history.ts';
import type { Output } from './output.ts';
import { itemsOf, problemLines } from './record-problems.ts';
import { report, type WriteFlags, writableCategory, writeChange } from './write-change.ts';

export interface PutFlags extends WriteFlags {
	readonly create?: boolean;
	readonly update?: boolean;
}

/**
 * @param file holds the whole record as JSON; `-` for stdin
 * @throws AppError `record-invalid` that names every bad field
 */
export async function put(
	categoryName: string,
	file: string,
	flags: PutFlags,
	output: Output,
): Promise<void> {
	const category = writableCategory(categoryName);
	const bytes = await readInput(file);
	const submission = readSubmission(category, bytes, new RecordSchemas());
	if (!submission.ok) {
		if (submission.kind !== 'items') {
			throw new AppError(submission.kind === 'name' ? 'name-invalid' : 'backend-prefix', submission.message);
		}
		throw invalid(problemLines(submission.items, bytes));
	}
	const { name: model, fields, advice } = submission;
	const change = { category: category.name, model, record: fieldsText(fields) };
	try {
		report(await writeChange('put', change, operationsOf(flags), flags, output), advice, flags, output);
	} catch (error) {
		throw explain(error, flags, `${category.name} model ${JSON.stringify(model)}`);
	}
}

/** Without a wish of the caller's it is an update, and a creation where there is nothing to update. */
function operationsOf({ create, update }: PutFlags): readonly Operation[] {
	if (create) return ['create'];
	return update ? ['update'] : ['update', 'create'];
}

async function readInput(file: string): Promise<Uint8Array> {
	try {
		return await (file === '-' ? buffer(process.stdin) : readFile(file));
	} catch (error) {
		throw new AppError(
			'source-unusable',
			`the record cannot be read: ${messageOf(error)}`,
			{},
			{ cause: error },
		);
	}
}

function invalid(lines: readonly string[]): AppError {
	return new AppError('record-invalid', ['the record is not right:', ...lines].join('\n  '));
}

/** The writer speaks of requests; here there are options. */
function explain(error: unknown, { create, update }: PutFlags, subject: string): unknown {
	if (!(error instanceof AppError)) return error;
	const { code } = error;
	if (code === 'record-invalid') return invalid(problemLines(itemsOf(error.data.items)));
	if (code === 'model-exists' && create) {
		return new AppError(code, `there is a ${subject} already; leave out --create to replace it`);
	}
	if (code === 'model-absent' && update) {
		return new AppError(code, `there is no ${subject}; leave out --update to add it`);
	}
	return error;
}
