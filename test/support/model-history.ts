/** Histories of one category file, and what the service counts in them. */

import { expect } from 'vitest';
import { reference } from './records.ts';
import { TemporaryRepository } from './temporary-repository.ts';
import type { TestService } from './test-service.ts';

/** When these histories begin; unix seconds. */
export const T = 1_600_000_000;

export interface Counted {
	readonly last_updated: number;
	readonly last_operation_type: string | null;
	readonly last_operation_model: string | null;
	readonly total_creates: number;
	readonly total_updates: number;
	readonly total_deletes: number;
	readonly total_models: number;
	readonly initialization_time: number;
}

export async function counted(service: TestService, category = 'clip'): Promise<Counted> {
	const response = await fetch(service.v1(`metadata/${category}`));
	expect(response.status).toBe(200);
	return (await response.json()) as Counted;
}

/** Creates, updates, deletes, and the models there are now. */
export async function totals(service: TestService, category = 'clip'): Promise<readonly number[]> {
	const { total_creates, total_updates, total_deletes, total_models } = await counted(service, category);
	return [total_creates, total_updates, total_deletes, total_models];
}

/** A clip reference of models with these versions. */
export const versions = (models: Readonly<Record<string, number>>) =>
	reference(Object.entries(models).map(([name, version]) => [name, { name, type: 'clip', version }]));

/** A repository whose commits, a minute apart, give one file these contents; null removes it. */
export function history(file: string, contents: readonly (string | null)[]): TemporaryRepository {
	const repository = TemporaryRepository.create();
	for (const [index, content] of contents.entries()) {
		if (content === null) repository.remove(file);
		else repository.write(file, content);
		repository.commit({}, `Version ${index + 1}`, T + index * 60);
	}
	return repository;
}
