/** `queue diff`: what changes would do to their models as they are published now. */

import { findCategory } from '../categories.ts';
import { AppError } from '../errors.ts';
import { type ChangeDiff, diffChange, diffText, isOpen, sameState } from '../queue/change-diff.ts';
import type { PendingChange } from '../queue/pending-change.ts';
import { compactJson, fieldsText, valueFields } from '../record/record-fields.ts';
import { recordText } from '../record/reference-file.ts';
import { RepositoryView } from '../writer/repository-view.ts';
import { openDataRepository, type RepositoryFlags } from './data-repository.ts';
import { type Output, prettyJson } from './output.ts';
import { findChange, type OpenQueue, readQueue } from './queue-access.ts';
import { changeIds } from './queue-options.ts';
import { fieldLines, purposeOf } from './queue-words.ts';
import { dateText, escapedText } from './terminal-text.ts';

export interface QueueDiffFlags extends RepositoryFlags {
	readonly json?: boolean;
}

/** A change that could not be shown. */
interface Failure {
	readonly id: number;
	readonly error: AppError;
}

/**
 * Shows those that it can before it throws for the others.
 * @throws AppError `config-invalid`, `change-unknown`, `reference-broken`, `ledger-broken`
 */
export async function queueDiff(
	idTexts: readonly string[],
	flags: QueueDiffFlags,
	output: Output,
): Promise<void> {
	const ids = changeIds(idTexts);
	const { repository } = await openDataRepository(flags);
	await readQueue(repository, async (open) => {
		const diffs: ChangeDiff[] = [];
		const failures: Failure[] = [];
		const diff = await differ(open);
		for (const id of ids) {
			try {
				diffs.push(await diff(id));
			} catch (error) {
				if (!(error instanceof AppError)) throw error;
				failures.push({ id, error });
			}
		}
		if (flags.json) output.print(prettyJson(pageText(diffs, failures)));
		else if (diffs.length > 0) output.print(diffs.map((one) => shown(one, output.paint)).join('\n\n'));
		const [first] = failures;
		if (!first) return;
		throw new AppError(first.error.code, failures.map(({ error }) => error.message).join('; '));
	});
}

/** Compares with what is committed, as that is what a change is applied to. */
async function differ({ repository, queue, blobs }: OpenQueue): Promise<(id: number) => Promise<ChangeDiff>> {
	const view = new RepositoryView(repository, blobs);
	const { tree } = await view.base();
	const published = async ({ category, model_name }: PendingChange) => {
		const entry = findCategory(category);
		if (!entry) throw new RangeError(`there is no category '${category}'`);
		const record = recordText((await view.reference(tree, entry)).file, model_name);
		return record === undefined ? null : compactJson(record);
	};
	return async (id) => {
		const change = findChange(queue, id);
		return diffChange(change, await queue.content(id), await published(change));
	};
}

/** As the API has it. */
function pageText(diffs: readonly ChangeDiff[], failures: readonly Failure[]): string {
	const errors = failures.map(({ id, error }) => ({
		change_id: id,
		error: error.message,
		error_type: error.code === 'change-unknown' ? 'NotFound' : error.name,
	}));
	const total = diffs.length + failures.length;
	return fieldsText(
		new Map([['diffs', `[${diffs.map(diffText).join()}]`], ...valueFields({ total, errors })]),
	);
}

function shown(diff: ChangeDiff, paint: Output['paint']): string {
	const { change, fields, critical, conflict } = diff;
	const { change_id: id, status, requested_username, requested_at, notes } = change;
	const who = `by ${escapedText(requested_username)} at ${dateText(requested_at)}`;
	const lines = [`${status}, requested ${who}`];
	if (notes !== undefined) lines.push(`notes: ${escapedText(notes)}`);
	if (conflict !== undefined) lines.push(`${paint('red', 'does not apply:')} ${escapedText(conflict)}`);
	else if (isOpen(change)) lines.push(paint('green', 'still applies'));
	lines.push(effectOf(diff), ...fieldLines(fields, critical, paint));
	return [paint('bold', `change ${id}: ${purposeOf(change)}`), ...lines.map((line) => `  ${line}`)].join(
		'\n',
	);
}

function effectOf({ change, current, proposed, netOperation, fields }: ChangeDiff): string {
	if (sameState(current, proposed)) return 'the model is like this already';
	const effect = isOpen(change)
		? `the model would be ${netOperation}`
		: `against the model as it is now: ${netOperation}`;
	// The API counts no difference there, and this command shows what the API counts.
	return fields.length > 0 ? effect : `${effect}, but only in empty objects, or in true for 1`;
}
