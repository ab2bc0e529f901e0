/**
 * Completes a submitted text_generation record to the one that is stored: defaults, computed fields, tags, order of fields
 * (spec: v1 writes, section 8). Unlike the original it loses nothing that was sent.
 */

import { sizeTag, wholeNumber } from './parameter-count.ts';
import { compareCodePoints } from './python-values.ts';
import type { RecordFields } from './record-fields.ts';
import { modelPart } from './text-variants.ts';
import type { TextGenerationRecord } from './types.generated.ts';

/** Order of the fields in a stored record; those that are not known come after, as sent. The schema has the same order. */
export const TEXT_FIELD_ORDER: readonly (keyof TextGenerationRecord & string)[] = [
	'name',
	'model_name',
	'baseline',
	'parameters',
	'description',
	'version',
	'style',
	'nsfw',
	'display_name',
	'url',
	'tags',
	'instruct_format',
	'settings',
	'type',
	'download_all',
	'config',
	'available',
	'features_not_supported',
];

export const DEFAULT_STYLE = 'generalist';

/** What a field says that is absent, null or empty; the repository's own `defaults.json` says the same. */
const DEFAULTS: ReadonlyMap<string, string> = new Map([
	['baseline', '""'],
	['description', '""'],
	['version', '"1"'],
	['style', `"${DEFAULT_STYLE}"`],
	['nsfw', 'false'],
]);

/** Fields that say nothing when they are empty; an empty list or text anywhere else may mean something. */
const EMPTY_IS_ABSENT: ReadonlySet<string> = new Set([
	...DEFAULTS.keys(),
	'display_name',
	'url',
	'tags',
	'instruct_format',
	'settings',
]);
const EMPTY: ReadonlySet<string> = new Set(['""', '[]', '{}']);

/**
 * The record to store for a valid submission; completing it again changes nothing. Values stay as spelled, but for
 * `parameters` (an integer spelled `7e9` becomes its digits) and `tags`.
 */
export function completeTextRecord(fields: RecordFields): Map<string, string> {
	const given = new Map([...fields].filter(([name, text]) => !isAbsent(name, text)));
	const name = stringField(given, 'name');
	const count = wholeNumber(given.get('parameters') ?? '');
	const tags = completeTags(given, count);
	const displayName = automaticDisplayName(name);
	const computed = new Map([
		...DEFAULTS,
		...(displayName === '' ? [] : [['display_name', JSON.stringify(displayName)] as const]),
		...given,
		['model_name', JSON.stringify(modelPart(name))],
		...(count === undefined ? [] : [['parameters', String(count)] as const]),
		...(tags.length === 0 ? [] : [['tags', JSON.stringify(tags)] as const]),
	]);
	return inOrder(computed, given.keys());
}

/** The display name of a model that was given none. */
export function automaticDisplayName(name: string): string {
	return modelPart(name)
		.replace(/[-_ ]+/g, ' ')
		.trim();
}

/** A field that is a string; empty where it is absent or anything else. */
export function stringField(fields: RecordFields, name: string): string {
	const text = fields.get(name);
	const value: unknown = text?.startsWith('"') ? JSON.parse(text) : '';
	return typeof value === 'string' ? value : '';
}

/** The tags of a record; what is no string is no tag. */
export function tagsField(fields: RecordFields): readonly string[] {
	const value: unknown = JSON.parse(fields.get('tags') ?? '[]');
	return Array.isArray(value) ? value.filter((tag) => typeof tag === 'string') : [];
}

function completeTags(given: RecordFields, count: bigint | undefined): readonly string[] {
	const style = stringField(given, 'style');
	const size = count === undefined ? '' : sizeTag(count);
	const sent = tagsField(given);
	const addsStyle = !isDefaultStyleAsRead(given, sent, style, size);
	const tags = [...sent.map((tag) => (tag === style ? tag : tag.trim())), addsStyle ? style : '', size];
	return [...new Set(tags)].filter((tag) => tag !== '').sort(compareCodePoints);
}

/**
 * A style that is sent becomes a tag, a style that is filled in does not. A stored record no longer tells the two apart, so
 * one that is sent back as it was read, computed fields and all, keeps the tags it has.
 */
function isDefaultStyleAsRead(
	given: RecordFields,
	sent: readonly string[],
	style: string,
	size: string,
): boolean {
	const isComputed = stringField(given, 'model_name') === modelPart(stringField(given, 'name'));
	return style === DEFAULT_STYLE && given.has('model_name') && isComputed && sent.includes(size);
}

function isAbsent(name: string, text: string): boolean {
	return text === 'null' || (EMPTY_IS_ABSENT.has(name) && EMPTY.has(text));
}

function inOrder(fields: RecordFields, asSent: Iterable<string>): Map<string, string> {
	const ordered = new Map<string, string>();
	for (const name of [...TEXT_FIELD_ORDER, ...asSent]) {
		const text = fields.get(name);
		if (text !== undefined) ordered.set(name, text);
	}
	return ordered;
}
