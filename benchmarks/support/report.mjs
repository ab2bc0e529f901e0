// Owns how results look: sentences, and tables that can be pasted into a Markdown page.
import { loadavg } from 'node:os';

export function print(line = '') {
	process.stdout.write(`${line}\n`);
}

/** Prints a Markdown table; the first column is text, the others are numbers. */
export function printTable(head, rows) {
	const texts = [head, ...rows].map((row) => row.map(String));
	const widths = head.map((_, column) => Math.max(...texts.map((row) => row[column].length), 3));
	const line = (row) =>
		`| ${row.map((text, column) => (column === 0 ? text.padEnd(widths[column]) : text.padStart(widths[column]))).join(' | ')} |`;
	const rule = widths.map((width, column) =>
		column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
	);
	print([line(texts[0]), `| ${rule.join(' | ')} |`, ...texts.slice(1).map(line)].join('\n'));
}

/** Says how busy the machine is already: on few cores, other work shows in every figure. */
export function printLoad() {
	print(`Load average before the run: ${loadavg()[0].toFixed(2)}.`);
}
