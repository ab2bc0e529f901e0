/** The one logger: structured lines for machines, one per event. */
import { pino } from 'pino';
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
/** Logs to stderr, so that stdout stays free for what a command was asked to print. */
export function createLogger(level) {
    return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: true }));
}
//# sourceMappingURL=logger.js.map