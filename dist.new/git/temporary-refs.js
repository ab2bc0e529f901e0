/** Refs that hold what a piece of work has made until it is done: taken away at its end, or by the next when it was killed. */
import { randomUUID } from 'node:crypto';
export class TemporaryRefs {
    /** The refs of this piece of work are `<prefix>/<name>`. */
    prefix;
    #git;
    #root;
    /** @param root where refs of this kind of work are, such as `refs/horde/importing` */
    constructor(git, root) {
        this.#git = git;
        this.#root = root;
        this.prefix = `${root}/${process.pid}-${randomUUID()}`;
    }
    /** The commit that one of them names; undefined when it is not there. */
    find(name) {
        return this.#git.ask(['rev-parse', '--verify', '--quiet', `${this.prefix}/${name}`]);
    }
    async remove() {
        await this.#delete(await this.#below(this.prefix));
    }
    /** Removes those of processes that are no more. */
    async sweep() {
        const refs = await this.#below(this.#root);
        await this.#delete(refs.filter((ref) => !isAlive(Number.parseInt(ref.slice(this.#root.length + 1), 10))));
    }
    async #below(prefix) {
        const refs = await this.#git.ask(['for-each-ref', '--format=%(refname)', prefix]);
        return (refs ?? '').split('\n').filter(Boolean);
    }
    async #delete(refs) {
        for (const ref of refs)
            await this.#git.ask(['update-ref', '-d', ref]);
    }
}
function isAlive(pid) {
    try {
        process.kill(pid, 0);
        return true;
    }
    catch {
        return false;
    }
}
//# sourceMappingURL=temporary-refs.js.map