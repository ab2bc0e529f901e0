/** Counts what became of category reads. Plain numbers: tens of thousands of reads a second are counted here. */
export function noReads() {
    return {
        sent: { br: 0, gzip: 0, identity: 0 },
        notModified: { br: 0, gzip: 0, identity: 0 },
        notAcceptable: 0,
    };
}
//# sourceMappingURL=read-counts.js.map