/**
 * Decides what is published for one category from what the work tree holds: a good file replaces what was there, a
 * broken or vanished one never does.
 */
import { parseReference } from '../record/reference-file.js';
import { glanceAt, readOrdinaryFile } from './ordinary-file.js';
import { blobId, publish } from './published-file.js';
import { identityOf } from './representation.js';
export async function loadFile(request) {
    const { path, objectFormat, committed, previous } = request;
    const current = previous.published;
    const glance = current && previous.stamp !== undefined ? await glanceAt(path) : undefined;
    if (current && glance && glance.stamp === previous.stamp) {
        return { published: dated(current, committed, glance.modified), stamp: previous.stamp };
    }
    const found = await readOrdinaryFile(path);
    if (found.state === 'absent') {
        // Removed by a commit, or never there: gone on purpose. Otherwise somebody deleted it by hand.
        if (!committed?.blob)
            return {};
        return fallBack(request, { message: 'the file is missing from the work tree, but not from the commit' });
    }
    if (found.state === 'unreadable')
        return fallBack(request, { message: found.message });
    const { bytes, stamp } = found;
    // To compare is several times quicker than to hash.
    if (current && identityOf(current.representation).body.equals(bytes)) {
        return { published: dated(current, committed, found.modified), stamp };
    }
    const version = blobId(bytes, objectFormat);
    const parsed = parseReference(bytes);
    if (!parsed.ok)
        return fallBack(request, parsed.problem);
    const lastModified = dateOf(version, committed, found.modified);
    return { published: await publish({ ...request, bytes, version, file: parsed.file, lastModified }), stamp };
}
function dated(file, committed, modified) {
    const lastModified = dateOf(file.version, committed, modified);
    return file.lastModified === lastModified ? file : { ...file, lastModified };
}
/** That of its commit or, where it is not committed, the file's own (unix milliseconds); unix seconds. */
function dateOf(version, committed, modified) {
    return committed?.blob === version ? committed.time : Math.floor(modified / 1000);
}
async function fallBack(request, problem) {
    const { category, committed, previous, now } = request;
    const published = previous.published ?? (committed && (await publishLastGood(request, committed)));
    const fault = {
        category: category.name,
        file: category.file,
        ...problem,
        since: previous.fault?.since ?? now,
        served: published?.version ?? null,
    };
    return published ? { published, fault } : { fault };
}
async function publishLastGood(request, committed) {
    const good = await request.findLastGood(committed);
    if (!good)
        return undefined;
    const parsed = parseReference(good.bytes);
    if (!parsed.ok)
        return undefined;
    return publish({
        ...request,
        bytes: good.bytes,
        version: blobId(good.bytes, request.objectFormat),
        file: parsed.file,
        lastModified: good.version.time,
    });
}
//# sourceMappingURL=load-file.js.map