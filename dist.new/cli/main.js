#!/usr/bin/env -S node --max-semi-space-size=2
/** The executable: the only place that ends the process. Its first line keeps the process small (decision 0004). */
import { processOutput } from './output.js';
import { runProgram } from './program.js';
// Whoever reads our output may stop early (`| head`): that is an end and no error.
process.stdout.on('error', (error) => {
    if (error.code !== 'EPIPE')
        throw error;
    process.exit();
});
process.exitCode = await runProgram(process.argv.slice(2), processOutput());
//# sourceMappingURL=main.js.map