/**
 * The one error type for things that go wrong in operation (a bad argument, a broken file, a repository that
 * git refuses). Anything else that is thrown is a programmer's error and is never translated.
 */
export class AppError extends Error {
    code;
    data;
    /** @param message one sentence for people that says what is wrong and, where it can, what to do next. */
    constructor(code, message, data = {}, options) {
        super(message, options);
        this.name = 'AppError';
        this.code = code;
        this.data = data;
    }
}
/** The message of anything that was thrown. */
export function messageOf(error) {
    return error instanceof Error ? error.message : String(error);
}
//# sourceMappingURL=errors.js.map