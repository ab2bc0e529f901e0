/** Clones and fetches by git's smart protocol, read-only: who gets which refs, and what is refused in words that git shows. */

import type { Request, RequestHandler, Response } from 'express';
import { AppError, messageOf } from '../errors.ts';
import type { Access } from '../identity/access.ts';
import type { Logger } from '../logger.ts';
import { ADVERTISE_OPERATION, UPLOAD_PACK_OPERATION } from './clone-operations.ts';
import { sendTransfer, type Transfer, type TransferTimes } from './clone-stream.ts';
import { errorsForGit } from './errors.ts';
import { errorPacket, packet, readFetchRequest } from './fetch-request.ts';
import { Places } from './places.ts';
import type { Limits } from './queue-access.ts';
import { bodyReader } from './request-body.ts';
import type { Route } from './route.ts';
import { requireKeyForReview, shownTo } from './shown-refs.ts';

/** The repository as it is cloned. `shown` are refs, or folders of refs, besides the published branch and tags. */
export interface CloneSource {
	/** @param protocol what the client says of the versions that it speaks */
	advertise(shown: readonly string[], protocol: string): Promise<Transfer>;
	answer(shown: readonly string[], protocol: string, body: Buffer): Promise<Transfer>;
	/** The first of these objects that is not part of what is shown. */
	firstHidden(
		shown: readonly string[],
		wants: ReadonlySet<string>,
		signal: AbortSignal,
	): Promise<string | undefined>;
}

export interface CloneDependencies {
	readonly source: CloneSource;
	/** Refs, or folders of refs, that everybody gets. */
	readonly advertise: readonly string[];
	readonly concurrentClones: number;
	readonly access: Access;
	readonly limits: Limits;
	readonly logger: Logger;
}

/** Room for 200,000 ids; a first fetch of the lazy kind wants one for each file. Bytes, inflated. */
const LARGEST_REQUEST = 10 * 1024 * 1024;

/** Git sends a line of progress every 5 s while it packs. The slowest line that is worth waiting for takes 0.1 Mbit/s. */
const TIMES: TransferTimes = { total: 600_000, idle: 60_000 };

/** Requests that are read at once, by anybody: together they must fit into memory. */
const BODIES = 8;

/** A clone of the real references takes a third of a second: in 5 s as many get their turn as may wait. */
const QUEUE = {
	waiting: 16,
	patience: 5_000,
	refusal: 'Too many clones at once; wait as long as Retry-After says, then try again',
};

const PUSH_REFUSAL =
	'This repository takes no pushes. Send each change to the API instead, where it is checked and reviewed:\n' +
	'POST or PUT a record to /api/model_references/v1/<category> with your API key in the header "apikey"; see /api/docs.';

export function cloneRoutes({ limits, ...dependencies }: CloneDependencies): readonly Route[] {
	const { source, advertise, concurrentClones, access, logger } = dependencies;
	const places = new Places({ ...QUEUE, places: concurrentClones });
	const bodies = new Places({ ...QUEUE, places: BODIES });
	const readBody = bodyReader(LARGEST_REQUEST);

	const warn = (response: Response, message: string, error?: unknown) => {
		const reason = error === undefined ? {} : { reason: messageOf(error) };
		logger.warn({ requestId: response.getHeader('X-Request-Id'), ...reason }, message);
	};
	const send = async (response: Response, type: string, transfer: Transfer, beginning?: Buffer) => {
		prepare(response, type);
		if (beginning) response.write(beginning);
		try {
			const outcome = await sendTransfer(transfer, response, TIMES);
			if (outcome === 'slow') warn(response, 'a clone that took too long was ended');
		} catch (error) {
			if (!response.destroyed) throw error;
			warn(response, 'a clone failed in the middle', error);
		}
	};
	/** Whoever asks for nonsense can have git fail; so can a damaged repository. Git knows which, its words are for the log. */
	const explain = (error: unknown, response: Response) => {
		if (!(error instanceof AppError) || error.code !== 'git-failed') throw error;
		warn(response, 'a clone failed', error);
		sendError(response, 'upload-pack: it cannot answer this request');
	};

	const announce: Answer = async (request, response) => {
		const { service } = request.query;
		if (service === 'git-receive-pack') throw new AppError('push-refused', PUSH_REFUSAL);
		if (service !== 'git-upload-pack') {
			throw new AppError(
				'path-unknown',
				'Only the smart protocol of git is spoken here: git clone, 1.6.6 or later',
			);
		}
		const protocol = protocolOf(request);
		const shown = await shownTo(request, access, advertise);
		return async () => {
			const transfer = await source.advertise(shown.refs, protocol);
			const isHeaded = !protocol.split(':').includes('version=2');
			const heading = isHeaded ? Buffer.concat([packet('# service=git-upload-pack\n'), FLUSH]) : undefined;
			await send(response, 'upload-pack-advertisement', transfer, heading);
		};
	};
	const answer: Answer = async (request, response) => {
		if (request.get('content-type') !== 'application/x-git-upload-pack-request') {
			throw new AppError('media-type-unsupported', 'Only git itself can ask this: git clone, git fetch');
		}
		const shown = await shownTo(request, access, advertise);
		// Before it has a place of those that are worked on: who sends slowly holds up only who sends as well.
		const body = await bodies.run(leaving(response), () => readBody(request, response));
		return async (signal) => {
			const { wants, refPrefixes } = readFetchRequest(body);
			requireKeyForReview(shown, refPrefixes);
			const hidden = await source.firstHidden(shown.refs, wants, signal);
			if (hidden !== undefined) {
				sendError(response, `upload-pack: not our ref ${hidden}`);
				return;
			}
			const transfer = await source.answer(shown.refs, protocolOf(request), body);
			await send(response, 'upload-pack-result', transfer).catch((error) => explain(error, response));
		};
	};
	const handlers = (ask: Answer): RequestHandler[] => [
		errorsForGit,
		...limits.failures.map(whereKeyed),
		inPlace(ask, places),
	];
	return [
		{
			method: 'get',
			path: '/references.git/info/refs',
			operation: ADVERTISE_OPERATION,
			handler: handlers(announce),
		},
		{
			method: 'post',
			path: '/references.git/git-upload-pack',
			operation: UPLOAD_PACK_OPERATION,
			handler: handlers(answer),
		},
		{
			method: 'post',
			path: '/references.git/git-receive-pack',
			operation: null,
			handler: [
				errorsForGit,
				() => {
					throw new AppError('push-refused', PUSH_REFUSAL);
				},
			],
		},
	];
}

const FLUSH = Buffer.from('0000');

function prepare(response: Response, type: string): void {
	response.status(200).setHeader('Content-Type', `application/x-git-${type}`);
	// Who asks decides what is answered.
	response.setHeader('Cache-Control', 'no-cache, no-store');
}

/** Says what is wrong in the middle of the protocol, where git shows nothing of the body of an error. */
function sendError(response: Response, message: string): void {
	prepare(response, 'upload-pack-result');
	response.end(errorPacket(message));
}

/** What is decided at once, and gives what is to be done in a place. */
type Answer = (request: Request, response: Response) => Promise<(signal: AbortSignal) => Promise<void>>;

function inPlace(ask: Answer, places: Places): RequestHandler {
	return async (request, response) => {
		const left = leaving(response);
		try {
			const task = await ask(request, response);
			await places.run(left, () => task(left));
		} catch (error) {
			// Nobody is there any more whom it could be told.
			if (!left.aborted) throw error;
		}
	};
}

/** Given when the client is gone, or was answered. */
function leaving(response: Response): AbortSignal {
	const left = new AbortController();
	response.once('close', () => left.abort());
	return left.signal;
}

/** Clones without a key are not held up by somebody at the same address who guesses keys. */
function whereKeyed(handler: RequestHandler): RequestHandler {
	return (request, response, next) => {
		if (request.get('authorization') === undefined) next();
		else return handler(request, response, next);
	};
}

/** Git passes over what it does not know in there; what no git sends is no version at all. */
function protocolOf(request: Request): string {
	const protocol = request.get('git-protocol') ?? '';
	return /^[a-z0-9=._:-]{1,200}$/i.test(protocol) ? protocol : '';
}
