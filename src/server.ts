/** Owns listening and stopping: a port that is free, and an end that lets requests in flight finish. */

import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from './errors.ts';

/** How long requests in flight may take to finish once the process is told to stop; milliseconds. */
const GRACE = 10_000;

export interface RunningServer {
	/** `http://host:port` */
	readonly url: string;
	readonly port: number;
	/** Takes no new connection, waits for what is under way, and cuts what is left after the grace time. */
	stop(): Promise<void>;
}

/** @throws AppError `port-in-use`, `listen-failed` */
export async function listen(listener: RequestListener, host: string, port: number): Promise<RunningServer> {
	const server = createServer(listener);
	await new Promise<void>((resolve, reject) => {
		server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)));
		server.listen(port, host, resolve);
	});
	const address = server.address() as AddressInfo;
	const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;
	return { url: `http://${shownHost}:${address.port}`, port: address.port, stop: () => drain(server) };
}

function drain(server: Server): Promise<void> {
	return new Promise((resolve) => {
		// A connection that is kept alive turns idle only after its answer: look again and again.
		const idle = setInterval(() => server.closeIdleConnections(), 50);
		const cut = setTimeout(() => server.closeAllConnections(), GRACE);
		server.close(() => {
			clearInterval(idle);
			clearTimeout(cut);
			resolve();
		});
		server.closeIdleConnections();
	});
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): AppError {
	if (error.code === 'EADDRINUSE') {
		return new AppError(
			'port-in-use',
			`port ${port} on ${host} is in use; stop what listens there, or choose another with --port`,
			{ host, port },
			{ cause: error },
		);
	}
	return new AppError(
		'listen-failed',
		`cannot listen on ${host}:${port}: ${error.message}`,
		{ host, port },
		{ cause: error },
	);
}
