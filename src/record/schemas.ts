/**
 * Owns the rules that one record must obey: loads the JSON Schemas of `schemas/` and says, in words for people,
 * everything that is wrong with a record. Knows nothing of files of records, of git or of HTTP.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020, type DefinedError, type SchemaObject } from 'ajv/dist/2020.js';
import type { CategoryEntry } from '../categories.ts';
import { isObject, notAnObject, type SchemaIssue, schemaIssues } from './schema-issues.ts';

export interface ValidateOptions {
	/** Also report fields that no schema mentions, in the record and in its config. */
	readonly strict?: boolean;
}

/** A JSON Schema as its file holds it. */
export interface SchemaDocument extends SchemaObject {
	readonly $id: string;
	readonly title: string;
	readonly description: string;
}

/** What the schema of a record says of one of its fields, beyond what validation asks. */
export interface FieldRule {
	/** JSON text of what the field says when it is absent; undefined when that is nothing. */
	readonly standard: string | undefined;
	readonly isInteger: boolean;
}

/** The `schemas/` directory of this package; the same two steps up from `src/record/` and from `dist/record/`. */
const PACKAGE_SCHEMAS = new URL('../../schemas/', import.meta.url);
const SUFFIX = '.schema.json';

export class RecordSchemas {
	readonly #documents: ReadonlyMap<string, SchemaDocument>;
	readonly #open: Ajv2020;
	#closed: Ajv2020 | undefined;
	readonly #fields = new Map<string, ReadonlyMap<string, FieldRule>>();

	/** Reads all schemas at once; each is compiled when it is first needed (some milliseconds). */
	constructor(directory: URL = PACKAGE_SCHEMAS) {
		this.#documents = readDocuments(directory);
		this.#open = validatorOf(this.#documents.values());
	}

	/** Names of all schemas: one per record type, and `common` for what they share. */
	get names(): readonly string[] {
		return [...this.#documents.keys()];
	}

	/**
	 * A copy of the schema as its file holds it, for publication. Throws a RangeError for a name that is not in `names`.
	 * Every `$ref` in it has the form `common.schema.json#/$defs/<Name>`.
	 */
	document(name: string): SchemaDocument {
		return structuredClone(this.#find(name));
	}

	/**
	 * Everything that is wrong with a record of this category; empty when it is right. A category without a schema
	 * asks for an object and nothing more.
	 */
	validate(category: CategoryEntry, record: unknown, options: ValidateOptions = {}): SchemaIssue[] {
		if (category.schema === null) return isObject(record) ? [] : [notAnObject(record)];
		const ajv = options.strict ? this.#strict() : this.#open;
		const check = ajv.getSchema(this.#find(category.schema).$id);
		if (check === undefined) throw new RangeError(`ajv does not know the schema '${category.schema}'`);
		if (check(record)) return [];
		// ajv documents its own keywords' errors with this type, and no other keyword here can fail.
		const errors = (check.errors ?? []) as DefinedError[];
		return schemaIssues(errors, record);
	}

	/** The fields of a category's records in the order in which they are written; empty for a category without a schema. */
	fields(category: CategoryEntry): ReadonlyMap<string, FieldRule> {
		if (category.schema === null) return new Map();
		const known = this.#fields.get(category.schema);
		if (known) return known;
		const properties: object = this.#find(category.schema).properties;
		const rules = new Map(Object.entries(properties).map(([name, rule]) => [name, this.#fieldRule(rule)]));
		this.#fields.set(category.schema, rules);
		return rules;
	}

	/** The values that the schema gives as examples of a field, for fields that take any: those that are known. */
	examples(category: CategoryEntry, field: string): readonly unknown[] {
		if (category.schema === null) return [];
		return this.#find(category.schema).properties[field]?.examples ?? [];
	}

	/** What is wrong with a model's name, worded to follow "Model name"; undefined when nothing is. */
	nameProblem(name: string): string | undefined {
		const check = this.#open.getSchema(`${this.#find('common').$id}#/$defs/ModelName`);
		if (check === undefined) throw new RangeError('the shared definitions have no ModelName');
		if (check(name)) return undefined;
		return schemaIssues((check.errors ?? []) as DefinedError[], name)[0]?.message;
	}

	#fieldRule(property: SchemaObject): FieldRule {
		const shared =
			String(property.$ref ?? '')
				.split('/')
				.at(-1) ?? '';
		const rule: SchemaObject = { ...this.#find('common').$defs[shared], ...property };
		return {
			standard: rule.default === undefined ? undefined : JSON.stringify(rule.default),
			isInteger: [rule.type].flat().includes('integer'),
		};
	}

	#find(name: string): SchemaDocument {
		const document = this.#documents.get(name);
		if (document === undefined) throw new RangeError(`There is no schema named '${name}'`);
		return document;
	}

	#strict(): Ajv2020 {
		this.#closed ??= validatorOf([...this.#documents.values()].map(closed));
		return this.#closed;
	}
}

function readDocuments(directory: URL): Map<string, SchemaDocument> {
	const files = readdirSync(directory).filter((file) => file.endsWith(SUFFIX));
	return new Map(
		files.sort().map((file) => [file.slice(0, -SUFFIX.length), readDocument(new URL(file, directory))]),
	);
}

function readDocument(file: URL): SchemaDocument {
	const document: unknown = JSON.parse(readFileSync(file, 'utf8'));
	if (isDocument(document)) return document;
	throw new TypeError(`${file.pathname} is not a schema: it has no $id, title or description`);
}

function validatorOf(documents: Iterable<SchemaDocument>): Ajv2020 {
	const ajv = new Ajv2020({
		allErrors: true,
		verbose: true,
		allowUnionTypes: true,
		// A field is what the record itself holds, never what its prototype does.
		ownProperties: true,
		// The files are part of the program; a test checks them against the meta-schema.
		validateSchema: false,
		// Two dozen settings share one rule: compiled once it takes a fraction of the time.
		inlineRefs: false,
	});
	ajv.addKeyword({ keyword: 'x-requirement', schemaType: 'string' });
	ajv.addSchema([...documents]);
	return ajv;
}

/** The same schema with every object that leaves unknown fields open closed. */
function closed(document: SchemaDocument): SchemaDocument {
	const copy = structuredClone(document);
	closeIn(copy);
	return copy;
}

function closeIn(node: unknown): void {
	if (Array.isArray(node)) node.forEach(closeIn);
	if (!isObject(node)) return;
	if (isObject(node.properties)) node.additionalProperties ??= false;
	Object.values(node).forEach(closeIn);
}

function isDocument(value: unknown): value is SchemaDocument {
	if (!isObject(value)) return false;
	return [value.$id, value.title, value.description].every((text) => typeof text === 'string');
}
