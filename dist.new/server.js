/** Owns listening and stopping: a port that is free, and an end that lets requests in flight finish. */
import { createServer } from 'node:http';
import { Server as NetServer } from 'node:net';
import { AppError } from './errors.js';
/** How long requests in flight may take to finish once the process is told to stop; milliseconds. */
const GRACE = 10_000;
/**
 * Bounds for clients that are slow on purpose: a request has to arrive whole, its headers sooner. Milliseconds. A connection
 * that is kept open outlives the idle time of common proxies (60 s), so that none of them finds it closed.
 */
const TIMEOUTS = {
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    connectionsCheckingInterval: 5_000,
};
const MOST_HEADER_BYTES = 16 * 1024;
/**
 * @param isBusy whether a request of this connection is still being worked on
 * @param timeouts for slow clients
 * @throws AppError `port-in-use`, `listen-failed`
 */
export async function listen(listener, host, port, isBusy, timeouts = TIMEOUTS) {
    const server = createServer({ ...timeouts, maxHeaderSize: MOST_HEADER_BYTES }, listener);
    const sockets = new Set();
    server.on('connection', (socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
    });
    await new Promise((resolve, reject) => {
        server.once('error', (error) => reject(explain(error, host, port)));
        server.listen(port, host, resolve);
    });
    const address = server.address();
    const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return {
        url: `http://${shownHost}:${address.port}`,
        port: address.port,
        stop: () => drain(server, sockets, isBusy),
    };
}
/**
 * Node's own ways to close take a connection for idle as soon as the answer was handed to its socket, and cut what a slow
 * reader has not got yet. Here each connection that is not busy is closed once what is written to it has gone out.
 */
function drain(server, sockets, isBusy) {
    return new Promise((resolve) => {
        const closeIdle = () => {
            for (const socket of sockets)
                if (!isBusy(socket))
                    socket.destroySoon();
        };
        const idle = setInterval(closeIdle, 50);
        const cut = setTimeout(() => server.closeAllConnections(), GRACE);
        NetServer.prototype.close.call(server, () => {
            clearInterval(idle);
            clearTimeout(cut);
            resolve();
        });
        closeIdle();
    });
}
function explain(error, host, port) {
    if (error.code === 'EADDRINUSE') {
        return new AppError('port-in-use', `port ${port} on ${host} is in use; stop what listens there, or choose another with --port`, { host, port }, { cause: error });
    }
    return new AppError('listen-failed', `cannot listen on ${host}:${port}: ${error.message}`, { host, port }, { cause: error });
}
//# sourceMappingURL=server.js.map