/** `queue approve` and `queue reject`: decide on pending changes, all that are named or none. */

import { readDecision } from '../queue/queue-requests.ts';
import { fieldsText, valueFields } from '../record/record-fields.ts';
import type { Decision, DoneOf } from '../writer/change.ts';
import { type Output, prettyJson } from './output.ts';
import { changeQueue, recordsText } from './queue-access.ts';
import { changeIds, readOptions } from './queue-options.ts';
import { namedChanges } from './queue-words.ts';
import { escapedText } from './terminal-text.ts';
import type { WriteFlags } from './write-change.ts';

export interface QueueApproveFlags extends WriteFlags {
	readonly title: string;
}

export interface QueueRejectFlags extends QueueApproveFlags {
	readonly reason: string;
}

/** @throws AppError `config-invalid`, `change-state` when one of them is not pending, and as `changeQueue` */
export async function queueApprove(
	ids: readonly string[],
	flags: QueueApproveFlags,
	output: Output,
): Promise<void> {
	const body = { batch_title: flags.title, approved_ids: changeIds(ids) };
	const done = await decide('queue approve', body, flags, output);
	if (!done) return;
	const { approved, batch } = done;
	const title = escapedText(JSON.stringify(flags.title.trim()));
	output.print(
		`Approved ${namedChanges(approved.map(({ change_id }) => change_id))} in batch ${batch}, ${title}.\n` +
			`Next, publish it: horde-references queue apply --batch ${batch}`,
	);
}

/** Throws as `queueApprove`. */
export async function queueReject(
	ids: readonly string[],
	flags: QueueRejectFlags,
	output: Output,
): Promise<void> {
	const body = { batch_title: flags.title, rejected_ids: changeIds(ids), reject_reason: flags.reason };
	const done = await decide('queue reject', body, flags, output);
	if (!done) return;
	output.print(`Rejected ${namedChanges(done.rejected.map(({ change_id }) => change_id))}.`);
}

/** @returns what was done; undefined when it was printed as JSON already */
async function decide(
	purpose: string,
	body: object,
	flags: WriteFlags,
	output: Output,
): Promise<DoneOf<Decision> | undefined> {
	const decision = readOptions(readDecision, body);
	return changeQueue(purpose, flags, output, async ({ queue, author, submit }) => {
		const done = await submit({ transition: 'decide', ...decision, actor: author });
		if (!flags.json) return done;
		const head = valueFields({ batch_id: done.batch ?? null, batch_title: decision.title });
		const lists = [
			['approved', await recordsText(queue, done.approved, true)],
			['rejected', await recordsText(queue, done.rejected, true)],
		] as const;
		output.print(prettyJson(fieldsText(new Map([...head, ...lists]))));
		return undefined;
	});
}
