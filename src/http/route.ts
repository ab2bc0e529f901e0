/**
 * One table describes each route: where it is, what it does, and what OpenAPI says of it. The router and the document are
 * both made from it, so that neither can know a route that the other does not.
 */

import type { RequestHandler } from 'express';

/** An operation object of OpenAPI 3.1, as far as we use it. */
export interface Operation {
	readonly operationId: string;
	readonly tags: readonly string[];
	readonly summary: string;
	readonly description?: string;
	readonly parameters?: readonly object[];
	readonly requestBody?: object;
	/** What must be shown with the request; absent where anybody may. */
	readonly security?: readonly object[];
	readonly responses: Readonly<Record<string, object>>;
}

export type Method = 'get' | 'post' | 'put' | 'delete';

export interface Route {
	readonly method: Method;
	/** As OpenAPI writes it, relative to the API root. */
	readonly path: string;
	/** The last parameter takes the rest of the path, slashes included. */
	readonly spans?: boolean;
	/** Goes on for as long as the client stays, so that the time it takes says nothing. */
	readonly streams?: boolean;
	/** Null for what is not part of the API: pages about it, and a door that is always closed. */
	readonly operation: Operation | null;
	readonly handler: RequestHandler | RequestHandler[];
}

/** A JSON answer that OpenAPI describes by a schema. */
export function jsonAnswer(description: string, schema: object): object {
	return { description, content: { 'application/json': { schema } } };
}

/** A string detail, as most errors have. */
export function errorAnswer(description: string): object {
	return jsonAnswer(description, { $ref: '#/components/schemas/Error' });
}

/** A parameter of one path segment, fully decoded. */
export function segment(value: string | string[] | undefined): string {
	return Array.isArray(value) ? value.join('/') : (value ?? '');
}
