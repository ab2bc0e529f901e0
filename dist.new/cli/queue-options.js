/**
 * Reads what the commands of the queue are told. It goes through the readers of the API's bodies, so that bounds and rules are
 * the same; what is wrong is told in the names of options. Pure.
 */
import { AppError } from '../errors.js';
import { readPurge } from '../queue/queue-requests.js';
import { namedCategory } from './data-repository.js';
/** @throws AppError `config-invalid` that names the first which is none */
export function changeIds(texts) {
    return texts.map((text) => numberOf(text, `${JSON.stringify(text)} is not the number of a change`));
}
/** @throws AppError `config-invalid` */
export function batchNumber(option, text) {
    return numberOf(text, `${option} must be the number of a batch, not ${JSON.stringify(text)}`);
}
/**
 * A count of what is shown.
 * @returns infinity for 0, where that means all
 * @throws AppError `config-invalid`
 */
export function countOf(option, text, { zeroIsAll = false } = {}) {
    if (/^\d{1,15}$/.test(text))
        return Number(text) || (zeroIsAll ? Number.POSITIVE_INFINITY : 0);
    const hint = zeroIsAll ? ', 0 for no limit' : '';
    throw new AppError('config-invalid', `${option} must be a whole number${hint}, not ${JSON.stringify(text)}`);
}
/**
 * What a purge by these options would ask the API, which passes over filters that are blank. At a shell that is a variable
 * nobody has set, and no wish for more.
 * @throws AppError `config-invalid`, `category-unknown`
 */
export function filterBody({ status = [], category = [], model, user = [] }) {
    if (model?.trim() === '')
        throw new AppError('config-invalid', '--model must not be blank');
    if (user.some((text) => userId(text).trim() === '')) {
        throw new AppError('config-invalid', '--user must be a user id or name#id, and not blank');
    }
    return {
        statuses: status,
        categories: category.map((name) => namedCategory(name).name),
        model_name: model,
        requested_by: user.map(userId),
    };
}
/** @throws AppError `config-invalid`, `category-unknown` */
export function filterOf(flags) {
    return readOptions(readPurge, { ...filterBody(flags), purge_all: true }).filter;
}
/** @throws AppError `config-invalid` that names every option which is wrong */
export function readOptions(read, body) {
    const result = read(Buffer.from(JSON.stringify(body)));
    if (result.ok)
        return result.value;
    throw new AppError('config-invalid', [...new Set(result.items.map(sentence))].join('; '));
}
/** What is a field for the API. */
const OPTIONS = {
    batch_title: '--title',
    reject_reason: '--reason',
    job_id: '--job',
    statuses: '--status',
    model_name: '--model',
    'purge_all=true': '--all',
};
function sentence({ loc, msg }) {
    const option = OPTIONS[String(loc[1])];
    const words = Object.entries(OPTIONS).reduce((text, [field, name]) => text.replaceAll(field, name), msg.replace(/^Value error, /, ''));
    return option === undefined ? words : `${option}: ${words}`;
}
/** Users are shown as `name#id`, and looked for by their id. */
function userId(text) {
    return text.slice(text.lastIndexOf('#') + 1);
}
function numberOf(text, problem) {
    if (/^[1-9]\d{0,14}$/.test(text))
        return Number(text);
    throw new AppError('config-invalid', `${problem}; numbers are whole, from 1`);
}
//# sourceMappingURL=queue-options.js.map