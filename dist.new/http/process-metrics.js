/** What the process costs, under the names that dashboards know. Ours rather than the library's, which cannot be ended (decision 0013). */
import { monitorEventLoopDelay } from 'node:perf_hooks';
/** Milliseconds between two looks at the event loop. */
const RESOLUTION = 20;
export class ProcessMetrics {
    #delay = monitorEventLoopDelay({ resolution: RESOLUTION });
    constructor() {
        this.#delay.enable();
    }
    families() {
        const started = Date.now() / 1000 - process.uptime();
        return [
            counter('process_cpu_seconds_total', 'Processor time of this process, without git and the writing process.', () => {
                const { user, system } = process.cpuUsage();
                return (user + system) / 1e6;
            }),
            gauge('process_start_time_seconds', 'When the process was started, unix time.', () => started),
            gauge('process_resident_memory_bytes', 'Memory of this process.', () => process.memoryUsage.rss()),
            gauge('nodejs_heap_size_used_bytes', 'Heap that is in use.', () => process.memoryUsage().heapUsed),
            gauge('nodejs_external_memory_bytes', 'Memory outside the heap: bodies of answers above all.', () => {
                return process.memoryUsage().external;
            }),
            counter('nodejs_eventloop_active_seconds_total', 'Time for which the event loop had something to do.', () => {
                return performance.eventLoopUtilization().active / 1000;
            }),
            gauge('nodejs_eventloop_lag_max_seconds', 'Longest time for which it kept others waiting, since the last scrape.', () => {
                // What it measures is the time between two looks.
                const lag = Math.max(0, this.#delay.max / 1e9 - RESOLUTION / 1000);
                this.#delay.reset();
                return lag;
            }),
        ];
    }
    close() {
        this.#delay.disable();
    }
}
function gauge(name, help, value) {
    return { name, help, type: 'gauge', samples: () => [[{}, value()]] };
}
function counter(name, help, value) {
    return { name, help, type: 'counter', samples: () => [[{}, value()]] };
}
//# sourceMappingURL=process-metrics.js.map