/**
 * Decides for each shared ref whether ours goes to where the remote's is, theirs is to come to ours, or both are to be joined. Pure but
 * for the questions about history that it is given.
 */
import { syncedRef } from '../git/shared-refs.js';
import { isPendingRef, LEDGER_REF } from '../queue/ledger-layout.js';
/** @param branch the published one, such as `refs/heads/main` */
export async function planFollow(refs, branch, ancestry) {
    const moves = [];
    const ahead = [];
    const troubles = [];
    let join;
    for (const shared of refs) {
        const { ref, here, there, synced } = shared;
        const decision = await decide(shared, branch, ancestry);
        const agree = (to) => {
            if (synced !== to)
                moves.push({ ref: syncedRef(ref), from: synced, to });
        };
        if (decision === 'same')
            agree(here);
        else if (decision === 'take') {
            moves.push({ ref, from: here, to: there });
            agree(there);
        }
        else if (decision === 'ahead') {
            agree(there);
            ahead.push({ ref, from: there, to: here });
        }
        else if (decision === 'join' && here && there && synced)
            join = { here, there, synced };
        else if (typeof decision === 'object')
            troubles.push(decision.trouble);
    }
    return { moves, ahead, join, troubles };
}
async function decide(shared, branch, ancestry) {
    const { ref, here, there, synced } = shared;
    if (here === there)
        return 'same';
    if (ref === branch)
        return decideBranch(shared, ancestry);
    if (ref === LEDGER_REF)
        return decideLedger(shared, ancestry);
    if (here === synced)
        return 'take';
    if (isPendingRef(ref))
        return there === synced ? 'ahead' : 'take';
    // A branch or a tag of somebody at this machine is theirs, unless it only grows.
    if (here === undefined || there === undefined || ref.startsWith('refs/tags/'))
        return 'keep';
    return (await ancestry.isAncestor(here, there)) ? 'take' : 'keep';
}
async function decideBranch(shared, { isAncestor, areRelated }) {
    const { ref, here, there, synced } = shared;
    const name = ref.replace('refs/heads/', '');
    if (here === undefined)
        return 'take';
    if (there === undefined) {
        if (synced === undefined)
            return 'ahead';
        return { trouble: `the remote has no branch ${name} any more; push it there again, or serve another` };
    }
    if (synced === undefined) {
        if (await isAncestor(here, there))
            return 'take';
        if (await isAncestor(there, here))
            return 'ahead';
        if (await areRelated(here, there)) {
            return {
                trouble: `${name} here and at the remote have both gone on since they parted; merge them once by hand (git pull)`,
            };
        }
        return {
            trouble: `${name} here and at the remote have nothing in common; begin with a clone of the remote instead`,
        };
    }
    // Nothing of our own: wherever it goes, a rewritten history included.
    if (await isAncestor(here, synced))
        return 'take';
    if (there === synced)
        return 'ahead';
    if (await isAncestor(here, there))
        return 'take';
    if (!(await isAncestor(synced, there))) {
        // Somebody has put ours on top of it since.
        if ((await isAncestor(there, here)) && !(await isAncestor(synced, here)))
            return 'ahead';
        return {
            trouble: `the history of ${name} was rewritten at the remote while there are changes here that it lacks ` +
                `(git log ${synced.slice(0, 10)}..${name}); move them by hand (git rebase --onto refs/horde/remote/heads/${name} ${synced.slice(0, 10)} ${name})`,
        };
    }
    return (await isAncestor(there, here)) ? 'ahead' : 'join';
}
async function decideLedger({ here, there, synced }, { isAncestor }) {
    if (here === synced || here === undefined) {
        if (there !== undefined)
            return 'take';
        return { trouble: 'the remote has no ledger of the queue any more; push refs/horde/queue there again' };
    }
    if (there === undefined && synced === undefined)
        return 'ahead';
    if (there === synced)
        return 'ahead';
    if (there !== undefined && (await isAncestor(here, there)))
        return 'take';
    if (there !== undefined && (await isAncestor(there, here)))
        return 'ahead';
    return {
        trouble: 'the queue has gone on both here and at the remote (refs/horde/queue); with --ack local only one machine may have a queue',
    };
}
//# sourceMappingURL=follow-plan.js.map