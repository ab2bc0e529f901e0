/** Reads the records that models had in older versions, one after the other, and keeps those that were asked for last at hand. */
import { fieldDiffs } from '../record/field-diffs.js';
import { compactJson } from '../record/record-fields.js';
import { parseReference, recordText } from '../record/reference-file.js';
/** What is kept at hand, in characters of records; one of the largest files is a quarter of it. */
const MOST_KEPT = 4_000_000;
/** What a record that is kept costs besides its text, about, in characters. */
const OVERHEAD = 200;
export class ModelRecords {
    #blobs;
    #mostKept;
    /** The one that was used last is at the end. */
    #kept = new Map();
    #size = 0;
    #reading = Promise.resolve();
    /** @param mostKept characters of records that are kept at hand at most */
    constructor(blobs, mostKept = MOST_KEPT) {
        this.#blobs = blobs;
        this.#mostKept = mostKept;
    }
    /** What a commit did to a model, against the version that it grew from; of a merge against the first that has the model. */
    async versionOf(category, model, { version, operation }) {
        const after = operation === 'delete' ? null : await this.record(category, model, version);
        const before = operation === 'create' ? null : await this.recordBefore(category, model, version);
        return { version, operation, fields: fieldDiffs(before, after) };
    }
    /** The record that the model had before a version; null where there was none. */
    async recordBefore(category, model, { parents }) {
        for (const parent of parents) {
            const record = await this.record(category, model, parent);
            if (record !== null)
                return record;
        }
        return null;
    }
    /** The record of the model in a version, one-line JSON; null where there is none. */
    async record(category, model, version) {
        const key = `${version.commit} ${category} ${model}`;
        const known = this.#kept.get(key);
        if (known !== undefined) {
            this.#kept.delete(key);
            this.#kept.set(key, known);
            return known;
        }
        // A file takes milliseconds to be parsed: one at a time, so that reads come between.
        const reading = this.#reading.then(() => this.#read(model, version));
        this.#reading = reading.catch(() => { });
        const record = await reading;
        this.#keep(key, record);
        return record;
    }
    /** A version that does not parse counts as holding what the one before it held. */
    async #read(model, from) {
        for (let version = from; version; version = version.parents[0]) {
            if (version.blob === undefined)
                return null;
            const object = await this.#blobs.read(version.blob);
            const parsed = object && parseReference(object.bytes);
            if (!parsed?.ok)
                continue;
            const record = recordText(parsed.file, model);
            // A part of the file's text would keep the whole of it in memory.
            return record === undefined ? null : Buffer.from(compactJson(record)).toString();
        }
        return null;
    }
    #keep(key, record) {
        if (this.#kept.has(key))
            return;
        this.#kept.set(key, record);
        this.#size += sizeOf(key, record);
        for (const [oldest, text] of this.#kept) {
            if (this.#size <= this.#mostKept)
                break;
            this.#kept.delete(oldest);
            this.#size -= sizeOf(oldest, text);
        }
    }
}
function sizeOf(key, record) {
    return key.length + (record?.length ?? 0) + OVERHEAD;
}
//# sourceMappingURL=model-records.js.map