/** Puts what the model-based test asks for to a running service. */

import { ALICE, type WriteAnswer, writeClient } from '../write-service.ts';
import type { Ask, Filter } from './asks.ts';

export function askOverHttp(url: string, asked: Ask): Promise<WriteAnswer> {
	const client = writeClient(url, 'user' in asked ? asked.user.key : ALICE.key);
	const get = (path: string, query: readonly (readonly [string, string])[] = []) =>
		client.get(
			`pending_queue/${path}?${new URLSearchParams(query.map(([name, value]): [string, string] => [name, value]))}`,
		);
	const post = (path: string, body: object) => client.post(`pending_queue/${path}`, body);
	switch (asked.ask) {
		case 'write': {
			const { operation, category, name, record } = asked;
			if (record === null) return client.delete(category, name);
			return operation === 'create' ? client.post(category, record) : client.put(category, record);
		}
		case 'decide':
			return post('batches', {
				batch_title: asked.title,
				approved_ids: asked.approve,
				rejected_ids: asked.reject,
				reject_reason: asked.reason,
			});
		case 'apply':
			return post(`changes/${asked.id}/apply`, { job_id: asked.job });
		case 'apply many': {
			const { ids, job, mixed, atomic } = asked;
			return post('apply', { change_ids: ids, job_id: job, allow_mixed_batch: mixed, atomic });
		}
		case 'apply batch': {
			const { batch, job, atomic } = asked;
			const query = new URLSearchParams({ atomic: String(atomic), ...(job !== null && { job_id: job }) });
			return client.post(`pending_queue/apply_batch/${batch}?${query}`, '');
		}
		case 'purge': {
			const { filter, all, dryRun } = asked;
			const { statuses, categories, modelName, requestedBy } = filter;
			return post('purge', {
				...{ statuses, categories, model_name: modelName, requested_by: requestedBy },
				...{ purge_all: all, dry_run: dryRun },
			});
		}
		case 'list':
			return get('changes', [
				...filterQuery(asked.filter),
				...(asked.batch === null ? [] : [['batch_id', String(asked.batch)] as const]),
				['offset', String(asked.offset)],
				['limit', String(asked.limit)],
			]);
		case 'list mine':
			return get('my_changes', [
				...filterQuery({ ...asked.filter, modelName: '', requestedBy: [] }),
				['offset', String(asked.offset)],
				['limit', String(asked.limit)],
			]);
		case 'change':
			return get(`changes/${asked.id}`);
		case 'diff':
			return get(`changes/${asked.id}/diff`);
		case 'diffs':
			return get(
				'diffs',
				asked.ids.map((id) => ['change_ids', String(id)]),
			);
		case 'current':
			return get('audit/current');
		case 'batches':
			return get('audit/batches', [
				...(asked.cursor === null ? [] : [['cursor', String(asked.cursor)] as const]),
				['limit', String(asked.limit)],
			]);
		case 'batch':
			return get(`audit/batches/${asked.batch}`);
		case 'net changes':
			return get(`audit/batches/${asked.batch}/net_changes`);
	}
}

function filterQuery({
	statuses,
	categories,
	modelName,
	requestedBy,
}: Filter): readonly (readonly [string, string])[] {
	const each = (name: string, values: readonly string[]) => values.map((value) => [name, value] as const);
	return [
		...each('statuses', statuses),
		...each('categories', categories),
		...each('requested_by', requestedBy),
		...(modelName === '' ? [] : each('model_name', [modelName])),
	];
}
