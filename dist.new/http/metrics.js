/** Owns the registry of metrics: families whose values are looked up when somebody asks, and how long requests took. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { ProcessMetrics } from './process-metrics.js';
/** Seconds. The first bounds tell whether memory answered or git had to, the last what a client gives up on. */
const DURATION_BUCKETS = [0.005, 0.025, 0.1, 0.5, 2.5, 10];
export class Metrics {
    #registry = new Registry();
    #process = new ProcessMetrics();
    #durations;
    constructor() {
        this.add(this.#process.families());
        this.#durations = new Histogram({
            name: 'horde_references_http_request_duration_seconds',
            help: 'Time from a request to the end of its answer. Reads of whole categories that need no route are not among them.',
            labelNames: ['route'],
            buckets: DURATION_BUCKETS,
            registers: [this.#registry],
        });
    }
    get contentType() {
        return this.#registry.contentType;
    }
    add(families) {
        for (const family of families)
            this.#add(family);
    }
    noteDuration(route, seconds) {
        this.#durations.observe({ route }, seconds);
    }
    /** Everything in the text format of Prometheus. */
    render() {
        return this.#registry.metrics();
    }
    /** Stops to measure. */
    close() {
        this.#process.close();
    }
    #add({ name, help, type, labels = [], samples }) {
        const description = { name, help, labelNames: [...labels], registers: [this.#registry] };
        if (type === 'gauge') {
            const gauge = new Gauge({
                ...description,
                collect: () => {
                    gauge.reset();
                    for (const [values, value] of samples())
                        gauge.set(values, value);
                },
            });
        }
        else {
            const counter = new Counter({
                ...description,
                collect: () => {
                    counter.reset();
                    for (const [values, value] of samples())
                        counter.inc(values, value);
                },
            });
        }
    }
}
//# sourceMappingURL=metrics.js.map