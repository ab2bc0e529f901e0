#!/usr/bin/env node
/** The executable: the only place that ends the process. */

import { processOutput } from './output.ts';
import { runProgram } from './program.ts';

process.exitCode = await runProgram(process.argv.slice(2), processOutput());
