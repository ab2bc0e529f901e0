/** Requests of git's smart protocol as a test writes them, byte by byte. */

import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** As git writes a line: its length with the four digits, then the text. */
export function pkt(line: string): string {
	return (Buffer.byteLength(line) + 4).toString(16).padStart(4, '0') + line;
}

/** A whole fetch of these objects in version 2. */
export function fetchBody(...ids: readonly string[]): string {
	return `${pkt('command=fetch')}0001${ids.map((id) => pkt(`want ${id}\n`)).join('')}${pkt('done\n')}0000`;
}

/** A question for all refs in version 2. */
export const LIST_BODY = `${pkt('command=ls-refs')}00010000`;

export const UPLOAD_PACK = '/references.git/git-upload-pack';

export type Headers = Readonly<Record<string, string>>;

export const HEADERS: Headers = {
	'Content-Type': 'application/x-git-upload-pack-request',
	'Git-Protocol': 'version=2',
};

/** Asks, and answers as soon as the headers are there; what follows comes as it is read. The connection ends with the test. */
export async function post(
	url: string,
	body: string | Buffer | readonly Buffer[],
	headers: Headers = HEADERS,
): Promise<IncomingMessage> {
	const asked = request(`${url}${UPLOAD_PACK}`, { method: 'POST', headers, agent: false });
	onTestFinished(() => void asked.destroy());
	if (Array.isArray(body)) for (const part of body) asked.write(part);
	asked.end(Array.isArray(body) ? undefined : body);
	const [response]: IncomingMessage[] = await once(asked, 'response');
	if (!response) throw new Error('there is no answer');
	return response;
}

/** As `post`, read to its end. */
export async function answerTo(
	url: string,
	body: string | Buffer | readonly Buffer[],
	headers: Headers = HEADERS,
): Promise<{ readonly status: number; readonly body: string; readonly headers: IncomingMessage['headers'] }> {
	const response = await post(url, body, headers);
	return { status: response.statusCode ?? 0, body: await text(response), headers: response.headers };
}
