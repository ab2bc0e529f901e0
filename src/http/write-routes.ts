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
import { wireText } from '../queue/pending-change.ts';
import type { PendingQueue } from '../queue/pending-queue.ts';
import { type Advice, adviceSentences } from '../record/advice.ts';
import { fieldsText } from '../record/record-fields.ts';
import type { RecordSchemas } from '../record/schemas.ts';
import { checkModelName, type NameProblem, readSubmission, type Submission } from '../record/submission.ts';
import type { ReferenceStore } from '../store/reference-store.ts';
import type { Change, DoneOf, Proposal } from '../writer/change.ts';
import type { IdempotentWrites } from '../writer/idempotency.ts';
import { strictCategory } from './category-param.ts';
import { itemsError } from './errors.ts';
import { type Mode, readOnlyReason } from './metadata-routes.ts';
import { type Limits, sendText } from './queue-access.ts';
import { readJsonBody } from './request-body.ts';
import { type Route, segment } from './route.ts';
import { entityTags, idempotencyKey } from './write-conditions.ts';
import { createOperation, DELETE_OPERATION, updateOperation } from './write-operations.ts';

export interface WriteDependencies {
	readonly mode: Mode;
	readonly policy: WritePolicy;
	readonly access: Access;
	readonly schemas: RecordSchemas;
	readonly writes: IdempotentWrites;
	readonly queue: PendingQueue;
	readonly store: Pick<ReferenceStore, 'snapshot'>;
	readonly limits: Limits;
	readonly logger: Logger;
}

type Requested = Omit<Change, 'author' | 'ifMatch'>;
type Done = DoneOf<Change> | DoneOf<Proposal>;

export function writeRoutes(dependencies: WriteDependencies): readonly Route[] {
	const limits = [...dependencies.limits.failures, ...dependencies.limits.writes];
	const writable = CATEGORIES.filter((category) => category.writable);
	return [
		...writable.flatMap((category): Route[] => {
			const path = `/model_references/v1/${category.name}`;
			return [
				{
					method: 'post',
					path,
					operation: createOperation(category.name),
					handler: [...limits, putHandler(category, 'create', dependencies)],
				},
				{
					method: 'put',
					path,
					operation: updateOperation(category.name),
					handler: [...limits, putHandler(category, 'update', dependencies)],
				},
			];
		}),
		{
			method: 'delete',
			path: '/model_references/v1/{model_category_name}/model/{model_name}',
			spans: true,
			operation: DELETE_OPERATION,
			handler: [...limits, deleteHandler(dependencies)],
		},
	];
}

function putHandler(
	category: CategoryEntry,
	operation: 'create' | 'update',
	dependencies: WriteDependencies,
): RequestHandler {
	return async (request, response) => {
		const user = await admit(request, dependencies);
		const body = await readJsonBody(request, response);
		const submission = accepted(readSubmission(category, body, dependencies.schemas));
		const { name: model, fields, advice } = submission;
		const change = { category: category.name, operation, model, record: fieldsText(fields) };
		const outcome = await apply(change, user, request, dependencies, advice);
		report(response, change, outcome, advice, dependencies);
		dependencies.logger.info({ ...logged(response, change, user, outcome), advice }, 'write');
		if (outcome.kind === 'proposed') {
			sendProposal(response, outcome);
			return;
		}
		if (operation === 'create') response.setHeader('Location', locationOf(request, category.name, model));
		response.status(operation === 'create' ? 201 : 200).setHeader('Content-Type', 'application/json');
		response.send(Buffer.from(outcome.record ?? ''));
	};
}

function deleteHandler(dependencies: WriteDependencies): RequestHandler {
	return async (request, response) => {
		const user = await admit(request, dependencies);
		const category = strictCategory(segment(request.params.model_category_name));
		const model = segment(request.params.model_name);
		const problem = checkModelName(category, model, dependencies.schemas, 'deleted');
		if (problem) throw nameError(problem);
		if (!category.writable) {
			throw new AppError('model-not-found', `Model '${model}' not found in category '${category.name}'`);
		}
		const change = { category: category.name, operation: 'delete', model, record: null } as const;
		const outcome = await apply(change, user, request, dependencies, []);
		report(response, change, outcome, [], dependencies);
		dependencies.logger.info(logged(response, change, user, outcome), 'write');
		if (outcome.kind === 'proposed') sendProposal(response, outcome);
		else response.status(204).end();
	};
}

/** Who it is, if they may ask for a change at all. */
async function admit(request: Request, { mode, access }: WriteDependencies): Promise<User> {
	requireWritable(mode);
	return access.authorise(request.get('apikey'), 'requestor');
}

/** @throws AppError `not-writable` */
export function requireWritable(mode: Mode): void {
	const reason = readOnlyReason(mode);
	if (reason !== undefined) throw new AppError('not-writable', reason);
}

async function apply(
	change: Requested,
	user: User,
	request: Request,
	{ policy, access, writes, queue }: WriteDependencies,
	advice: readonly Advice[],
): Promise<Done> {
	const ifMatch = entityTags(request.get('if-match'));
	const key = idempotencyKey(request.get('idempotency-key'));
	const isDirect = policy === 'direct' || (policy === 'by-role' && access.rolesOf(user).includes('approver'));
	const whole = { ...change, author: user, ifMatch };
	if (isDirect) return writes.submit(whole, key);
	queue.requireSound();
	return writes.propose({ transition: 'propose', change: whole, notes: adviceSentences(advice) }, key);
}

/** What was proposed, without what is not decided yet. */
function sendProposal(response: Response, { change, content }: DoneOf<Proposal>): void {
	sendText(response, wireText(change, content, false), 202);
}

function accepted(submission: Submission): Extract<Submission, { ok: true }> {
	if (submission.ok) return submission;
	if (submission.kind === 'items') throw itemsError('record-invalid', submission.items);
	throw nameError(submission);
}

function nameError({ kind, message }: NameProblem): AppError {
	return new AppError(kind === 'name' ? 'name-invalid' : 'backend-prefix', message);
}

/** What every write tells: the category's entity tag as it is now, the commit if it made one, and advice. */
function report(
	response: Response,
	{ category }: Requested,
	outcome: Done,
	advice: readonly Advice[],
	{ store }: WriteDependencies,
): void {
	const version = outcome.kind === 'proposed' ? store.snapshot.files.get(category)?.version : outcome.version;
	response.setHeader('Cache-Control', 'no-store');
	if (version !== undefined) response.setHeader('ETag', `"${version}"`);
	if (outcome.kind === 'applied') response.setHeader('X-Reference-Commit', outcome.commit);
	if (advice.length > 0) response.setHeader('X-Reference-Advice', advice.join(', '));
}

function logged(response: Response, change: Requested, { username }: User, outcome: Done): object {
	const { category, model, operation } = change;
	const requestId = response.getHeader('X-Request-Id');
	const commit = outcome.kind === 'applied' ? outcome.commit : null;
	const proposal = outcome.kind === 'proposed' ? { proposal: outcome.change.change_id } : {};
	return { requestId, category, model, operation, user: username, commit, ...proposal };
}

/** Where the model can be read, under the prefix by which the request came, escaped so that any name can stand there. */
function locationOf(request: Request, category: string, model: string): string {
	const segments = model.split('/');
	// Clients resolve such segments away, escaped or not; inside one segment they stay.
	const plain = segments.every((part) => !/^\.{0,2}$/.test(part));
	const name = plain ? segments.map(encodeURIComponent).join('/') : encodeURIComponent(model);
	return `${request.baseUrl}/model_references/v1/${category}/model/${name}`;
}
