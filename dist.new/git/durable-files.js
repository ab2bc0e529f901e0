/** What it takes for bytes and names to be on the disk and not only on their way. Synchronous. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
/** Makes the names in a directory durable. */
export function syncDirectory(directory) {
    const descriptor = openSync(directory, 'r');
    try {
        fsyncSync(descriptor);
    }
    finally {
        closeSync(descriptor);
    }
}
/** Makes the content of a file durable. */
export function syncFile(file) {
    const descriptor = openSync(file, 'r');
    try {
        fsyncSync(descriptor);
    }
    finally {
        closeSync(descriptor);
    }
}
/** A write may take less than it was given, on a disk that is nearly full above all. */
export function writeWhole(descriptor, bytes) {
    for (let written = 0; written < bytes.length;) {
        written += writeSync(descriptor, bytes, written);
    }
}
//# sourceMappingURL=durable-files.js.map