/** Owns the environment that every git process gets. */
/**
 * Variables with which a surrounding git (a hook, a rebase) points its children at one repository: ours must find
 * its own. `git rev-parse --local-env-vars` lists them. GIT_CONFIG_* stay: they carry what the operator asked for.
 */
const REPOSITORY_VARIABLES = new Set([
    'GIT_ALTERNATE_OBJECT_DIRECTORIES',
    'GIT_COMMON_DIR',
    'GIT_DIR',
    'GIT_GRAFT_FILE',
    'GIT_IMPLICIT_WORK_TREE',
    'GIT_INDEX_FILE',
    'GIT_INTERNAL_SUPER_PREFIX',
    'GIT_NAMESPACE',
    'GIT_NO_REPLACE_OBJECTS',
    'GIT_OBJECT_DIRECTORY',
    'GIT_PREFIX',
    'GIT_QUARANTINE_PATH',
    'GIT_REPLACE_REF_BASE',
    'GIT_SHALLOW_FILE',
    'GIT_WORK_TREE',
]);
/** Programs that git might start to ask a person something: never from here, and simple-git refuses to pass them. */
const INTERACTIVE = /^(GIT_)?(EDITOR|SEQUENCE_EDITOR|PAGER)$/;
/**
 * The given environment fit for git: no other repository's variables, messages in English (they are recognised),
 * and no index refresh on the side (it would take the index lock under a maintainer's hands).
 */
export function gitEnvironment(base) {
    const kept = Object.entries(base).filter(([name]) => !REPOSITORY_VARIABLES.has(name) && !INTERACTIVE.test(name));
    return { ...Object.fromEntries(kept), LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' };
}
//# sourceMappingURL=environment.js.map