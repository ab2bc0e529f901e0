/**
 * Takes what somebody submitted for a model to the record that would be stored, or tells everything that is wrong with it.
 * Pure: bytes in, record or refusal out; whether the model exists is for the writer to see.
 */

import { type CategoryEntry, isBackendVariant } from '../categories.ts';
import { type Advice, adviceOn } from './advice.ts';
import { completeRecord } from './complete-record.ts';
import { type RecordFields, recordFields } from './record-fields.ts';
import type { SchemaIssue } from './schema-issues.ts';
import type { RecordSchemas } from './schemas.ts';
import { readSubmittedJson } from './submitted-json.ts';
import { completeTextRecord } from './text-record.ts';
import { type ValidationItem, validationItems, valueErrorItem } from './validation-items.ts';

export interface NameProblem {
	readonly ok: false;
	readonly kind: 'name' | 'backend-prefix';
	/** A sentence. */
	readonly message: string;
}

export type Submission =
	| {
			readonly ok: true;
			readonly name: string;
			/** The record to store. */
			readonly fields: RecordFields;
			readonly advice: readonly Advice[];
	  }
	| { readonly ok: false; readonly kind: 'items'; readonly items: readonly ValidationItem[] }
	| NameProblem;

/** Fields that reads add to text records and that come back when somebody sends what they read. */
const COMPUTED_FIELDS = ['text_model_group', 'text_model_group_summary'];

/** @param bytes of the body: one JSON object, the whole record */
export function readSubmission(
	category: CategoryEntry,
	bytes: Uint8Array,
	schemas: RecordSchemas,
): Submission {
	const json = readSubmittedJson(bytes);
	if (!json.ok) return { ok: false, kind: 'items', items: json.items };
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
	if (problem) return problem;
	const fields = recordFields(text);
	const isText = category.name === 'text_generation';
	if (isText) for (const field of COMPUTED_FIELDS) fields.delete(field);
	const stored = isText ? completeTextRecord(fields) : completeRecord(fields, schemas.fields(category));
	const baseline: unknown = JSON.parse(stored.get('baseline') ?? 'null');
	const knowsBaseline = isText || schemas.examples(category, 'baseline').includes(baseline);
	const advice = adviceOn(category, value, knowsBaseline);
	return { ok: true, name: String(name), fields: stored, advice };
}

/** @param action what is done to a model of this name; it is part of the sentence about generated names */
export function checkModelName(
	category: CategoryEntry,
	name: string,
	schemas: RecordSchemas,
	action: 'submitted' | 'deleted',
): NameProblem | undefined {
	const problem = schemas.nameProblem(name);
	if (problem !== undefined) {
		const shown = name.trim() === '' || name.length > 200 ? '' : `: ${JSON.stringify(name)}`;
		return { ok: false, kind: 'name', message: `Model name ${problem}${shown}` };
	}
	if (category.name !== 'text_generation' || !isBackendVariant(name)) return undefined;
	const twins = action === 'deleted' ? 'deleted' : 'generated';
	const message = `Model name '${name}' contains a backend prefix (aphrodite/, koboldcpp/). Submit only the base model name - backend duplicates are ${twins} automatically.`;
	return { ok: false, kind: 'backend-prefix', message };
}

/** What the check of the name tells already; a name of the wrong type and a URL for a name are told by the schema alone. */
function isAboutName({ path, keyword }: SchemaIssue): boolean {
	return path[0] === 'name' && ['minLength', 'maxLength', 'pattern'].includes(keyword);
}
