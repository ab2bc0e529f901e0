/** Entry of a background thread: does the one task it was started for. */

import { parentPort, workerData } from 'node:worker_threads';
import { perform, type Task } from './background.ts';

parentPort?.postMessage(await perform(workerData as Task));
