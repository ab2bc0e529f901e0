/**
 * Answers clones and fetches through `git upload-pack`, which sees no more of the repository than it is told: the published
 * branch, tags, and what it may show besides. Owns its processes until they are gone.
 */
import { readFile } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import { finished } from './command.js';
import { firstOutside } from './reachable-objects.js';
/** Milliseconds after which a process that was asked to end is not asked again. */
const INSIST = 2_000;
/** What the repository's own configuration must not change: what may be asked for is decided by `firstHidden`. */
const FIXED = [
    'uploadpack.allowFilter=true',
    'uploadpack.allowAnySHA1InWant=true',
    'uploadpack.allowRefInWant=false',
    'transfer.advertiseObjectInfo=false',
    // Its rules would be read from any object that the client names.
    'uploadpackfilter.sparse:oid.allow=false',
    'uploadpack.hideRefs=refs',
];
export class UploadPack {
    #git;
    #gitDirectory;
    #running = new Set();
    constructor({ git, gitDirectory }) {
        this.#git = git;
        this.#gitDirectory = gitDirectory;
    }
    /**
     * What a clone begins with: the refs, or for version 2 what we can do.
     * @param shown refs, or folders of refs, besides the published branch and tags
     * @param protocol the client's `Git-Protocol`; empty for the first version
     */
    advertise(shown, protocol) {
        // Git 2.34 and later call it --http-backend-info-refs as well.
        return this.#start(shown, protocol, ['--advertise-refs']);
    }
    /** The answer to the body of a request, which must not want what `firstHidden` names. */
    async answer(shown, protocol, body) {
        return this.#start(shown, protocol, [], body);
    }
    /**
     * The first of these objects that cannot be reached from what is shown; undefined when all can. In version 2 of the protocol
     * upload-pack gives away any object whose id is known, so this must be asked first.
     * @param signal ends the search
     */
    async firstHidden(shown, wants, signal) {
        if (wants.size === 0)
            return undefined;
        const { refs, detachedAt } = await this.#view(shown);
        return firstOutside(this.#git.until(signal), wants, refs, detachedAt);
    }
    /** Ends what is still under way; resolved when all of it is gone. */
    async close() {
        const running = [...this.#running];
        for (const transfer of running)
            transfer.kill();
        await Promise.allSettled(running.map(({ ended }) => ended));
    }
    async #start(shown, protocol, options, body = Buffer.alloc(0)) {
        const { refs } = await this.#view(shown);
        const settings = [
            ...FIXED,
            ...refs.map((ref) => `uploadpack.hideRefs=!${ref}`),
            // That it may be served was settled when it was opened, by its work tree; upload-pack would ask for its git directory.
            `safe.directory=${this.#gitDirectory}`,
        ].flatMap((setting) => ['-c', setting]);
        const args = ['upload-pack', '--stateless-rpc', '--strict', ...options, this.#gitDirectory];
        const child = this.#git.with({ GIT_PROTOCOL: protocol }).spawn([...settings, ...args]);
        if (child.pid !== undefined)
            yieldToReads(child.pid);
        child.stdin.on('error', () => { }); // an early end is told by the exit code
        child.stdin.end(body);
        let insist;
        const ended = finished(child, args).finally(() => {
            clearTimeout(insist);
            this.#running.delete(transfer);
        });
        ended.catch(() => { }); // told to whoever waits for it
        const transfer = {
            output: child.stdout,
            ended,
            kill: () => {
                // upload-pack takes pack-objects along; whatever writes on finds nobody who reads.
                child.stdout.destroy();
                child.kill();
                insist ??= setTimeout(() => child.kill('SIGKILL'), INSIST);
            },
        };
        this.#running.add(transfer);
        return transfer;
    }
    /** The refs that are shown, as git takes them for patterns, and the commit of a HEAD that names none. */
    async #view(shown) {
        const others = ['refs/tags', ...shown.map((ref) => ref.replace(/\/+$/, ''))];
        const text = await readFile(path.join(this.#gitDirectory, 'HEAD'), 'utf8');
        const [, branch] = /^ref: (refs\/heads\/[^\n]+)\n?$/.exec(text) ?? [];
        if (branch !== undefined)
            return { refs: [branch, ...others] };
        const [detachedAt] = /^[0-9a-f]{40,64}(?=\n?$)/.exec(text) ?? [];
        return { refs: others, detachedAt };
    }
}
/** Packing may take both processors for seconds; reads and writes go first. */
function yieldToReads(pid) {
    try {
        setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
    }
    catch {
        // It has ended already, or the system has no priorities.
    }
}
//# sourceMappingURL=upload-pack.js.map