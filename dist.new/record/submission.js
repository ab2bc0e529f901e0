/**
 * Takes what somebody submitted for a model to the record that would be stored, or tells everything that is wrong with it.
 * Pure: bytes in, record or refusal out; whether the model exists is for the writer to see.
 */
import { isBackendVariant } from '../categories.js';
import { adviceOn } from './advice.js';
import { completeRecord } from './complete-record.js';
import { recordFields } from './record-fields.js';
import { readSubmittedJson } from './submitted-json.js';
import { completeTextRecord } from './text-record.js';
import { validationItems, valueErrorItem } from './validation-items.js';
/** Fields that reads add to text records and that come back when somebody sends what they read. */
const COMPUTED_FIELDS = ['text_model_group', 'text_model_group_summary'];
/** @param bytes of the body: one JSON object, the whole record */
export function readSubmission(category, bytes, schemas) {
    const json = readSubmittedJson(bytes);
    if (!json.ok)
        return { ok: false, kind: 'items', items: json.items };
    const { text, value } = json;
    const { name } = value;
    const problem = typeof name === 'string' ? checkModelName(category, name, schemas, 'submitted') : undefined;
    const known = [...schemas.fields(category).keys()];
    const issues = schemas.validate(category, value).filter((issue) => !(problem && isAboutName(issue)));
    if (issues.length > 0) {
        const items = validationItems(issues, value, known);
        const named = problem ? [valueErrorItem(['name'], problem.message, name), ...items] : items;
        return { ok: false, kind: 'items', items: named };
    }
    if (problem)
        return problem;
    const fields = recordFields(text);
    const isText = category.name === 'text_generation';
    if (isText)
        for (const field of COMPUTED_FIELDS)
            fields.delete(field);
    const stored = isText ? completeTextRecord(fields) : completeRecord(fields, schemas.fields(category));
    const baseline = JSON.parse(stored.get('baseline') ?? 'null');
    const knowsBaseline = isText || schemas.examples(category, 'baseline').includes(baseline);
    const advice = adviceOn(category, value, knowsBaseline);
    return { ok: true, name: String(name), fields: stored, advice };
}
/** @param action what is done to a model of this name; it is part of the sentence about generated names */
export function checkModelName(category, name, schemas, action) {
    const problem = schemas.nameProblem(name);
    if (problem !== undefined) {
        const shown = name.trim() === '' || name.length > 200 ? '' : `: ${JSON.stringify(name)}`;
        return { ok: false, kind: 'name', message: `Model name ${problem}${shown}` };
    }
    if (category.name !== 'text_generation' || !isBackendVariant(name))
        return undefined;
    const twins = action === 'deleted' ? 'deleted' : 'generated';
    const message = `Model name '${name}' contains a backend prefix (aphrodite/, koboldcpp/). Submit only the base model name - backend duplicates are ${twins} automatically.`;
    return { ok: false, kind: 'backend-prefix', message };
}
/** What the check of the name tells already; a name of the wrong type and a URL for a name are told by the schema alone. */
function isAboutName({ path, keyword }) {
    return path[0] === 'name' && ['minLength', 'maxLength', 'pattern'].includes(keyword);
}
//# sourceMappingURL=submission.js.map