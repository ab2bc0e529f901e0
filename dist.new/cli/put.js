/** `put`: adds one model, or replaces it where it is there. */
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { AppError, messageOf } from '../errors.js';
import { fieldsText } from '../record/record-fields.js';
import { RecordSchemas } from '../record/schemas.js';
import { readSubmission } from '../record/submission.js';
import { itemsOf, problemLines } from './record-problems.js';
import { report, writableCategory, writeChange } from './write-change.js';
/**
 * @param file holds the whole record as JSON; `-` for stdin
 * @throws AppError `record-invalid` that names every bad field
 */
export async function put(categoryName, file, flags, output) {
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
    }
    catch (error) {
        throw explain(error, flags, `${category.name} model ${JSON.stringify(model)}`);
    }
}
/** Without a wish of the caller's it is an update, and a creation where there is nothing to update. */
function operationsOf({ create, update }) {
    if (create)
        return ['create'];
    return update ? ['update'] : ['update', 'create'];
}
async function readInput(file) {
    try {
        return await (file === '-' ? buffer(process.stdin) : readFile(file));
    }
    catch (error) {
        throw new AppError('source-unusable', `the record cannot be read: ${messageOf(error)}`, {}, { cause: error });
    }
}
function invalid(lines) {
    return new AppError('record-invalid', ['the record is not right:', ...lines].join('\n  '));
}
/** The writer speaks of requests; here there are options. */
function explain(error, { create, update }, subject) {
    if (!(error instanceof AppError))
        return error;
    const { code } = error;
    if (code === 'record-invalid')
        return invalid(problemLines(itemsOf(error.data.items)));
    if (code === 'model-exists' && create) {
        return new AppError(code, `there is a ${subject} already; leave out --create to replace it`);
    }
    if (code === 'model-absent' && update) {
        return new AppError(code, `there is no ${subject}; leave out --update to add it`);
    }
    return error;
}
//# sourceMappingURL=put.js.map