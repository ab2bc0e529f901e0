/** What the model-based test asks of the queue, and the few users, models and records that it asks for. */

import type { ALICE, BOB, CAROL } from '../write-service.ts';

export type User = typeof ALICE | typeof BOB | typeof CAROL;

export type Json = Readonly<Record<string, unknown>>;

export type ModelCategory = 'clip' | 'image_generation' | 'text_generation';

export const FILES: Readonly<Record<ModelCategory, string>> = {
	clip: 'clip.json',
	image_generation: 'stable_diffusion.json',
	text_generation: 'db.json',
};

export const STATUSES = ['pending', 'approved', 'applied', 'rejected'] as const;

/** Ids as decisions take them: each once, and without those that cannot be. */
export function ascending(ids: readonly number[]): readonly number[] {
	return [...new Set(ids)].filter((id) => id > 0).sort((a, b) => a - b);
}

/** Filters of a listing and of a purge; empty is none. */
export interface Filter {
	readonly statuses: readonly string[];
	readonly categories: readonly string[];
	readonly modelName: string;
	readonly requestedBy: readonly string[];
}

export interface Write {
	readonly ask: 'write';
	readonly user: User;
	readonly operation: 'create' | 'update' | 'delete';
	readonly category: ModelCategory;
	readonly name: string;
	/** Null for a delete. */
	readonly record: Json | null;
}

export interface Decide {
	readonly ask: 'decide';
	readonly user: User;
	readonly title: string;
	readonly approve: readonly number[];
	readonly reject: readonly number[];
	readonly reason: string;
}

interface Applying {
	readonly user: User;
	readonly job: string | null;
}

export interface Apply extends Applying {
	readonly ask: 'apply';
	readonly id: number;
}

export interface ApplyMany extends Applying {
	readonly ask: 'apply many';
	readonly ids: readonly number[];
	readonly mixed: boolean;
	readonly atomic: boolean;
}

export interface ApplyBatch extends Applying {
	readonly ask: 'apply batch';
	readonly batch: number;
	readonly atomic: boolean;
}

export interface Purge {
	readonly ask: 'purge';
	readonly user: User;
	readonly filter: Filter;
	readonly all: boolean;
	readonly dryRun: boolean;
}

/** What changes something. */
export type Step = Write | Decide | Apply | ApplyMany | ApplyBatch | Purge;

interface Paged {
	readonly offset: number;
	readonly limit: number;
}

/** What only looks. */
export type Look =
	| (Paged & { readonly ask: 'list'; readonly filter: Filter; readonly batch: number | null })
	| (Paged & {
			readonly ask: 'list mine';
			readonly user: User;
			readonly filter: Pick<Filter, 'statuses' | 'categories'>;
	  })
	| { readonly ask: 'change' | 'diff'; readonly id: number }
	| { readonly ask: 'diffs'; readonly ids: readonly number[] }
	| { readonly ask: 'current' }
	| { readonly ask: 'batches'; readonly cursor: number | null; readonly limit: number }
	| { readonly ask: 'batch' | 'net changes'; readonly batch: number };

export type Ask = Step | Look;

/** What is answered; where it cannot be told beforehand a matcher stands. */
export interface Answer {
	readonly status: number;
	readonly body: unknown;
}

/** Names with what names may have; two text models share a generated twin. */
export const NAMES: Readonly<Record<ModelCategory, readonly string[]>> = {
	clip: ['ViT-L/14', 'Ünïcode 🦙 a'],
	image_generation: ['Dream %2F+', '__proto__'],
	text_generation: ['org/Talk-7B', 'Lab/Talk-7B', 'solo'],
};

/** Records in the form in which they are stored, so that what is sent is what comes back. */
export const VARIANTS: readonly ((category: ModelCategory, name: string) => Json)[] = [
	(category, name) => recordOf(category, name, { description: 'First.', nsfw: false }),
	(category, name) => recordOf(category, name, { description: 'Second,\nwith "quotes".', nsfw: false }),
	(category, name) => recordOf(category, name, { description: 'Second,\nwith "quotes".', nsfw: true }),
	(category, name) => ({
		...recordOf(category, name, { description: 'First.', nsfw: false }),
		extra: { deep: { list: [1, 'two', null], none: null }, empty: {} },
	}),
];

function recordOf(
	category: ModelCategory,
	name: string,
	{ description, nsfw }: { readonly description: string; readonly nsfw: boolean },
): Json {
	switch (category) {
		case 'clip':
			return { name, type: 'clip', description, nsfw, config: { files: [], download: [] } };
		case 'image_generation': {
			const download = [{ file_name: 'x.ckpt', file_path: '', file_url: 'https://models.invalid/x.ckpt' }];
			const showcases = ['https://pictures.invalid/1.webp'];
			const head = { name, baseline: 'stable diffusion 1', type: 'ckpt', inpainting: false };
			return { ...head, description, showcases, nsfw, config: { files: [], download } };
		}
		case 'text_generation': {
			const part = name.split('/')[1] ?? name;
			const head = { name, model_name: part, baseline: '', parameters: 7_000_000_000 };
			const rest = { display_name: part.replace('-', ' '), tags: ['7B', 'chat'] };
			return { ...head, description, version: '1', style: 'chat', nsfw, ...rest };
		}
	}
}

/** As references hold them before anything is asked for. */
export const FIRST_MODELS: Readonly<Record<ModelCategory, readonly string[]>> = {
	clip: ['ViT-L/14', 'Old one'],
	image_generation: ['Dream %2F+'],
	text_generation: ['org/Talk-7B'],
};
