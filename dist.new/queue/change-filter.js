/** Which changes a listing or a purge is about (spec: pending queue, sections 3 and 7). Pure. */
/** Whether a filter lets everything through. */
export function isEmptyFilter({ statuses = [], categories = [], batchId, modelName, requestedBy = [], }) {
    return (statuses.length + categories.length + requestedBy.length === 0 &&
        batchId === undefined &&
        !modelName?.trim());
}
/** The test for one change, made ready to be used many times. */
export function filterTest(filter) {
    const tests = [];
    const { statuses = [], categories = [], batchId, modelName, requestedBy = [] } = filter;
    if (statuses.length > 0)
        tests.push(({ status }) => statuses.includes(status));
    if (categories.length > 0)
        tests.push(({ category }) => categories.includes(category));
    if (batchId !== undefined)
        tests.push(({ batch_id }) => batch_id === batchId);
    if (requestedBy.length > 0)
        tests.push(({ requested_by }) => requestedBy.includes(requested_by));
    const part = modelName?.trim().toLowerCase();
    if (part)
        tests.push(({ model_name }) => model_name.toLowerCase().includes(part));
    return (change) => tests.every((test) => test(change));
}
//# sourceMappingURL=change-filter.js.map