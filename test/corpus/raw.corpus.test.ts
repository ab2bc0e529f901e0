/** Over the real history: every file of commits that are spread over it is served as git itself shows it. */

import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { CATEGORIES, COMPANION_FILES } from '../../src/categories.ts';
import { type ParsedReference, parseReference } from '../../src/record/reference-file.ts';
import { importedCorpus } from '../support/imported-corpus.ts';
import { rawRequest } from '../support/raw-request.ts';
import { missingCorpus } from '../support/shared-corpus.ts';
import { startTestService } from '../support/test-service.ts';

const COMMITS = 20;
const IMAGES = '/Haidra-Org/AI-Horde-image-model-reference';

describe.skipIf(missingCorpus !== undefined)('the real history', () => {
	const corpus = importedCorpus();
	const { service } = corpus;
	let commits: readonly string[] = [];

	beforeAll(() => {
		const all = service.repository.git('rev-list', '--branches', '--date-order').split('\n');
		commits = Array.from({ length: COMMITS }, (_, index) => {
			const commit = all[Math.floor((index * (all.length - 1)) / (COMMITS - 1))];
			if (commit === undefined) throw new Error('the history is shorter than it was');
			return commit;
		});
	});

	const show = (commit: string, file: string): Buffer | undefined => {
		const listed = service.repository.git('ls-tree', commit, '--', file);
		if (listed === '') return undefined;
		const { directory: cwd } = service.repository;
		return execFileSync('git', ['show', `${commit}:${file}`], { cwd, maxBuffer: 2 ** 30 });
	};

	test('every_file_at_twenty_commits_is_what_git_shows', async () => {
		let found = 0;
		for (const commit of commits) {
			for (const file of [...CATEGORIES.map((category) => category.file), ...COMPANION_FILES]) {
				const expected = show(commit, file);
				const answer = await rawRequest(service.url, `/raw/${commit}/${file}`);
				expect([file, answer.status]).toEqual([file, expected ? 200 : 404]);
				if (expected) {
					expect(answer.body.equals(expected)).toBe(true);
					found++;
				}
			}
		}
		expect(found).toBeGreaterThan(COMMITS);
	});

	test('every_category_at_twenty_commits_is_what_git_shows_or_refused', async () => {
		const refused = new Set<number>();
		for (const commit of commits) {
			for (const { name, file, external } of CATEGORIES) {
				if (external) continue;
				const expected = show(commit, file);
				const answer = await rawRequest(service.url, `/api/model_references/v1/${name}?at=${commit}`);
				const status = statusOf(expected && parseReference(expected));
				expect([commit, name, answer.status]).toEqual([commit, name, status]);
				if (status === 200) expect(answer.body.equals(expected ?? Buffer.alloc(0))).toBe(true);
				else refused.add(status);
			}
		}
		expect(refused).toContain(404);
	});

	test('every_date_gives_what_git_log_finds_until_then', async () => {
		for (const commit of commits) {
			const time = Number(service.repository.git('show', '--no-patch', '--format=%ct', commit));
			for (const [name, file] of [
				['image_generation', 'stable_diffusion.json'],
				['text_generation', 'db.json'],
			] as const) {
				const until = service.repository.git(
					'log',
					'-1',
					'--format=%H',
					`--until=@${time}`,
					'HEAD',
					'--',
					file,
				);
				const expected = until === '' ? undefined : show(until, file);
				const at = new Date(time * 1000).toISOString();
				const answer = await rawRequest(service.url, `/api/model_references/v1/${name}?at=${at}`);
				expect([at, name, answer.status]).toEqual([at, name, statusOf(expected && parseReference(expected))]);
				if (answer.status === 200) expect(answer.body.equals(expected ?? Buffer.alloc(0))).toBe(true);
			}
		}
	});

	test('every_branch_of_the_original_is_served_at_the_urls_of_github', async () => {
		const original = corpus.original('image');
		const listed = original.git('for-each-ref', '--format=%(refname:lstrip=3)', 'refs/remotes/origin');
		const branches = listed.split('\n').filter((name) => name !== 'HEAD' && name !== 'main');
		expect(branches).toContain('zmodel');
		for (const branch of branches) original.git('branch', '--quiet', branch, `origin/${branch}`);
		const { url } = await startTestService(original);
		for (const branch of [...branches, 'main']) {
			for (const file of ['stable_diffusion.json', 'diffusers.json', 'README.md']) {
				const { directory: cwd } = original;
				const isThere = original.git('ls-tree', branch, '--', file) !== '';
				const answer = await rawRequest(url, `${IMAGES}/refs/heads/${branch}/${file}`);
				expect([branch, file, answer.status]).toEqual([branch, file, isThere ? 200 : 404]);
				if (isThere) {
					const shown = execFileSync('git', ['show', `${branch}:${file}`], { cwd, maxBuffer: 2 ** 30 });
					expect(answer.body.equals(shown)).toBe(true);
				}
			}
		}
	});
});

/** What a category read of it is answered with. */
function statusOf(parsed: ParsedReference | undefined): number {
	if (parsed === undefined) return 404;
	if (!parsed.ok) return 409;
	return parsed.file.records.length === 0 ? 404 : 200;
}
