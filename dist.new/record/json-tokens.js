/** Takes a JSON text apart token by token: no values, no recursion, so neither spelling nor deep nesting is a worry. */
import { createScanner } from 'jsonc-parser';
/** The tokens of a valid JSON text as they are spelled, without the blanks between them. */
export function* jsonTokens(text) {
    const scanner = createScanner(text, true);
    for (;;) {
        scanner.scan();
        const start = scanner.getTokenOffset();
        const length = scanner.getTokenLength();
        if (length === 0)
            return;
        yield text.slice(start, start + length);
    }
}
//# sourceMappingURL=json-tokens.js.map