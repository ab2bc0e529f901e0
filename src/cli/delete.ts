/** `delete`: removes one model; of a text model its generated twins go with it. */

import { AppError } from '../errors.ts';
import { RecordSchemas } from '../record/schemas.ts';
import { checkModelName } from '../record/submission.ts';
import type { Output } from './output.ts';
import { report, type WriteFlags, writableCategory, writeChange } from './write-change.ts';

/** @throws AppError `model-not-found`, `name-invalid`, `backend-prefix` */
export async function deleteModel(
	categoryName: string,
	model: string,
	flags: WriteFlags,
	output: Output,
): Promise<void> {
	const category = writableCategory(categoryName);
	const problem = checkModelName(category, model, new RecordSchemas(), 'deleted');
	if (problem) {
		throw new AppError(problem.kind === 'name' ? 'name-invalid' : 'backend-prefix', problem.message);
	}
	const change = { category: category.name, model, record: null };
	report(await writeChange('delete', change, ['delete'], flags, output), [], flags, output);
}
