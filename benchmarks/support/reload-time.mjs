// Times how long a change made by hand takes until it is served: an edit, a commit, a pull.
import { readFile, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import path from 'node:path';
import { ask, askUntil } from './ask.mjs';
import { temporaryDirectory } from './cleanup.mjs';
import { git } from './git.mjs';
import { printTable } from './report.mjs';
import { startService } from './servers.mjs';
import { spread } from './statistics.mjs';

const FILE = 'stable_diffusion.json';
const READ = `/api/model_references/v1/${FILE}`;
const LAST_UPDATED = '/api/model_references/v1/metadata/image_generation/last_updated';

/** Long enough for the watcher to be idle again. Milliseconds. */
const PAUSE = 400;

export async function measureReload(repositories, { runs, program }) {
	const rows = [];
	for (const { name, repo } of repositories) {
		const upstream = await temporaryDirectory();
		await git(repo, ['clone', '--quiet', '--no-hardlinks', repo, upstream]);
		await git(repo, ['remote', 'add', 'upstream', upstream]);
		await git(repo, ['config', 'gc.auto', '0']);
		const service = await startService(repo, { program });
		await ask(`${service.url}/api/model_references/v1/metadata/metadata`);
		const agent = new Agent({ keepAlive: true });
		const context = { repo, upstream, url: service.url, agent, edition: 0 };
		for (const [what, change] of Object.entries(CHANGES)) {
			const times = [];
			for (let run = 0; run < runs; run++) {
				await new Promise((resolve) => setTimeout(resolve, PAUSE));
				context.edition++;
				times.push(await change(context));
			}
			const fromStart = times.map(({ started, served }) => served - started);
			const fromReturn = times.map(({ returned, served }) => served - returned);
			rows.push([`${name}: ${what}`, spread(fromStart), spread(fromReturn)]);
		}
		agent.destroy();
		await service.stop();
	}
	printTable(['milliseconds, median (min - max)', 'from its start', 'from its return'], rows);
}

const CHANGES = {
	'file edited, new bytes served': async (context) => {
		const bytes = await edited(context.repo, context.edition);
		return time(context, () => writeFile(path.join(context.repo, FILE), bytes), serves(bytes));
	},
	'git commit of an edit, its date served': async (context) => {
		const bytes = await edited(context.repo, context.edition);
		await writeFile(path.join(context.repo, FILE), bytes);
		await askUntil(serves(bytes), { url: context.url + READ, agent: context.agent });
		await new Promise((resolve) => setTimeout(resolve, PAUSE));
		const date = 1_900_000_000 + context.edition;
		const dated = { url: context.url + LAST_UPDATED, agent: context.agent };
		return time(
			context,
			() => commit(context.repo, date),
			({ body }) => body.includes(String(date)),
			dated,
		);
	},
	'edit and git commit at once, new bytes served': async (context) => {
		const bytes = await edited(context.repo, context.edition);
		const change = async () => {
			await writeFile(path.join(context.repo, FILE), bytes);
			await commit(context.repo, 1_900_000_000 + context.edition);
		};
		return time(context, change, serves(bytes));
	},
	'git pull, new bytes served': async (context) => {
		await git(context.upstream, ['pull', '--quiet', '--ff-only', context.repo, 'main']);
		const bytes = await edited(context.upstream, context.edition);
		await writeFile(path.join(context.upstream, FILE), bytes);
		await commit(context.upstream, 1_900_000_000 + context.edition);
		const pull = () => git(context.repo, ['pull', '--quiet', '--ff-only', 'upstream', 'main']);
		return time(context, pull, serves(bytes));
	},
};

/** Watches from before the change on: with a pull, new bytes may be served before git has returned. */
async function time({ url, agent }, change, passes, where = { url: url + READ, agent }) {
	const started = performance.now();
	const seen = askUntil(passes, { ...where, every: 3 });
	await change();
	const returned = performance.now();
	return { started, returned, served: await seen };
}

const serves = (bytes) => (answer) => answer.status === 200 && answer.body.equals(bytes);

const commit = (repo, date) =>
	git(repo, ['commit', '--quiet', '--all', '--message', 'Edit a record'], {
		GIT_COMMITTER_DATE: `${date} +0000`,
	});

/** The file with the description of its first record changed, and nothing else. */
async function edited(repo, edition) {
	const text = await readFile(path.join(repo, FILE), 'utf8');
	return Buffer.from(text.replace(/("description": ")(?:Edition \d+\. )?/, `$1Edition ${edition}. `));
}
