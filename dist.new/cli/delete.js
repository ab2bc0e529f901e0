/** `delete`: removes one model; of a text model its generated twins go with it. */
import { AppError } from '../errors.js';
import { RecordSchemas } from '../record/schemas.js';
import { checkModelName } from '../record/submission.js';
import { report, writableCategory, writeChange } from './write-change.js';
/** @throws AppError `model-not-found`, `name-invalid`, `backend-prefix` */
export async function deleteModel(categoryName, model, flags, output) {
    const category = writableCategory(categoryName);
    const problem = checkModelName(category, model, new RecordSchemas(), 'deleted');
    if (problem) {
        throw new AppError(problem.kind === 'name' ? 'name-invalid' : 'backend-prefix', problem.message);
    }
    const change = { category: category.name, model, record: null };
    report(await writeChange('delete', change, ['delete'], flags, output), [], flags, output);
}
//# sourceMappingURL=delete.js.map