/** The commits of a group that are made but not yet published, and how to go back to an earlier point of them. */
import { LEDGER_REF } from '../queue/ledger-layout.js';
/** What is to be published of a draft. */
export function publicationOf({ base, objects, tip, tree, paths, refs, ledger, ledgerTip, }) {
    const { base: from, tip: to } = ledger;
    const ofLedger = to === undefined || to === from ? [] : [{ ref: LEDGER_REF, from, to }];
    return {
        base,
        objects,
        tip,
        tree,
        paths,
        refs: [...ofLedger, ...refs.values()],
        ledgerTip: to ?? ledgerTip,
    };
}
/** @returns what puts a draft back to how it is now */
export function checkpoint(draft) {
    const { tip, tree } = draft;
    const commits = draft.commits.length;
    const files = [...draft.files];
    const paths = [...draft.paths];
    const refs = [...draft.refs];
    const restoreLedger = draft.ledger.checkpoint();
    return () => {
        draft.tip = tip;
        draft.tree = tree;
        draft.commits.length = commits;
        refill(draft.files, files);
        refill(draft.paths, paths);
        refill(draft.refs, refs);
        restoreLedger();
    };
}
function refill(map, entries) {
    map.clear();
    for (const [key, value] of entries)
        map.set(key, value);
}
//# sourceMappingURL=draft.js.map