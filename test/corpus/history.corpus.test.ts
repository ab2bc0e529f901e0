/** The history of the real references, beside git with a parser, and beside the table that the image reference keeps of itself. */

import { describe, expect, test } from 'vitest';
import { CATEGORIES, isBackendVariant } from '../../src/categories.ts';
import { plainHistory } from '../support/made-history.ts';
import { cloneOriginal, missingCorpus } from '../support/shared-corpus.ts';
import { TemporaryRepository } from '../support/temporary-repository.ts';
import { startTestService } from '../support/test-service.ts';

interface Item {
	readonly commit: string;
	readonly author_date: number;
	readonly date: number;
	readonly added: readonly string[];
	readonly changed: readonly string[];
	readonly removed: readonly string[];
}

interface Place {
	readonly commit: string;
	readonly date: number;
}

interface Row {
	readonly name: string;
	readonly added: Place;
	readonly modified: Place;
	readonly removed: Place | null;
}

/** A row of `model_mod_data.json`. Its commit ids are those from before a rewrite, so only the dates can be compared. */
interface Recorded {
	readonly date_added: number;
	readonly date_modified: number;
	readonly date_removed: number | null;
}

async function everyItem(url: string, category: string): Promise<readonly Item[]> {
	const items: Item[] = [];
	for (let cursor: string | null = ''; cursor !== null; ) {
		const path = `${url}/history/${category}?limit=500${cursor && `&cursor=${cursor}`}`;
		const page = (await (await fetch(path)).json()) as { items: Item[]; next_cursor: string | null };
		items.push(...page.items);
		cursor = page.next_cursor;
	}
	return items;
}

const sorted = (names: readonly string[]) => [...names].sort();
const byCommit = <Told extends { readonly commit: string }>(items: readonly Told[]) =>
	[...items].sort((a, b) => (a.commit < b.commit ? -1 : 1));

describe.skipIf(missingCorpus !== undefined)(
	`the_history_of_the_real_references ${missingCorpus ?? ''}`,
	() => {
		test.each(['image', 'text'] as const)(
			'of_the_%s_reference_is_what_git_and_a_parser_say',
			async (name) => {
				const repository = new TemporaryRepository(cloneOriginal(name));
				const service = await startTestService(repository);
				let compared = 0;
				for (const { name: category, file } of CATEGORIES) {
					const counts = (model: string) => category !== 'text_generation' || !isBackendVariant(model);
					const plain = plainHistory(repository, 'HEAD', { file, counts });
					if (plain.length === 0) continue;
					const items = await everyItem(service.url, category);
					expect(items[0]?.commit).toBe(plain.at(-1)?.commit);
					expect(
						byCommit(items).map(({ commit, added, changed, removed }) => ({
							commit,
							added: sorted(added),
							changed: sorted(changed),
							removed: sorted(removed),
						})),
					).toEqual(
						byCommit(plain).map(({ commit, created, updated, deleted }) => ({
							commit,
							added: created,
							changed: updated,
							removed: deleted,
						})),
					);
					compared += items.length;
				}
				expect(compared).toBeGreaterThan(300);
			},
			180_000,
		);

		test('agrees_with_the_table_that_the_image_reference_keeps_of_its_models', async () => {
			const repository = new TemporaryRepository(cloneOriginal('image'));
			const service = await startTestService(repository);
			const table = JSON.parse(repository.git('show', 'HEAD:model_mod_data.json')) as Record<
				string,
				Recorded
			>;
			const answer = await fetch(`${service.url}/history/image_generation/models`);
			const { models } = (await answer.json()) as { models: Row[] };
			expect(sorted(models.map(({ name }) => name))).toEqual(sorted(Object.keys(table)));
			const dates = new Map(
				(await everyItem(service.url, 'image_generation')).map(({ commit, author_date, date }) => [
					commit,
					[author_date, date],
				]),
			);
			const agreeing = (recorded: (row: Recorded) => number | null, place: (row: Row) => Place | null) =>
				models.filter((row) => {
					const found = place(row);
					const wanted = recorded(table[row.name] ?? { date_added: 0, date_modified: 0, date_removed: 0 });
					return found === null || wanted === null
						? found === wanted
						: dates.get(found.commit)?.includes(wanted);
				}).length;
			// The table was made on branches that were squashed later: its dates are then those of commits that are gone.
			expect(
				agreeing(
					(row) => row.date_added,
					({ added }) => added,
				),
			).toBeGreaterThanOrEqual(293);
			expect(
				agreeing(
					(row) => row.date_modified,
					({ modified }) => modified,
				),
			).toBeGreaterThanOrEqual(285);
			// It also calls a model removed that a side branch removed and a merge kept, or that came back; here the last removal counts.
			expect(
				agreeing(
					(row) => row.date_removed,
					({ removed }) => removed,
				),
			).toBeGreaterThanOrEqual(261);
			expect(models).toHaveLength(298);
		}, 60_000);
	},
);
