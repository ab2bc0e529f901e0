/** Holds what git has of the queue against the model: refs, commits, the ledger's files, and the published references. */

import { expect } from 'vitest';
import { expectSound } from '../committer.ts';
import { reference } from '../records.ts';
import { TemporaryRepository } from '../temporary-repository.ts';
import { FILES, type ModelCategory } from './asks.ts';
import type { QueueModel } from './model.ts';
import { firstModels, type ModelChange, publishedRecords } from './state.ts';

const CATEGORIES = Object.keys(FILES) as readonly ModelCategory[];

/** A repository with what the model holds at first. */
export function firstRepository(): TemporaryRepository {
	const models = firstModels();
	return TemporaryRepository.create(
		Object.fromEntries(
			CATEGORIES.map((category) => [FILES[category], reference(publishedRecords(models, category))]),
		),
	);
}

export function expectAgreement(repository: TemporaryRepository, model: QueueModel): void {
	expectSound(repository);
	for (const category of CATEGORIES) {
		const published: unknown = JSON.parse(repository.git('show', `main:${FILES[category]}`));
		expect(Object.entries(Object(published)), category).toEqual(publishedRecords(model.models, category));
	}
	const published = repository.git(
		'log',
		'--reverse',
		'--format=%(trailers:key=Change-Id,valueonly)',
		'main',
	);
	expect(published.split('\n').filter(Boolean).map(Number)).toEqual(model.published);
	const open = model.live.filter(({ status }) => status === 'pending' || status === 'approved');
	const branches = lines(repository, 'for-each-ref', '--format=%(refname)', 'refs/heads/pending/');
	expect(branches.sort()).toEqual(open.map(({ id }) => `refs/heads/pending/${id}`).sort());
	if (model.ledgerCommits === 0) return;
	expect(repository.git('rev-list', '--count', 'refs/horde/queue')).toBe(String(model.ledgerCommits));
	const files = lines(repository, 'ls-tree', '-r', '--name-only', '--full-tree', 'refs/horde/queue');
	const approved = model.live.filter(({ status }) => status === 'approved');
	expect(named(files, /^approved\/(\d+)\/(?:.*\/)?(\d+)\.json$/)).toEqual(
		approved.map(({ batch, id }) => [batch, id]),
	);
	expect(named(files, /^changes\/.*\/(\d+)\.json$/)).toEqual(model.changes.map(({ id }) => [id]));
	const states = files.filter((file) => /^changes\/.*\/\d+\.json$/.test(file));
	const texts = repository.git('show', ...states.map((file) => `refs/horde/queue:${file}`)).split(/^(?=\{)/m);
	const stored = new Map(texts.map((text) => [JSON.parse(text).change_id, JSON.parse(text)]));
	for (const change of model.changes) expect(stored.get(change.id)).toMatchObject(storedForm(change));
}

/** What the ledger's file of a change must say. */
function storedForm({ id, status, batch, title, isPurged, events, job }: ModelChange): object {
	const event = (action: string) => events.find((each) => each.action === action)?.id;
	const [enqueue, apply, purge] = ['enqueue', 'apply', 'purge'].map(event);
	return {
		change_id: id,
		status,
		...(batch !== null && { batch_id: batch }),
		...(title !== null && { batch_title: title }),
		...(job !== null && { applied_job_id: job }),
		ledger: {
			enqueue_event: enqueue,
			...(apply !== undefined && { apply_event: apply }),
			...(isPurged && { purged: { event: purge } }),
		},
	};
}

function lines(repository: TemporaryRepository, ...args: readonly string[]): string[] {
	return repository
		.git(...args)
		.split('\n')
		.filter(Boolean);
}

/** Numbers in the names of those files that fit, in the order of the last of them. */
function named(files: readonly string[], pattern: RegExp): number[][] {
	return files
		.flatMap((file) => {
			const found = pattern.exec(file);
			return found ? [found.slice(1).map(Number)] : [];
		})
		.sort((a, b) => (a.at(-1) ?? 0) - (b.at(-1) ?? 0));
}
