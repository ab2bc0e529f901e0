/** Finds names that one JSON object has twice: parsers silently keep the last, so one of the two records is lost. */
import { visit } from 'jsonc-parser';
/** @param text valid JSON */
export function findDuplicateKeys(text) {
    const duplicates = [];
    const open = [];
    visit(text, {
        onObjectBegin: () => {
            open.push(new Map());
        },
        onObjectEnd: () => {
            open.pop();
        },
        onObjectProperty: (name, offset, _length, _line, _column, pathSupplier) => {
            const seen = open.at(-1);
            const firstOffset = seen?.get(name);
            if (firstOffset === undefined)
                seen?.set(name, offset);
            else
                duplicates.push({ name, path: pathSupplier(), offset, firstOffset });
        },
    });
    return duplicates;
}
//# sourceMappingURL=duplicate-keys.js.map