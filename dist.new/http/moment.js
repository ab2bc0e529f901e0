/** Reads dates as clients write them for `at`, and tells what can be no name of a revision either. Pure. */
const DATE = /^(\d{4}-\d{2}-(\d{2}))(?:[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)([Zz]|[+ -]\d{2}:\d{2})?)?$/;
/**
 * Unix seconds of a date or a time (RFC 3339; without a time the day's beginning, without an offset UTC); undefined for what
 * is neither.
 */
export function readMoment(text) {
    const [, date = '', day = '', time = '00:00', offset = 'Z'] = DATE.exec(text) ?? [];
    // In a query, a plus that is not encoded stands for a blank.
    const zone = offset.toUpperCase().replace(' ', '+');
    const midnight = new Date(`${date}T00:00Z`);
    const milliseconds = Date.parse(`${date}T${time}${zone}`);
    // A day that the month has not would be taken for one of the next month.
    if (Number.isNaN(milliseconds) || midnight.getUTCDate() !== Number(day))
        return undefined;
    return Math.floor(milliseconds / 1000);
}
/** Whether this could be the name of a branch or tag or a commit id, and nobody meant a date by it. */
export function isRevisionName(text) {
    if (text === '' || text.length > 255 || /^\d{4}-\d{1,2}-\d{1,2}(?:[T ]|$)/i.test(text))
        return false;
    // What git allows in no ref; `~` and `^` would lead on from one.
    return !/[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|^[-/]|[/.]$/.test(text);
}
//# sourceMappingURL=moment.js.map