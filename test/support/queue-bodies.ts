/** Bodies of requests to the queue for tests, and what became of reading them. */

import { expect } from 'vitest';
import type { Read } from '../../src/queue/queue-requests.ts';

/** @param body as it is sent, or what is to be sent as JSON */
export const bytes = (body: unknown) => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));

/** What was wrong with a body that had to be refused. */
export function items(read: Read<unknown>): readonly unknown[] {
	if (read.ok) throw new Error(`this was accepted: ${JSON.stringify(read.value)}`);
	return read.items;
}

export function value<Value>(read: Read<Value>): Value {
	if (!read.ok) throw new Error(`this was refused: ${JSON.stringify(read.items)}`);
	return read.value;
}

/** What is wrong with the body as a whole. */
export function sentence(read: Read<unknown>): unknown {
	const [item, ...more] = items(read);
	expect(item).toMatchObject({ type: 'value_error', loc: ['body'], ctx: { error: {} } });
	expect(more).toEqual([]);
	return Object(item).msg;
}
