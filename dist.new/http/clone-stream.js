/** Sends what git makes to whoever asked for it, as fast as they read and no longer than is reasonable. */
/**
 * Resolved when no more of the answer will be sent.
 * @throws what git failed with; if it had begun to answer, the client is cut off
 */
export async function sendTransfer({ output, ended, kill }, response, { total, idle }) {
    let outcome = 'sent';
    const end = (reason) => {
        if (outcome === 'sent')
            outcome = reason;
        kill();
    };
    const leave = () => end('left');
    response.once('close', leave);
    if (response.destroyed)
        leave();
    const timers = [setTimeout(() => end('slow'), total), setTimeout(() => end('slow'), idle)];
    // While the client does not read, nothing is read here.
    output.on('data', () => timers[1].refresh());
    output.pipe(response, { end: false });
    try {
        await ended;
        response.off('close', leave);
        response.end();
    }
    catch (error) {
        // An end that looks like one would let the client take a part for the whole.
        if (outcome !== 'sent' || response.headersSent)
            response.destroy();
        if (outcome === 'sent')
            throw error;
    }
    finally {
        for (const timer of timers)
            clearTimeout(timer);
    }
    return outcome;
}
//# sourceMappingURL=clone-stream.js.map