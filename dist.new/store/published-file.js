/** One category as it is published: its bytes, what they hold, and the forms in which they go out. */
import { createHash } from 'node:crypto';
import { isBackendVariant } from '../categories.js';
import { modelNames, parseReference, recordText } from '../record/reference-file.js';
import { COMPRESSIONS, coded, identity, represent, withVariant, } from './representation.js';
/** Makes the published form of a file that was found good. */
export async function publish(contents) {
    const { bytes, version, file } = contents;
    const names = modelNames(file);
    return {
        ...common(contents, () => file),
        representation: await represent(version, bytes),
        modelCount: [...names].filter((name) => !isBackendVariant(name)).length,
        empty: names.size === 0,
        missing: [],
    };
}
/** Makes the published form of a file that was just written: known to be good, and in demand at once. */
export function publishWritten(written, context) {
    const { version, bytes, gzip, modelCount, empty } = written;
    // To find its records takes longer than all the rest here, and few ask for a single one.
    let file;
    const parsed = () => {
        file ??= parseWritten(bytes);
        return file;
    };
    return {
        ...common({ ...context, version }, parsed),
        representation: gzip
            ? withVariant(identity(version, bytes), coded(version, gzip, 'gzip'))
            : identity(version, bytes),
        modelCount,
        empty,
        missing: COMPRESSIONS.filter((coding) => coding !== 'gzip' || gzip === undefined),
    };
}
function parseWritten(bytes) {
    const parsed = parseReference(bytes);
    if (!parsed.ok)
        throw new Error(`the writer wrote what is no reference: ${parsed.problem.message}`);
    return parsed.file;
}
function common({ category, version, lastModified, now, renderGrouped }, file) {
    let grouped;
    const makeGrouped = async () => {
        const id = `${version}-grouped`;
        return represent(id, Buffer.from(await renderGrouped(file().text)));
    };
    return {
        category,
        version,
        lastModified,
        servedSince: Math.ceil(now / 1000),
        record: (name) => recordText(file(), name),
        grouped: () => {
            // A failure is not kept: it had a cause outside the file, and the next request may find it gone.
            grouped ??= makeGrouped().catch((error) => {
                grouped = undefined;
                throw error;
            });
            return grouped;
        },
    };
}
/** The id that git gives to these bytes as a blob. */
export function blobId(bytes, objectFormat) {
    return createHash(objectFormat).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
//# sourceMappingURL=published-file.js.map