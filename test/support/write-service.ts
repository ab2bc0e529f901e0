/** A service that takes writes, and clients who send them: alice and bob may write, carol may approve as well. */

import type { Settings } from '../../src/config/settings.ts';
import { FakeHorde } from './fake-horde.ts';
import type { TemporaryRepository } from './temporary-repository.ts';
import { startTestService, type TestService, type TestServiceOptions } from './test-service.ts';

export const ALICE = { key: 'key-of-alice', id: '1', username: 'alice#1' } as const;
export const BOB = { key: 'key-of-bob', id: '2', username: 'bob#2' } as const;
export const CAROL = { key: 'key-of-carol', id: '3', username: 'carol#3' } as const;
/** Known to the horde, on no list. */
export const DAVE = { key: 'key-of-dave', id: '4', username: 'dave#4' } as const;

export const USERS: Readonly<Record<string, string>> = Object.fromEntries(
	[ALICE, BOB, CAROL, DAVE].map(({ key, username }) => [key, username]),
);

/** What lets them write, as often as they like. */
export const WRITE_SETTINGS = {
	writes: 'direct',
	identity: 'horde',
	requestorIds: [ALICE.id, BOB.id],
	approverIds: [CAROL.id],
	writesPerKey: 0,
	writesPerAddress: 0,
	failuresPerAddress: 0,
} as const satisfies Partial<Settings>;

export type RequestHeaders = Readonly<Record<string, string>>;

/** An answer that was read to its end. */
export interface WriteAnswer {
	readonly status: number;
	readonly headers: Headers;
	readonly text: string;
	/** The fields of the body, a JSON object; none where there is no body. */
	readonly body: Readonly<Record<string, unknown>>;
}

/** Requests in the name of a user; headers of the caller go over the usual ones. */
export interface WriteClient {
	/** @param record an object to be sent as JSON, or the body as it is to be sent */
	post(category: string, record: object | string | Buffer, headers?: RequestHeaders): Promise<WriteAnswer>;
	put(category: string, record: object | string | Buffer, headers?: RequestHeaders): Promise<WriteAnswer>;
	/** @param name as it goes in the path once escaped */
	delete(category: string, name: string, headers?: RequestHeaders): Promise<WriteAnswer>;
	/** @param path under v1, such as `clip.json` */
	get(path: string, headers?: RequestHeaders): Promise<WriteAnswer>;
}

export interface WriteService extends TestService, WriteClient {
	readonly horde: FakeHorde;
	/** The same requests by somebody else; undefined for nobody. The service's own are alice's. */
	as(user: { readonly key: string } | undefined): WriteClient;
}

/** A service in this test's process; stopped when the test ends. */
export async function startWriteService(
	repository: TemporaryRepository | string,
	overrides: TestServiceOptions = {},
): Promise<WriteService> {
	const horde = await FakeHorde.start(USERS);
	const service = await startTestService(repository, {
		...WRITE_SETTINGS,
		hordeUrl: horde.url,
		...overrides,
	});
	const as: WriteService['as'] = (user) => writeClient(service.url, user?.key);
	return { ...service, ...as(ALICE), horde, as };
}

/** Sends requests to a service anywhere, with this key or none. */
export function writeClient(url: string, key: string | undefined): WriteClient {
	const send = async (
		method: string,
		path: string,
		headers: RequestHeaders,
		record?: object | string | Buffer,
	) => {
		const isRaw = record === undefined || typeof record === 'string' || Buffer.isBuffer(record);
		const response = await fetch(`${url}/api/model_references/v1/${path}`, {
			method,
			headers: {
				...(key !== undefined && { apikey: key }),
				...(record !== undefined && { 'Content-Type': 'application/json' }),
				...headers,
			},
			...(record !== undefined && { body: isRaw ? record : JSON.stringify(record) }),
		});
		const text = await response.text();
		return { status: response.status, headers: response.headers, text, body: parsed(text) };
	};
	return {
		post: (category, record, headers = {}) => send('POST', category, headers, record),
		put: (category, record, headers = {}) => send('PUT', category, headers, record),
		delete: (category, name, headers = {}) =>
			send('DELETE', `${category}/model/${encodeURIComponent(name)}`, headers),
		get: (path, headers = {}) => send('GET', path, headers),
	};
}

function parsed(text: string): Readonly<Record<string, unknown>> {
	try {
		return Object(JSON.parse(text));
	} catch {
		return {};
	}
}
