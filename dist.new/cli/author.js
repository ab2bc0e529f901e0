/** In whose name a command changes references: the user that it was told, or whoever git takes its caller for. */
import { AppError } from '../errors.js';
import { withIdentity } from '../git/identity.js';
import { readUsername } from '../identity/username.js';
/**
 * @param as `name#id`; undefined for the operator, as git is told by `user.name` or GIT_AUTHOR_NAME
 * @throws AppError `config-invalid`
 */
export async function authorOf(as, { git }, output) {
    if (as !== undefined) {
        const user = readUsername(as);
        if (user)
            return user;
        throw new AppError('config-invalid', `--as must be a user as name#id, not ${JSON.stringify(as)}`);
    }
    const known = await git.ask(['-c', 'user.useConfigOnly=true', 'var', 'GIT_AUTHOR_IDENT']);
    const [name, email] = readIdent(known ?? (await (await withIdentity(git)).run(['var', 'GIT_COMMITTER_IDENT'])));
    if (known === undefined) {
        output.note(`note: git does not know who you are, so the author is ${name}; say --as <name#id>, or tell git once: ` +
            'git config --global user.name <name>, and user.email likewise');
    }
    return { id: email, username: name, email };
}
/** `name <address> seconds zone` */
function readIdent(ident) {
    const [, name = '', email = ''] = /^(.*) <(.*)> \d+ [+-]\d+$/.exec(ident) ?? [];
    return [name, email];
}
//# sourceMappingURL=author.js.map