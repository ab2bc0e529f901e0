/** Knows where HEAD and the ledger are, for certain. */
import { LEDGER_REF } from '../queue/ledger-layout.js';
export class Head {
    #view;
    #blobs;
    #refs;
    /** Where they were when we last knew. */
    #tip;
    #ledger;
    constructor(view, blobs, refs) {
        this.#view = view;
        this.#blobs = blobs;
        this.#refs = refs;
    }
    /**
     * Both as they are now. A git process takes packed refs for unchanged whose file has the same number, size and second as the
     * one it read; so whenever one of them is not where we left it, it is asked of new processes whether that is true.
     */
    async read() {
        const tips = await this.#look();
        if (tips.base.commit === this.#tip && tips.ledger === this.#ledger)
            return tips;
        this.#blobs.close();
        this.#refs.refresh();
        const fresh = await this.#look();
        this.noteMoved(fresh.base.commit, fresh.ledger);
        return fresh;
    }
    /** To be told where we moved them. */
    noteMoved(tip, ledger) {
        this.#tip = tip;
        this.#ledger = ledger;
    }
    async #look() {
        const [base, ledger] = await Promise.all([this.#view.base(), this.#view.refAt(LEDGER_REF)]);
        return { base, ledger };
    }
}
//# sourceMappingURL=head.js.map