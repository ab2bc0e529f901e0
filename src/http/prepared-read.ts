/**
 * Owns the answer to a read: everything about it that does not depend on the request is made once per version, so that
 * a request only chooses between finished header lists and buffers.
 */

import type { ServerResponse } from 'node:http';
import { type Coding, identityOf, type Representation, type Variant } from '../store/representation.ts';
import { parseHttpDate } from './http-date.ts';
import type { ReadCounts } from './read-counts.ts';
import { NO_SNIFFING } from './security-headers.ts';

interface PreparedVariant extends Variant {
	/** Header names and values in turn, as `writeHead` takes them. */
	readonly whole: readonly string[];
	readonly notModified: readonly string[];
}

export interface PreparedRead {
	readonly variants: readonly PreparedVariant[];
	/** Of the form without a content coding. */
	readonly etag: string;
	/** By which a date in a request is judged; absent where only tags count. */
	readonly dates: Dates | undefined;
}

export interface Dates {
	/** Unix seconds. */
	readonly lastModified: number;
	/** Unix seconds from which these bytes have been what is served. */
	readonly servedSince: number;
}

export interface Preparation {
	readonly contentType: string;
	readonly cacheControl: string;
	readonly dates?: Dates | undefined;
	/** Further header names and values in turn; and such as only the bytes need, which a client keeps with them. */
	readonly headers?: readonly string[];
	readonly withBytes?: readonly string[];
}

/** What of the request chooses the form of the answer; headers as they were sent, or undefined. */
export interface ReadConditions {
	/** Codings that the client accepts, most wanted first. */
	readonly accepted: readonly Coding[];
	readonly ifNoneMatch: string | undefined;
	readonly ifModifiedSince: string | undefined;
}

const VARY = 'Origin, Accept-Encoding';

export function prepareRead(
	representation: Representation,
	{ contentType, cacheControl, dates, headers = [], withBytes = [] }: Preparation,
): PreparedRead {
	const modified = dates ? ['Last-Modified', new Date(dates.lastModified * 1000).toUTCString()] : [];
	const lasting = [...modified, 'Cache-Control', cacheControl, 'Vary', VARY, ...headers];
	const variants = representation.variants.map((variant): PreparedVariant => {
		const validators = ['ETag', variant.etag, ...lasting];
		const coding = variant.coding === 'identity' ? [] : ['Content-Encoding', variant.coding];
		const type = ['Content-Type', contentType, ...NO_SNIFFING];
		const content = [...type, 'Content-Length', String(variant.body.length), ...withBytes];
		return { ...variant, whole: [...content, ...coding, ...validators], notModified: validators };
	});
	return { variants, etag: identityOf(representation).etag, dates };
}

/** Answers a GET or HEAD, and counts it: 200 in the smallest form that the client takes, 304, or 406 when it takes none. */
export function sendRead(
	read: PreparedRead,
	conditions: ReadConditions,
	withoutBody: boolean,
	response: ServerResponse,
	counts: ReadCounts,
): void {
	const held = findHeld(read, conditions);
	if (held) {
		counts.notModified[held.coding]++;
		response.writeHead(304, held.notModified as string[]).end();
		return;
	}
	const chosen = choose(read, conditions.accepted);
	if (!chosen) {
		counts.notAcceptable++;
		sendError(
			response,
			406,
			'None of the content codings br, gzip and identity is acceptable to the client.',
		);
		return;
	}
	counts.sent[chosen.coding]++;
	response.writeHead(200, chosen.whole as string[]);
	if (withoutBody) response.end();
	else response.end(chosen.body);
}

function choose(read: PreparedRead, accepted: readonly Coding[]): PreparedVariant | undefined {
	for (const coding of accepted) {
		const variant = read.variants.find((candidate) => candidate.coding === coding);
		if (variant) return variant;
	}
	return undefined;
}

/**
 * The form of the current version that the client says it holds, if it may go on using it. Any form it accepts will do,
 * not only the one we would send: a tag names the version first and the coding second.
 */
function findHeld(
	read: PreparedRead,
	{ accepted, ifNoneMatch, ifModifiedSince }: ReadConditions,
): PreparedVariant | undefined {
	if (ifNoneMatch !== undefined) {
		const tags =
			ifNoneMatch.startsWith('"') && !ifNoneMatch.includes(',') ? [ifNoneMatch] : entityTags(ifNoneMatch);
		if (tags.includes('*')) return choose(read, accepted);
		return read.variants.find((variant) => tags.includes(variant.etag) && accepted.includes(variant.coding));
	}
	if (ifModifiedSince !== undefined && read.dates && isUnmodifiedSince(read.dates, ifModifiedSince))
		return choose(read, accepted);
	return undefined;
}

/** The opaque tags of a list, weak ones included: If-None-Match compares weakly (RFC 9110, 13.1.2). */
function entityTags(header: string): readonly string[] {
	if (header.trim() === '*') return ['*'];
	return header.match(/"[^"]*"/g) ?? [];
}

/** Whether an If-Match header names the current version, in any of its forms. Weak tags never match (RFC 9110, 13.1.1). */
export function matches(read: PreparedRead, ifMatch: string): boolean {
	if (ifMatch.trim() === '*') return true;
	const strong: readonly string[] = ifMatch.match(/(?<!W\/)"[^"]*"/g) ?? [];
	return read.variants.some((variant) => strong.includes(variant.etag));
}

/**
 * A date proves what the client holds if it is the one we gave out, or one at which these bytes were already served. A date
 * that merely lies behind the commit's proves nothing: commits arrive late, and a checkout can go back to an older one.
 */
function isUnmodifiedSince({ lastModified, servedSince }: Dates, header: string): boolean {
	const since = parseHttpDate(header);
	if (since === undefined) return false;
	return since === lastModified || since >= Math.max(lastModified, servedSince);
}

/** An error of the read itself, in the wire shape of all errors. Node leaves the body out where a HEAD asked. */
export function sendError(response: ServerResponse, status: number, detail: string): void {
	const body = JSON.stringify({ detail });
	const length = String(Buffer.byteLength(body));
	const content = ['Content-Type', 'application/json', ...NO_SNIFFING, 'Content-Length', length];
	response.writeHead(status, [...content, 'Vary', VARY]);
	response.end(body);
}
