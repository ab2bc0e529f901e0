/**
 * Owns the rules that one record must obey: loads the JSON Schemas of `schemas/` and says, in words for people,
 * everything that is wrong with a record. Knows nothing of files of records, of git or of HTTP.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { isObject, notAnObject, schemaIssues } from './schema-issues.js';
/** The `schemas/` directory of this package; the same two steps up from `src/record/` and from `dist/record/`. */
const PACKAGE_SCHEMAS = new URL('../../schemas/', import.meta.url);
const SUFFIX = '.schema.json';
export class RecordSchemas {
    #documents;
    #open;
    #closed;
    #fields = new Map();
    /** Reads all schemas at once; each is compiled when it is first needed (some milliseconds). */
    constructor(directory = PACKAGE_SCHEMAS) {
        this.#documents = readDocuments(directory);
        this.#open = validatorOf(this.#documents.values());
    }
    /** Names of all schemas: one per record type, and `common` for what they share. */
    get names() {
        return [...this.#documents.keys()];
    }
    /**
     * A copy of the schema as its file holds it, for publication. Throws a RangeError for a name that is not in `names`.
     * Every `$ref` in it has the form `common.schema.json#/$defs/<Name>`.
     */
    document(name) {
        return structuredClone(this.#find(name));
    }
    /**
     * Everything that is wrong with a record of this category; empty when it is right. A category without a schema
     * asks for an object and nothing more.
     */
    validate(category, record, options = {}) {
        if (category.schema === null)
            return isObject(record) ? [] : [notAnObject(record)];
        const ajv = options.strict ? this.#strict() : this.#open;
        const check = ajv.getSchema(this.#find(category.schema).$id);
        if (check === undefined)
            throw new RangeError(`ajv does not know the schema '${category.schema}'`);
        if (check(record))
            return [];
        // ajv documents its own keywords' errors with this type, and no other keyword here can fail.
        const errors = (check.errors ?? []);
        return schemaIssues(errors, record);
    }
    /** The fields of a category's records in the order in which they are written; empty for a category without a schema. */
    fields(category) {
        if (category.schema === null)
            return new Map();
        const known = this.#fields.get(category.schema);
        if (known)
            return known;
        const properties = this.#find(category.schema).properties;
        const rules = new Map(Object.entries(properties).map(([name, rule]) => [name, this.#fieldRule(rule)]));
        this.#fields.set(category.schema, rules);
        return rules;
    }
    /** The values that the schema gives as examples of a field, for fields that take any: those that are known. */
    examples(category, field) {
        if (category.schema === null)
            return [];
        return this.#find(category.schema).properties[field]?.examples ?? [];
    }
    /** What is wrong with a model's name, worded to follow "Model name"; undefined when nothing is. */
    nameProblem(name) {
        const check = this.#open.getSchema(`${this.#find('common').$id}#/$defs/ModelName`);
        if (check === undefined)
            throw new RangeError('the shared definitions have no ModelName');
        if (check(name))
            return undefined;
        return schemaIssues((check.errors ?? []), name)[0]?.message;
    }
    #fieldRule(property) {
        const shared = String(property.$ref ?? '')
            .split('/')
            .at(-1) ?? '';
        const rule = { ...this.#find('common').$defs[shared], ...property };
        return {
            standard: rule.default === undefined ? undefined : JSON.stringify(rule.default),
            isInteger: [rule.type].flat().includes('integer'),
        };
    }
    #find(name) {
        const document = this.#documents.get(name);
        if (document === undefined)
            throw new RangeError(`There is no schema named '${name}'`);
        return document;
    }
    #strict() {
        this.#closed ??= validatorOf([...this.#documents.values()].map(closed));
        return this.#closed;
    }
}
function readDocuments(directory) {
    const files = readdirSync(directory).filter((file) => file.endsWith(SUFFIX));
    return new Map(files.sort().map((file) => [file.slice(0, -SUFFIX.length), readDocument(new URL(file, directory))]));
}
function readDocument(file) {
    const document = JSON.parse(readFileSync(file, 'utf8'));
    if (isDocument(document))
        return document;
    throw new TypeError(`${file.pathname} is not a schema: it has no $id, title or description`);
}
function validatorOf(documents) {
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
function closed(document) {
    const copy = structuredClone(document);
    closeIn(copy);
    return copy;
}
function closeIn(node) {
    if (Array.isArray(node))
        node.forEach(closeIn);
    if (!isObject(node))
        return;
    if (isObject(node.properties))
        node.additionalProperties ??= false;
    Object.values(node).forEach(closeIn);
}
function isDocument(value) {
    if (!isObject(value))
        return false;
    return [value.$id, value.title, value.description].every((text) => typeof text === 'string');
}
//# sourceMappingURL=schemas.js.map