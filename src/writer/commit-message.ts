/** What the commit of a change says: subject and trailers, which tools read back. Pure. */

import type { Operation } from '../store/model-history.ts';
import type { Change } from './change.ts';

const VERBS: Readonly<Record<Operation, string>> = { create: 'Add', update: 'Update', delete: 'Remove' };

export interface CommitMessage {
	readonly subject: string;
	readonly trailers: readonly (readonly [string, string])[];
}

export function commitMessage({ category, operation, model, trailers = [] }: Change): CommitMessage {
	return {
		subject: `${VERBS[operation]} ${category} model ${model}`,
		trailers: [['Category', category], ['Model', model], ['Operation', operation], ...trailers],
	};
}
