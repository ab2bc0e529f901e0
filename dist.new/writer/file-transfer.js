/**
 * Hands written files from one process to the other as what differs from the version that was handed over before: a record's
 * bytes instead of a megabyte. Both sides keep the last version of each file, in step.
 */
import { commonEnds } from '../git/delta.js';
const NOTHING = Buffer.alloc(0);
export class FileSender {
    #sent = new Map();
    patch({ bytes, ...file }) {
        const { start, end } = commonEnds(this.#sent.get(file.category) ?? NOTHING, bytes);
        this.#sent.set(file.category, bytes);
        return { ...file, start, end, middle: bytes.subarray(start, bytes.length - end) };
    }
}
export class FileReceiver {
    #received = new Map();
    whole({ start, end, middle, ...file }) {
        const before = this.#received.get(file.category) ?? NOTHING;
        const bytes = Buffer.concat([before.subarray(0, start), middle, before.subarray(before.length - end)]);
        this.#received.set(file.category, bytes);
        return { ...file, bytes };
    }
}
//# sourceMappingURL=file-transfer.js.map