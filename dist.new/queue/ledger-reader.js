/** Reads the ledger from git: all of it, what differs between two of its commits, and the records of one change. */
import { AppError, messageOf } from '../errors.js';
import { ObjectStream } from '../git/blobs.js';
import { finished } from '../git/command.js';
import { COUNTERS_PATH, changeIdOf, changePath, contentPath, LEDGER_REF } from './ledger-layout.js';
import { brokenLedger, readChange, readContent, readCounters, } from './pending-change.js';
export class LedgerReader {
    #repository;
    #blobs;
    /** @param blobs for the few objects that are asked for by a request */
    constructor(repository, blobs) {
        this.#repository = repository;
        this.#blobs = blobs;
    }
    /**
     * The commit that the ledger is at; undefined before the first proposal.
     * @throws AppError `ledger-broken` when the ref names something else
     */
    async tip() {
        const object = await this.#blobs.read(LEDGER_REF);
        if (!object)
            return undefined;
        if (object.type !== 'commit')
            throw brokenLedger(`${LEDGER_REF} names ${object.id}`, 'not a commit');
        return object.id;
    }
    /**
     * Tells every state in the ledger at a commit. Nothing is held of it meanwhile: it may be most of the memory that there is.
     * @throws AppError `ledger-broken` that names the object; some may have been told by then
     */
    async readAll(tip, onChange) {
        await this.#requireCounters(tip);
        const states = new StateStream(this.#repository, onChange);
        try {
            await this.#fields(tip, ['ls-tree', '-r', '-z', '--full-tree', tip, 'changes/'], (line) => {
                const [, blob = '', path = ''] = /^\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
                states.ask(path, blob);
            });
        }
        finally {
            await states.end();
        }
    }
    /**
     * Tells the states at a commit that differ from those at an earlier one.
     * @returns false, and tells nothing, when changes are gone since, which only somebody's hand can do
     * @throws AppError as `readAll`
     */
    async readSince(known, tip, onChange) {
        await this.#requireCounters(tip);
        const diff = ['diff-tree', '-r', '-z', '--no-renames', '--no-abbrev', known, tip, '--', 'changes/'];
        const fields = [];
        await this.#fields(tip, diff, (field) => fields.push(field));
        const files = fields.flatMap((field, index) => {
            const [, blob = '', status] = /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) ([A-Z])/.exec(field) ?? [];
            return index % 2 === 0 ? [{ path: fields[index + 1] ?? '', blob, isGone: status === 'D' }] : [];
        });
        if (files.some(({ path, isGone }) => isGone && changeIdOf(path) !== undefined))
            return false;
        const states = new StateStream(this.#repository, onChange);
        for (const { path, blob } of files)
            states.ask(path, blob);
        await states.end();
        return true;
    }
    /** @throws AppError `ledger-broken` that names the object */
    async content(tip, id) {
        const path = contentPath(id);
        const object = await this.#blobs.read(`${tip}:${path}`);
        if (!object)
            throw brokenLedger(`${LEDGER_REF}:${path}`, 'it is missing');
        const where = () => `${LEDGER_REF}:${path} (blob ${object.id})`;
        return readContent(object.bytes.toString('utf8'), where);
    }
    /** Without them a commit is none of the ledger, whatever else is in it. */
    async #requireCounters(tip) {
        const object = await this.#blobs.read(`${tip}:${COUNTERS_PATH}`);
        if (!object)
            throw brokenLedger(`${LEDGER_REF}:${COUNTERS_PATH} (commit ${tip})`, 'it is missing');
        readCounters(object.bytes.toString('utf8'), () => `${LEDGER_REF}:${COUNTERS_PATH} (blob ${object.id})`);
    }
    /** What a command prints, taken apart at zero bytes as it comes. */
    async #fields(tip, args, onField) {
        try {
            const child = this.#repository.git.spawn(args);
            let rest = '';
            child.stdin.end();
            child.stdout.setEncoding('utf8').on('data', (text) => {
                const fields = (rest + text).split('\0');
                rest = fields.pop() ?? '';
                for (const field of fields)
                    onField(field);
            });
            await finished(child, args);
        }
        catch (error) {
            if (!(error instanceof AppError) || error.code !== 'git-failed')
                throw error;
            throw brokenLedger(`commit ${tip}`, messageOf(error));
        }
    }
}
/** Reads states of changes by their blobs, and makes sure that each is one. */
class StateStream {
    #objects;
    /** Of the states that were asked for, in order. */
    #ids = [];
    #pool = new Map();
    #told = 0;
    constructor({ git }, onChange) {
        this.#objects = new ObjectStream(git, (object) => {
            const id = this.#ids[this.#told++] ?? 0;
            const where = () => `${LEDGER_REF}:${changePath(id)}${object ? ` (blob ${object.id})` : ''}`;
            if (!object)
                throw brokenLedger(where(), 'the object is missing');
            onChange(shared(readChange(object.bytes.toString('utf8'), id, where), this.#pool));
        });
    }
    /** Other files than states are let go by. */
    ask(path, blob) {
        const id = changeIdOf(path);
        if (id === undefined || path !== changePath(id))
            return;
        this.#ids.push(id);
        this.#objects.ask(blob);
    }
    end() {
        return this.#objects.end();
    }
}
/** What many changes have in common, kept once. */
const SHARED_FIELDS = [
    'category',
    'operation',
    'status',
    'requested_by',
    'requested_username',
    'batch_title',
    'approved_by',
    'approved_username',
    'rejected_by',
    'rejected_username',
    'reject_reason',
    'applied_by',
    'applied_username',
    'notes',
];
/** The same change, with texts that many have in common taken from a pool: they are most of what it takes in memory. */
function shared(change, pool) {
    const fields = Object(change);
    for (const name of SHARED_FIELDS) {
        const value = fields[name];
        if (value === undefined)
            continue;
        const known = pool.get(value);
        if (known === undefined)
            pool.set(value, value);
        else
            fields[name] = known;
    }
    return change;
}
//# sourceMappingURL=ledger-reader.js.map