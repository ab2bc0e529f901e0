/** Entry of a background thread: does the one task it was started for. */
import { parentPort, workerData } from 'node:worker_threads';
import { perform } from './background.js';
parentPort?.postMessage(await perform(workerData));
//# sourceMappingURL=background-worker.js.map