/** Runs the command line in the test's own process: what the compiled one does, without the time it takes to start. */

import type { Output } from '../../src/cli/output.ts';
import { runProgram } from '../../src/cli/program.ts';
import type { CommandResult } from './command-line.ts';

export async function run(...args: string[]): Promise<CommandResult> {
	const printed: string[] = [];
	const noted: string[] = [];
	const output: Output = {
		print: (text) => void printed.push(`${text}\n`),
		note: (text) => void noted.push(`${text}\n`),
		progress: () => {},
		paint: (_style, text) => text,
	};
	const code = await runProgram(args, output);
	return { code, stdout: printed.join(''), stderr: noted.join('') };
}
