/** Tells one process from every other that ever had its number, and whether it still runs. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
export function currentProcess() {
    return {
        host: hostname(),
        boot: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
        namespace: attempt(() => readlinkSync('/proc/self/ns/pid')),
        pid: process.pid,
        started: startOf(process.pid),
    };
}
/** `unknown` where the process would be on another machine or in a container that cannot be seen from here. */
export function stateOf(identity) {
    const here = currentProcess();
    if (identity.boot !== here.boot)
        return identity.host === here.host ? 'dead' : 'unknown';
    if (identity.host !== here.host && here.boot === '')
        return 'unknown';
    if (identity.namespace !== here.namespace)
        return 'unknown';
    if (!exists(identity.pid) || isZombie(identity.pid))
        return 'dead';
    return startOf(identity.pid) === identity.started ? 'alive' : 'dead';
}
export function isProcessIdentity(value) {
    if (typeof value !== 'object' || value === null)
        return false;
    const fields = value;
    return (['host', 'boot', 'namespace', 'started'].every((name) => typeof fields[name] === 'string') &&
        Number.isSafeInteger(fields.pid));
}
function exists(pid) {
    try {
        process.kill(pid, 0);
        return true;
    }
    catch (error) {
        // A process of another user cannot be signalled, but is there.
        return error instanceof Error && 'code' in error && error.code === 'EPERM';
    }
}
/** Ended, but its parent has not asked how: in a container whose first process never does, it stays for good. */
function isZombie(pid) {
    return ['Z', 'X'].includes(statField(pid, 3));
}
function startOf(pid) {
    return statField(pid, 22);
}
/** A field of `stat` as its manual numbers them, from 3 on; the name before may hold blanks and brackets. */
function statField(pid, number) {
    return attempt(() => {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
        return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[number - 3] ?? '';
    });
}
function attempt(read) {
    try {
        return read();
    }
    catch {
        return '';
    }
}
//# sourceMappingURL=process-identity.js.map