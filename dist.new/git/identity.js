/** Owns the question in whose name this program commits. */
const SERVICE_NAME = 'horde-references';
const SERVICE_EMAIL = 'horde-references@localhost';
/** A git that commits in the operator's name if git knows it, and else in the service's. */
export async function withIdentity(git) {
    // Git exits with an error unless a name and an address were configured or can be told from the host.
    const known = await git.ask(['-c', 'user.useConfigOnly=true', 'var', 'GIT_COMMITTER_IDENT']);
    if (known !== undefined)
        return git;
    return git.with({
        GIT_AUTHOR_NAME: SERVICE_NAME,
        GIT_AUTHOR_EMAIL: SERVICE_EMAIL,
        GIT_COMMITTER_NAME: SERVICE_NAME,
        GIT_COMMITTER_EMAIL: SERVICE_EMAIL,
    });
}
//# sourceMappingURL=identity.js.map