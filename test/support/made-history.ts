/** Histories of one file as a graph of commits, made by one run of fast-import, and what a plain reading of them says. */

import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import type { TemporaryRepository } from './temporary-repository.ts';

export const FILE = 'clip.json';

/** Commits in order; parents are places of earlier ones. */
export interface MadeCommit {
	readonly parents: readonly number[];
	/** The whole file; null removes it, undefined leaves it as the first parent has it. */
	readonly content: string | null | undefined;
	/** Unix seconds. */
	readonly time: number;
}

/** Models of few names with few versions, so that histories meet; and everything that a file may be besides. */
const content = fc.oneof(
	{
		weight: 8,
		arbitrary: fc
			.dictionary(
				fc.constantFrom('a', 'b', 'c', '1', '__proto__', 'x/y', 'é"\\\n', 'toString'),
				fc.constantFrom('{"v": 1}', '{"v": 2}', '{ "v":2 }', '{"v": 1.0}', '{"w": [], "v": 1}'),
				{ noNullPrototype: true, maxKeys: 4 },
			)
			.map(
				(models) => `{${Object.entries(models).map(([name, text]) => `${JSON.stringify(name)}: ${text}`)}}\n`,
			),
	},
	{
		weight: 3,
		arbitrary: fc.constantFrom(
			null,
			undefined,
			'{"a": {"v": 1}, "a": {"v": 2}}',
			'{"a": {"v": 1},\r\n"b": {"v": 2}}\r\n',
			'\uFEFF{"a": {"v": 1}}',
			'{"a": ',
			'',
			'[]',
			'{"a": 5}',
			'{"__proto__": {"v": 1}}',
		),
	},
);

/** How far back the parents of a commit are; most follow on the one before. */
const back: fc.Arbitrary<readonly number[]> = fc.oneof(
	{ weight: 5, arbitrary: fc.constant([1]) },
	{ weight: 4, arbitrary: fc.array(fc.nat(6), { minLength: 1, maxLength: 3 }) },
);

export const madeHistories: fc.Arbitrary<readonly MadeCommit[]> = fc
	.array(fc.record({ content, back, time: fc.nat(50) }), { minLength: 1, maxLength: 12 })
	.map((commits) =>
		commits.map(({ content, back, time }, index) => ({
			content,
			parents: [...new Set(back.map((steps) => index - steps))].filter((at) => at >= 0 && at < index),
			time: 1_600_000_000 + index * 10 + time,
		})),
	);

/** Makes the commits. @returns their ids, in order */
export function makeHistory(
	repository: TemporaryRepository,
	commits: readonly MadeCommit[],
): readonly string[] {
	const lines = commits.map(({ parents: [first, ...others], content, time }, index) => {
		const message = `Commit ${index}: "x" \u00e9`;
		const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
		return [
			// A branch of its own each, as one without a parent would else go on where the last one was.
			`commit refs/heads/made-${index}\nmark :${index + 1}\n`,
			`author Author ${index % 3} <a@example.invalid> ${time - 5} +0000\n`,
			`committer Committer <c@example.invalid> ${time} +0000\n`,
			data(message),
			first === undefined ? '' : `from :${first + 1}\n`,
			...others.map((parent) => `merge :${parent + 1}\n`),
			// So that no two commits are the same.
			`M 100644 inline other.txt\n${data(String(index))}`,
			content === undefined
				? ''
				: content === null
					? `D ${FILE}\n`
					: `M 100644 inline ${FILE}\n${data(content)}`,
			'\n',
		].join('');
	});
	const marks = repository.path('.git/marks');
	execFileSync('git', ['fast-import', '--quiet', `--export-marks=${marks}`], {
		cwd: repository.directory,
		input: lines.join(''),
	});
	return repository
		.git('rev-parse', ...commits.map((_commit, index) => `refs/heads/made-${index}`))
		.split('\n');
}

/** What somebody with nothing but git and a parser would say of a commit. */
export interface PlainItem {
	readonly commit: string;
	readonly author: string;
	readonly authored: number;
	readonly time: number;
	readonly subject: string;
	readonly created: readonly string[];
	readonly updated: readonly string[];
	readonly deleted: readonly string[];
	/** Models that it holds. */
	readonly present: readonly string[];
}

/** Every commit that `git log` lists for the file, with what it did to models; no child before its parents. */
export function plainHistory(
	repository: TemporaryRepository,
	head: string,
	{ file = FILE, counts = () => true }: { file?: string; counts?: (model: string) => boolean } = {},
): readonly PlainItem[] {
	const log = repository.git(
		'log',
		'--parents',
		'--date-order',
		'--format=%H%x09%P%x09%an%x09%at%x09%ct%x09%s',
		head,
		'--',
		file,
	);
	const commits = log.split('\n').filter(Boolean).reverse();
	const models = new Map<string, ReadonlyMap<string, string>>();
	return commits.map((line) => {
		const [commit = '', parentList = '', author = '', authored, time, subject = ''] = line.split('\t');
		const parents = [...new Set(parentList.split(' ').filter(Boolean))].map(
			(parent) => models.get(parent) ?? new Map(),
		);
		const [first] = parents;
		const own = plainModels(repository, commit, file, counts) ?? first ?? new Map<string, string>();
		models.set(commit, own);
		const before = parents.length > 0 ? parents : [new Map<string, string>()];
		const names = [...new Set([...own.keys(), ...before.flatMap((parent) => [...parent.keys()])])].sort();
		const isNew = (name: string) =>
			own.has(name) && before.every((parent) => parent.get(name) !== own.get(name));
		return {
			commit,
			author,
			authored: Number(authored),
			time: Number(time),
			subject,
			created: names.filter((name) => isNew(name) && !before.some((parent) => parent.has(name))),
			updated: names.filter((name) => isNew(name) && before.some((parent) => parent.has(name))),
			deleted: names.filter((name) => !own.has(name) && before.every((parent) => parent.has(name))),
			present: names.filter((name) => own.has(name)),
		};
	});
}

/** Values by name; undefined for a file that is no reference. */
function plainModels(
	repository: TemporaryRepository,
	commit: string,
	file: string,
	counts: (model: string) => boolean,
): Map<string, string> | undefined {
	let text: string;
	try {
		text = execFileSync('git', ['cat-file', 'blob', `${commit}:${file}`], {
			cwd: repository.directory,
			encoding: 'utf8',
			maxBuffer: 100_000_000,
			stdio: ['ignore', 'pipe', 'ignore'],
		});
	} catch {
		return new Map();
	}
	try {
		const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
		if (Array.isArray(value) && value.length === 0) return new Map();
		const entries = Object.entries(Object(value));
		if (entries.some(([, record]) => typeof record !== 'object')) return undefined;
		return new Map(
			entries.filter(([name]) => counts(name)).map(([name, record]) => [name, canonical(record)]),
		);
	} catch {
		return undefined;
	}
}

function canonical(value: unknown): string {
	return JSON.stringify(value, (_key, part: unknown) => {
		if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
		return Object.entries(part)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.flat();
	});
}
