/** The real references, imported and served: nothing is lost on the way, and everything reads as it should. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { CATEGORIES, readNames } from '../../src/categories.ts';
import { RecordSchemas } from '../../src/record/schemas.ts';
import { validateReference } from '../../src/record/validate-reference.ts';
import { importedCorpus, type OriginalName } from '../support/imported-corpus.ts';
import { rawRequest } from '../support/raw-request.ts';
import { missingCorpus, sharedPath } from '../support/shared-corpus.ts';
import type { TemporaryRepository } from '../support/temporary-repository.ts';

/** Category files and companions, by the original that they come from. */
const ORIGIN: readonly (readonly [string, OriginalName])[] = [
	['blip.json', 'image'],
	['clip.json', 'image'],
	['codeformer.json', 'image'],
	['controlnet.json', 'image'],
	['esrgan.json', 'image'],
	['gfpgan.json', 'image'],
	['safety_checker.json', 'image'],
	['stable_diffusion.json', 'image'],
	['miscellaneous.json', 'image'],
	['lora.json', 'image'],
	['diffusers.json', 'image'],
	['db.json', 'text'],
	['models.csv', 'text'],
	['defaults.json', 'text'],
	['generation_params.json', 'text'],
];

const served = CATEGORIES.filter(({ external, file }) => !external && ORIGIN.some(([name]) => name === file));

describe.skipIf(missingCorpus)(`the real references ${missingCorpus ?? ''}`, () => {
	const corpus = importedCorpus();
	const { service } = corpus;

	test.each(ORIGIN)('%s_has_the_bytes_and_the_history_of_the_original', (file, name) => {
		const original = corpus.original(name);
		expect(readFileSync(service.repository.path(file)).equals(readFileSync(original.path(file)))).toBe(true);
		const log = ['log', '--format=%an <%ae> %at %cn <%ce> %ct %B', '--', file];
		const history = service.repository.git(...log);
		expect(history).not.toBe('');
		expect(history).toBe(original.git(...log));
	});

	test('nothing_else_is_there', () => {
		const files = service.repository.git('ls-files').split('\n');
		expect(files.sort()).toEqual(ORIGIN.map(([file]) => file).sort());
		expect(service.repository.git('status', '--porcelain')).toBe('');
	});

	test.each(served.flatMap((category) => readNames(category).map((name) => [name, category.file] as const)))(
		'%s_is_served_as_the_bytes_of_%s',
		async (name, file) => {
			const origin = ORIGIN.find(([candidate]) => candidate === file)?.[1] ?? 'image';
			const bytes = readFileSync(corpus.original(origin).path(file));
			for (const prefix of ['/api', '']) {
				const answer = await rawRequest(service.url, `${prefix}/model_references/v1/${name}`);
				expect(answer.status).toBe(200);
				expect(answer.body.equals(bytes)).toBe(true);
			}
			for (const coding of ['gzip', 'br']) {
				const answer = await fetch(service.v1(name), { headers: { 'Accept-Encoding': coding } });
				expect(answer.headers.get('content-encoding')).toBe(coding);
				expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
			}
		},
	);

	test.each(served.map(({ name, file }) => [name, file] as const))(
		'%s_was_last_updated_when_git_log_of_the_original_says',
		async (category, file) => {
			const original = corpus.original(ORIGIN.find(([name]) => name === file)?.[1] ?? 'image');
			const times = original.git('log', '--format=%ct', '--', file).split('\n').map(Number);
			const response = await fetch(service.v1(`metadata/${category}`));
			expect(await response.json()).toMatchObject({
				last_updated: original.lastCommitTime(file),
				initialization_time: Math.min(...times),
			});
		},
	);

	test.each([
		['image_generation', 'stable_diffusion.json'],
		['controlnet', 'controlnet.json'],
		['clip', 'clip.json'],
	])('operations_on_%s_are_those_between_the_versions_that_git_log_shows', async (category, file) => {
		const answer = await rawRequest(service.url, `/api/model_references/v1/metadata/${category}`);
		expect(answer.json()).toMatchObject(countOperations(corpus.original('image'), file));
	});

	test('every_group_that_was_recorded_agrees_by_every_name', async () => {
		type Grouped = { readonly text_model_group?: unknown; readonly text_model_group_summary?: unknown };
		// As text, so that the order of the keys counts too.
		const wire = (record: Grouped | undefined) =>
			JSON.stringify([record?.text_model_group, record?.text_model_group_summary]);
		const recorded = Object.entries<Grouped>(
			JSON.parse(readFileSync(sharedPath('golden', 'include-group-sample.json'), 'utf8')),
		);
		expect(recorded.length).toBeGreaterThan(600);
		for (const name of ['text_generation', 'text_generation.json', 'db.json']) {
			const response = await fetch(service.v1(`${name}?include_group=true`));
			const records: Readonly<Record<string, Grouped>> = Object(await response.json());
			const differing = recorded.filter(([key, expected]) => wire(records[key]) !== wire(expected));
			expect(differing.map(([key]) => key)).toEqual([]);
		}
	});

	test('every_model_can_be_read_by_its_name', async () => {
		for (const { name: category, file } of served) {
			const records = Object.entries<object>(JSON.parse(readFileSync(service.repository.path(file), 'utf8')));
			const step = Math.ceil(records.length / 50);
			for (const [model, record] of records.filter((_record, index) => index % step === 0)) {
				const response = await fetch(service.v1(`${category}/model/${encodeURIComponent(model)}`));
				expect([model, response.status]).toEqual([model, 200]);
				expect(JSON.stringify(await response.json())).toBe(JSON.stringify(record));
			}
		}
	});

	test('every_record_is_valid_but_the_one_that_the_decision_names', () => {
		const schemas = new RecordSchemas();
		const findings = CATEGORIES.filter(({ schema }) => schema !== null).flatMap((category) => {
			const bytes = readFileSync(service.repository.path(category.file));
			const report = validateReference(category, bytes, schemas, { strict: true });
			expect(report.models).toBeGreaterThan(0);
			return report.findings.map(({ rule, model }) => [category.name, model, rule]);
		});
		expect(findings).toEqual([['controlnet', 'control_qr_sdxl', 'name']]);
	});
});

type Models = ReadonlyMap<string, unknown>;

/** Counts by comparing every version that `git log` shows with the ones before it: nothing kept, nothing clever. */
function countOperations(repository: TemporaryRepository, file: string) {
	// With --parents, git answers the parents that remain once the commits that did not touch the file are left out.
	const log = repository.git('log', '--parents', '--topo-order', '--reverse', '--format=%H %P', '--', file);
	const commits = log.split('\n').map((line) => line.split(' ').filter(Boolean));
	const texts = readVersions(
		repository,
		file,
		commits.map(([commit = '']) => commit),
	);
	const versions = new Map<string, Models>();
	const count = { total_creates: 0, total_updates: 0, total_deletes: 0, total_models: 0 };
	for (const [index, [commit = '', ...parents]] of commits.entries()) {
		const before = parents.map((parent): Models => versions.get(parent) ?? new Map());
		const models = modelsOf(texts[index] ?? '') ?? before[0] ?? new Map();
		versions.set(commit, models);
		for (const [name, record] of models) {
			if (before.some((parent) => isDeepStrictEqual(parent.get(name), record))) continue;
			if (before.some((parent) => parent.has(name))) count.total_updates++;
			else count.total_creates++;
		}
		const common = [...(before[0]?.keys() ?? [])].filter((name) =>
			before.every((parent) => parent.has(name)),
		);
		count.total_deletes += common.filter((name) => !models.has(name)).length;
		count.total_models = models.size;
	}
	return count;
}

/** The texts of a file at these commits. */
function readVersions(repository: TemporaryRepository, file: string, commits: readonly string[]): string[] {
	const answer = execFileSync('git', ['cat-file', '--batch'], {
		cwd: repository.directory,
		input: commits.map((commit) => `${commit}:${file}\n`).join(''),
		maxBuffer: 1 << 30,
	});
	let at = 0;
	return commits.map(() => {
		const start = answer.indexOf('\n', at) + 1;
		const length = Number(answer.toString('latin1', at, start).trim().split(' ')[2]);
		at = start + length + 1;
		return answer.toString('utf8', start, start + length);
	});
}

/** Undefined for a version that is no JSON. */
function modelsOf(text: string): Models | undefined {
	try {
		return new Map(Object.entries(Object(JSON.parse(text))));
	} catch {
		return undefined;
	}
}
