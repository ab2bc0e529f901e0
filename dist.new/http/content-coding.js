/** Decides which content codings a client accepts (RFC 9110, 12.5.3), once per spelling of the header. */
import Negotiator from 'negotiator';
/** The smaller form first, where the client does not care. */
const OFFERED = ['br', 'gzip', 'identity'];
const WITHOUT_HEADER = ['identity'];
/** Clients send a handful of spellings; somebody who sends many only makes us start over. */
const MOST_SPELLINGS = 256;
export class CodingNegotiator {
    #bySpelling = new Map();
    /** Accepted codings, most wanted first; empty when the client excludes all that we have. */
    accepted(header) {
        if (header === undefined)
            return WITHOUT_HEADER;
        const known = this.#bySpelling.get(header);
        if (known)
            return known;
        const negotiator = new Negotiator({ headers: { 'accept-encoding': header } });
        const wanted = negotiator.encodings(OFFERED, { preferred: OFFERED });
        const accepted = wanted.flatMap((name) => OFFERED.find((coding) => coding === name) ?? []);
        if (this.#bySpelling.size >= MOST_SPELLINGS)
            this.#bySpelling.clear();
        this.#bySpelling.set(header, accepted);
        return accepted;
    }
}
//# sourceMappingURL=content-coding.js.map