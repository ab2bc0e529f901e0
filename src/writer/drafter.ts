/** Makes the commits of a group, each on the one before it; nothing names them yet. */

import { type CategoryEntry, findCategory } from '../categories.ts';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { renderCommit } from '../git/commit-object.ts';
import { LooseObjects } from '../git/loose-objects.ts';
import type { ObjectWriter } from '../git/object-writer.ts';
import { PackedObjects } from '../git/packed-objects.ts';
import type { Repository } from '../git/repository.ts';
import { putInTree, renderTree, type TreeStore } from '../git/tree.ts';
import { type ReferenceFile, recordText, referenceBytes } from '../record/reference-file.ts';
import type { WrittenCommit, WrittenFile } from '../store/written.ts';
import type { Change, Outcome, Refusal } from './change.ts';
import { commitMessage } from './commit-message.ts';
import { countModels, type Plan, planChange, refusal } from './plan-change.ts';
import { asRefusal, editsInTheWay } from './refusals.ts';
import { type Base, type RepositoryView, TEXT_TABLE } from './repository-view.ts';

/** Domain that belongs to nobody (RFC 2606): users of the horde have no address that we know. */
const AUTHOR_DOMAIN = 'horde-users.invalid';

/** Errors that concern the files of one category; the changes of others go on. */
const ONE_CATEGORY: ReadonlySet<string> = new Set(['reference-broken', 'not-a-file']);

/** The commits of a group that are made but not yet published. */
export interface Draft {
	readonly base: Base;
	/** What the commits were written with. */
	readonly objects: ObjectWriter;
	readonly outcomes: Map<Change, Outcome>;
	readonly commits: WrittenCommit[];
	/** Files as the last commit has them, by category. */
	readonly files: Map<string, WrittenFile>;
	/** Files as the base has them, by category. */
	readonly bases: Map<string, ReferenceFile>;
	/** Every path that differs from the base, and whether the base has it. */
	readonly paths: Map<string, boolean>;
	tip: string | undefined;
	tree: string | undefined;
}

/** The model's record in the commit that each change was first planned on: it must not have moved since. */
export type Seen = Map<Change, string | undefined>;

/** What a data file shall hold. */
interface Text {
	readonly file: string;
	readonly bytes: Buffer;
	readonly content: Parameters<RepositoryView['keep']>[2];
}

export interface DrafterOptions {
	readonly repository: Repository;
	readonly view: RepositoryView;
	readonly clock: Clock;
	/** In whose name commits are made. */
	readonly committer: { readonly name: string; readonly email: string };
	readonly onNotice: (message: string) => void;
}

export class Drafter {
	readonly #repository: Repository;
	readonly #view: RepositoryView;
	readonly #clock: Clock;
	readonly #committer: DrafterOptions['committer'];
	readonly #onNotice: (message: string) => void;
	readonly #loose: LooseObjects;
	readonly #packed: PackedObjects;
	/** The one of the two that the group at hand is written with. */
	#objects: ObjectWriter;
	readonly #treeStore: TreeStore;

	constructor({ repository, view, clock, committer, onNotice }: DrafterOptions) {
		this.#repository = repository;
		this.#view = view;
		this.#clock = clock;
		this.#committer = committer;
		this.#onNotice = onNotice;
		this.#loose = new LooseObjects(repository.commonDirectory, repository.objectFormat);
		this.#packed = new PackedObjects(repository.commonDirectory, repository.objectFormat);
		this.#objects = this.#loose;
		this.#treeStore = view.treeStore((entries) => this.#objects.write('tree', renderTree(entries)));
	}

	/** Tidies up after a process that died while it made commits. */
	releaseLeftBehind(): void {
		this.#packed.releaseLeftBehind();
	}

	/** @param seen is added to */
	async draft(changes: readonly Change[], base: Base, seen: Seen): Promise<Draft> {
		// Packs are quicker to write and slower to have many of.
		this.#objects = changes.length > 1 ? this.#packed : this.#loose;
		const draft: Draft = {
			base,
			objects: this.#objects,
			outcomes: new Map(),
			commits: [],
			files: new Map(),
			paths: new Map(),
			bases: new Map(),
			tip: base.commit,
			tree: base.tree,
		};
		for (const change of changes) draft.outcomes.set(change, await this.#draftChange(change, draft, seen));
		return draft;
	}

	/** Forgets what was made of a draft that will not be published. */
	abandon(): void {
		this.#objects.abandon();
	}

	/** Files that a change may touch, as git names them. */
	pathsOf({ category }: Change): string[] {
		const file = findCategory(category)?.file ?? '';
		return [file, ...(category === 'text_generation' ? [TEXT_TABLE] : [])].map((name) =>
			this.#view.path(name),
		);
	}

	async #draftChange(change: Change, draft: Draft, seen: Seen): Promise<Outcome> {
		const category = findCategory(change.category);
		if (!category) throw new RangeError(`there is no category '${change.category}'`);
		try {
			const moved = movedSince(change, await this.#baseOf(category, draft), seen);
			if (moved) return moved;
			const { version, file } = await this.#view.reference(draft.tree, category);
			const hasTable = category.name === 'text_generation';
			const table = hasTable ? await this.#view.table(draft.tree) : undefined;
			const plan = this.#plan(category, { version, file, table }, change);
			if (plan.kind === 'refused') return (await this.#editsBehind(plan, change)) ?? plan;
			if (plan.kind === 'unchanged') {
				return { kind: 'unchanged', version: version ?? '', record: plan.record };
			}
			const bytes = referenceBytes(plan.file);
			const texts: Text[] = [{ file: category.file, bytes, content: plan.file }];
			if (plan.table !== undefined && plan.table !== table) {
				texts.push({ file: TEXT_TABLE, bytes: Buffer.from(plan.table), content: plan.table });
			}
			const [written = ''] = await this.#putFiles(draft, texts);
			const modelCount = countModels(plan.file);
			const empty = plan.file.records.length === 0;
			draft.files.set(category.name, { category: category.name, version: written, bytes, modelCount, empty });
			const commit = this.#writeCommit(change, draft);
			draft.commits.push({ ...commit, ...facts(change), changesModel: plan.changesModel, version: written });
			return { kind: 'applied', commit: commit.id, version: written, record: change.record };
		} catch (error) {
			if (error instanceof AppError && ONE_CATEGORY.has(error.code)) return asRefusal(error);
			throw error;
		}
	}

	async #baseOf(category: CategoryEntry, { bases, base }: Draft): Promise<ReferenceFile> {
		const known = bases.get(category.name);
		if (known) return known;
		const { file } = await this.#view.reference(base.tree, category);
		bases.set(category.name, file);
		return file;
	}

	/** A mistake of ours about one change is no reason to refuse the others. */
	#plan(...[category, state, change]: Parameters<typeof planChange>): Plan {
		try {
			return planChange(category, state, change);
		} catch (error) {
			const where = error instanceof Error ? error.stack : String(error);
			this.#onNotice(`a change of ${category.name} model ${change.model} cannot be planned: ${where}`);
			return refusal('change-unplanned', 'the change cannot be planned, by a mistake of this program');
		}
	}

	/** Whoever read a file with uncommitted edits has its entity tag, and would be told to read it again without end. */
	async #editsBehind({ code }: Refusal, change: Change): Promise<Refusal | undefined> {
		if (code !== 'precondition-failed') return undefined;
		const edited: string[] = [];
		for (const file of this.pathsOf(change)) {
			const status = ['--no-optional-locks', 'status', '--porcelain', '--', `:(top,literal)${file}`];
			if (await this.#repository.git.ask(status)) edited.push(file);
		}
		return edited.length > 0 ? editsInTheWay(this.#repository, edited) : undefined;
	}

	/** Puts all files into the draft's tree or, where one of them cannot be, none. */
	async #putFiles(draft: Draft, texts: readonly Text[]): Promise<readonly string[]> {
		let { tree } = draft;
		const ids: string[] = [];
		for (const { file, bytes } of texts) {
			const filePath = this.#view.path(file);
			const blob = this.#objects.write('blob', bytes, filePath);
			tree = await putInTree(this.#treeStore, tree, filePath, blob);
			ids.push(blob);
		}
		draft.tree = tree;
		for (const [index, { file, content }] of texts.entries()) {
			const filePath = this.#view.path(file);
			if (!draft.paths.has(filePath)) {
				draft.paths.set(filePath, await this.#view.has(draft.base.tree, filePath));
			}
			this.#view.keep(filePath, ids[index] ?? '', content);
		}
		return ids;
	}

	#writeCommit(change: Change, draft: Draft): { readonly id: string; readonly time: number } {
		// A clock that was put back must not make history run backwards.
		const previous = draft.commits.at(-1)?.time ?? draft.base.time;
		const time = Math.max(Math.floor(this.#clock() / 1000), previous);
		const { id, username, email = `${id}@${AUTHOR_DOMAIN}` } = change.author;
		const content = renderCommit({
			tree: draft.tree ?? '',
			parent: draft.tip,
			author: { name: username, email, time },
			committer: { ...this.#committer, time },
			...commitMessage(change),
		});
		draft.tip = this.#objects.write('commit', content);
		return { id: draft.tip, time };
	}
}

/** A refusal when the branch moved while the change was under way and its model with it. */
function movedSince(change: Change, base: ReferenceFile, seen: Seen): Refusal | undefined {
	const record = recordText(base, change.model);
	if (!seen.has(change)) seen.set(change, record);
	if (seen.get(change) === record) return undefined;
	return refusal(
		'write-conflict',
		`Model '${change.model}' of category '${change.category}' was changed by somebody else at the same moment; ` +
			'read it again and send the change anew',
	);
}

function facts({
	category,
	operation,
	model,
}: Change): Pick<WrittenCommit, 'category' | 'operation' | 'model'> {
	return { category, operation, model };
}
