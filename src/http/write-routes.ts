/**
 * The v1 writes. Who it is comes first, then whether they may, then the body, then the state (spec: differences, W2); what
 * is answered is durable and visible to the next read.
 */

import type { Request, RequestHandler, Response } from 'express';
import { CATEGORIES, type CategoryEntry } from '../categories.ts';
import type { WritePolicy } from '../config/settings.ts';
import { AppError } from '../errors.ts';
import type { Access, User } from '../identity/access.ts';
import type { Logger } from '../logger.ts';
import { fieldsText } from '../record/record-fields.ts';
import type { RecordSchemas } from '../record/schemas.ts';
import { checkModelName, type NameProblem, readSubmission, type Submission } from '../record/submission.ts';
import type { Change, Outcome } from '../writer/change.ts';
import type { IdempotentWrites } from '../writer/idempotency.ts';
import { strictCategory } from './category-param.ts';
import { itemsError } from './errors.ts';
import type { Mode } from './metadata-routes.ts';
import { CATEGORY_PARAMETER } from './read-routes.ts';
import { readJsonBody } from './request-body.ts';
import { errorAnswer, jsonAnswer, type Route, segment } from './route.ts';

type Done = Exclude<Outcome, { kind: 'refused' }>;

export interface WriteDependencies {
	readonly mode: Mode;
	readonly policy: WritePolicy;
	readonly access: Access;
	readonly schemas: RecordSchemas;
	readonly writes: IdempotentWrites;
	/** What bounds how many writes and failed authentications may come. */
	readonly limits: readonly RequestHandler[];
	readonly logger: Logger;
}

export function writeRoutes(dependencies: WriteDependencies): readonly Route[] {
	return [
		...CATEGORIES.filter(({ writable }) => writable).flatMap((category) => [
			putRoute(category, 'create', dependencies),
			putRoute(category, 'update', dependencies),
		]),
		deleteRoute(dependencies),
	];
}

function putRoute(
	category: CategoryEntry,
	operation: 'create' | 'update',
	dependencies: WriteDependencies,
): Route {
	const { name } = category;
	const isNew = operation === 'create';
	const schema = { $ref: `#/components/schemas/${pascalCase(name)}Record` };
	const put: RequestHandler = async (request, response) => {
		const user = await admit(request, dependencies);
		const body = await readJsonBody(request, response);
		const submission = accepted(readSubmission(category, body, dependencies.schemas));
		const { name: model, fields, advice } = submission;
		const change = { category: name, operation, model, record: fieldsText(fields) };
		const outcome = await apply(change, user, request, dependencies);
		if (advice.length > 0) response.setHeader('X-Reference-Advice', advice.join(', '));
		note(change, user, outcome, response, dependencies.logger, advice);
		describe(outcome, response);
		if (isNew) response.setHeader('Location', locationOf(request, name, model));
		response.status(isNew ? 201 : 200).setHeader('Content-Type', 'application/json');
		response.send(Buffer.from(outcome.record ?? ''));
	};
	return {
		method: isNew ? 'post' : 'put',
		path: `/model_references/v1/${name}`,
		operation: {
			operationId: `${operation}_legacy_${name}_model`,
			tags: ['v1'],
			summary: isNew ? `Add a model to ${name}` : `Replace a model of ${name}`,
			description: isNew
				? `The record is validated, completed and committed. ${WRITE_NOTE}`
				: `The record replaces the one of that name; a model that is not there is not added. A record that changes nothing makes no commit, and the entity tag stays. ${WRITE_NOTE}`,
			parameters: HEADERS,
			security: SECURITY,
			requestBody: { required: true, content: { 'application/json': { schema } } },
			responses: {
				...(isNew
					? { 201: withHeaders(jsonAnswer('The record as stored', schema), ['Location']) }
					: { 200: withHeaders(jsonAnswer('The record as stored', schema), []) }),
				...REFUSALS,
				400: errorAnswer('The name has a backend prefix: twins of text models are made by themselves'),
				...(isNew ? {} : { 404: errorAnswer('There is no such model; add it with POST') }),
				413: errorAnswer('The body is too large'),
				415: errorAnswer('The body is no JSON in UTF-8'),
				422: errorAnswer('The record is not right; every bad field is named'),
			},
		},
		handler: [...dependencies.limits, put],
	};
}

function deleteRoute(dependencies: WriteDependencies): Route {
	const remove: RequestHandler = async (request, response) => {
		const user = await admit(request, dependencies);
		const category = strictCategory(segment(request.params.model_category_name));
		const model = segment(request.params.model_name);
		const problem = checkModelName(category, model, dependencies.schemas, 'deleted');
		if (problem) throw nameError(problem);
		if (!category.writable) {
			throw new AppError('model-not-found', `Model '${model}' not found in category '${category.name}'`);
		}
		const change = { category: category.name, operation: 'delete', model, record: null } as const;
		const outcome = await apply(change, user, request, dependencies);
		note(change, user, outcome, response, dependencies.logger);
		describe(outcome, response);
		response.status(204).end();
	};
	return {
		method: 'delete',
		path: '/model_references/v1/{model_category_name}/model/{model_name}',
		spans: true,
		operation: {
			operationId: 'delete_legacy_model',
			tags: ['v1'],
			summary: 'Remove a model',
			description: `Slashes in the name may be encoded or not. ${WRITE_NOTE}`,
			parameters: [
				CATEGORY_PARAMETER,
				{ name: 'model_name', in: 'path', required: true, schema: { type: 'string' } },
				...HEADERS,
			],
			security: SECURITY,
			responses: {
				204: withHeaders({ description: 'Removed' }, []),
				...REFUSALS,
				400: errorAnswer('The name has a backend prefix: twins of text models go with their base'),
				404: errorAnswer('There is no such model'),
				422: errorAnswer('There is no such category, or the name cannot be one'),
			},
		},
		handler: [...dependencies.limits, remove],
	};
}

/** Who it is, if they may ask for a change at all. */
async function admit(request: Request, { mode, access }: WriteDependencies): Promise<User> {
	if (mode.replicateMode !== 'PRIMARY' || mode.canonicalFormat !== 'legacy') {
		throw new AppError(
			'not-writable',
			`This deployment does not take writes: it runs as ${mode.replicateMode} with the ${mode.canonicalFormat} format. ` +
				'Send them to the primary, or set HORDE_MODEL_REFERENCE_REPLICATE_MODE=PRIMARY and HORDE_MODEL_REFERENCE_CANONICAL_FORMAT=legacy',
		);
	}
	return access.authorise(request.get('apikey'), 'requestor');
}

async function apply(
	change: Omit<Change, 'author'>,
	user: User,
	request: Request,
	{ policy, access, writes }: WriteDependencies,
): Promise<Done> {
	const ifMatch = entityTags(request.get('if-match'));
	const key = idempotencyKey(request.get('idempotency-key'));
	const isDirect = policy === 'direct' || (policy === 'by-role' && access.rolesOf(user).includes('approver'));
	if (!isDirect) {
		throw new AppError(
			'queue-unavailable',
			'This change would have to wait for review, and the queue for that is not there yet; ' +
				'the operator may let writes through with --writes direct, or for approvers with --writes by-role',
		);
	}
	return writes.submit({ ...change, author: user, ifMatch }, key);
}

function accepted(submission: Submission): Extract<Submission, { ok: true }> {
	if (submission.ok) return submission;
	if (submission.kind === 'items') throw itemsError('record-invalid', submission.items);
	throw nameError(submission);
}

function nameError({ kind, message }: NameProblem): AppError {
	return new AppError(kind === 'name' ? 'name-invalid' : 'backend-prefix', message);
}

/** What every write tells: the category's new entity tag, and the commit if it made one. */
function describe(outcome: Done, response: Response): void {
	response.setHeader('Cache-Control', 'no-store');
	response.setHeader('ETag', `"${outcome.version}"`);
	if (outcome.kind === 'applied') response.setHeader('X-Reference-Commit', outcome.commit);
}

function note(
	{ category, model, operation }: Omit<Change, 'author'>,
	user: User,
	outcome: Done,
	response: Response,
	logger: Logger,
	advice: readonly string[] = [],
): void {
	const requestId = response.getHeader('X-Request-Id');
	const commit = outcome.kind === 'applied' ? outcome.commit : null;
	logger.info({ requestId, category, model, operation, user: user.username, commit, advice }, 'write');
}

/** Where the model can be read, under the prefix by which the request came, escaped so that any name can stand there. */
function locationOf(request: Request, category: string, model: string): string {
	const segments = model.split('/');
	// Clients resolve such segments away, escaped or not; inside one segment they stay.
	const plain = segments.every((part) => !/^\.{0,2}$/.test(part));
	const name = plain ? segments.map(encodeURIComponent).join('/') : encodeURIComponent(model);
	return `${request.baseUrl}/model_references/v1/${category}/model/${name}`;
}

function entityTags(header: string | undefined): readonly string[] | undefined {
	if (header === undefined) return undefined;
	if (header.trim() === '*') return ['*'];
	// A weak tag never matches here (RFC 9110, 13.1.1), so what follows `W/` is taken with it.
	return header.match(/(?:W\/)?"[^"]*"/g) ?? [];
}

function idempotencyKey(header: string | undefined): string | undefined {
	if (header === undefined) return undefined;
	if (/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(header)) return header;
	throw itemsError('query-invalid', [
		{
			type: 'value_error',
			loc: ['header', 'idempotency-key'],
			msg: 'Value error, an idempotency key has 1 to 255 printable ASCII characters',
			input: header,
		},
	]);
}

function pascalCase(name: string): string {
	return name.replace(/(?:^|_)(\w)/g, (_match, letter: string) => letter.toUpperCase());
}

const WRITE_NOTE =
	'When it is answered it is durable, and the next read shows it. `X-Reference-Advice` lists what could be better, and `X-Reference-Commit` names the commit.';

const SECURITY = [{ APIKeyHeader: [] }];

const HEADERS = [
	{
		name: 'If-Match',
		in: 'header',
		description: 'Entity tag of the category: the change is refused with 412 when that has changed.',
		schema: { type: 'string' },
	},
	{
		name: 'Idempotency-Key',
		in: 'header',
		description:
			'Makes a request safe to repeat: for a day the same key of the same user answers what the first success answered, and does nothing.',
		schema: { type: 'string', maxLength: 255 },
	},
];

const REFUSALS = {
	401: errorAnswer('There is no key, or it is nobody’s'),
	403: errorAnswer('The user may not change models'),
	409: errorAnswer('The model is there already, or was changed meanwhile, or its file has uncommitted edits'),
	412: errorAnswer('The category is not the one that If-Match names'),
	429: errorAnswer('Too many writes or failed authentications; see Retry-After'),
	503: errorAnswer('Writes cannot be taken now; see Retry-After'),
};

const text = { schema: { type: 'string' } };

function withHeaders(answer: object, names: readonly string[]): object {
	const headers = ['ETag', 'X-Reference-Commit', 'X-Reference-Advice', ...names].map((name) => [name, text]);
	return { ...answer, headers: Object.fromEntries(headers) };
}
