/**
 * Owns which text_generation records belong together and what is said about each group
 * (spec: include group, sections 2 and 4).
 */
import { compareCodePoints, isTruthy, pythonText } from './python-values.ts';
import { parseTextModelName, textModelGroup } from './text-name.ts';
import { describeNameFormat, type TextNameFormat } from './text-name-format.ts';
import type { TextGenerationRecord } from './types.generated.ts';

/** What a group consults of a record; nothing about the values is taken for granted. */
export type TextRecordView = {
	readonly [Field in keyof Pick<
		TextGenerationRecord,
		'baseline' | 'nsfw' | 'description' | 'tags'
	>]?: unknown;
};

/** Keys and their order are those of the wire. */
export interface TextGroupSummary {
	readonly member_count: number;
	readonly available_sizes: readonly string[];
	readonly available_quants: readonly string[];
	readonly common_baseline: string | null;
	readonly any_nsfw: boolean;
	readonly any_has_description: boolean;
	readonly merged_tags: readonly string[];
	readonly name_format: TextNameFormat;
}

/** The members that a grouped read adds to a record; keys and their order are those of the wire. */
export interface TextGroup {
	readonly text_model_group: string;
	readonly text_model_group_summary: TextGroupSummary;
}

/** The group of every key. Members of one group share one object, and stand in it in the order of the records. */
export function groupTextModels(records: ReadonlyMap<string, TextRecordView>): Map<string, TextGroup> {
	const membersByGroup = new Map<string, Map<string, TextRecordView>>();
	for (const [key, record] of records) {
		const name = textModelGroup(key);
		const members = membersByGroup.get(name);
		if (members === undefined) membersByGroup.set(name, new Map([[key, record]]));
		else members.set(key, record);
	}
	const groups = new Map<string, TextGroup>();
	for (const [name, members] of membersByGroup) {
		const group = { text_model_group: name, text_model_group_summary: summarise(members) };
		for (const key of members.keys()) groups.set(key, group);
	}
	return groups;
}

function summarise(members: ReadonlyMap<string, TextRecordView>): TextGroupSummary {
	const keys = [...members.keys()];
	const records = [...members.values()];
	// The full key on purpose, as in the original: an author such as `Sao10K` adds its own "size".
	const parsedKeys = keys.map(parseTextModelName);
	return {
		member_count: keys.length,
		available_sizes: distinctSorted(parsedKeys.map(({ size }) => size)),
		available_quants: distinctSorted(parsedKeys.map(({ quant }) => quant)),
		common_baseline: commonBaseline(records),
		any_nsfw: records.some(({ nsfw }) => isTruthy(nsfw)),
		any_has_description: records.some(({ description }) => isTruthy(description)),
		merged_tags: distinctSorted(
			records.flatMap(({ tags }) => (Array.isArray(tags) ? tags.map(pythonText) : [])),
		),
		name_format: describeNameFormat(keys),
	};
}

/** The one baseline that the members name, if they name but one; those that name none have no say. */
function commonBaseline(records: readonly TextRecordView[]): string | null {
	const named = new Set(records.map(({ baseline }) => baseline).filter(isTruthy));
	const [baseline] = named;
	return named.size === 1 && typeof baseline === 'string' ? baseline : null;
}

function distinctSorted(values: readonly (string | null)[]): string[] {
	return [...new Set(values)].filter((value) => value !== null).sort(compareCodePoints);
}
