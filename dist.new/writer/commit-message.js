/** What the commit of a change says: subject and trailers, which tools read back. Pure. */
const VERBS = { create: 'Add', update: 'Update', delete: 'Remove' };
export function commitMessage({ category, operation, model, trailers = [] }) {
    return {
        subject: `${VERBS[operation]} ${category} model ${model}`,
        trailers: [['Category', category], ['Model', model], ['Operation', operation], ...trailers],
    };
}
//# sourceMappingURL=commit-message.js.map