/**
 * Writes many objects as one pack with its index: two files to make and to sync where loose objects would be a hundred, and of
 * a file's versions only the first whole. (Formats: git documentation, "gitformat-pack".)
 */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fchmodSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync, } from 'node:fs';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { delta } from './delta.js';
import { syncDirectory, writeWhole } from './durable-files.js';
import { DEFLATE_LEVEL, objectId, } from './object-writer.js';
const TYPES = {
    commit: 1,
    tree: 2,
    blob: 3,
    difference: 6,
};
/** Readers apply differences one after the other: a version is written whole again before that takes long. */
const LONGEST_CHAIN = 50;
const HEADER_LENGTH = 12;
/** Says in a `.keep` file whose it is, as git's own commands do. */
const KEEP_MARK = 'horde-references\n';
export class PackedObjects {
    #objects;
    #format;
    #entries = new Map();
    #series = new Map();
    #length = HEADER_LENGTH;
    /** Descriptors of the files that were placed. */
    #unsynced = [];
    /** Files that keep what was placed from being taken away. */
    #keeps = [];
    /** @param commonDirectory the repository's git directory that holds `objects` */
    constructor(commonDirectory, format) {
        this.#objects = path.join(commonDirectory, 'objects');
        this.#format = format;
    }
    write(type, body, series) {
        const id = objectId(this.#format, type, body);
        if (this.#entries.has(id))
            return id;
        const latest = series === undefined ? undefined : this.#series.get(series);
        const difference = latest && latest.chain < LONGEST_CHAIN ? delta(latest.body, body) : undefined;
        const offset = this.#length;
        const bytes = latest && difference
            ? Buffer.concat([
                entryHeader(TYPES.difference, difference.length),
                distance(offset - latest.offset),
                deflateSync(difference, { level: DEFLATE_LEVEL }),
            ])
            : Buffer.concat([entryHeader(TYPES[type], body.length), deflateSync(body, { level: DEFLATE_LEVEL })]);
        this.#entries.set(id, { id, offset, bytes });
        this.#length += bytes.length;
        if (series !== undefined) {
            this.#series.set(series, { offset, body, chain: latest && difference ? latest.chain + 1 : 0 });
        }
        return id;
    }
    place() {
        if (this.#entries.size === 0)
            return;
        const entries = [...this.#entries.values()];
        const pack = this.#signed([packHeader(entries.length), ...entries.map(({ bytes }) => bytes)]);
        const checksum = pack.subarray(pack.length - this.#hashLength);
        const index = this.#signed([indexOf(entries), checksum]);
        const folder = path.join(this.#objects, 'pack');
        mkdirSync(folder, { recursive: true });
        // Not by its content, as git does: the same group tried again would get the name of a pack that a `git repack` may
        // have found without a ref and be about to remove.
        const base = path.join(folder, `pack-${randomBytes(this.#hashLength).toString('hex')}`);
        // A `git repack -a -d` that somebody runs takes away every pack whose objects no ref names yet, but for a kept one.
        this.#keeps.push(`${base}.keep`);
        writeFileSync(`${base}.keep`, KEEP_MARK);
        // Git looks for an index and then for its pack: the pack must be there first.
        this.#put(folder, `${base}.pack`, pack);
        try {
            this.#put(folder, `${base}.idx`, index);
        }
        catch (error) {
            // No git would ever find or remove it.
            unlinkSync(`${base}.pack`);
            throw error;
        }
        this.#forget();
    }
    release() {
        const keeps = this.#keeps;
        this.#keeps = [];
        for (const keep of keeps)
            rmSync(keep, { force: true });
    }
    /** Releases what a process kept that died. Nobody else may be writing. */
    releaseLeftBehind() {
        const folder = path.join(this.#objects, 'pack');
        if (!existsSync(folder))
            return;
        for (const name of readdirSync(folder)) {
            const keep = path.join(folder, name);
            // Maintainers keep packs too, and write another reason into the file.
            if (name.endsWith('.keep') && readFileSync(keep, 'utf8') === KEEP_MARK)
                rmSync(keep, { force: true });
        }
    }
    sync() {
        const unsynced = this.#unsynced;
        this.#unsynced = [];
        try {
            for (const descriptor of unsynced)
                fsyncSync(descriptor);
            if (unsynced.length > 0)
                syncDirectory(path.join(this.#objects, 'pack'));
        }
        finally {
            for (const descriptor of unsynced)
                closeSync(descriptor);
        }
    }
    /** What was placed stays: somebody may have made the same object meanwhile, and relies on ours. */
    abandon() {
        for (const descriptor of this.#unsynced)
            closeSync(descriptor);
        this.#unsynced = [];
        this.release();
        this.#forget();
    }
    #forget() {
        this.#entries.clear();
        this.#series.clear();
        this.#length = HEADER_LENGTH;
    }
    get #hashLength() {
        return this.#format === 'sha1' ? 20 : 32;
    }
    #put(folder, file, bytes) {
        const temporary = path.join(folder, `tmp_${path.extname(file).slice(1)}_${randomBytes(8).toString('hex')}`);
        const descriptor = openSync(temporary, 'wx', 0o444);
        try {
            // Who may read a repository that several people share, git has said by the mode of this directory.
            fchmodSync(descriptor, statSync(this.#objects).mode & 0o444);
            writeWhole(descriptor, bytes);
            renameSync(temporary, file);
        }
        catch (error) {
            closeSync(descriptor);
            unlinkSync(temporary);
            throw error;
        }
        this.#unsynced.push(descriptor);
    }
    /** The parts, and behind them the hash by which readers know that all is there. */
    #signed(parts) {
        const hash = createHash(this.#format);
        for (const part of parts)
            hash.update(part);
        return Buffer.concat([...parts, hash.digest()]);
    }
}
function packHeader(count) {
    const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
    header.writeUInt32BE(count, 8);
    return header;
}
/** Type and size of what follows: four bits of the size, then seven a byte, the lowest first. */
function entryHeader(type, size) {
    const bytes = [(type << 4) | (size & 0x0f)];
    for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 0x80)) {
        bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
        bytes.push(rest % 0x80);
    }
    return Buffer.from(bytes);
}
/** How far back the base of a difference is: seven bits a byte, the highest first, each further byte adding one. */
function distance(back) {
    const bytes = [back % 0x80];
    for (let rest = Math.floor(back / 0x80); rest > 0; rest = Math.floor(rest / 0x80)) {
        rest--;
        bytes.unshift((rest % 0x80) | 0x80);
    }
    return Buffer.from(bytes);
}
/** The index of a pack without its two hashes: how many ids begin with each byte, the ids, their checksums, their places. */
function indexOf(entries) {
    const sorted = [...entries].sort((a, b) => (a.id < b.id ? -1 : 1));
    const words = (values) => {
        const bytes = Buffer.alloc(values.length * 4);
        for (const [position, value] of values.entries())
            bytes.writeUInt32BE(value, position * 4);
        return bytes;
    };
    const firstBytes = sorted.map(({ id }) => Number.parseInt(id.slice(0, 2), 16));
    const upTo = Array.from({ length: 256 }, (_, byte) => firstBytes.filter((first) => first <= byte).length);
    return Buffer.concat([
        Buffer.from('\xfftOc\0\0\0\x02', 'latin1'),
        words(upTo),
        ...sorted.map(({ id }) => Buffer.from(id, 'hex')),
        words(sorted.map(({ bytes }) => crc32(bytes))),
        words(sorted.map(({ offset }) => offset)),
    ]);
}
//# sourceMappingURL=packed-objects.js.map