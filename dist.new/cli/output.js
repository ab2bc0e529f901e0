/** How commands speak: tables, colours and progress on a terminal, plain text elsewhere, JSON where a script asks. */
import { styleText } from 'node:util';
import { renderJson } from '../record/render-json.js';
export function processOutput() {
    const { stdout, stderr } = process;
    const colours = stdout.isTTY && stdout.hasColors() && process.env.NO_COLOR === undefined;
    let width = 0;
    const clear = () => {
        if (width > 0)
            stderr.write(`\r${' '.repeat(width)}\r`);
        width = 0;
    };
    return {
        print: (text) => {
            clear();
            stdout.write(`${text}\n`);
        },
        note: (text) => {
            clear();
            stderr.write(`${text}\n`);
        },
        progress: (text) => {
            if (!stderr.isTTY)
                return;
            clear();
            const line = text.slice(0, (stderr.columns ?? 80) - 1);
            width = line.length;
            stderr.write(line);
        },
        paint: (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text),
    };
}
/** Rows in columns as wide as their widest cell, numbers to the right. */
export function table(headings, rows) {
    // There may be more rows than a call takes arguments.
    const widths = headings.map((heading, column) => rows.reduce((width, row) => Math.max(width, String(row[column] ?? '').length), heading.length));
    const line = (cells) => cells
        .map((cell, column) => {
        const width = widths[column] ?? 0;
        return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width);
    })
        .join('  ')
        .trimEnd();
    return [line(headings), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
const PRETTY = { lineStart: '\n', unit: '  ', comma: ',', colon: ': ' };
/** A JSON text laid out for people, with numbers as they are spelled. */
export function prettyJson(text) {
    return renderJson(text, PRETTY, false);
}
//# sourceMappingURL=output.js.map