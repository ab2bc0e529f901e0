/** The line between one machine and the remote: a TCP proxy that a test cuts, lets vanish, or cuts in the middle of a push. */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** `refused`: nobody listens. `vanishing`: connections come about and nothing comes through them. */
export type LinkState = 'up' | 'refused' | 'vanishing';

/** Where the next push is to be cut: after so many bytes that it sent, or of what the remote answers to it or reports at its end. */
export interface Cut {
	readonly side: 'sent' | 'answered' | 'reported';
	readonly after: number;
	/** What becomes of the link then. */
	readonly leaves?: LinkState;
}

export class Link {
	readonly #target: number;
	readonly #pairs = new Set<readonly [Socket, Socket]>();
	#server: Server | undefined;
	#port = 0;
	#state: LinkState = 'up';
	#cuts: Cut[] = [];
	#done = 0;

	private constructor(target: number) {
		this.#target = target;
	}

	/** @param target port of the remote on this machine; the link goes with the test */
	static async open(target: number): Promise<Link> {
		const link = new Link(target);
		await link.#listen();
		onTestFinished(() => link.set('refused'));
		return link;
	}

	get port(): number {
		return this.#port;
	}

	/** Pushes that were cut so far. */
	get cutsDone(): number {
		return this.#done;
	}

	/** Has the next push cut; one cut for each call. */
	cutNextPush(cut: Cut): void {
		this.#cuts.push(cut);
	}

	/** What is under way is cut, or stalls, as well. */
	async set(state: LinkState): Promise<void> {
		this.#state = state;
		if (state !== 'vanishing') for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
		if (state === 'vanishing') for (const pair of this.#pairs) for (const socket of pair) socket.pause();
		if (state === 'refused') await this.#close();
		else if (!this.#server) await this.#listen();
	}

	async #listen(): Promise<void> {
		const server = createServer({ allowHalfOpen: true }, (socket) => this.#join(socket));
		this.#server = server;
		server.listen(this.#port, '127.0.0.1');
		await once(server, 'listening');
		this.#port = (server.address() as AddressInfo).port;
	}

	async #close(): Promise<void> {
		const server = this.#server;
		this.#server = undefined;
		if (!server) return;
		const closed = once(server, 'close');
		server.close();
		await closed;
	}

	#join(near: Socket): void {
		const far = connect({ port: this.#target, host: '127.0.0.1', allowHalfOpen: true });
		const pair = [near, far] as const;
		this.#pairs.add(pair);
		const end = () => {
			for (const socket of pair) socket.destroy();
			this.#pairs.delete(pair);
		};
		for (const socket of pair) socket.on('error', end).on('close', end);
		const count = { sent: 0, answered: 0 };
		let cut: Cut | undefined;
		let isPush = false;
		/** Whether the commands of a push are on their way: what the remote says from then on is its report. */
		let isAsked = false;
		let isReporting = false;
		const pass = (from: Socket, to: Socket, side: 'sent' | 'answered') => {
			from.on('data', (chunk: Buffer) => {
				if (this.#state === 'vanishing') return;
				if (side === 'sent' && isPush) isAsked = true;
				// Four digits may come ahead of it.
				if (side === 'sent' && !isPush && count.sent <= 4 && chunk.includes('git-receive-pack')) {
					isPush = true;
					cut = this.#cuts.shift();
				}
				const isHere = cut?.side === side || (cut?.side === 'reported' && side === 'answered' && isAsked);
				if (isHere && cut?.side === 'reported' && !isReporting) {
					isReporting = true;
					count.answered = 0;
				}
				const room = cut && isHere ? cut.after - count[side] : Number.POSITIVE_INFINITY;
				count[side] += chunk.length;
				if (chunk.length < room) {
					to.write(chunk);
					return;
				}
				this.#done++;
				// What was let through arrives, and then the line is dead for both.
				to.write(chunk.subarray(0, Math.max(0, room)), end);
				if (cut?.leaves) void this.set(cut.leaves);
			});
			from.on('end', () => this.#state !== 'vanishing' && to.end());
		};
		pass(near, far, 'sent');
		pass(far, near, 'answered');
		if (this.#state === 'vanishing') for (const socket of pair) socket.pause();
	}
}
