/** Owns what git was used for: how often each command ran, how that ended, and how long it took in all. */
export class GitTotals {
    #totals = new Map();
    /** One for each command and outcome that there was. */
    get all() {
        return this.#totals.values();
    }
    note({ command, outcome, seconds }) {
        const key = `${command} ${outcome}`;
        const total = this.#totals.get(key) ?? { command, outcome, runs: 0, seconds: 0 };
        this.#totals.set(key, total);
        total.runs++;
        total.seconds += seconds;
    }
}
//# sourceMappingURL=git-totals.js.map