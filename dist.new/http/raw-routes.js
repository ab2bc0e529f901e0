/** The routes of committed files: at any revision of this repository, and at the URLs that GitHub has for the originals. */
import { errorAnswer, segment } from './route.js';
const REST = 'revision_and_file';
/** @param repositories as `owner/name` */
export function rawRoutes(raw, repositories) {
    const own = {
        method: 'get',
        path: `/raw/{${REST}}`,
        spans: true,
        operation: {
            ...operation('read_raw_file', 'A file at any revision'),
            description: 'The bytes of a file as they are committed: `main/clip.json`, `refs/heads/feature/x/clip.json`, `v1.2/README.md`, ' +
                '`HEAD/db.json`, or a commit id of at least four digits in the place of the branch or tag. Branches of pending ' +
                'changes, and commits that no branch or tag reaches, are not to be had. ' +
                'Answers carry a strong ETag (the git blob id, with the content coding if there is one) and `X-Reference-Commit`; ' +
                'with a whole commit id they may be kept for ever. Pages and pictures that could run a script are sent as text.',
        },
        handler: (request, response) => raw.send(request.originalUrl, segment(request.params[REST]), request, response),
    };
    const asGitHub = (request, response) => raw.sendAsGitHub(request.originalUrl, segment(request.params[REST]), request, response);
    const likeGitHub = repositories.map((repository, index) => {
        const id = index === 0 ? 'read_github_file' : `read_github_file_${index + 1}`;
        return {
            method: 'get',
            path: `/${repository}/{${REST}}`,
            spans: true,
            operation: {
                ...operation(id, `A file at the URL of ${repository}`),
                description: `As \`/raw/\`, for clients of \`https://raw.githubusercontent.com/${repository}/\`: paths begin at the folder that ` +
                    'holds the category files, and `main` stands for the published branch where no branch has that name.',
            },
            handler: asGitHub,
        };
    });
    return [own, ...likeGitHub];
}
/** GitHub takes the names of owners and repositories in any case: a request is routed by the configured spelling. */
export function repositoryNames(repositories) {
    const bySpelling = new Map(repositories.map((repository) => [repository.toLowerCase(), repository]));
    return (request, _response, next) => {
        const [whole = '', prefix = '', name = ''] = /^((?:\/api)?\/)([^/?]+\/[^/?]+)(?=\/)/.exec(request.url) ?? [];
        const spelled = bySpelling.get(name.toLowerCase());
        if (spelled !== undefined)
            request.url = prefix + spelled + request.url.slice(whole.length);
        next();
    };
}
function operation(operationId, summary) {
    return {
        operationId,
        tags: ['raw'],
        summary,
        parameters: [
            {
                name: REST,
                in: 'path',
                required: true,
                description: 'Branch, tag, commit id or `HEAD`, a slash, and the path of the file. Slashes stay as they are.',
                schema: { type: 'string', examples: ['main/stable_diffusion.json'] },
            },
        ],
        responses: {
            200: { description: 'The bytes of the file', content: { '*/*': {} } },
            304: { description: 'The bytes that the client holds are the ones' },
            403: errorAnswer('The file is too large to be sent'),
            404: errorAnswer('There is no such revision, or no such file in it'),
            406: errorAnswer('The client accepts no content coding that there is'),
            412: errorAnswer('`If-Match` names other bytes'),
        },
    };
}
//# sourceMappingURL=raw-routes.js.map