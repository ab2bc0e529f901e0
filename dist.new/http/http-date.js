/** Reads the dates of HTTP headers: the three forms of RFC 9110, 5.6.7, and nothing else that a lax parser would take. */
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const WEEKDAY = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)';
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const TIME = '\\d{2}:\\d{2}:\\d{2}';
const WITH_ZONE = new RegExp(`^(?:${DAY}, \\d{2} ${MONTH} \\d{4}|${WEEKDAY}, \\d{2}-${MONTH}-\\d{2}) ${TIME} GMT$`);
const WITHOUT_ZONE = new RegExp(`^${DAY} ${MONTH} [ \\d]\\d ${TIME} \\d{4}$`);
/** Unix seconds, or undefined for what is no HTTP date and so has to be ignored. */
export function parseHttpDate(text) {
    // The oldest form names no zone; it means GMT all the same.
    const zoned = WITHOUT_ZONE.test(text) ? `${text} GMT` : text;
    if (zoned === text && !WITH_ZONE.test(text))
        return undefined;
    const milliseconds = Date.parse(zoned);
    return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}
//# sourceMappingURL=http-date.js.map