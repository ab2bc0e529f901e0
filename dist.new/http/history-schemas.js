/** Schemas of the OpenAPI document for what the history endpoints answer. */
const ref = (name) => ({ $ref: `#/components/schemas/${name}` });
const list = (items) => ({ type: 'array', items });
const text = { type: 'string' };
const count = { type: 'integer', minimum: 0 };
const unixTime = (description) => ({ type: 'integer', description: `${description}, unix seconds` });
const commit = { type: 'string', pattern: '^([0-9a-f]{40}|[0-9a-f]{64})$', description: 'Commit id' };
const operation = { type: 'string', enum: ['create', 'update', 'delete'] };
const object = (properties) => ({
    type: 'object',
    required: Object.keys(properties),
    properties,
});
const place = object({ commit, date: unixTime('Committer date') });
/** What is told of every commit. */
const COMMIT = {
    commit,
    author: { ...text, description: 'Name of the author as git has it; of a user of the horde `name#id`' },
    author_date: unixTime('When the author made the change'),
    date: unixTime('When the change came into the references'),
    subject: text,
};
const head = {
    ...commit,
    description: 'The newest commit that touches the category',
};
const next_cursor = {
    type: ['string', 'null'],
    description: 'To be sent as `cursor` for what is older; null at the end',
};
export const HISTORY_SCHEMAS = {
    HistoryCommit: {
        ...object({ ...COMMIT, added: list(text), changed: list(text), removed: list(text) }),
        description: 'A commit that touches the file of a category, with the models that it adds, changes and removes. All three are empty ' +
            'where only the layout of the file changed. Generated backend twins of text models are left out.',
    },
    HistoryPage: object({
        category: ref('Category'),
        head,
        total: { ...count, description: 'Commits in all, on whatever page' },
        items: list(ref('HistoryCommit')),
        next_cursor,
    }),
    ModelTimes: object({
        name: text,
        added: { ...place, description: 'The first commit that added it' },
        modified: { ...place, description: 'The last commit that added or changed it' },
        removed: {
            ...place,
            type: ['object', 'null'],
            description: 'The commit that removed it; null while it is there',
        },
        versions: { ...count, description: 'Commits that added, changed or removed it' },
    }),
    ModelTable: object({
        category: ref('Category'),
        head,
        total: count,
        models: list(ref('ModelTimes')),
    }),
    ModelVersion: object({ ...COMMIT, operation, field_diffs: list(ref('FieldDiff')) }),
    ModelHistoryPage: object({
        category: ref('Category'),
        model_name: text,
        head,
        total: { ...count, description: 'Versions in all, on whatever page' },
        items: list(ref('ModelVersion')),
        next_cursor,
    }),
    RevertResult: object({
        reverts: { ...commit, description: 'The commit that was undone' },
        commit: {
            ...commit,
            type: ['string', 'null'],
            description: 'The new commit; null where there was nothing to do',
        },
        models: list(object({ category: ref('Category'), model_name: text, operation })),
    }),
    RevertProposals: object({ reverts: commit, proposals: list(ref('PendingChange')) }),
};
//# sourceMappingURL=history-schemas.js.map