/** Diffs of changes and of records, as the specification has them. */

import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { Json, ModelCategory } from './asks.ts';
import type { QueueModel } from './model.ts';
import type { ModelChange } from './state.ts';

export function diffOf(model: QueueModel, change: ModelChange): Json {
	const { id, category, name, operation, payload, before, status } = change;
	const current = model.models[category].get(name) ?? null;
	const fields = compare(current, payload, '');
	const paths = (type: string) =>
		fields.filter((field) => field.change_type === type).map((field) => field.field_path);
	const isOpen = status === 'pending' || status === 'approved';
	const moved = isOpen && !isDeepStrictEqual(current, before);
	const critical = criticalOf(category, fields);
	return {
		change_id: id,
		category,
		model_name: name,
		operation,
		current_state: current,
		proposed_state: payload,
		net_operation: netOperationOf(operation, current, payload),
		field_diffs: fields,
		is_critical: critical.length > 0,
		fields_added: paths('added'),
		fields_removed: paths('removed'),
		fields_modified: paths('modified'),
		critical_fields: critical,
		still_applies: isOpen && !moved,
		conflict: moved ? expect.stringMatching(/then .*, now /s) : null,
	};
}

function netOperationOf(
	operation: ModelChange['operation'],
	current: Json | null,
	payload: Json | null,
): string {
	if (operation === 'create') return current ? 'modified' : 'added';
	if (operation === 'delete') return current ? 'deleted' : 'unchanged';
	if (!current) return 'added';
	return isDeepStrictEqual(current, payload) ? 'unchanged' : 'modified';
}

export interface Field {
	readonly field_path: string;
	readonly old_value: unknown;
	readonly new_value: unknown;
	readonly change_type: 'added' | 'removed' | 'modified';
}

/** The records of the test hold neither numbers that are equal in spite of their type nor fields that are null at the top. */
export function compare(before: Json | null, after: Json | null, prefix: string): readonly Field[] {
	const oneSide = (value: unknown, path: string, type: 'added' | 'removed'): readonly Field[] => {
		if (isRecord(value))
			return Object.entries(value).flatMap(([name, inner]) => oneSide(inner, `${path}.${name}`, type));
		const [old_value, new_value] = type === 'added' ? [null, value] : [value, null];
		return [{ field_path: path, old_value, new_value, change_type: type }];
	};
	if (!before || !after) {
		const type = before ? 'removed' : 'added';
		return Object.entries(before ?? after ?? {}).flatMap(([name, value]) =>
			oneSide(value, prefix + name, type),
		);
	}
	const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
	return names.flatMap((name) => {
		const [old_value, new_value, path] = [before[name], after[name], prefix + name];
		if (isDeepStrictEqual(old_value, new_value)) return [];
		if (old_value === undefined) return oneSide(new_value, path, 'added');
		if (new_value === undefined) return oneSide(old_value, path, 'removed');
		if (isRecord(old_value) && isRecord(new_value)) return compare(old_value, new_value, `${path}.`);
		return [{ field_path: path, old_value, new_value, change_type: 'modified' as const }];
	});
}

function isRecord(value: unknown): value is Json {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const CRITICAL: Readonly<Record<ModelCategory, readonly string[]>> = {
	clip: ['style', 'nsfw'],
	image_generation: ['baseline', 'nsfw', 'inpainting', 'trigger', 'homepage'],
	text_generation: ['baseline', 'nsfw', 'url', 'parameters'],
};

export function criticalOf(category: ModelCategory, fields: readonly Field[]): readonly string[] {
	const paths = fields.map(({ field_path }) => field_path);
	return paths.filter(
		(path) =>
			CRITICAL[category].some((field) => `${path}.`.startsWith(`${field}.`)) ||
			path.startsWith('config.download'),
	);
}
